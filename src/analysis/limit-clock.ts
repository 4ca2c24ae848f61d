// Station "analysis": where a sender's busy time went, in the kernel's sense (net/ipv4/tcp_output.c tcp_chrono_*, v6.18):
// busy from the first unsent or unacknowledged byte to none; limited by the receive window when the next segment does not
// fit. Time after the last new data is tentative: only the next new data proves that something was waiting.

import { D, I, type SlotRecord } from './direction-record.ts';
import type { Limit } from './measurement.ts';

/** What the sender waits for. Idle has nothing unacknowledged; Waiting neither, but the window held back what may be queued. */
export const LimitState = { Idle: 0, ReceiveWindow: 1, Sender: 2, Network: 3, Recovery: 4, Waiting: 5 } as const;

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

/** Accumulates time by state, in the slots of its direction. Times never run backwards here: an earlier one counts as the last. */
export class LimitClock {
  private readonly f: Float64Array;
  private readonly fo: number;
  private readonly record: SlotRecord;
  private bins: Float32Array | undefined = undefined;

  constructor(record: SlotRecord) {
    this.record = record;
    this.f = record.f;
    this.fo = record.fo;
  }

  get state(): number {
    return this.record.i[this.record.io + I.clockState]!;
  }

  set state(state: number) {
    this.record.i[this.record.io + I.clockState] = state;
  }

  /** Adds the time since the last call to the state that held until now. */
  advance(nowNs: number): number {
    const { f, fo } = this;
    const lastNs = f[fo + D.clockLastNs]!;
    if (lastNs < 0) {
      f[fo + D.clockLastNs] = nowNs;
      f[fo + D.clockBinStartNs] = nowNs;
      return 0;
    }
    const elapsed = nowNs - lastNs;
    if (elapsed <= 0) return 0;
    f[fo + D.clockLastNs] = nowNs;
    const { state } = this;
    if (state !== LimitState.Idle) f[fo + D.clockTentative + state]! += elapsed;
    return elapsed;
  }

  /** The data at hand left the sender together with what came before it: the time between was the wire's, and belongs to what the sender waits for after all of it. */
  hold(): void {
    const { f } = this;
    const tentative = this.fo + D.clockTentative;
    f[this.fo + D.clockHeld]! += f[tentative + LimitState.Sender]! + f[tentative + LimitState.Network]!;
    f[tentative + LimitState.Sender] = 0;
    f[tentative + LimitState.Network] = 0;
  }

  /** New data was sent: the tentative time was what it looked like. `waited`: the window held data back while nothing was in flight. */
  commit(waited: boolean): void {
    const { f, fo } = this;
    const tentative = fo + D.clockTentative;
    if (!waited) f[tentative + LimitState.Waiting] = 0;
    if (f[fo + D.clockHeld] !== 0) this.releaseHeld();
    const window = f[tentative + LimitState.ReceiveWindow]! + f[tentative + LimitState.Waiting]!;
    const sender = f[tentative + LimitState.Sender]!;
    const network = f[tentative + LimitState.Network]!;
    const recovery = f[tentative + LimitState.Recovery]!;
    const sum = window + sender + network + recovery;
    if (sum === 0) return;
    const total = fo + D.clockTotal;
    f[total + LimitState.ReceiveWindow]! += window;
    f[total + LimitState.Sender]! += sender;
    f[total + LimitState.Network]! += network;
    f[total + LimitState.Recovery]! += recovery;
    f[tentative + LimitState.ReceiveWindow] = window;
    f[fo + D.clockCommittedNs] = f[fo + D.clockLastNs]!;
    this.spread(sum);
    f[tentative + LimitState.ReceiveWindow] = 0;
    f[tentative + LimitState.Sender] = 0;
    f[tentative + LimitState.Network] = 0;
    f[tentative + LimitState.Recovery] = 0;
    f[tentative + LimitState.Waiting] = 0;
  }

  /** Gives the held time to the state that most of the tentative time was spent in. */
  private releaseHeld(): void {
    const { f, fo } = this;
    const held = f[fo + D.clockHeld]!;
    if (held === 0) return;
    const tentative = fo + D.clockTentative;
    let best: number = LimitState.Network;
    for (let state = 1; state <= LimitState.Recovery; state++)
      if (f[tentative + state]! > f[tentative + best]!) best = state;
    f[tentative + best]! += held;
    f[fo + D.clockHeld] = 0;
  }

