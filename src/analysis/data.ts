// Station "analysis": data of a direction: new, again, or late.

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import { Col, Note, tapOf, tcpFlagsOf } from '../packets/packet-batch.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import type { ConnectionState } from './connection-state.ts';
import { B, D, I } from './direction-record.ts';
import type { DirectionState } from './direction-state.ts';
import { fillHoles, openBeforeCapture, openHole } from './holes.ts';
import { LimitState } from './limit-clock.ts';
import { noteRetransmission } from './loss.ts';
import { now } from './now.ts';
import { Quantiles } from './quantiles.ts';
import { Sample } from './sample.ts';
import { advanceTo, applyPending, applyProven, dataSent } from './sender-limits.ts';
import { causeOfFrame, noteCause, noteTimestampAge, SEND_CAUSES, SendCause } from './small-frames.ts';
import { WindowScaleSearch } from './window-scale-search.ts';

/** Paths slower than this stretch bursts visibly. */
const BURST_PATH_NS = 300_000;
/** A sender that waited for the window answers its opening within this, or had nothing to send. */
const WINDOW_ANSWER_NS = 50_000_000;

/** What is known of the frame at hand beside its row. */
export interface DataFrame {
  start: Seq32;
  end: Seq32;
  payload: number;
  segments: number;
  /** Payload of a full segment with this frame's options; 0 unknown. */
  segment: number;
  row: number;
  ipId: number;
}

/** Takes a frame with payload (or FIN). False if it is a copy from another tap and must not count. */
export function takeData(
  connection: ConnectionState,
  data: DirectionState,
  frame: DataFrame,
  words: Int32Array,
  base: number,
): boolean {
  const { i, io } = data;
  if (i[io + B.started] === 0) {
    data.started = true;
    data.next = frame.start;
    data.una = frame.start;
    data.effectiveUna = frame.start;
    data.sackHighest = frame.start;
  }
  const late = i[io + I.firstDataRow]! < 0 && i[io + B.synSeen] === 0;
  // The capture starts in mid-flight: what lies between was sent before it.
  if (late && ((frame.start - i[io + I.next]!) | 0) > 0) data.next = frame.start;
  if (frame.payload === 1 && i[io + I.rawWindow] === 0 && isWindowProbe(data, frame)) return true;
  if (late) openBeforeCapture(data, frame.start, frame.ipId);
  const ahead = (frame.start - i[io + I.next]!) | 0;
  if (ahead < 0) {
    if (isCopy(data, frame)) {
      connection.noteDuplicate(frame.row, tapOf(words, base), now.ns - sentBefore(data, frame));
      return false;
    }
    if (seqDistance(frame.end, data.next) >= 0) {
      takeOld(data, frame, words, base);
      return true;
    }
    // Old bytes with new ones behind them: the old part was sent again.
    const filled = fillHoles(data, frame.start, data.next);
    if (filled !== undefined) data.uniqueBytes += filled.bytes;
    noteRetransmission(data, frame, -ahead);
  } else if (ahead > 0) openHole(data, data.next, frame.start, frame.ipId);
  takeNew(data, frame, words, base, ahead);
  return true;
}

function sentBefore(data: DirectionState, frame: DataFrame): number {
  const index = data.flight.find(frame.start);
  return index < 0 ? now.ns : data.flight.sentNs(index);
}

/**
 * A copy of data seen before, by a second tap: its IP ID is the one that its first appearance had at this place. A true
 * retransmission has a later ID (a socket's IDs only grow).
 */
function isCopy(data: DirectionState, frame: DataFrame): boolean {
  if (frame.ipId < 0) return false;
  const index = data.flight.find(frame.start);
  if (index < 0) return false;
  const offset = seqDistance(data.flight.startOf(index), frame.start);
  const segments = frame.segment > 0 ? Math.floor(offset / frame.segment) : 0;
  const id = data.flight.ipIdOf(index);
  // Constant IDs say nothing; a frame sent with the same ID at another place is no copy either.
  if (id < 0 || data.idZeroSteps > data.idAgree) return false;
  return ((id + segments) & 0xffff) === frame.ipId;
}

