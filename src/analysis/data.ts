// Station "analysis": data of a direction that is not simply new: again, late, beyond a gap, or a probe. The packet loop
// (engine/assembly/data.ts) calls for it.

import { seqDistance } from '../bytes/seq32.ts';
import type { Engine } from '../engine/engine.ts';
import * as Scratch from '../engine/layout/scratch.ts';
import { Col, Note, tapOf } from '../packets/packet-batch.ts';
import type { ConnectionState } from './connection-state.ts';
import type { DataFrame } from './data-frame.ts';
import type { DirectionState } from './direction-state.ts';
import { fillHoles } from './holes.ts';
import { LimitState } from './limit-clock.ts';
import { noteRetransmission } from './loss.ts';
import { Sample } from './sample.ts';
import { SendCause } from './small-frames.ts';

/** Below it a host's own pauses are as long as the path's delay. */
const LEAST_TURN_NS = 1_000_000;
const MOST_TURN_NS = 1e9;
/** Of the way to the sender and back: what comes sooner answers nothing. */
const SURE_SHARE = 0.9;

/** What became of data below what is expected next. */
export const Fate = {
  /** A second tap's copy, which must not count. */
  Copy: 0,
  /** All of it was sent before. */
  Old: 1,
  /** New data follow. */
  New: 2,
} as const;

/** The frame of data at hand. */
export function frameAtHand({ words, doubles }: Engine): DataFrame {
  return {
    start: words[Scratch.start >> 2] as DataFrame['start'],
    end: words[Scratch.end >> 2] as DataFrame['end'],
    payload: words[Scratch.payload >> 2]!,
    segments: words[Scratch.segments >> 2]!,
    segment: doubles[Scratch.segment >> 3]!,
    row: words[Scratch.row >> 2]!,
    ipId: words[Scratch.ipId >> 2]!,
  };
}

/** Takes the frame at hand, the row at `base`, which begins below what is expected next. */
export function takeBehind(connection: ConnectionState, data: DirectionState, words: Int32Array, base: number): number {
  const frame = frameAtHand(data.engine);
  if (isCopy(data, frame) || isTooSoon(data, frame)) {
    connection.noteDuplicate(frame.row, tapOf(words, base), data.engine.nowNs - sentBefore(data, frame));
    return Fate.Copy;
  }
  if (seqDistance(frame.end, data.next) >= 0) {
    takeOld(data, frame, words, base);
    return Fate.Old;
  }
  // Old bytes with new ones behind them: the old part was sent again.
  const filled = fillHoles(data, frame.start, data.next);
  if (filled !== undefined) data.uniqueBytes += filled.bytes;
  noteRetransmission(data, frame, seqDistance(frame.start, data.next));
  return Fate.New;
}

function sentBefore(data: DirectionState, frame: DataFrame): number {
  const index = data.flight.findSeen(frame.start);
  return index === undefined ? data.engine.nowNs : data.flight.sentNs(index);
}

/**
 * A copy of data seen before, by a second tap or by the path: its IP ID is the one that its first appearance had at this place. A true
 * retransmission has a later ID (a socket's IDs only grow).
 */
function isCopy(data: DirectionState, frame: DataFrame): boolean {
  if (frame.ipId < 0) return false;
  const { flight } = data;
  const index = flight.findSeen(frame.start);
  if (index === undefined) return false;
  const offset = seqDistance(flight.startOf(index), frame.start);
  const segments = frame.segment > 0 ? Math.floor(offset / frame.segment) : 0;
  const id = flight.ipIdOf(index);
  // Constant IDs say nothing; a frame sent with the same ID at another place is no copy either.
  if (id < 0 || data.idZeroSteps > data.idAgree) return false;
  // Where fragmentation is forbidden, 0 may stand for none (RFC 6864 section 4.1).
  if (frame.ipId === 0 && data.idAgree === 0) return false;
  return ((id + segments) & 0xffff) === frame.ipId;
}

/**
 * Without IDs: a copy, because nothing that has passed the tap since the first appearance could have reached the sender and be answered. Only
 * a path with delay between the sender and the tap tells, and beside the sender no path makes copies.
 */
function isTooSoon(data: DirectionState, frame: DataFrame): boolean {
  if (frame.ipId >= 0) return false;
  const turnNs = data.turnMinNs;
  if (turnNs < LEAST_TURN_NS || turnNs > MOST_TURN_NS) return false;
  const index = data.flight.findSeen(frame.start);
  if (index === undefined || seqDistance(frame.end, data.flight.endOf(index)) < 0) return false;
  // A frame of several segments is sent again in parts, one right after the other.
  if (data.flight.wasSentAgain(index)) return false;
  return data.engine.nowNs - data.flight.sentNs(index) < SURE_SHARE * turnNs;
}

