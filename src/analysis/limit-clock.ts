// Station "analysis": where a sender's busy time went, in the kernel's sense (net/ipv4/tcp_output.c tcp_chrono_*, v6.18):
// busy from the first unsent or unacknowledged byte to none; limited by the receive window when the next segment does not
// fit. Time after the last new data is tentative: only the next new data proves that something was waiting.

import type { Limit } from './measurement.ts';

/** What the sender waits for. Idle has nothing unacknowledged; Waiting neither, but the window held back what may be queued. */
export const LimitState = { Idle: 0, ReceiveWindow: 1, Sender: 2, Network: 3, Recovery: 4, Waiting: 5 } as const;

const STATES = 6;
const BINS = 64;
/** Stretches of time before bins are worth their memory; until then there is one limit over all. */
const COMMITS_BEFORE_BINS = 24;
const limitOfState: readonly (Limit | undefined)[] = [
  undefined,
  'receiveWindow',
  'sender',
  'network',
  'recovery',
  undefined,
];

/** Accumulates time by state. (-0 in a literal makes V8 keep the array as unboxed doubles.) Times never run backwards here: an earlier one counts as the last. */
export class LimitClock {
  state: number = LimitState.Idle;
  private lastNs = -1;
  private readonly total: number[] = [-0, -0, -0, -0, -0, -0];
  private readonly tentative: number[] = [-0, -0, -0, -0, -0, -0];
  private held = 0;
  private commits = 0;
  private committedNs = 0;
  private bins: Float32Array | undefined;
  private binStartNs = 0;
  private binNs = 0;

  /** Adds the time since the last call to the state that held until now. */
  advance(nowNs: number): number {
    if (this.lastNs < 0) {
      this.lastNs = nowNs;
      this.binStartNs = nowNs;
      return 0;
    }
    const elapsed = nowNs - this.lastNs;
    if (elapsed <= 0) return 0;
    this.lastNs = nowNs;
    if (this.state !== LimitState.Idle) this.tentative[this.state]! += elapsed;
    return elapsed;
  }

  /** The data at hand left the sender together with what came before it: the time between was the wire's, and belongs to what the sender waits for after all of it. */
  hold(): void {
    const { tentative } = this;
    this.held += tentative[LimitState.Sender]! + tentative[LimitState.Network]!;
    tentative[LimitState.Sender] = 0;
    tentative[LimitState.Network] = 0;
  }

  /** New data was sent: the tentative time was what it looked like. `waited`: the window held data back while nothing was in flight. */
  commit(waited: boolean): void {
    const { tentative, total } = this;
    if (!waited) tentative[LimitState.Waiting] = 0;
    this.releaseHeld();
    const window = tentative[LimitState.ReceiveWindow]! + tentative[LimitState.Waiting]!;
    const sender = tentative[LimitState.Sender]!;
    const network = tentative[LimitState.Network]!;
    const recovery = tentative[LimitState.Recovery]!;
    const sum = window + sender + network + recovery;
    if (sum === 0) return;
    total[LimitState.ReceiveWindow]! += window;
    total[LimitState.Sender]! += sender;
    total[LimitState.Network]! += network;
    total[LimitState.Recovery]! += recovery;
    tentative[LimitState.ReceiveWindow] = window;
    this.committedNs = this.lastNs;
    this.spread(sum);
    for (let state = 1; state < STATES; state++) tentative[state] = 0;
  }

  /** Gives the held time to the state that most of the tentative time was spent in. */
  private releaseHeld(): void {
    if (this.held === 0) return;
    let best: number = LimitState.Network;
    for (let state = 1; state <= LimitState.Recovery; state++)
      if (this.tentative[state]! > this.tentative[best]!) best = state;
    this.tentative[best]! += this.held;
    this.held = 0;
  }

  /** Nothing more will be sent: what came after the last new data was waiting for acknowledgements only. */
  finish(): void {
    const { tentative, total } = this;
    this.releaseHeld();
    total[LimitState.Recovery]! += tentative[LimitState.Recovery]!;
    total[LimitState.Sender]! +=
      tentative[LimitState.Sender]! + tentative[LimitState.Network]! + tentative[LimitState.ReceiveWindow]!;
    tentative.fill(0);
  }

