import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AckQueue } from './ack-queue.ts';

test('acknowledgements leave in the order in which they came, with all that was said of them', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ ack: fc.integer(), edge: fc.integer(), tsVal: fc.integer() }) },
    { weight: 2, arbitrary: fc.constant(undefined) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const queue = new AckQueue();
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
        const held = Array.from({ length: queue.length }, (_, at) => ({
          timeNs: queue.timeNs(at),
          ack: queue.ack(at),
          edge: queue.edge(at),
          tsVal: queue.tsVal(at),
        }));
        expect(held).toEqual(model);
      });
    }),
  );
});

test('the oldest are forgotten beyond 65,536', () => {
  const queue = new AckQueue();
  for (let at = 0; at < 65_540; at++) queue.push(at, at, at, at);
  expect([queue.length, queue.ack(0), queue.ack(65_535)]).toEqual([65_536, 4, 65_539]);
});