function takeNew(data: DirectionState, frame: DataFrame, words: Int32Array, base: number, ahead: number): void {
  const { f, i, fo, io } = data;
  const nowNs = now.ns;
  const { payload, segment, end } = frame;
  const near = i[io + B.near] !== 0;
  const hasTimestamps = (words[base + Col.notes]! & Note.Timestamps) !== 0;
  if (!near) applyProven(data, end, words[base + Col.tsEcr]!, hasTimestamps);
  const queuedNs = hasTimestamps ? noteTimestampAge(data, words[base + Col.tsVal]!) : 0;
  if (queuedNs > 0 && near && i[io + I.clockState] === LimitState.Idle) wasQueued(data, queuedNs);
  now.effectNs = nowNs;
  advanceTo(data);
  if (!near && hasTimestamps && goesOn(data, words[base + Col.tsVal]!)) data.clock.hold();
  else {
    const waited = i[io + I.clockState] === LimitState.Waiting;
    const opened = i[io + B.windowBlocked] !== 0 && nowNs - f[fo + D.effectiveAckNs]! < WINDOW_ANSWER_NS;
    data.clock.commit(waited || opened);
  }
  i[io + B.windowBlocked] = 0;
  const known = i[io + I.windowBytes]! >= 0;
  if (!near && known && segment > 0 && payload % segment !== 0 && endsAtRecentEdge(data, end))
    i[io + I.effectiveEdge] = end;
  const room = known ? (i[io + I.effectiveEdge]! - end) | 0 : 0x7fff_ffff;
  if (i[io + I.scaleShift]! < 0 || i[io + B.searching] !== 0) searchScale(data, end);
  if (payload > 0) takePayload(data, frame, room, ahead < 0 ? payload + ahead : payload, words, base);
  data.flight.push(frame.start, end, frame.row, frame.ipId);
  i[io + I.next] = end;
  i[io + B.ackSinceData] = 0;
  const after = (end - i[io + I.una]!) | 0;
  if (after > i[io + I.maxInFlight]!) i[io + I.maxInFlight] = after;
  dataSent(data);
}

/** For TCP the frame has been under way for `queuedNs`: a queue below it (and above the tap) held it. */
function wasQueued(data: DirectionState, queuedNs: number): void {
  now.effectNs = now.ns - queuedNs;
  advanceTo(data);
  data.clock.state = LimitState.Network;
}

/** The window scale is not known from the handshake: what this frame tells of it. */
function searchScale(data: DirectionState, end: Seq32): void {
  if (data.rawWindow < 0) return;
  if (data.scaleSearch === undefined) {
    if (data.scaleShift >= 0) return;
    data.scaleSearch = new WindowScaleSearch();
    data.searching = true;
  }
  data.scaleSearch.sent(seqDistance(data.effectiveUna, end), data.rawWindow);
}

/** The payload of a frame of new data, `fresh` bytes of which were never seen before; `room` is what the window leaves after it. */
function takePayload(
  data: DirectionState,
  frame: DataFrame,
  room: number,
  fresh: number,
  words: Int32Array,
  base: number,
): void {
  const { f, i, fo, io } = data;
  const { payload } = frame;
  f[fo + D.uniqueBytes]! += fresh;
  const pushed = (tcpFlagsOf(words, base) & TcpFlag.Psh) !== 0;
  const cause = causeOfFrame(data, frame, room, (i[io + I.next]! - i[io + I.una]!) | 0, pushed);
  noteCause(data, cause, payload, frame.segment, frame.row);
  const sum = sumOfCause[cause]!;
  if (sum >= 0) f[fo + sum]! += payload;
  i[io + I.lastCause] = cause;
  const count = i[io + I.dataFrames]!;
  if (i[io + B.near] !== 0 && count > 1 && isSampled(count)) {
    data.dataGaps ??= new Quantiles();
    data.dataGaps.add(Math.max(0, now.ns - f[fo + D.lastDataNs]!));
  }
  if (room === 0) {
    data.atEdge ??= new Sample();
    data.atEdge.add(frame.row);
  }
  i[io + B.drained] = cause === SendCause.WriteEnd || cause === SendCause.BufferFreed ? 1 : 0;
  f[fo + D.lastDataNs] = now.ns;
}

/** Which sum of bytes a cause adds to; -1 none. */
const sumOfCause: Int32Array = new Int32Array(SEND_CAUSES).fill(-1);
sumOfCause[SendCause.AckClocked] = D.ackClockedBytes;
sumOfCause[SendCause.Spaced] = D.spacedBytes;
sumOfCause[SendCause.Autosized] = D.spacedBytes;
sumOfCause[SendCause.WriteEnd] = D.writeEndBytes;
sumOfCause[SendCause.BufferFreed] = D.bufferFreedBytes;

