import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startRecord } from '../analysis/direction-record.ts';
import { DirectionState } from '../analysis/direction-state.ts';
import { LimitClock, LimitState } from '../analysis/limit-clock.ts';
import { Engine } from './engine.ts';
import { directions } from './layout/connection.ts';

const { Idle, ReceiveWindow, Sender, Network, Recovery, Waiting } = LimitState;

interface Moment {
  readonly elapsedNs: number;
  readonly state: number;
  readonly after: 'nothing' | 'commit' | 'commit-after-waiting' | 'hold';
}

const moment: fc.Arbitrary<Moment> = fc.record({
  elapsedNs: fc.oneof(fc.integer({ min: -1000, max: 1_000_000 }), fc.integer({ min: 0, max: 10_000_000_000 })),
  state: fc.constantFrom(Idle, ReceiveWindow, Sender, Network, Recovery, Waiting),
  after: fc.constantFrom('nothing', 'commit', 'commit-after-waiting', 'hold'),
});

/** The loop's clock of a direction. */
class Clock extends LimitClock {
  private readonly data: DirectionState;

  /** `below`: bytes of memory that others have taken before. */
  constructor(below = 0) {
    const engine = new Engine();
    for (let taken = 0; taken < below; taken += 8 << 20) {
      engine.loop.reserve(8 << 20);
      engine.loop.ensureHeadroom();
    }
    const at = engine.makeConnection() + directions;
    startRecord(engine, at);
    const data = new DirectionState(engine, at, 0);
    super(data);
    this.data = data;
  }

  override get state(): number {
    return this.data.clockState;
  }

  override set state(state: number) {
    this.data.clockState = state;
  }

  advance(nowNs: number): void {
    this.data.engine.loop.advanceClock(this.data.at, nowNs);
  }

  hold(): void {
    this.data.engine.loop.holdClock(this.data.at);
  }

  commit(waited: boolean): void {
    this.data.engine.loop.commitClock(this.data.at, waited ? 1 : 0);
  }
}

/** Runs a clock; gives the time between its first and last moment in states other than Idle. */
function run(clock: Clock, moments: readonly Moment[]): number {
  let ns = 5_000;
  let latestNs = ns;
  let busyNs = 0;
  clock.advance(ns);
  for (const { elapsedNs, state, after } of moments) {
    ns += elapsedNs;
    if (ns > latestNs) {
      if (clock.state !== Idle) busyNs += ns - latestNs;
      latestNs = ns;
    }
    clock.advance(ns);
    if (after === 'hold') clock.hold();
    else if (after !== 'nothing') clock.commit(after === 'commit-after-waiting');
    clock.state = state;
  }
  return busyNs;
}

const states = [ReceiveWindow, Sender, Network, Recovery];

function sum(clock: LimitClock): number {
  return states.reduce((total, state) => total + clock.nanoseconds(state), 0);
}

describe('the clock of what limits a sender', () => {
  test('gives all time that was not idle to exactly one state once data follows', () => {
    const moments = fc.array(moment, { maxLength: 60 });
    fc.assert(
      fc.property(moments, (all) => {
        const clock = new Clock();
        const busyNs = run(clock, [...all, { elapsedNs: 0, state: Idle, after: 'commit-after-waiting' }]);
        const waited = all.filter(({ after }) => after === 'commit').length;
        // A commit without waiting drops what the window held back while nothing was in flight.
        if (waited === 0) expect(clock.busyNs).toBeCloseTo(busyNs, 3);
        else expect(clock.busyNs).toBeLessThanOrEqual(busyNs + 1e-3);
        expect(sum(clock)).toBeCloseTo(clock.busyNs, 3);
      }),
    );
  });

  test('shows stretches over time that are in order, do not overlap and end by the last moment', () => {
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 60 }), (all) => {
        const clock = new Clock();
        run(clock, all);
        clock.commit(false);
        let endNs = 5_000;
        for (const { fromNs, toNs } of clock.overTime()) {
          expect(fromNs).toBeGreaterThanOrEqual(endNs - 1);
          expect(toNs).toBeGreaterThanOrEqual(fromNs);
          endNs = toNs;
        }
        const mostNs = 5_000 + all.reduce((total, { elapsedNs }) => total + Math.max(0, elapsedNs), 0);
        expect(endNs).toBeLessThanOrEqual(mostNs);
        expect(clock.overTime().length).toBeLessThanOrEqual(64);
      }),
    );
  });

  test('shows the same beyond 2 GiB of memory, where addresses are negative as 32-bit numbers', () => {
    const stretches = [0, 2200 * 2 ** 20].map((below) => {
      const clock = new Clock(below);
      for (let ns = 0; ns < 1e9; ns += 1e7) {
        clock.advance(ns);
        clock.commit(false);
        clock.state = ns < 5e8 ? ReceiveWindow : Network;
      }
      return clock.overTime();
    });
    expect(stretches[0]?.map(({ limit }) => limit)).toEqual(['receiveWindow', 'network']);
    expect(stretches[1]).toEqual(stretches[0]);
  });

  test('counts nothing as busy that was neither sent nor waited for', () => {
    const clock = new Clock();
    clock.advance(0);
    clock.advance(1e9);
    clock.commit(true);
    expect(clock.busyNs).toBeCloseTo(0, 9);
  });

  test('gives the time after the last data to neither window nor network', () => {
    const clock = new Clock();
    clock.advance(0);
    clock.state = ReceiveWindow;
    clock.advance(1000);
    clock.commit(false);
    clock.advance(3000);
    clock.state = Network;
    clock.advance(6000);
    clock.finish();
    expect(states.map((state) => clock.nanoseconds(state) + 0)).toEqual([1000, 5000, 0, 0]);
  });
});
