// Station "analysis": how each frame of new data came to be sent, and so what bounded its size. Exact for window, write ends
// and retransmissions; for the rest the tap must be beside the sender, where the moment of sending can be compared with
// the acknowledgement before it.

import * as SmallPlace from '../layout/cause-places';
import * as Cause from '../layout/causes';
import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as QuantilePlace from '../layout/quantile-places';
import * as Row from '../layout/row-places';
import * as SamplePlace from '../layout/sample-places';
import * as Scratch from '../layout/scratch';
import * as State from '../layout/states';
import * as W from '../layout/words';
import { FASTEST_TURN_NS, SLOWEST_TURN_NS } from './clock';
import { add, count, isSet } from './fields';
import { allocate } from './memory';
import { addQuantile } from './quantiles';
import { flagsOf } from './rows';
import { addSample } from './samples';
import { isWhole, largestSuperPacket } from './segment';

/** Frames closer than this left in one go of tcp_write_xmit; measured 1..8 µs apart at a veth tap, v6.18. */
const ONE_INSTANT_NS: f64 = 30_000;
/** Single segments at one instant that no congestion window explains: with cwnd >= 4 TCP sends two at once (tcp_cwnd_test quota cwnd/2). */
const CUT_RUN: i32 = 4;
/** A writer that slept for buffer space runs again within this; measured 60..800 µs, v6.18 in a VM of two cores. */
const WRITER_WAKES_NS: f64 = 1_500_000;
const QUICK_PATH_NS: f64 = 300_000;
/** TSvals tick in milliseconds; older by more than this and the frame waited in a queue below TCP. */
const QUEUED_BELOW_NS: f64 = 3_000_000;

/** Notes a frame of `cause`; a small one (less than half the largest super-packet) by its bytes. */
export function noteCause(own: usize, cause: i32, payload: i32, segment: f64, row: i32): void {
  const bytes = <f64>payload;
  if (bytes > segment) {
    if (segment > 0) {
      if (bytes * 2 >= largestSuperPacket(segment)) {
        add(own, D.smallLargeBytes, bytes);
        return;
      }
    }
  }
  count(own, W.smallFrames);
  add(own, D.smallBytes, bytes);
  const slot = own + ((<usize>cause) << 2);
  let small: usize = load<u32>(slot, P.smallCauses);
  if (small == 0) {
    small = allocate(SmallPlace.bytes);
    store<u32>(slot, <u32>small, P.smallCauses);
  }
  add(small, SmallPlace.payloadBytes, bytes);
  if (count(small, SmallPlace.frames) <= SamplePlace.mostRows) addSample(small + SmallPlace.sample, row);
}

/**
 * Why a frame of new data, of so many segments of `segment` bytes, ends where it does. `room` is what the window leaves after it (a
 * very large number when not known). On a lone segment beside the sender PSH says that the queue was empty behind it (net/ipv4/tcp.c
 * tcp_push); on several it says nothing (every TSO skb carries it, tcp_output.c, v5.1+).
 */
export function causeOfFrame(own: usize, row: usize, room: i32, segments: i32, segment: f64): i32 {
  const nowNs = load<f64>(Scratch.nowNs);
  const payload = load<i32>(row, Row.payloadBytes);
  const gap = nowNs - load<f64>(own, D.lastDataNs);
  const answered = load<i32>(own, F.ackSinceData) != 0;
  let atOnce = false;
  if (!answered) {
    if (gap < ONE_INSTANT_NS) atOnce = load<i32>(own, W.dataFrames) > 1;
  }
  trackRun(own, payload, segments, segment, atOnce);
  if (<f64>room < segment) return Cause.window;
  if (load<i32>(own, W.clockState) == State.receiveWindow) {
    if (<i64>room * 3 < <i64>load<i32>(own, W.windowBytes)) return Cause.window;
  }
  const near = load<i32>(own, F.near);
  const run = load<i32>(own, W.run);
  const turn = answered ? nowNs - load<f64>(own, D.effectiveAckNs) : Infinity;
  const inFlight = load<i32>(own, W.next) - load<i32>(own, W.una);
  if (!isWhole(payload, segment)) return queueEmptied(own, turn, gap, inFlight);
  if (near != 0) {
    if (segments == 1) {
      if (run == 1) {
        if ((flagsOf(row) & Row.psh) != 0) return queueEmptied(own, turn, gap, inFlight);
      }
    }
  } else if (!isQuickPath(own)) return Cause.unknown;
  if (segments == 1) {
    if (run >= CUT_RUN) return Cause.cut;
  } else if (run >= 3) return Cause.autosized;
  if (atOnce) return load<i32>(own, W.lastCause);
  if (turn < SLOWEST_TURN_NS) {
    if (turn < turnLimit(own)) return Cause.ackClocked;
  }
  if (inFlight <= 0) return load<i32>(own, W.dataFrames) > 1 ? Cause.idle : Cause.ackClocked;
  addQuantile(own + P.spacing, gap);
  return Cause.spaced;
}