  /** Nanoseconds in a state that are certain. */
  nanoseconds(state: number): number {
    return this.total[state] ?? 0;
  }

  get busyNs(): number {
    const { total } = this;
    return total[1]! + total[2]! + total[3]! + total[4]!;
  }

  /** The gravest limit of each stretch of time, neighbours with the same limit joined; at most 64. */
  overTime(): { fromNs: number; toNs: number; limit: Limit }[] {
    const bins = this.bins;
    const result: { fromNs: number; toNs: number; limit: Limit }[] = [];
    if (bins === undefined) return this.singleStretch();
    for (let bin = 0; bin < BINS; bin++) {
      let best = 0;
      let most = 0;
      for (let state = 1; state <= 4; state++) {
        const share = bins[bin * 4 + state - 1]!;
        if (share > most) {
          most = share;
          best = state;
        }
      }
      const limit = limitOfState[best];
      if (limit === undefined) continue;
      const fromNs = this.binStartNs + bin * this.binNs;
      const toNs = Math.min(fromNs + this.binNs, Math.max(fromNs, this.lastNs));
      const last = result.at(-1);
      if (last !== undefined && last.limit === limit && Math.abs(last.toNs - fromNs) < 1) last.toNs = toNs;
      else result.push({ fromNs, toNs, limit });
    }
    return result;
  }

  /** Too little was sent for a course over time: what limited most of it. */
  private singleStretch(): { fromNs: number; toNs: number; limit: Limit }[] {
    let best = 1;
    for (let state = 2; state <= 4; state++) if (this.total[state]! > this.total[best]!) best = state;
    const limit = limitOfState[best];
    if (limit === undefined || this.total[best]! <= 0) return [];
    return [{ fromNs: this.binStartNs, toNs: Math.max(this.binStartNs, this.committedNs), limit }];
  }

  /** Puts the tentative time, which ends now, into the bin it ends in. */
  private spread(sum: number): void {
    let { bins } = this;
    let times = this.tentative;
    let left = sum;
    if (bins === undefined) {
      if (++this.commits < COMMITS_BEFORE_BINS) return;
      bins = new Float32Array(BINS * 4);
      this.bins = bins;
      this.binNs = 1_000_000;
      // All that went before, evenly.
      times = this.total;
      left = this.busyNs;
    }
    while (this.lastNs - this.binStartNs >= this.binNs * BINS) this.halve(bins);
    const all = left;
    const place = (this.lastNs - this.binStartNs) / this.binNs;
    const whole = Math.floor(place);
    if ((place - whole) * this.binNs >= all) {
      for (let state = 1; state <= 4; state++) bins[whole * 4 + state - 1]! += times[state]!;
      return;
    }
    // Time longer than a bin is spread over the bins it covers; the usual case is one bin.
    let endNs = this.lastNs;
    while (left > 0) {
      const bin = Math.max(0, Math.floor((endNs - this.binStartNs - 1e-3) / this.binNs));
      const binStart = this.binStartNs + bin * this.binNs;
      const part = bin === 0 ? left : Math.min(left, endNs - binStart);
      if (part <= 0) break;
      for (let state = 1; state <= 4; state++) bins[bin * 4 + state - 1]! += (times[state]! * part) / all;
      left -= part;
      endNs = binStart;
    }
  }

  private halve(bins: Float32Array): void {
    for (let bin = 0; bin < BINS; bin++) {
      for (let state = 0; state < 4; state++) {
        bins[bin * 4 + state] = bin < BINS / 2 ? bins[bin * 8 + state]! + bins[bin * 8 + 4 + state]! : 0;
      }
    }
    this.binNs *= 2;
  }
}

/** As in direction-state.ts: the fields that hold times are doubles from the first instance on. */
function settleShape(): void {
  const clock = new LimitClock();
  clock.advance(0.5);
  clock.state = LimitState.Sender;
  clock.advance(1.75);
  clock.hold();
  clock.state = LimitState.Network;
  clock.advance(2.5);
  clock.commit(true);
}
settleShape();
