import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DirectionState } from '../analysis/direction-state.ts';
import { FlightQueue } from '../analysis/flight-queue.ts';
import { seq32 } from '../bytes/seq32.ts';
import { Engine } from './engine.ts';
import { directions } from './layout/connection.ts';
import * as Flight from './layout/flight-places.ts';

function newDirection(): DirectionState {
  const engine = new Engine();
  return new DirectionState(engine, engine.makeConnection() + directions, 0);
}

interface Entry {
  readonly start: number;
  readonly end: number;
  readonly ipId: number;
  sentNs: number;
  again: boolean;
}

type Step =
  | { readonly kind: 'push'; readonly bytes: number }
  | { readonly kind: 'ack'; readonly share: number }
  | { readonly kind: 'again'; readonly share: number; readonly frames: number }
  | { readonly kind: 'find'; readonly share: number };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('push' as const), bytes: fc.integer({ min: 1, max: 65_160 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ack' as const), share }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('again' as const), share, frames: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('find' as const), share }) },
);

/** The queue beside an array that is searched from end to end. Positions are bytes since the first frame. */
class Pair {
  private readonly data = newDirection();
  private readonly queue = new FlightQueue(this.data);
  private model: Entry[] = [];
  private readonly base: number;
  private next = 0;
  private una = 0;
  private ns = 0;

  constructor(base: number) {
    this.base = base;
  }

  take(current: Step): void {
    this.ns += 1000;
    if (current.kind === 'push') this.push(current.bytes);
    else if (current.kind === 'ack') this.acknowledge(this.position(current.share));
    else if (current.kind === 'again') this.sendAgain(current.share, current.frames);
    else this.find(this.position(current.share));
  }

  private position(part: number): number {
    return this.una + Math.floor((this.next - this.una) * part);
  }

  private push(bytes: number): void {
    const ipId = this.next & 0xffff;
    const [start, end] = [this.next, this.next + bytes];
    const { loop } = this.data.engine;
    loop.pushFlight(this.data.at, this.ns, seq32(this.base + start), seq32(this.base + end), 0, ipId);
    this.model.push({ start, end, ipId, sentNs: this.ns, again: false });
    this.next = end;
  }

  private acknowledge(position: number): void {
    const whole = this.model.filter((entry) => entry.end <= position);
    const newest = whole.at(-1);
    const { loop, doubles } = this.data.engine;
    const taken = loop.takeAcked(this.data.at, seq32(this.base + position)) >>> 0;
    // Of a frame that was sent again the time is negative.
    const sampleNs = taken === 0 ? -1 : Math.max(-1, doubles[(taken + Flight.timeNs) >>> 3]!);
    this.model = this.model.filter((entry) => entry.end > position);
    this.una = position;
    expect(this.queue.length).toBe(this.model.length);
    expect(sampleNs).toBe(newest === undefined || newest.again ? -1 : newest.sentNs);
  }

  private sendAgain(part: number, frames: number): void {
    const first = Math.floor(part * (this.model.length - 1));
    const last = Math.min(first + frames, this.model.length) - 1;
    const end = this.model[last]?.end;
    if (this.model.length === 0 || end === undefined) return;
    this.queue.retransmitted(first, seq32(this.base + end), this.ns);
    for (const entry of this.model.slice(first, last + 1)) {
      entry.again = true;
      entry.sentNs = this.ns;
    }
  }

  private find(position: number): void {
    const index = this.queue.find(seq32(this.base + position));
    const expected = this.model.findIndex((entry) => entry.start <= position && position < entry.end);
    expect(index).toBe(expected);
    const entry = this.model[expected];
    if (entry === undefined) return;
    expect(this.queue.startOf(index)).toBe(seq32(this.base + entry.start));
    expect(this.queue.ipIdOf(index)).toBe(entry.ipId);
    expect(this.queue.sentNs(index)).toBe(entry.sentNs);
  }
}

describe('the queue of frames in flight', () => {
  test('equals an array that is searched from end to end, also across the wrap of sequence numbers', () => {
    const base = fc.constantFrom(0, 0x7fff_0000, 0xffff_0000);
    fc.assert(
      fc.property(base, fc.array(step, { minLength: 1, maxLength: 200 }), (start, steps) => {
        const pair = new Pair(start);
        for (const current of steps) pair.take(current);
      }),
    );
  });

  test('forgets the oldest frames beyond 65,536, and finds the rest', () => {
    const data = newDirection();
    const queue = new FlightQueue(data);
    for (let frame = 0; frame < 70_000; frame++)
      data.engine.loop.pushFlight(data.at, frame, frame * 100, frame * 100 + 100, frame, -1);
    expect(queue.length).toBe(65_536);
    expect(queue.find(seq32(69_999 * 100))).toBe(65_535);
    expect(queue.find(seq32((70_000 - 65_536) * 100))).toBe(0);
    expect(queue.find(seq32(0))).toBe(-1);
  });
});