/** Nothing was queued behind the frame: its writer was slow, or was let go on by an acknowledgement that freed its buffer. */
function queueEmptied(own: usize, turn: f64, gap: f64, inFlight: i32): i32 {
  if (inFlight > 0 && turn < WRITER_WAKES_NS) return Cause.bufferFreed;
  const goesOn = load<i32>(own, W.lastCause) == Cause.bufferFreed && gap < WRITER_WAKES_NS;
  return goesOn ? Cause.bufferFreed : Cause.writeEnd;
}

/** No delay on the path: what is seen at either end is the sender's own timing within microseconds. */
function isQuickPath(own: usize): bool {
  return load<f64>(own, D.turnMinNs) + load<f64>(own, D.peerTurnMinNs) < QUICK_PATH_NS;
}

/** Runs of equal whole frames at one instant. */
function trackRun(own: usize, payload: i32, segments: i32, segment: f64, atOnce: bool): void {
  if (atOnce) {
    if (payload == load<i32>(own, W.lastRunPayload)) {
      const run = count(own, W.run);
      if (run >= CUT_RUN && segments == 1) {
        if (<f64>payload == segment) noteCut(own, run);
      }
      return;
    }
  }
  store<i32>(own, 1, W.run);
  store<i32>(own, payload, W.lastRunPayload);
}

function noteCut(own: usize, run: i32): void {
  if (run == CUT_RUN) count(own, W.cutBursts);
  if (run > load<i32>(own, W.longestCutBurst)) store<i32>(own, run, W.longestCutBurst);
}

function turnLimit(own: usize): f64 {
  const delay: usize = load<u32>(own, P.ackDelay);
  const rtt: f64 = delay == 0 ? 0 : load<f64>(delay, QuantilePlace.least);
  return Math.min(SLOWEST_TURN_NS, Math.max(FASTEST_TURN_NS, rtt / 4));
}

/**
 * Whether the frame waited below TCP: its TSval, which TCP stamped when it passed the skb down, is older than that of the
 * freshest frame by more than a few milliseconds; gives how long, in ns, or 0 (timestamps of 1 kHz; net/ipv4/tcp_output.c, v4.13+).
 */
export function noteTimestampAge(own: usize, tsVal: i32): f64 {
  const nowNs = load<f64>(Scratch.nowNs);
  if (!isSet(own, D.tsEpochNs)) {
    store<f64>(own, nowNs, D.tsEpochNs);
    store<i32>(own, tsVal, W.lastTsVal);
    store<f64>(own, 0, D.tsMinimumLagNs);
    return 0;
  }
  const lag = nowNs - load<f64>(own, D.tsEpochNs) - <f64>(tsVal - load<i32>(own, W.lastTsVal)) * 1e6;
  const least = load<f64>(own, D.tsMinimumLagNs);
  if (lag < least) {
    store<f64>(own, lag, D.tsMinimumLagNs);
    return 0;
  }
  const queuedNs = lag - least;
  if (queuedNs <= QUEUED_BELOW_NS) return 0;
  count(own, W.queuedBelowFrames);
  return queuedNs;
}
