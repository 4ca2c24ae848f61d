// Station "analysis": how each frame of new data came to be sent, and so what bounded its size. Exact for window, write ends
// and retransmissions; for the rest the tap must be beside the sender, where the moment of sending can be compared with
// the acknowledgement before it.

import type { DataFrame } from './data.ts';
import { B, D, I } from './direction-record.ts';
import type { DirectionState } from './direction-state.ts';
import { LimitState } from './limit-clock.ts';
import { now } from './now.ts';
import { Quantiles } from './quantiles.ts';
import { MOST_ROWS } from './sample.ts';
import { largestSuperPacket } from './segment-size.ts';

/** How a frame came to be sent. Indexes of `smallBytesByCause`. */
export const SendCause = {
  Retransmission: 0,
  /** It fills the window, or leaves less than a segment of it. */
  Window: 1,
  /** It ends short of a segment: nothing more was queued. */
  WriteEnd: 2,
  /** The same, right after an acknowledgement freed memory while data was in flight. */
  BufferFreed: 3,
  /** Whole segments, right after an acknowledgement. */
  AckClocked: 4,
  /** Whole segments, at a time that no acknowledgement explains. */
  Spaced: 5,
  /** One of several frames of the same whole number (2 or more) of segments at one instant: TSO autosizing. */
  Autosized: 6,
  /** One of four or more single segments at one instant: a longer skb was cut. */
  Cut: 7,
  /** The tap is not beside the sender. */
  Unknown: 8,
  /** Whole segments with nothing in flight and no acknowledgement just before. */
  Idle: 9,
} as const;

export const SEND_CAUSES = 10;

/** Frames closer than this left in one go of tcp_write_xmit; measured 1..8 µs apart at a veth tap, v6.18. */
const ONE_INSTANT_NS = 30_000;
/** A sender's answer to an acknowledgement: 4..60 µs at a tap beside it, v6.18 in a VM; more under load. */
const FASTEST_TURN_NS = 40_000;
const SLOWEST_TURN_NS = 300_000;
/** Single segments at one instant that no congestion window explains: with cwnd >= 4 TCP sends two at once (tcp_cwnd_test quota cwnd/2). */
const CUT_RUN = 4;
/** A writer that slept for buffer space runs again within this; measured 60..800 µs, v6.18 in a VM of two cores. */
const WRITER_WAKES_NS = 1_500_000;
const QUICK_PATH_NS = 300_000;
/** TSvals tick in milliseconds; older by more than this and the frame waited in a queue below TCP. */
const QUEUED_BELOW_NS = 3_000_000;

/** Notes a frame of `cause`; a small one (less than half the largest super-packet) by its bytes. */
export function noteCause(
  direction: DirectionState,
  cause: number,
  payload: number,
  segment: number,
  row: number,
): void {
  if (segment > 0 && payload > segment && payload * 2 >= largestSuperPacket(segment)) {
    direction.smallLargeBytes += payload;
    return;
  }
  const { f, i, fo, io } = direction;
  i[io + I.smallFrames]!++;
  f[fo + D.smallBytes]! += payload;
  f[fo + D.smallBytesByCause + cause]! += payload;
  if (++i[io + I.smallFramesByCause + cause]! <= MOST_ROWS) keepRow(direction, cause, row);
}

/** Remembers one of the first rows of a cause. */
export function keepRow(direction: DirectionState, cause: number, row: number): void {
  direction.smallRows ??= [];
  direction.smallRows[cause] = [...(direction.smallRows[cause] ?? []), row];
}

/**
 * Why a frame of new data ends where it does. `room` is what the window leaves after it (a very large number when not
 * known), `inFlight` what was unacknowledged before it, `pushed` whether it carries PSH. On a lone segment beside the sender PSH says that the queue
 * was empty behind it (net/ipv4/tcp.c tcp_push); on several it says nothing (every TSO skb carries it, tcp_output.c, v5.1+).
 */
