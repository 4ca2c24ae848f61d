import { describe, expect, it } from 'vitest';
import { comparePair, type PairComparison } from './pair.ts';
import { PairDirections, type PairPacket, PairTable } from './pair-table.ts';

/** What was sent, and when it came to each tap by that tap's own clock; undefined where it did not come. */
interface Sent {
  readonly back?: boolean;
  readonly sequence: number;
  readonly bytes: number;
  readonly atA?: number;
  readonly atB?: number;
  readonly frameA?: number;
  readonly frameB?: number;
  readonly change?: Partial<PairPacket>;
}

function compare(sent: readonly Sent[], oneClock = false): PairComparison {
  const names = new PairDirections();
  const there = names.index('10.0.0.1:1', '10.0.0.2:2');
  const back = names.index('10.0.0.2:2', '10.0.0.1:1');
  const a = new PairTable();
  const b = new PairTable();
  const add = (
    table: PairTable,
    at: number | undefined,
    frame: number | undefined,
    one: Sent,
    change: Partial<PairPacket>,
  ): void => {
    if (at === undefined) return;
    table.add({
      direction: one.back === true ? back : there,
      sequence: one.sequence | 0,
      sequenceBytes: one.bytes,
      acknowledgement: one.back === true ? one.sequence : 7,
      flags: 0x10,
      identification: 5,
      headerHash: 9,
      timeNs: at,
      frame: frame ?? table.count + 1,
      ...change,
    });
  };
  for (const one of [...sent].sort((x, y) => (x.atA ?? 0) - (y.atA ?? 0))) add(a, one.atA, one.frameA, one, {});
  for (const one of [...sent].sort((x, y) => (x.atB ?? 0) - (y.atB ?? 0)))
    add(b, one.atB, one.frameB, one, one.change ?? {});
  return comparePair(a, b, names, { oneClock }).comparison;
}

/** Packets there (A to B in `way`) and acknowledgements back, B's clock ahead by `offset` and faster by `ppm`. */
function exchange(options: {
  readonly count: number;
  readonly way: number;
  readonly offset: number;
  readonly ppm?: number;
}): Sent[] {
  const b = (time: number): number => time + options.offset + time * (options.ppm ?? 0) * 1e-6;
  return Array.from({ length: options.count }, (_, i): Sent[] => {
    const start = i * 1e8;
    const back = start + 2 * options.way;
    return [
      { sequence: i * 100, bytes: 100, atA: start, atB: b(start + options.way) },
      { back: true, sequence: 1000 + i, bytes: 0, atA: back + options.way, atB: b(back) },
    ];
  }).flat();
}

describe('the clocks of two taps', () => {
  it('differ by what both ways share', () => {
    const { clock, wireIsEqual, directions } = compare(exchange({ count: 20, way: 3e5, offset: 5e9 }));
    expect(clock.offsetNs).toBeCloseTo(5e9, 0);
    expect(clock.bothWaysNs).toBeCloseTo(6e5, 0);
    expect(clock.uncertaintyNs).toBeCloseTo(3e5, 0);
    expect(clock.upstream).toEqual(['a', 'b']);
    expect(wireIsEqual).toBe(true);
    expect(directions[0]?.delay?.medianNs).toBeCloseTo(3e5, 0);
    expect(directions[1]?.delay?.medianNs).toBeCloseTo(3e5, 0);
  });

  it('drift apart, found within a tenth of a part per million', () => {
    const { clock } = compare(exchange({ count: 400, way: 3e5, offset: -2e9, ppm: 25 }));
    expect(clock.driftPpm).toBeCloseTo(25, 1);
  });

  it('are one clock when that is said', () => {
    const { clock } = compare(exchange({ count: 20, way: 3e5, offset: 0 }), true);
    expect(clock).toMatchObject({ offsetNs: 0, uncertaintyNs: 0 });
  });

  it('cannot be compared by packets that go one way', () => {
    const { clock, wireIsEqual } = compare([{ sequence: 0, bytes: 10, atA: 0, atB: 5 }]);
    expect(clock.offsetNs).toBeUndefined();
    expect(wireIsEqual).toBe(true);
  });
});

