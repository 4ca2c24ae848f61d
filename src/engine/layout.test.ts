import { describe, expect, test } from 'vitest';
import { startRecord } from '../analysis/direction-record.ts';
import { DirectionState } from '../analysis/direction-state.ts';
import { SEND_CAUSES } from '../analysis/small-frames.ts';
import { Engine } from './engine.ts';
import * as Connection from './layout/connection.ts';
import * as Doubles from './layout/doubles.ts';
import * as Flags from './layout/flags.ts';
import * as Parts from './layout/parts.ts';
import * as Words from './layout/words.ts';

/** Places that are the first of several. */
const widths: Readonly<Record<string, number>> = {
  clockTotal: 6,
  clockTentative: 6,
  singleUnknown: 4,
  multiUnknown: 4,
  smallCauses: SEND_CAUSES,
  sizes: 4,
};

/** Every byte that the places of a table take, each number `size` bytes wide. */
const bytesOf = (table: Readonly<Record<string, number>>, size: number): number[] =>
  Object.entries(table)
    .filter(([name]) => name !== 'recordBytes')
    .flatMap(([name, place]) => Array.from({ length: (widths[name] ?? 1) * size }, (_, byte) => place + byte));

const allBytes = [...bytesOf(Doubles, 8), ...bytesOf(Words, 4), ...bytesOf(Flags, 4), ...bytesOf(Parts, 4)];

function newDirections(count: number): DirectionState[] {
  const engine = new Engine();
  return Array.from({ length: count }, () => {
    engine.loop.ensureHeadroom();
    const at = engine.makeConnection() + Connection.directions;
    startRecord(engine, at);
    return new DirectionState(engine, at, 0);
  });
}

describe('the record of a direction', () => {
  test('gives every one of its numbers a place of its own, within the record', () => {
    expect(allBytes.length).toBe(new Set(allBytes).size);
    expect(Math.max(...allBytes)).toBeLessThan(Parts.recordBytes);
    expect(Object.values(Doubles).filter((place) => place % 8 !== 0)).toEqual([]);
    expect(Parts.recordBytes % 8).toBe(0);
  });

  test('lies beside others: what is written into one is not seen in another, also after the memory has grown', () => {
    const directions = newDirections(20_000);
    directions.forEach((direction, index) => {
      direction.payloadBytes = index + 0.5;
      direction.largestAck = index;
      direction.finSent = index % 2 === 0;
    });
    const wrong = directions.filter(
      ({ payloadBytes, largestAck, finSent }, index) =>
        payloadBytes !== index + 0.5 || largestAck !== index || finSent !== (index % 2 === 0),
    );
    expect(wrong).toEqual([]);
  });

  test('begins with nothing known', () => {
    const [direction] = newDirections(1);
    expect(direction).toMatchObject({
      scaleShift: -1,
      windowBytes: -1,
      firstDataRow: -1,
      turnMinNs: Number.POSITIVE_INFINITY,
      near: true,
      started: false,
      frames: 0,
    });
    if (direction === undefined) return;
    direction.near = false;
    direction.una = direction.next;
    direction.payloadBytes += 2 ** 40;
    expect([direction.near, direction.payloadBytes]).toEqual([false, 2 ** 40]);
  });
});
