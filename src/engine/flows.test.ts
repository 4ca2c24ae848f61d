import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Col, Note, PacketBatch, Rare, rareOf } from '../packets/packet-batch.ts';
import { Engine } from './engine.ts';

interface Tuple {
  readonly six: boolean;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** Few values, so that tuples collide and turn around. */
const tuple: fc.Arbitrary<Tuple> = fc.record({
  six: fc.boolean(),
  source: fc.constantFrom(1, 2, 3, -1),
  destination: fc.constantFrom(1, 2, 3, -1),
  sourcePort: fc.constantFrom(1, 2, 80, 40_000, 65_535),
  destinationPort: fc.constantFrom(1, 2, 80, 40_000, 65_535),
});

/** The loop's table of flows, asked for one row at a time. */
class Flows {
  private readonly engine = new Engine();
  private readonly batch = new PacketBatch(1, (capacity) => this.engine.makeRows(capacity));

  constructor() {
    this.engine.onGrown = () => this.batch.renew(this.engine.words.buffer);
  }

  lookup(row: Tuple, protocol: number): { readonly number: number; readonly reversed: boolean } {
    this.engine.loop.ensureHeadroom();
    write(this.batch.words, row);
    const flow = this.engine.loop.flowOf(0, protocol);
    return { number: flow >> 1, reversed: (flow & 1) !== 0 };
  }
}

/** Only the last word of an IPv6 address differs between two of these. */
function write(words: Int32Array, { six, source, destination, sourcePort, destinationPort }: Tuple): void {
  words.fill(0xa5a5_a5a5 | 0);
  words[Col.notes] = six ? Note.Ipv6 : 0;
  words[Col.source] = six ? 0xfd00 : source;
  words[Col.destination] = six ? 0xfd00 : destination;
  words[Col.ports] = (sourcePort << 16) | destinationPort;
  const rare = rareOf(words, 0);
  if (six) {
    words.fill(0, rare, rare + 6);
    words[rare + Rare.sourceTail + 2] = source;
    words[rare + Rare.destinationTail + 2] = destination;
  }
}

function keyOf(protocol: number, { six, source, destination, sourcePort, destinationPort }: Tuple): string {
  const ends = [`${source}:${sourcePort}`, `${destination}:${destinationPort}`].toSorted();
  return [protocol, six, ...ends].join(' ');
}

test('both directions of a tuple have one number, other tuples another, whatever comes in between', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(tuple, fc.constantFrom(6, 17)), { maxLength: 300 }), (rows) => {
      const flows = new Flows();
      const known = new Map<string, { number: number; first: Tuple }>();
      for (const [row, protocol] of rows) {
        const { number, reversed } = flows.lookup(row, protocol);
        const key = keyOf(protocol, row);
        const before = known.get(key);
        if (before === undefined) {
          expect(number).toBe(known.size);
          known.set(key, { number, first: row });
          continue;
        }
        expect(number).toBe(before.number);
        const { source, destination, sourcePort, destinationPort } = before.first;
        const same =
          row.source === source &&
          row.sourcePort === sourcePort &&
          row.destination === destination &&
          row.destinationPort === destinationPort;
        expect(reversed).toBe(!same);
      }
    }),
    { numRuns: 100 },
  );
});

test('keeps every flow apart while it grows', () => {
  const flows = new Flows();
  const tuples = Array.from({ length: 20_000 }, (_, index) => ({
    six: index % 3 === 0,
    source: index,
    destination: 1 << 24,
    sourcePort: index & 0xffff,
    destinationPort: 443,
  }));
  for (const [index, row] of tuples.entries()) expect(flows.lookup(row, 6)).toEqual({ number: index, reversed: false });
  for (const [index, { six, source, destination, sourcePort, destinationPort }] of tuples.entries()) {
    const ends = { source: destination, destination: source };
    const back = { six, ...ends, sourcePort: destinationPort, destinationPort: sourcePort };
    expect(flows.lookup(back, 6)).toEqual({ number: index, reversed: true });
  }
});
