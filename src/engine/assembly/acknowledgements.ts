// Station "analysis": what a segment of the other side says about this direction's data: how far it came, how long that took,
// what was lost, and how much window is left.

import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as Flight from '../layout/flight-places';
import * as P from '../layout/parts';
import * as Row from '../layout/row-places';
import * as Scratch from '../layout/scratch';
import * as Unscaled from '../layout/unscaled';
import * as W from '../layout/words';
import { acknowledgedHoles, unseen } from './callbacks';
import { numberOf, sideOf } from './family';
import { add, count, isSet } from './fields';
import { takeAcked } from './flight';
import { addQuantile } from './quantiles';
import { flagsOf, sackBlocksOf, windowOf } from './rows';
import { addSample } from './samples';
import { forgetSegment, usualSegment } from './segment';
import { acknowledgementSeen } from './sender-limits';

/** The window is called low at an eighth of what it was. */
const LOW_WINDOW_DIVISOR: i64 = 8;
/** Data that came sooner before an acknowledgement may have crossed it within the receiver: measured 1..4 µs, v6.18 in a VM of two processors. */
const LATE_NS: f64 = 8_000;
/** A duplicate that a SACK block reports is not larger than this. */
const MOST_DSACK_BYTES: i32 = 0x10_0000;

/** Takes the acknowledgement, window and SACK blocks of a segment (no SYN, no RST) of the other side. */
export function takeAcknowledgement(own: usize, row: usize, inOrder: bool): void {
  const ack = load<i32>(row, Row.ack);
  const raw = windowOf(row);
  const number = load<i32>(row, Row.number);
  if (load<i32>(own, F.started) == 0) startAt(own, ack);
  const newly = ack - load<i32>(own, W.una);
  // An older acknowledgement than one already seen changes nothing (net/ipv4/tcp_input.c tcp_ack, "old_ack").
  if (newly < 0) return;
  if (newly > 0) advanceWithHoles(own, ack, newly, number);
  else if (inOrder && load<i32>(row, Row.payloadBytes) == 0 && (flagsOf(row) & Row.fin) == 0)
    noteDuplicate(own, row, raw, number);
  if (sackBlocksOf(row) > 0) takeSack(own, row);
  takeEdge(own, row, ack);
}

/** Takes the window that comes with an acknowledgement, and what both mean to the sender. */
export function takeEdge(own: usize, row: usize, ack: i32): void {
  const raw = windowOf(row);
  const notes = load<i32>(row, Row.notes);
  if ((notes & Row.headerCut) == 0) takeWindow(own, raw, row);
  store<i32>(own, raw, W.lastAckWindow);
  store<f64>(own, load<f64>(Scratch.nowNs), D.lastAckNs);
  const windowBytes = load<i32>(own, W.windowBytes);
  const edge = ack + (windowBytes >= 0 ? windowBytes : Unscaled.room + raw);
  store<i32>(own, edge, W.edge);
  // Without a timestamp of its own it is as new as the newest.
  const hasTimestamp = (notes & Row.timestamps) != 0;
  acknowledgementSeen(own, ack, edge, load<i32>(hasTimestamp ? row + Row.tsVal : own + W.newestPeerTs));
}

/** The first thing known of this direction's sequence numbers is an acknowledgement of the other side. */
export function startAt(own: usize, seq: i32): void {
  store<i32>(own, 1, F.started);
  store<i32>(own, seq, W.next);
  store<i32>(own, seq, W.una);
  store<i32>(own, seq, W.effectiveUna);
  store<i32>(own, seq, W.sackHighest);
}

function advanceWithHoles(own: usize, ack: i32, newly: i32, row: i32): void {
  const lagging = load<i32>(own, W.laggingAcks);
  const lateLagging = load<i32>(own, W.lateLaggingAcks);
  advanceAck(own, ack, newly);
  if (load<i32>(own, W.next) - ack < 0) {
    unseen(numberOf(own), sideOf(own), ack, row);
    store<i32>(own, ack, W.next);
  }
  if (load<i32>(own, W.openHoles) == 0) return;
  // Beside the receiver, too, what is missing holds the acknowledgement back.
  store<i32>(own, lagging, W.laggingAcks);
  store<i32>(own, lateLagging, W.lateLaggingAcks);
  acknowledgedHoles(numberOf(own), sideOf(own), ack, row);
}

