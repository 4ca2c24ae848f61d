import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { directions } from './layout/connection.ts';
import { pendingLength } from './layout/parts.ts';

/** The loop's queue of a direction. */
class Queue {
  private readonly engine = new Engine();
  private readonly own = this.engine.makeConnection() + directions;

  get length(): number {
    return this.engine.words[(this.own + pendingLength) >>> 2] ?? 0;
  }

  push(timeNs: number, ack: number, edge: number, tsVal: number): void {
    this.engine.loop.pushPending(this.own, timeNs, ack, edge, tsVal);
  }

  drop(): void {
    this.engine.loop.dropPending(this.own);
  }

  at(index: number): { timeNs: number; ack: number; edge: number; tsVal: number } {
    const address = this.engine.loop.pendingAt(this.own, index);
    const [ack = 0, edge = 0, tsVal = 0] = this.engine.words.subarray((address >>> 2) + 2, (address >>> 2) + 5);
    return { timeNs: this.engine.doubles[address >>> 3] ?? 0, ack, edge, tsVal };
  }
}

test('acknowledgements leave in the order in which they came, with all that was said of them', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ ack: fc.integer(), edge: fc.integer(), tsVal: fc.integer() }) },
    { weight: 2, arbitrary: fc.constant(undefined) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const queue = new Queue();
      const model: { timeNs: number; ack: number; edge: number; tsVal: number }[] = [];
      steps.forEach((one, index) => {
        if (one !== undefined) {
          const entry = { timeNs: index + 0.25, ack: one.ack | 0, edge: one.edge | 0, tsVal: one.tsVal | 0 };
          queue.push(entry.timeNs, entry.ack, entry.edge, entry.tsVal);
          model.push(entry);
        } else if (model.length > 0) {
          queue.drop();
          model.shift();
        }
        const held = Array.from({ length: queue.length }, (_, at) => queue.at(at));
        expect(held).toEqual(model);
      });
    }),
  );
});

test('the oldest are forgotten beyond 65,536', () => {
  const queue = new Queue();
  for (let at = 0; at < 65_540; at++) queue.push(at, at, at, at);
  expect([queue.length, queue.at(0).ack, queue.at(65_535).ack]).toEqual([65_536, 4, 65_539]);
});
