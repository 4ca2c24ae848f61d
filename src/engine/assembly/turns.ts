// Station "analysis": how soon each side answers the other at the tap, and so beside which side the tap stands.

import * as C from '../layout/connection';
import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as QuantilePlace from '../layout/quantile-places';
import * as Row from '../layout/row-places';
import * as Scratch from '../layout/scratch';
import * as W from '../layout/words';
import { isSet } from './fields';
import { addQuantile } from './quantiles';
import { flushPending } from './sender-limits';

/** A side is beside the tap when its turn is at most this share of both sides' turns. */
const NEAR_SHARE: f64 = 0.4;
/** Turns below this are the stacks' own; a queue on the path adds more than that. */
const QUICK_TURN_NS: f64 = 300_000;
/** Answers measured per side: enough for a tenth percentile. */
const MOST_ANSWER_GAPS: i32 = 256;
/** A timestamp that has waited longer for its echo is given up for the newest. */
const LONGEST_ECHO_NS: f64 = 1e9;

/** How soon this side answers the other's last packet, which is the one before. */
export function noteAnswer(connection: usize, own: usize, other: usize, payload: i32): void {
  const before = load<i32>(connection, C.lastSide);
  store<i32>(connection, load<i32>(own, P.side), C.lastSide);
  // Only where the path adds no delay are answers told apart by microseconds.
  const sum = load<f64>(own, D.turnMinNs) + load<f64>(other, D.turnMinNs);
  if (sum >= QUICK_TURN_NS) {
    if (sum != Infinity) return;
  }
  if (before < 0) return;
  const gaps: usize = load<u32>(own, P.answerGaps);
  if (gaps != 0) {
    if (load<i32>(gaps, QuantilePlace.count) >= MOST_ANSWER_GAPS) return;
  }
  if (isAnswer(own, other, payload))
    addQuantile(own + P.answerGaps, Math.max(0, load<f64>(Scratch.nowNs) - load<f64>(connection, C.lastFrameNs)));
}

/** An acknowledgement right after data, or data right after an acknowledgement while more was queued. */
function isAnswer(own: usize, other: usize, payload: i32): bool {
  if (payload == 0) return load<f64>(other, D.lastDataNs) > 0 && load<i32>(own, W.frames) > 0;
  return load<i32>(own, F.drained) == 0 && load<i32>(own, W.dataFrames) > 0;
}

/** How long this side took to echo the other's newest timestamp, at the tap. */
export function takeTimestamps(own: usize, other: usize, row: usize, payload: i32, flags: i32): void {
  if (isSet(own, D.peerTsNs)) {
    if ((flags & Row.syn) == 0) takeEcho(own, row, payload);
  }
  noteTsVal(other, load<i32>(row, Row.tsVal));
}

/** A timestamp of the other side waits for its echo: perhaps this is it. */
function takeEcho(own: usize, row: usize, payload: i32): void {
  const newer = load<i32>(row, Row.tsEcr) - load<i32>(own, W.peerTsVal);
  if (newer < 0) return;
  if (newer == 0) {
    const inFlight = load<i32>(own, W.next) - load<i32>(own, W.effectiveUna);
    const sample = load<f64>(Scratch.nowNs) - load<f64>(own, D.peerTsNs);
    // After the end of a write the next data waits for its writer.
    sampleTurn(own, sample, payload > 0 && inFlight > 0 && load<i32>(own, F.drained) == 0);
  }
  store<f64>(own, -1, D.peerTsNs);
}

/** A timestamp on its way to `asked`: if it is new, and no older one still waits, its echo is waited for. */
function noteTsVal(asked: usize, tsVal: i32): void {
  if (tsVal - load<i32>(asked, W.newestPeerTs) <= 0) {
    if (load<i32>(asked, F.peerTsKnown) != 0) return;
  }
  store<i32>(asked, tsVal, W.newestPeerTs);
  store<i32>(asked, 1, F.peerTsKnown);
  const nowNs = load<f64>(Scratch.nowNs);
  if (isSet(asked, D.peerTsNs)) {
    if (nowNs - load<f64>(asked, D.peerTsNs) <= LONGEST_ECHO_NS) return;
  }
  store<i32>(asked, tsVal, W.peerTsVal);
  store<f64>(asked, nowNs, D.peerTsNs);
}

function sampleTurn(own: usize, sample: f64, isData: bool): void {
  if (sample < 0) return;
  if (sample < load<f64>(own, D.turnMinNs)) store<f64>(own, sample, D.turnMinNs);
  const least = load<f64>(own, D.turnMinNs);
  if (!isData) {
    // Of a side that only answers its acknowledgements tell the turn, those that were not delayed.
    if (load<u32>(own, P.turns) == 0 && sample <= 1.5 * least) smoothTurn(own, sample);
    return;
  }
  // Much longer than the shortest turn, and it was not the path that took the time but an application that was idle.
  if (sample > (least < QUICK_TURN_NS ? least * 3 + 100_000 : least * 10)) return;
  addQuantile(own + P.turns, sample);
  smoothTurn(own, sample);
}

function smoothTurn(own: usize, sample: f64): void {
  const turn = load<f64>(own, D.turnNs);
  store<f64>(own, turn < 0 ? sample : turn + (sample - turn) / 8, D.turnNs);
}

/**
 * Which side the tap is beside: by what the file says of the packets' direction, or else by how fast each side answers. Decided at the
 * handshake and again as better samples come.
 */
export function decideNear(connection: usize): void {
  const first = connection + C.directions;
  const second = first + P.recordBytes;
  const a = Math.min(load<f64>(first, D.turnMinNs), load<f64>(second, D.peerTurnMinNs));
  const b = Math.min(load<f64>(second, D.turnMinNs), load<f64>(first, D.peerTurnMinNs));
  // Sent by the first side's host or received from the second, and the other way round.
  const marks = load<i32>(first, W.outgoing) + load<i32>(second, W.incoming);
  const others = load<i32>(second, W.outgoing) + load<i32>(first, W.incoming);
  if ((marks == 0) != (others == 0)) {
    setNear(first, marks > 0, a);
    setNear(second, others > 0, b);
    return;
  }
  if (a == Infinity || b == Infinity) return;
  setNear(first, a <= NEAR_SHARE * (a + b), a);
  setNear(second, b <= NEAR_SHARE * (a + b), b);
}

function setNear(own: usize, near: bool, turnNs: f64): void {
  if (load<f64>(own, D.turnNs) < 0 && turnNs != Infinity) store<f64>(own, turnNs, D.turnNs);
  if (near == (load<i32>(own, F.near) != 0)) return;
  if (near) flushPending(own);
  store<i32>(own, near ? 1 : 0, F.near);
}
