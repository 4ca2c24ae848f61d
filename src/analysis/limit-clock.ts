// Station "analysis": where a sender's busy time went, as the packet loop has added it up (engine/assembly/clock.ts).

import * as D from '../engine/layout/doubles.ts';
import * as P from '../engine/layout/parts.ts';
import * as State from '../engine/layout/states.ts';
import type { LoopRecord, NamedNumbers } from './direction-record.ts';
import type { Limit } from './measurement.ts';

/** What the sender waits for. Idle has nothing unacknowledged; Waiting neither, but the window held back what may be queued. */
export const LimitState: {
  readonly Idle: number;
  readonly ReceiveWindow: number;
  readonly Sender: number;
  readonly Network: number;
  readonly Recovery: number;
  readonly Waiting: number;
} = {
  Idle: State.idle,
  ReceiveWindow: State.receiveWindow,
  Sender: State.sender,
  Network: State.network,
  Recovery: State.recovery,
  Waiting: State.waiting,
};

const limitOfState: readonly (Limit | undefined)[] = [
  undefined,
  'receiveWindow',
  'sender',
  'network',
  'recovery',
  undefined,
];

/** Time by state of a direction. */
export class LimitClock {
  private readonly own: LoopRecord & NamedNumbers;

  constructor(own: LoopRecord & NamedNumbers) {
    this.own = own;
  }

  get state(): number {
    return this.own.clockState;
  }

  /** Nothing more will be sent: what came after the last new data was waiting for acknowledgements only. */
  finish(): void {
    this.own.engine.loop.finishClock(this.own.at);
  }

  /** Nanoseconds in a state that are certain. */
  nanoseconds(state: number): number {
    return this.own.double(D.clockTotal + (state << 3));
  }

  get busyNs(): number {
    return this.nanoseconds(1) + this.nanoseconds(2) + this.nanoseconds(3) + this.nanoseconds(4);
  }

  /** What of it nothing was in flight, and data is inferred to have waited. */
  get inferredNs(): number {
    return this.nanoseconds(State.idle);
  }

  /** The gravest limit of each stretch of time, neighbours with the same limit joined; at most 64. */
  overTime(): { fromNs: number; toNs: number; limit: Limit }[] {
    const bins = this.bins();
    const result: { fromNs: number; toNs: number; limit: Limit }[] = [];
    if (bins === undefined) return this.singleStretch();
    const { clockLastNs: lastNs, clockBinNs: binNs, clockBinStartNs: startNs } = this.own;
    for (let bin = 0; bin < State.bins; bin++) {
      let best = 0;
      let most = 0;
      for (let state = 1; state <= 4; state++) {
        const share = bins[state - 1]?.[bin] ?? 0;
        if (share > most) {
          most = share;
          best = state;
        }
      }
      const limit = limitOfState[best];
      if (limit === undefined) continue;
      const fromNs = startNs + bin * binNs;
      const toNs = Math.min(fromNs + binNs, Math.max(fromNs, lastNs));
      const last = result.at(-1);
      if (last !== undefined && last.limit === limit && Math.abs(last.toNs - fromNs) < 1) last.toNs = toNs;
      else result.push({ fromNs, toNs, limit });
    }
    return result;
  }

  /** Too little was sent for a course over time: what limited most of it. */
  private singleStretch(): { fromNs: number; toNs: number; limit: Limit }[] {
    let best = 1;
    for (let state = 2; state <= 4; state++) if (this.nanoseconds(state) > this.nanoseconds(best)) best = state;
    const limit = limitOfState[best];
    if (limit === undefined || this.nanoseconds(best) <= 0) return [];
    const { clockBinStartNs: fromNs, clockCommittedNs } = this.own;
    return [{ fromNs, toNs: Math.max(fromNs, clockCommittedNs), limit }];
  }

  /** Times by bin, by state from the receive window on, undefined where there was none; undefined where too little was sent for them. */
  private bins(): (Float32Array | undefined)[] | undefined {
    const { words } = this.own.engine;
    const address = this.own.word(P.clockBins);
    if (address === 0) return undefined;
    return Array.from(words.subarray(address >>> 2, (address >>> 2) + 4), (times) =>
      times === 0 ? undefined : new Float32Array(words.buffer, times >>> 0, State.bins),
    );
  }
}
