// Station "analysis": data of a direction: new, again, or late. What is not new is taken by the host (analysis/data.ts).

import * as Cause from '../layout/causes';
import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as Row from '../layout/row-places';
import * as Scratch from '../layout/scratch';
import * as State from '../layout/states';
import * as W from '../layout/words';
import { startAt } from './acknowledgements';
import { beforeCapture, behind, hole, probe } from './callbacks';
import { blockedNs, commitClock, forgetBlocked, holdClock, isQuick, SLOWEST_TURN_NS } from './clock';
import { numberOf, sideOf } from './family';
import { add } from './fields';
import { pushFlight } from './flight';
import { takePace } from './pace';
import { addQuantile } from './quantiles';
import { idOf } from './rows';
import { addSample } from './samples';
import { searchScale } from './scale-search';
import { isWhole, usualSegment } from './segment';
import { advanceTo, applyProven, dataSent, endsAtRecentEdge, INITIAL_WINDOW } from './sender-limits';
import { causeOfFrame, noteCause, noteTimestampAge } from './small-frames';

/** Paths slower than this stretch bursts visibly. */
const BURST_PATH_NS: f64 = 300_000;
/** An answer to an opened window is late when it took this share of the time that the window was closed. */
const LATE_SHARE: f64 = 0.125;
/** A sender that waited for the window answers its opening within this, or had nothing to send. */
const WINDOW_ANSWER_NS: f64 = 50_000_000;

/** Takes the frame at hand, which has payload. False if it is a copy from another tap and must not count. */
export function takeData(own: usize, row: usize): bool {
  const start = load<i32>(Scratch.start);
  if (load<i32>(own, F.started) == 0) startAt(own, start);
  const late = load<i32>(own, W.firstDataRow) < 0 && load<i32>(own, F.synSeen) == 0;
  // The capture starts in mid-flight: what lies between was sent before it.
  if (late && start - load<i32>(own, W.next) > 0) store<i32>(own, start, W.next);
  if (load<i32>(Scratch.payload) == 1 && load<i32>(own, W.rawWindow) == 0 && isWindowProbe(own, start)) return true;
  if (late) beforeCapture(numberOf(own), sideOf(own));
  const ahead = start - load<i32>(own, W.next);
  if (ahead < 0) {
    const fate = behind(numberOf(own), sideOf(own), row);
    if (fate < 2) return fate == 1;
  } else if (ahead > 0) hole(numberOf(own), sideOf(own));
  const payload = load<i32>(Scratch.payload);
  const fresh = ahead < 0 ? payload + ahead : payload;
  takeNew(own, row, start, load<i32>(Scratch.end), load<i32>(Scratch.segments), load<f64>(Scratch.segment), fresh);
  return true;
}

/** One byte of new data into a closed window with nothing in flight: BSD and Windows probe so; the receiver need not take it. */
function isWindowProbe(own: usize, start: i32): bool {
  const next = load<i32>(own, W.next);
  if (start != next || next - load<i32>(own, W.una) > 0) return false;
  probe(numberOf(own), sideOf(own), load<i32>(Scratch.row));
  store<i32>(own, 1, F.probedByte);
  return true;
}

/**
 * Takes new data from `start` to `end`, `fresh` bytes of which were never seen before, as so many segments of `segment` bytes (0: not
 * known).
 */
export function takeNew(own: usize, row: usize, start: i32, end: i32, segments: i32, segment: f64, fresh: i32): void {
  const nowNs = load<f64>(Scratch.nowNs);
  const near = load<i32>(own, F.near);
  const payload = load<i32>(row, Row.payloadBytes);
  countSent(own, segments);
  if (near != 0) takeTimeNear(own, row);
  else takeTimeAway(own, row, end);
  store<i32>(own, 0, F.windowBlocked);
  let room = i32.MAX_VALUE;
  if (load<i32>(own, W.windowBytes) >= 0) {
    if (near == 0) noteCutByWindow(own, end, payload, segment);
    room = load<i32>(own, W.effectiveEdge) - end;
  }
  if (load<i32>(own, W.scaleShift) < 0) searchScale(own, end);
  else if (load<u32>(own, P.scaleSearch) != 0) searchScale(own, end);
  if (payload > 0) takePayload(own, row, room, fresh, segments, segment);
  pushFlight(own, nowNs, start, end, load<i32>(row, Row.number), idOf(row));
  store<i32>(own, end, W.next);
  store<i32>(own, 0, F.ackSinceData);
  const after = end - load<i32>(own, W.una);
  if (after > load<i32>(own, W.maxInFlight)) store<i32>(own, after, W.maxInFlight);
  dataSent(own);
}