/** `newly` bytes more are acknowledged, up to `ack`. */
export function advanceAck(own: usize, ack: i32, newly: i32): void {
  store<i32>(own, ack, W.una);
  store<i32>(own, 0, F.probeSinceAck);
  store<i32>(own, 0, W.duplicateRun);
  if (newly > load<i32>(own, W.largestAck)) store<i32>(own, newly, W.largestAck);
  // A receiver's own tap sees nothing newer than what it acknowledges: data is tapped, taken and answered one by one.
  if (load<i32>(own, W.next) - ack > 0) {
    count(own, W.laggingAcks);
    // But what came while its acknowledgement was made: another processor, or a reader that had the socket (its backlog), took it later.
    if (load<f64>(Scratch.nowNs) - load<f64>(own, D.lastDataNs) > LATE_NS) count(own, W.lateLaggingAcks);
  } else count(own, W.currentAcks);
  const segment = usualSegment(own);
  if (<f64>newly > 2 * segment) {
    if (segment > 0) count(own, W.stretchAcks);
  }
  const newest = takeAcked(own, ack);
  if (newest == 0) return;
  const sentNs = load<f64>(newest, Flight.timeNs);
  // Of a frame that was sent again no sample is taken.
  if (sentNs < 0) return;
  const delayNs = load<f64>(Scratch.nowNs) - sentNs;
  // A capture whose clock was set back gives no sample.
  if (delayNs < 0) return;
  addQuantile(own + P.ackDelay, delayNs);
  if (delayNs < load<f64>(own, D.peerTurnMinNs)) {
    if (delayNs > 0) store<f64>(own, delayNs, D.peerTurnMinNs);
  }
}

/** Same acknowledgement, same window, no data, and something is outstanding: the third makes a fast retransmission. */
function noteDuplicate(own: usize, row: usize, raw: i32, number: i32): void {
  if (raw != load<i32>(own, W.lastAckWindow) || raw == 0) return;
  if (load<i32>(own, W.next) - load<i32>(own, W.una) <= 0 && sackBlocksOf(row) == 0) return;
  addSample(own + P.duplicateAcks, number);
  count(own, W.duplicateRun);
}

function takeSack(own: usize, row: usize): void {
  const highest = load<i32>(row, Row.waitingSackHighest);
  if ((load<i32>(row, Row.notes) & Row.dsack) != 0) {
    const bytes = load<i32>(row, Row.waitingSackRight) - load<i32>(row, Row.waitingSackLeft);
    const segment = usualSegment(own);
    if (bytes > 0 && bytes < MOST_DSACK_BYTES) {
      const packets = segment > 0 ? <i32>Math.ceil(<f64>bytes / segment) : 1;
      store<i32>(own, load<i32>(own, W.dsackPackets) + packets, W.dsackPackets);
    }
  }
  store<i32>(own, 1, F.sackSeen);
  if (highest - load<i32>(own, W.sackHighest) > 0) store<i32>(own, highest, W.sackHighest);
}

function takeWindow(own: usize, raw: i32, row: usize): void {
  store<i32>(own, raw, W.rawWindow);
  if (raw < load<i32>(own, W.rawMin)) store<i32>(own, raw, W.rawMin);
  if (raw > load<i32>(own, W.rawMax)) store<i32>(own, raw, W.rawMax);
  if (raw == 0) noteZero(own, load<i32>(row, Row.number));
  else if (isSet(own, D.zeroSinceNs)) noteOpen(own);
  const shift = load<i32>(own, W.scaleShift);
  if (shift < 0) {
    // The SYN-ACK's own window is never scaled and was known; from here on nothing is, but that no scale opens a window of 0.
    store<i32>(own, raw == 0 ? 0 : -1, W.windowBytes);
    return;
  }
  const bytes = raw << shift;
  store<i32>(own, bytes, W.windowBytes);
  const windows = count(own, W.windowCount);
  // Of a direction that sends nothing only the range is kept.
  if (load<i32>(own, W.dataFrames) > 0) {
    if (windows < 1024) addQuantile(own + P.windows, <f64>bytes);
    else if ((windows & 7) == 0) addQuantile(own + P.windows, <f64>bytes);
  }
  if (<f64>bytes < load<f64>(own, D.minWindow)) store<f64>(own, <f64>bytes, D.minWindow);
  if (bytes > load<i32>(own, W.largestWindow)) store<i32>(own, bytes, W.largestWindow);
  if (bytes > load<i32>(own, W.maxWindow)) {
    store<i32>(own, bytes, W.maxWindow);
    forgetSegment(own);
  }
  if (<i64>bytes * LOW_WINDOW_DIVISOR > <i64>load<i32>(own, W.maxWindow)) store<f64>(own, -1, D.lowSinceNs);
  else noteLow(own, bytes, load<i32>(row, Row.number));
}

function noteLow(own: usize, bytes: i32, row: i32): void {
  if (load<f64>(own, D.lowSinceNs) < 0) {
    store<f64>(own, load<f64>(Scratch.nowNs), D.lowSinceNs);
    store<i32>(own, row, W.lowSinceRow);
    store<i32>(own, bytes, W.lowBytes);
    store<i32>(own, load<i32>(own, W.maxWindow), W.beforeLowBytes);
  } else if (bytes > load<i32>(own, W.lowBytes)) store<i32>(own, bytes, W.lowBytes);
}

function noteZero(own: usize, row: i32): void {
  addSample(own + P.zeroWindows, row);
  if (isSet(own, D.zeroSinceNs)) return;
  store<f64>(own, load<f64>(Scratch.nowNs), D.zeroSinceNs);
  count(own, W.zeroPeriods);
}

function noteOpen(own: usize): void {
  add(own, D.zeroNs, Math.max(0, load<f64>(Scratch.nowNs) - load<f64>(own, D.zeroSinceNs)));
  store<f64>(own, -1, D.zeroSinceNs);
}
