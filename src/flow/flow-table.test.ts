import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Col, Note, PacketBatch, Rare, rareOf } from '../packets/packet-batch.ts';
import { FlowTable } from './flow-table.ts';

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

const batch = new PacketBatch(1);

/** Only the last word of an IPv6 address differs between two of these. */
function write({ six, source, destination, sourcePort, destinationPort }: Tuple): Int32Array {
  const { words } = batch;
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
  return words;
}

function keyOf(protocol: number, { six, source, destination, sourcePort, destinationPort }: Tuple): string {
  const ends = [`${source}:${sourcePort}`, `${destination}:${destinationPort}`].toSorted();
  return [protocol, six, ...ends].join(' ');
}

test('both directions of a tuple have one number, other tuples another, whatever comes in between', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(tuple, fc.constantFrom(6, 17)), { maxLength: 300 }), (rows) => {
      const table = new FlowTable();
      const known = new Map<string, { number: number; first: Tuple }>();
      for (const [row, protocol] of rows) {
        const number = table.lookup(write(row), 0, protocol);
        const key = keyOf(protocol, row);
        const before = known.get(key);
        expect(table.created).toBe(before === undefined);
        if (before === undefined) {
          expect(number).toBe(known.size);
          known.set(key, { number, first: row });
        } else {
          expect(number).toBe(before.number);
          const same = row.source === before.first.source && row.sourcePort === before.first.sourcePort;
          expect(table.reversed).toBe(
            !same ||
              row.destination !== before.first.destination ||
              row.destinationPort !== before.first.destinationPort,
          );
        }
      }
      expect(table.count).toBe(known.size);
    }),
    { numRuns: 300 },
  );
});

test('keeps every flow apart while it grows', () => {
  const table = new FlowTable();
  const flows = Array.from({ length: 20_000 }, (_, index) => ({
    six: index % 3 === 0,
    source: index,
    destination: 1 << 24,
    sourcePort: index & 0xffff,
    destinationPort: 443,
  }));
  for (const [index, flow] of flows.entries()) expect(table.lookup(write(flow), 0, 6)).toBe(index);
  for (const [index, flow] of flows.entries()) {
    const { source, destination, sourcePort, destinationPort } = flow;
    const back = {
      ...flow,
      source: destination,
      destination: source,
      sourcePort: destinationPort,
      destinationPort: sourcePort,
    };
    expect(table.lookup(write(back), 0, 6)).toBe(index);
    expect(table.reversed).toBe(true);
  }
});

test('a tuple that is used again gets a new number, and runs from whoever starts now', () => {
  const table = new FlowTable();
  const first: Tuple = { six: false, source: 1, destination: 2, sourcePort: 1000, destinationPort: 80 };
  const back: Tuple = { six: false, source: 2, destination: 1, sourcePort: 80, destinationPort: 1000 };
  expect(table.lookup(write(first), 0, 6)).toBe(0);
  expect(table.replace(write(back), 0, 6)).toBe(1);
  expect(table.lookup(write(back), 0, 6)).toBe(1);
  expect(table.reversed).toBe(false);
  expect(table.lookup(write(first), 0, 6)).toBe(1);
  expect(table.reversed).toBe(true);
});