/** Every byte of it is below what was already seen: late, or sent again. */
function takeOld(data: DirectionState, frame: DataFrame, words: Int32Array, base: number): void {
  const { engine, at } = data;
  const { loop, nowNs } = engine;
  if (isProbe(data, frame)) return;
  if (!data.near) loop.applyPending(at);
  engine.effectNs = nowNs;
  // What limited until the acknowledgement that was lost went on to limit.
  if (hasMissedAcknowledgement(data, frame))
    data.clockState = data.opened > 0 ? LimitState.ReceiveWindow : LimitState.Recovery;
  loop.advanceTo(at);
  const filled = fillHoles(data, frame.start, frame.end);
  if (filled !== undefined) {
    const { hole } = filled;
    data.uniqueBytes += filled.bytes;
    if (arrivedLate(data, frame, hole.ipId, hole.ipIdKnown, hole.openedNs)) {
      noteLate(data, frame);
      return;
    }
    data.unseenPackets += frame.segments;
  } else if (isOlderThanNext(data, frame)) {
    // What had filled its place was the retransmission.
    noteLate(data, frame);
    return;
  }
  const kind = noteRetransmission(data, frame, frame.payload);
  loop.noteCause(at, SendCause.Retransmission, frame.payload, frame.segment, frame.row);
  data.ackSinceData = false;
  data.lastDataNs = nowNs;
  if ((words[base + Col.notes]! & Note.Timestamps) !== 0) loop.noteTimestampAge(at, words[base + Col.tsVal]!);
  // A timer asks neither for the window nor for new data: what limits is decided by the next acknowledgement (tcp_retransmit_timer, v6.18).
  if (kind === 'fast' || data.clock.state !== LimitState.ReceiveWindow) loop.dataSent(at);
}

function noteLate(data: DirectionState, frame: DataFrame): void {
  data.outOfOrder ??= new Sample();
  data.outOfOrder.add(frame.row, frame.segments);
}

/** It was sent before the data behind it were: its IP ID is older than theirs. */
function isOlderThanNext(data: DirectionState, frame: DataFrame): boolean {
  const behind = data.flight.idBehind(frame.end);
  return behind !== undefined && behind >= 0 && areIdsUsable(data, frame) && (frame.ipId - behind) << 16 < 0;
}

/** The sender's IDs grow from packet to packet. */
function areIdsUsable(data: DirectionState, frame: DataFrame): boolean {
  return frame.ipId >= 0 && data.idAgree >= data.idZeroSteps && data.idAgree * 2 >= data.idCompared;
}

/**
 * Away from the sender, with nothing in flight: it sends again what it has no acknowledgement for, because that was lost, and has been busy
 * since.
 */
function hasMissedAcknowledgement(data: DirectionState, frame: DataFrame): boolean {
  if (data.near || data.clock.state !== LimitState.Idle || seqDistance(frame.end, data.una) < 0) return false;
  return !isOlderThanNext(data, frame);
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
    if (!data.near) data.engine.loop.applyPending(data.at);
    waitedForWindow(data, data.engine.nowNs);
  } else {
    data.keepAlives ??= new Sample();
    data.keepAlives.add(row);
  }
}

/**
 * Until `untilNs` data waited for a closed window, with nothing in flight: it is probed for nobody else (net/ipv4/tcp_output.c tcp_send_probe0,
 * v6.18).
 */
export function waitedForWindow(data: DirectionState, untilNs: number): void {
  if (data.clock.state !== LimitState.Waiting) return;
  const { engine, at } = data;
  engine.effectNs = untilNs;
  engine.loop.advanceTo(at);
  engine.loop.commitClock(at, 1);
  data.lastProbeNs = untilNs;
}

/** Late rather than sent again: its IP ID is older than that of the frame that overtook it; without IDs, sooner than any retransmission could be. */
function arrivedLate(
  data: DirectionState,
  frame: DataFrame,
  overtakerId: number,
  idKnown: boolean,
  openedNs: number,
): boolean {
  if (idKnown && areIdsUsable(data, frame)) return (frame.ipId - overtakerId) << 16 < 0;
  const rtt = Math.min(data.turnMinNs, 1e9) + (Number.isFinite(data.peerTurnMinNs) ? data.peerTurnMinNs : 0);
  // 3 ms is what Wireshark allows when it knows no RTT (doc of tcp.analysis.out_of_order).
  return data.engine.nowNs - openedNs < (Number.isFinite(data.turnMinNs) ? rtt * 0.9 : 3_000_000);
}
