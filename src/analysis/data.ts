// Station "analysis": data of a direction: new, again, or late.

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import { Col, Note, tapOf, tcpFlagsOf } from '../packets/packet-batch.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import type { ConnectionState } from './connection-state.ts';
import type { DirectionState } from './direction-state.ts';
import { fillHoles, openBeforeCapture, openHole } from './holes.ts';
import { LimitState } from './limit-clock.ts';
import { noteRetransmission } from './loss.ts';
import { now } from './now.ts';
import { Quantiles } from './quantiles.ts';
import { Sample } from './sample.ts';
import { advanceTo, applyPending, applyProven, dataSent } from './sender-limits.ts';
import { causeOfFrame, noteCause, noteTimestampAge, SendCause } from './small-frames.ts';
import { WindowScaleSearch } from './window-scale-search.ts';

/** Peaks within an eighth of each other are about the same. */
const FLAT_DIVISOR = 8;
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
  if (!data.started) {
    data.started = true;
    data.next = frame.start;
    data.una = frame.start;
    data.effectiveUna = frame.start;
    data.sackHighest = frame.start;
  } else if (data.firstDataRow < 0 && !data.synSeen && seqDistance(data.next, frame.start) > 0) {
    // The capture starts in mid-flight: what lies between was sent before it.
    data.next = frame.start;
  }
  if (frame.payload === 1 && data.rawWindow === 0 && isWindowProbe(data, frame)) return true;
  if (data.firstDataRow < 0 && !data.synSeen) openBeforeCapture(data, frame.start, frame.ipId);
  const ahead = seqDistance(data.next, frame.start);
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
  const nowNs = now.ns;
  const { payload, segment } = frame;
  const notes = words[base + Col.notes]!;
  const hasTimestamps = (notes & Note.Timestamps) !== 0;
  if (!data.near) applyProven(data, frame.end, words[base + Col.tsEcr]!, hasTimestamps);
  const queuedNs = hasTimestamps ? noteTimestampAge(data, words[base + Col.tsVal]!) : 0;
  if (queuedNs > 0 && data.near && data.clock.state === LimitState.Idle) {
    // For TCP it has been under way since then; a queue below it (and above the tap) held it.
    now.effectNs = nowNs - queuedNs;
    advanceTo(data);
    data.clock.state = LimitState.Network;
  }
  now.effectNs = nowNs;
  advanceTo(data);
  const burst = !data.near && hasTimestamps && goesOn(data, words[base + Col.tsVal]!);
  const waiting = data.clock.state === LimitState.Waiting;
  if (burst) data.clock.hold();
  else data.clock.commit(waiting || (data.windowBlocked && nowNs - data.effectiveAckNs < WINDOW_ANSWER_NS));
  data.windowBlocked = false;
  const inFlight = seqDistance(data.effectiveUna, data.next);
  const known = data.windowBytes >= 0;
  if (!data.near && known && segment > 0 && payload % segment !== 0 && endsAtRecentEdge(data, frame.end))
    data.effectiveEdge = frame.end;
  const room = known ? seqDistance(frame.end, data.effectiveEdge) : 0x7fff_ffff;
  if (data.scaleShift < 0 && data.rawWindow >= 0) data.scaleSearch ??= new WindowScaleSearch();
  if (data.scaleSearch !== undefined && data.rawWindow >= 0)
    data.scaleSearch.sent(seqDistance(data.effectiveUna, frame.end), data.rawWindow);
  if (payload > 0) {
    data.uniqueBytes += ahead < 0 ? payload + ahead : payload;
    const pushed = (tcpFlagsOf(words, base) & TcpFlag.Psh) !== 0;
    const cause = causeOfFrame(data, frame, room, seqDistance(data.una, data.next), pushed);
    noteCause(data, cause, payload, segment, frame.row);
    tallyCause(data, cause, payload);
    data.lastCause = cause;
    if (data.near && data.dataFrames > 1 && isSampled(data.dataFrames)) {
      data.dataGaps ??= new Quantiles();
      data.dataGaps.add(Math.max(0, nowNs - data.lastDataNs));
    }
    if (room === 0) {
      data.atEdge ??= new Sample();
      data.atEdge.add(frame.row);
    }
    data.drained = cause === SendCause.WriteEnd || cause === SendCause.BufferFreed;
    data.lastDataNs = nowNs;
  }
  data.flight.push(frame.start, frame.end, frame.row, frame.ipId);
  data.next = frame.end;
  data.ackSinceData = false;
  data.inFlightBeforeData = inFlight;
  const after = seqDistance(data.una, data.next);
  if (after > data.maxInFlight) data.maxInFlight = after;
  noteRound(data, after);
  dataSent(data);
}

/** All of the first 1,024 frames, then one in 8, then one in 64: enough for a median. */
function isSampled(count: number): boolean {
  return count < 1024 || (count & (count < 16_384 ? 7 : 63)) === 0;
}

/** A round trip ends when what was sent at its start is acknowledged. */
function noteRound(data: DirectionState, inFlight: number): void {
  if (data.roundPeak > 0 && seqDistance(data.roundEnd, data.una) < 0) {
    if (inFlight > data.roundPeak) data.roundPeak = inFlight;
    return;
  }
  data.rounds++;
  const difference = Math.abs(data.roundPeak - data.lastRoundPeak);
  if (difference * FLAT_DIVISOR <= data.roundPeak) data.flatRounds++;
  data.lastRoundPeak = data.roundPeak;
  data.roundPeak = inFlight;
  data.roundEnd = data.next;
}

/** Frames with one TSval left within a millisecond: away from the sender their spacing is the wire's. */
function goesOn(data: DirectionState, tsVal: number): boolean {
  const same = tsVal === data.previousTsVal && data.dataFrames > 1;
  data.previousTsVal = tsVal;
  return same && data.turnMinNs + data.peerTurnMinNs > BURST_PATH_NS;
}

/** A short frame that ends exactly where a recent acknowledgement's window ended was cut by that window, whatever else has arrived since. */
function endsAtRecentEdge(data: DirectionState, end: Seq32): boolean {
  const pending = data.pendingAcks;
  if (pending !== undefined) {
    for (let at = data.pendingHead; at < pending.length; at += 4) if (pending[at + 2] === end) return true;
  }
  return data.recentEdges?.includes(end) ?? false;
}

function tallyCause(data: DirectionState, cause: number, payload: number): void {
  if (cause === SendCause.AckClocked) data.ackClockedBytes += payload;
  else if (cause === SendCause.Spaced || cause === SendCause.Autosized) data.spacedBytes += payload;
  else if (cause === SendCause.WriteEnd) data.writeEndBytes += payload;
  else if (cause === SendCause.BufferFreed) data.bufferFreedBytes += payload;
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