/** What the congestion window can hold at most follows from it, if the first ten were acknowledged before more left. */
function countSent(own: usize, segments: i32): void {
  const before = load<i32>(own, W.packetsSent);
  if (before < 0) return;
  const sent = before + segments;
  store<i32>(own, sent, W.packetsSent);
  if (sent <= INITIAL_WINDOW) return;
  if (load<i32>(own, W.laggingAcks) + load<i32>(own, W.currentAcks) == 0) store<i32>(own, -1, W.packetsSent);
}

/** Beside the sender what came before is known to the nanosecond. */
function takeTimeNear(own: usize, row: usize): void {
  const payload = load<i32>(row, Row.payloadBytes);
  takePace(own, payload);
  if (blockedNs(own) > 0) {
    if (wasNotBlocked(own, payload)) forgetBlocked(own);
  }
  if ((load<i32>(row, Row.notes) & Row.timestamps) != 0) {
    const queuedNs = noteTimestampAge(own, load<i32>(row, Row.tsVal));
    if (queuedNs > 0) {
      if (load<i32>(own, W.clockState) == State.idle) wasQueued(own, queuedNs);
    }
  }
  takeTime(own);
}

/**
 * Whether data shows that the window held nothing back. A sender with a segment for which there was no room, or with several that TSO
 * deferred, sends as soon as an acknowledgement makes room; one that sends later had less, which waited for nothing but for more of
 * it (Nagle), unless its pace held it back. And one that sends less than a segment into less room than that had no segment.
 */
function wasNotBlocked(own: usize, payload: i32): bool {
  const opened = load<i32>(own, W.opened);
  let sinceNs = load<f64>(own, D.openedNs);
  if (load<i32>(own, W.clockState) == State.idle) sinceNs = load<f64>(own, D.effectiveAckNs);
  else if (opened <= 0) {
    if (load<i32>(own, W.clockState) != State.receiveWindow) return false;
    const room = load<i32>(own, W.effectiveEdge) - load<i32>(own, W.next);
    if (payload >= room) return false;
    if (<f64>room < usualSegment(own)) return true;
    sinceNs = load<f64>(own, D.effectiveAckNs);
  }
  // Of a sender that answers acknowledgements a late one is the host's own pause.
  if (opened == 0 || opened == 1) return false;
  if (load<f64>(Scratch.nowNs) - sinceNs < SLOWEST_TURN_NS + LATE_SHARE * blockedNs(own)) return false;
  return load<f64>(Scratch.pacedNs) == 0;
}

function takeTimeAway(own: usize, row: usize, end: i32): void {
  const hasTimestamps = (load<i32>(row, Row.notes) & Row.timestamps) != 0;
  applyProven(own, end, load<i32>(row, Row.tsEcr), hasTimestamps);
  if (isQuick(own)) takePace(own, load<i32>(row, Row.payloadBytes));
  if (hasTimestamps) {
    noteTimestampAge(own, load<i32>(row, Row.tsVal));
    if (goesOn(own, load<i32>(row, Row.tsVal))) {
      advanceToData(own);
      holdClock(own);
      return;
    }
  }
  takeTime(own);
}

function advanceToData(own: usize): void {
  if (load<i32>(own, W.opened) > 0) wasOpened(own);
  store<f64>(Scratch.effectNs, load<f64>(Scratch.nowNs));
  advanceTo(own);
}

/** The time until now was what it looked like. */
function takeTime(own: usize): void {
  advanceToData(own);
  let waited = load<i32>(own, W.clockState) == State.waiting;
  if (load<i32>(own, F.windowBlocked) != 0) {
    if (load<f64>(Scratch.nowNs) - load<f64>(own, D.effectiveAckNs) < WINDOW_ANSWER_NS) waited = true;
  }
  commitClock(own, waited);
  store<f64>(Scratch.pacedNs, 0);
}