/** All of the first 1,024 frames, then one in 8, then one in 64: enough for a median. */
function isSampled(count: number): boolean {
  return count < 1024 || (count & (count < 16_384 ? 7 : 63)) === 0;
}

/** Frames with one TSval left within a millisecond: away from the sender their spacing is the wire's. */
function goesOn(data: DirectionState, tsVal: number): boolean {
  const { f, i, fo, io } = data;
  const same = tsVal === i[io + I.previousTsVal] && i[io + I.dataFrames]! > 1;
  i[io + I.previousTsVal] = tsVal;
  return same && f[fo + D.turnMinNs]! + f[fo + D.peerTurnMinNs]! > BURST_PATH_NS;
}

/** A short frame that ends exactly where a recent acknowledgement's window ended was cut by that window, whatever else has arrived since. */
function endsAtRecentEdge(data: DirectionState, end: Seq32): boolean {
  const pending = data.pendingAcks;
  if (pending !== undefined) {
    for (let index = 0; index < pending.length; index++) if (pending.edge(index) === end) return true;
  }
  return data.recentEdges?.includes(end) ?? false;
}

/** Every byte of it is below what was already seen: late, or sent again. */
function takeOld(data: DirectionState, frame: DataFrame, words: Int32Array, base: number): void {
  const nowNs = now.ns;
  if (isProbe(data, frame)) return;
  if (!data.near) applyPending(data);
  now.effectNs = nowNs;
  advanceTo(data);
  const filled = fillHoles(data, frame.start, frame.end);
  if (filled !== undefined) {
    const { hole } = filled;
    data.uniqueBytes += filled.bytes;
    if (arrivedLate(data, frame, hole.ipId, hole.ipIdKnown, hole.openedNs)) {
      data.outOfOrder ??= new Sample();
      data.outOfOrder.add(frame.row, frame.segments);
      return;
    }
    data.unseenPackets += frame.segments;
  }
  noteRetransmission(data, frame, frame.payload);
  noteCause(data, SendCause.Retransmission, frame.payload, frame.segment, frame.row);
  data.ackSinceData = false;
  data.lastDataNs = nowNs;
  if ((words[base + Col.notes]! & Note.Timestamps) !== 0) noteTimestampAge(data, words[base + Col.tsVal]!);
  dataSent(data);
}

/** One byte of new data into a closed window with nothing in flight: BSD and Windows probe so; the receiver need not take it. */
function isWindowProbe(data: DirectionState, frame: DataFrame): boolean {
  if (seqDistance(data.next, frame.start) !== 0 || seqDistance(data.una, data.next) > 0) return false;
  noteProbe(data, frame.row);
  data.probedByte = true;
  return true;
}

/** One byte (or none) just below what is expected next, with nothing in flight: keep-alive or zero-window probe (RFC 9293 section 3.8). */
function isProbe(data: DirectionState, frame: DataFrame): boolean {
  if (frame.payload > 1 || seqDistance(data.next, frame.start) !== -1 || seqDistance(data.una, data.next) > 0)
    return false;
  noteProbe(data, frame.row);
  return true;
}

/** Notes a probe of the window or of the peer's life. */
export function noteProbe(data: DirectionState, row: number): void {
  if (data.rawWindow === 0 || data.clock.state === LimitState.Waiting) {
    data.windowProbes ??= new Sample();
    data.windowProbes.add(row);
  } else {
    data.keepAlives ??= new Sample();
    data.keepAlives.add(row);
  }
}

/** Late rather than sent again: its IP ID is older than that of the frame that overtook it; without IDs, sooner than any retransmission could be. */
function arrivedLate(
  data: DirectionState,
  frame: DataFrame,
  overtakerId: number,
  idKnown: boolean,
  openedNs: number,
): boolean {
  const idsUsable =
    idKnown && frame.ipId >= 0 && data.idAgree >= data.idZeroSteps && data.idAgree * 2 >= data.idCompared;
  if (idsUsable) return (frame.ipId - overtakerId) << 16 < 0;
  const rtt = Math.min(data.turnMinNs, 1e9) + (Number.isFinite(data.peerTurnMinNs) ? data.peerTurnMinNs : 0);
  // 3 ms is what Wireshark allows when it knows no RTT (doc of tcp.analysis.out_of_order).
  return now.ns - openedNs < (Number.isFinite(data.turnMinNs) ? rtt * 0.9 : 3_000_000);
}
