import { describe, expect, test } from 'vitest';
import { B, D, I, RecordPages } from './direction-record.ts';
import { DirectionState } from './direction-state.ts';
import { SEND_CAUSES } from './small-frames.ts';

/** Slots that are the first of several. */
const widths: Readonly<Record<string, number>> = {
  clockTotal: 6,
  clockTentative: 6,
  smallBytesByCause: SEND_CAUSES,
  smallFramesByCause: SEND_CAUSES,
  singleUnknown: 4,
  multiUnknown: 4,
};

const slotsOf = (table: Readonly<Record<string, number>>): number[] =>
  Object.entries(table).flatMap(([name, slot]) => Array.from({ length: widths[name] ?? 1 }, (_, at) => slot + at));

describe('the record of a direction', () => {
  test.each([
    ['doubles', slotsOf(D)],
    ['words', [...slotsOf(I), ...slotsOf(B)]],
  ])('gives every one of its %s a place of its own', (_, slots) => {
    expect(slots.length).toBe(new Set(slots).size);
  });

  test('lies beside others: what is written into one is not seen in another, on one page or on two', () => {
    const pages = new RecordPages();
    const directions = Array.from({ length: 200 }, (_, index) => new DirectionState(index % 2 === 0 ? 0 : 1, pages));
    directions.forEach((direction, index) => {
      for (const slot of slotsOf(D)) direction.f[direction.fo + slot] = index * 1000 + slot + 0.5;
      for (const slot of [...slotsOf(I), ...slotsOf(B)]) direction.i[direction.io + slot] = index * 1000 + slot;
    });
    directions.forEach((direction, index) => {
      for (const slot of slotsOf(D)) expect(direction.f[direction.fo + slot]).toBe(index * 1000 + slot + 0.5);
      for (const slot of [...slotsOf(I), ...slotsOf(B)])
        expect(direction.i[direction.io + slot]).toBe(index * 1000 + slot);
    });
  });

  test('begins with nothing known', () => {
    const direction = new DirectionState(0, new RecordPages());
    expect(direction).toMatchObject({
      scaleShift: -1,
      windowBytes: -1,
      firstDataRow: -1,
      turnMinNs: Number.POSITIVE_INFINITY,
      near: true,
      started: false,
      frames: 0,
    });
    direction.near = false;
    direction.una = direction.next;
    direction.payloadBytes += 2 ** 40;
    expect([direction.near, direction.payloadBytes]).toEqual([false, 2 ** 40]);
  });
});