/** Away from the sender: a short frame may have been cut by the window of an acknowledgement before the last. */
function noteCutByWindow(own: usize, end: i32, payload: i32, segment: f64): void {
  if (segment <= 0) return;
  if (isWhole(payload, segment)) return;
  if (!fillsHalf(own, end)) return;
  if (endsAtRecentEdge(own, end)) store<i32>(own, end, W.effectiveEdge);
}

/** A window that cut a frame is full; writes and windows in whole KiB meet an old edge by chance. */
function fillsHalf(own: usize, end: i32): bool {
  return <i64>(end - load<i32>(own, W.effectiveUna)) * 2 >= <i64>load<i32>(own, W.windowBytes);
}

/** For TCP the frame has been under way for `queuedNs`: a queue below it (and above the tap) held it. */
function wasQueued(own: usize, queuedNs: f64): void {
  store<f64>(Scratch.effectNs, load<f64>(Scratch.nowNs) - queuedNs);
  advanceTo(own);
  store<i32>(own, State.network, W.clockState);
}

/** To TCP the window limits until it sends (tcp_write_xmit, v6.18, ends RWND_LIMITED): what it takes to answer counts. */
function wasOpened(own: usize): void {
  store<i32>(own, 0, W.opened);
  const turn = load<f64>(Scratch.nowNs) - load<f64>(own, D.effectiveAckNs);
  // Elsewhere the moment of taking effect is known to about a turn (applyPending).
  const slack = load<i32>(own, F.near) != 0 ? 0 : Math.max(0, load<f64>(own, D.turnNs));
  if (turn >= SLOWEST_TURN_NS + slack) return;
  const state = load<i32>(own, W.clockState);
  if (state == State.network || state == State.idle) store<i32>(own, State.receiveWindow, W.clockState);
}

/** The payload of a frame, `fresh` bytes of which were never seen before; `room` is what the window leaves after it. */
function takePayload(own: usize, row: usize, room: i32, fresh: i32, segments: i32, segment: f64): void {
  const payload = load<i32>(row, Row.payloadBytes);
  const number = load<i32>(row, Row.number);
  const nowNs = load<f64>(Scratch.nowNs);
  add(own, D.uniqueBytes, <f64>fresh);
  const cause = causeOfFrame(own, row, room, segments, segment);
  noteCause(own, cause, payload, segment, number);
  addToSum(own, cause, <f64>payload);
  store<i32>(own, cause, W.lastCause);
  if (load<i32>(own, F.near) != 0) {
    const frames = load<i32>(own, W.dataFrames);
    if (frames < 1024 || (frames & (frames < 16_384 ? 7 : 63)) == 0) noteGap(own, frames, nowNs);
  }
  if (room == 0) addSample(own + P.atEdge, number);
  store<i32>(own, cause == Cause.writeEnd || cause == Cause.bufferFreed ? 1 : 0, F.drained);
  store<f64>(own, nowNs, D.lastDataNs);
}

/** The time since the frame before, of all of the first 1,024 frames, then one in 8, then one in 64: enough for a median. */
function noteGap(own: usize, frames: i32, nowNs: f64): void {
  if (frames > 1) addQuantile(own + P.dataGaps, Math.max(0, nowNs - load<f64>(own, D.lastDataNs)));
}

/** Bytes of all new data by how they came to be sent. */
function addToSum(own: usize, cause: i32, bytes: f64): void {
  if (cause == Cause.ackClocked) add(own, D.ackClockedBytes, bytes);
  else if (cause == Cause.spaced || cause == Cause.autosized) add(own, D.spacedBytes, bytes);
  else if (cause == Cause.writeEnd) add(own, D.writeEndBytes, bytes);
  else if (cause == Cause.bufferFreed) add(own, D.bufferFreedBytes, bytes);
}

/** Frames with one TSval left within a millisecond: away from the sender their spacing is the wire's. */
function goesOn(own: usize, tsVal: i32): bool {
  const same = tsVal == load<i32>(own, W.previousTsVal) && load<i32>(own, W.dataFrames) > 1;
  store<i32>(own, tsVal, W.previousTsVal);
  return same && load<f64>(own, D.turnMinNs) + load<f64>(own, D.peerTurnMinNs) > BURST_PATH_NS;
}