export function causeOfFrame(
  direction: DirectionState,
  frame: DataFrame,
  room: number,
  inFlight: number,
  pushed: boolean,
): number {
  const { f, i, fo, io } = direction;
  const nowNs = now.ns;
  const { payload, segments, segment } = frame;
  const gap = nowNs - f[fo + D.lastDataNs]!;
  const follows = i[io + I.dataFrames]! > 1;
  const answered = i[io + B.ackSinceData] !== 0;
  const atOnce = follows && gap < ONE_INSTANT_NS && !answered;
  trackRun(direction, payload, segments, segment, atOnce);
  if (room < segment) return SendCause.Window;
  if (i[io + I.clockState] === LimitState.ReceiveWindow && room * 3 < i[io + I.windowBytes]!) return SendCause.Window;
  const near = i[io + B.near] !== 0;
  const run = i[io + I.run]!;
  const whole = segment > 0 && payload % segment === 0;
  const turn = answered ? nowNs - f[fo + D.effectiveAckNs]! : Number.POSITIVE_INFINITY;
  if (!whole || (pushed && segments === 1 && run === 1 && near)) return queueEmptied(direction, turn, gap, inFlight);
  if (!near && !isQuickPath(direction)) return SendCause.Unknown;
  if (run >= CUT_RUN && segments === 1) return SendCause.Cut;
  if (run >= 3 && segments > 1) return SendCause.Autosized;
  if (atOnce) return i[io + I.lastCause]!;
  if (turn < turnLimit(direction)) return SendCause.AckClocked;
  if (inFlight <= 0) return follows ? SendCause.Idle : SendCause.AckClocked;
  direction.spacing ??= new Quantiles();
  direction.spacing.add(gap);
  return SendCause.Spaced;
}

/** Nothing was queued behind the frame: its writer was slow, or was let go on by an acknowledgement that freed its buffer. */
function queueEmptied(direction: DirectionState, turn: number, gap: number, inFlight: number): number {
  if (inFlight > 0 && turn < WRITER_WAKES_NS) return SendCause.BufferFreed;
  const goesOn = direction.i[direction.io + I.lastCause] === SendCause.BufferFreed && gap < WRITER_WAKES_NS;
  return goesOn ? SendCause.BufferFreed : SendCause.WriteEnd;
}

/** No delay on the path: what is seen at either end is the sender's own timing within microseconds. */
function isQuickPath(direction: DirectionState): boolean {
  const { f, fo } = direction;
  return f[fo + D.turnMinNs]! + f[fo + D.peerTurnMinNs]! < QUICK_PATH_NS;
}

/** Runs of equal whole frames at one instant. */
export function trackRun(
  direction: DirectionState,
  payload: number,
  segments: number,
  segment: number,
  atOnce: boolean,
): void {
  const { i, io } = direction;
  if (atOnce && payload === i[io + I.lastRunPayload]) {
    const run = ++i[io + I.run]!;
    if (segments === 1 && payload === segment && run >= CUT_RUN) {
      if (run === CUT_RUN) i[io + I.cutBursts]!++;
      if (run > i[io + I.longestCutBurst]!) i[io + I.longestCutBurst] = run;
    }
  } else i[io + I.run] = 1;
  i[io + I.lastRunPayload] = payload;
}

function turnLimit(direction: DirectionState): number {
  const rtt = direction.ackDelay === undefined ? 0 : direction.ackDelay.min;
  return Math.min(SLOWEST_TURN_NS, Math.max(FASTEST_TURN_NS, rtt / 4));
}

/**
 * Whether the frame waited below TCP: its TSval, which TCP stamped when it passed the skb down, is older than that of the
 * freshest frame by more than a few milliseconds; gives how long, in ns, or 0 (timestamps of 1 kHz; net/ipv4/tcp_output.c, v4.13+).
 */
export function noteTimestampAge(direction: DirectionState, tsVal: number): number {
  const { f, i, fo, io } = direction;
  const nowNs = now.ns;
  const epochNs = f[fo + D.tsEpochNs]!;
  if (epochNs < 0) {
    f[fo + D.tsEpochNs] = nowNs;
    i[io + I.lastTsVal] = tsVal;
    f[fo + D.tsMinimumLagNs] = 0;
    return 0;
  }
  const lag = nowNs - epochNs - ((tsVal - i[io + I.lastTsVal]!) | 0) * 1e6;
  const least = f[fo + D.tsMinimumLagNs]!;
  if (lag < least) {
    f[fo + D.tsMinimumLagNs] = lag;
    return 0;
  }
  const queuedNs = lag - least;
  if (queuedNs <= QUEUED_BELOW_NS) return 0;
  i[io + I.queuedBelowFrames]!++;
  return queuedNs;
}