describe('packets of two taps', () => {
  const base = exchange({ count: 10, way: 3e5, offset: 0 });

  it('that were sent again are paired with the sending that arrived: the first one was lost', () => {
    const lost: Sent = { sequence: 5000, bytes: 100, atA: 2.5e8, frameA: 77 };
    const again: Sent = { sequence: 5000, bytes: 100, atA: 4.5e8, atB: 4.5e8 + 3e5, frameA: 78 };
    const { directions, wireIsEqual } = compare([...base, lost, again]);
    expect(directions[0]).toMatchObject({ lost: 1, lostFrames: [77], downstreamOnly: 0, paired: 11 });
    expect(wireIsEqual).toBe(false);
  });

  it('that came twice are paired one by one', () => {
    const twice: Sent[] = [2.5e8, 4.5e8].map((at) => ({ sequence: 5000, bytes: 100, atA: at, atB: at + 3e5 }));
    expect(compare([...base, ...twice]).wireIsEqual).toBe(true);
  });

  it('that are downstream only are not called lost', () => {
    const made: Sent = { sequence: 9000, bytes: 100, atB: 4.5e8, frameB: 31 };
    expect(compare([...base, made]).directions[0]).toMatchObject({
      lost: 0,
      downstreamOnly: 1,
      downstreamOnlyFrames: [31],
    });
  });

  it('that came in other sizes are neither lost nor made', () => {
    const whole: Sent = { sequence: 9000, bytes: 200, atA: 4.5e8 };
    const halves: Sent[] = [0, 100].map((at) => ({ sequence: 9000 + at, bytes: 100, atB: 4.51e8 }));
    expect(compare([...base, whole, ...halves]).directions[0]).toMatchObject({
      lost: 0,
      downstreamOnly: 0,
      otherwiseCut: 1,
    });
  });

  it('before and after the common time are not compared', () => {
    const early: Sent = { sequence: -500, bytes: 100, atA: -5e8 };
    const late: Sent = { sequence: 9000, bytes: 100, atA: 5e9 };
    const { directions, wireIsEqual } = compare([early, ...base, late]);
    expect(directions[0]).toMatchObject({ lost: 0, outsideCommonTime: 2 });
    expect(wireIsEqual).toBe(true);
  });

  it('are compared by their headers', () => {
    const changed: Sent = {
      sequence: 9000,
      bytes: 100,
      atA: 4.5e8,
      atB: 4.51e8,
      change: { identification: 6, headerHash: 1 },
    };
    const { directions, wireIsEqual } = compare([...base, changed]);
    expect(directions[0]?.changed).toEqual({ identification: 1, flags: 0, acknowledgement: 0, windowOrOptions: 1 });
    expect(wireIsEqual).toBe(false);
  });

  it('tell which frames were cut, merged or grouped anew', () => {
    const piece = (i: number, frameA: number, frameB: number): Sent => ({
      sequence: 5000 + i * 100,
      bytes: 100,
      atA: 4.5e8 + frameA,
      atB: 4.51e8 + frameB,
      frameA,
      frameB,
    });
    const cut = [piece(0, 101, 201), piece(1, 101, 202), piece(2, 101, 203)];
    const merged = [piece(3, 102, 204), piece(4, 103, 204)];
    const regrouped = [piece(5, 104, 205), piece(6, 104, 206), piece(7, 105, 206), piece(8, 105, 207)];
    expect(compare([...base, ...cut, ...merged, ...regrouped]).directions[0]?.frames).toEqual({
      same: 10,
      cut: 1,
      cutInto: 3,
      merged: 2,
      mergedInto: 1,
      regrouped: 2,
    });
  });
});