  /** Nothing more will be sent: what came after the last new data was waiting for acknowledgements only. */
  finish(): void {
    this.releaseHeld();
    const { f, fo } = this;
    const tentative = fo + D.clockTentative;
    f[fo + D.clockTotal + LimitState.Recovery]! += f[tentative + LimitState.Recovery]!;
    f[fo + D.clockTotal + LimitState.Sender]! +=
      f[tentative + LimitState.Sender]! + f[tentative + LimitState.Network]! + f[tentative + LimitState.ReceiveWindow]!;
    f.fill(0, tentative, tentative + 6);
  }

  /** Nanoseconds in a state that are certain. */
  nanoseconds(state: number): number {
    return this.f[this.fo + D.clockTotal + state] ?? 0;
  }

  get busyNs(): number {
    const total = this.fo + D.clockTotal;
    return this.f[total + 1]! + this.f[total + 2]! + this.f[total + 3]! + this.f[total + 4]!;
  }

  /** The gravest limit of each stretch of time, neighbours with the same limit joined; at most 64. */
  overTime(): { fromNs: number; toNs: number; limit: Limit }[] {
    const bins = this.bins;
    const result: { fromNs: number; toNs: number; limit: Limit }[] = [];
    if (bins === undefined) return this.singleStretch();
    const { f, fo } = this;
    const lastNs = f[fo + D.clockLastNs]!;
    const binNs = f[fo + D.clockBinNs]!;
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
      const fromNs = f[fo + D.clockBinStartNs]! + bin * binNs;
      const toNs = Math.min(fromNs + binNs, Math.max(fromNs, lastNs));
      const last = result.at(-1);
      if (last !== undefined && last.limit === limit && Math.abs(last.toNs - fromNs) < 1) last.toNs = toNs;
      else result.push({ fromNs, toNs, limit });
    }
    return result;
  }

  /** Too little was sent for a course over time: what limited most of it. */
  private singleStretch(): { fromNs: number; toNs: number; limit: Limit }[] {
    const { f, fo } = this;
    let best = 1;
    for (let state = 2; state <= 4; state++) if (this.nanoseconds(state) > this.nanoseconds(best)) best = state;
    const limit = limitOfState[best];
    if (limit === undefined || this.nanoseconds(best) <= 0) return [];
    const fromNs = f[fo + D.clockBinStartNs]!;
    return [{ fromNs, toNs: Math.max(fromNs, f[fo + D.clockCommittedNs]!), limit }];
  }

  /** Puts the tentative time, which ends now, into the bin it ends in. */
  private spread(sum: number): void {
    const { f, fo, bins } = this;
    if (bins === undefined) {
      this.firstSpread();
      return;
    }
    let binNs = f[fo + D.clockBinNs]!;
    const sinceStart = f[fo + D.clockLastNs]! - f[fo + D.clockBinStartNs]!;
    while (sinceStart >= binNs * BINS) {
      this.halve(bins);
      binNs *= 2;
    }
    const place = sinceStart / binNs;
    const whole = Math.floor(place);
    if ((place - whole) * binNs < sum) {
      this.spreadOver(bins, fo + D.clockTentative, sum);
      return;
    }
    // The usual case: within one bin.
    const tentative = fo + D.clockTentative + 1;
    const at = whole * 4;
    bins[at]! += f[tentative]!;
    bins[at + 1]! += f[tentative + 1]!;
    bins[at + 2]! += f[tentative + 2]!;
    bins[at + 3]! += f[tentative + 3]!;
  }

  /** Makes the bins when they are worth it: all that went before, evenly. */
  private firstSpread(): void {
    const { f, fo, record } = this;
    if (++record.i[record.io + I.clockCommits]! < COMMITS_BEFORE_BINS) return;
    const bins = new Float32Array(BINS * 4);
    this.bins = bins;
    f[fo + D.clockBinNs] = 1_000_000;
    while (f[fo + D.clockLastNs]! - f[fo + D.clockBinStartNs]! >= f[fo + D.clockBinNs]! * BINS) this.halve(bins);
    this.spreadOver(bins, fo + D.clockTotal, this.busyNs);
  }

  /** Spreads times (states from `times` on, `all` in sum), which end now, over the bins they cover. */
  private spreadOver(bins: Float32Array, times: number, all: number): void {
    const { f, fo } = this;
    const startNs = f[fo + D.clockBinStartNs]!;
    const binNs = f[fo + D.clockBinNs]!;
    let endNs = f[fo + D.clockLastNs]!;
    let left = all;
    while (left > 0) {
      const bin = Math.max(0, Math.floor((endNs - startNs - 1e-3) / binNs));
      const binStart = startNs + bin * binNs;
      const part = bin === 0 ? left : Math.min(left, endNs - binStart);
      if (part <= 0) break;
      for (let state = 1; state <= 4; state++) bins[bin * 4 + state - 1]! += (f[times + state]! * part) / all;
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
    this.f[this.fo + D.clockBinNs]! *= 2;
  }
}
