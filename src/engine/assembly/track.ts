// Station "analysis": one TCP row into the state of its connection. The order within a row is the order in which a host
// would see it: handshake, acknowledgement of the other side's data, then its own data.

import * as C from '../layout/connection';
import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as Row from '../layout/row-places';
import * as Scratch from '../layout/scratch';
import * as W from '../layout/words';
import { takeAcknowledgement } from './acknowledgements';
import { duplicate, probe, repeatedFin, synOrReset, third } from './callbacks';
import { takeData } from './data';
import { numberOf } from './family';
import { add, count } from './fields';
import { checksumOf, ecnOf, flagsOf, headerBytesOf, ipIdOf, optionBytesOf, tapOf, ttlOf } from './rows';
import { addSample } from './samples';
import { forgetSegment, segmentSize, segmentsByLength } from './segment';
import { addSize } from './sizes';
import { decideNear, noteAnswer, takeTimestamps } from './turns';
import { holdFrame, learnFromLength, settlePrevious } from './wire-view';

/** Notes and flags that are counted by row. */
export const MARKS: i32 =
  Row.incoming | Row.outgoing | Row.padded | Row.epbSegmentation | Row.lengthZero | Row.jumbo | Row.short;
const MARKING_FLAGS: i32 = Row.ece | Row.cwr;
/** Longest payload of an IP packet without the jumbo option. */
export const MOST_IP_BYTES: i32 = 65_535;
/** Payload of a full Ethernet packet without TCP options. */
const ETHERNET_SEGMENT: i32 = 1460;
/** TCP_RTO_MIN is 200 ms (include/net/tcp.h, v6.18); timers tick in jiffies. */
const TIMER_QUIET_NS: f64 = 180_000_000;

/** Takes a TCP row that goes from `own`'s side of the connection; its time is in the scratch place `nowNs`. */
export function trackTcp(connection: usize, own: usize, other: usize, row: usize): void {
  const side = load<i32>(own, P.side);
  const flags = flagsOf(row);
  const notes = load<i32>(row, Row.notes);
  const payload = load<i32>(row, Row.payloadBytes);
  const seq = load<i32>(row, Row.seq);
  const number = load<i32>(row, Row.number);
  store<i32>(connection, number, C.lastRow);
  store<f64>(connection, load<f64>(Scratch.nowNs), C.lastNs);
  if (load<i32>(own, W.tap) != tapOf(row) && isOtherTap(own, row)) return;
  const ipId = (notes & Row.ipv6) != 0 ? -1 : ipIdOf(row);
  const plain = (flags & (Row.syn | Row.rst)) == 0;
  const started = load<i32>(own, F.started) != 0;
  if (payload == 0 && started && plain && isCopyOfAck(connection, own, other, load<i32>(row, Row.ack), ipId)) {
    duplicate(load<i32>(connection, C.number), row, -1);
    return;
  }
  const inOrder = started && plain && seq == load<i32>(own, W.next);
  const contiguous = inOrder && seq == load<i32>(own, W.previousEnd);
  if (load<i32>(own, W.mssOption) == 0) learnSegment(own, row, payload);
  const segment = segmentSize(own, optionBytesOf(row));
  const segments = segmentsByLength(payload, segment);

  if (!plain) {
    synOrReset(load<i32>(connection, C.number), side, row);
    forgetSegment(own);
    forgetSegment(other);
  } else if (load<i32>(own, F.synSeen) != 0 && load<i32>(connection, C.established) == 0 && isThird(connection, side))
    third(load<i32>(connection, C.number), side);
  if ((notes & Row.timestamps) != 0) takeTimestamps(own, other, row, payload, flags);
  if (load<i32>(connection, C.lastSide) != side) noteAnswer(connection, own, other, payload);
  const nowNs = load<f64>(Scratch.nowNs);
  const quietNs = nowNs - load<f64>(connection, C.lastFrameNs);
  store<f64>(connection, nowNs, C.lastFrameNs);
  if (plain && (flags & Row.ackFlag) != 0) takeAcknowledgement(other, row, inOrder);
  if (payload > 0 || (flags & (Row.fin | Row.syn)) != 0) {
    store<i32>(Scratch.payload, payload);
    store<i32>(Scratch.segments, segments);
    store<f64>(Scratch.segment, segment);
    store<i32>(Scratch.row, number);
    store<i32>(Scratch.ipId, ipId);
    const finished = load<i32>(own, F.finSent) != 0;
    if (!takeOwn(own, row, flags, seq)) return;
    if (finished && payload == 0 && (flags & Row.fin) != 0 && isSentAgain(own, quietNs))
      repeatedFin(load<i32>(connection, C.number), side, number);
  } else if (!inOrder && started && seq - load<i32>(own, W.next) == -1 && (flags & Row.rst) == 0)
    probe(load<i32>(connection, C.number), side, number);
  countRow(own, row, number, payload, segments, segment);
  if ((notes & MARKS) != 0 || (flags & MARKING_FLAGS) != 0 || payload > MOST_IP_BYTES)
    countMarks(own, number, payload, flags, notes);
  settlePrevious(own, ipId, contiguous);
  const space = payload + ((flags & (Row.fin | Row.syn)) != 0 ? 1 : 0);
  holdFrame(own, number, plain ? ipId : -1, payload, headerBytesOf(row), segments, seq + space);
  if (payload > 0) decideNearNow(connection, load<i32>(own, W.dataFrames));
}

/** The client's first packet after the SYN-ACK ends the handshake. */
function isThird(connection: usize, side: i32): bool {
  return load<f64>(connection, C.synAckNs) >= 0 && side == load<i32>(connection, C.serverFirst);
}

/** At the 8th, 16th, 32nd... frame of data. */
export function decideNearNow(connection: usize, dataFrames: i32): void {
  if ((dataFrames & (dataFrames - 1)) == 0 && dataFrames >= 8) decideNear(connection);
}

/** Its data or FIN; the rest of the frame at hand is filled. False if it is a second tap's copy. */
function takeOwn(own: usize, row: usize, flags: i32, seq: i32): bool {
  const payload = load<i32>(Scratch.payload);
  const start = (flags & Row.syn) != 0 ? seq + 1 : seq;
  const end = start + payload + ((flags & Row.fin) != 0 ? 1 : 0);
  store<i32>(Scratch.start, start);
  store<i32>(Scratch.end, end);
  if ((flags & Row.fin) != 0) store<i32>(own, 1, F.finSent);
  if (payload > 0) {
    count(own, W.dataFrames);
    if (takeData(own, row)) return true;
    store<i32>(own, load<i32>(own, W.dataFrames) - 1, W.dataFrames);
    return false;
  }
  if ((flags & Row.fin) != 0 && load<i32>(own, F.started) != 0 && start == load<i32>(own, W.next))
    store<i32>(own, end, W.next);
  return true;
}

/**
 * The FIN at hand, without data, was sent again, and is no second tap's copy: its IP ID is later than the last, or without IDs a
 * timer's time has passed.
 */
function isSentAgain(own: usize, quietNs: f64): bool {
  if (load<i32>(Scratch.end) != load<i32>(own, W.next)) return false;
  const ipId = load<i32>(Scratch.ipId);
  const last = load<i32>(own, W.previousId);
  if ((ipId | last) < 0) return quietNs >= TIMER_QUIET_NS;
  const step = (ipId - last) & 0xffff;
  return step > 0 && step < 0x8000;
}

/** Counts by row: sizes, congestion marks, checksums. */
function countRow(own: usize, row: usize, number: i32, payload: i32, segments: i32, segment: f64): void {
  if (count(own, W.frames) == 1) {
    store<i32>(own, number, W.firstRow);
    store<i32>(own, ttlOf(row), W.firstTtl);
  }
  store<i32>(own, number, W.lastRow);
  if (payload > 0) countPayload(own, row, number, payload, segment);
  countSigns(own, row, segments);
}

/** Congestion marks and the state of the checksum. */
export function countSigns(own: usize, row: usize, segments: i32): void {
  const ecn = ecnOf(row);
  if (ecn != 0) {
    count(own, W.ect);
    if (ecn == 3) count(own, W.ce);
  }
  if ((load<i32>(row, Row.notes) & Row.headerCut) != 0) return;
  const state = checksumOf(row);
  const at = own + ((<usize>state) << 2);
  if (segments > 1) count(at, W.multiUnknown);
  else count(at, W.singleUnknown);
  if (state < Row.partial) return;
  addSample(own + (state == Row.partial ? P.partialSample : P.wrongSample), load<i32>(row, Row.number));
}

/** Where no handshake tells the segment size: what a frame's payload says of it, before the frame is cut by it. */
export function learnSegment(own: usize, row: usize, payload: i32): void {
  // What loopback carries is larger than an Ethernet packet, and whole.
  if (payload > ETHERNET_SEGMENT && (load<i32>(row, Row.notes) & (Row.ipv6 | Row.loopbackLink)) == Row.ipv6)
    learnFromLength(own, payload);
  if (payload > ETHERNET_SEGMENT || payload <= load<i32>(own, W.largestSingle)) return;
  const split = load<i32>(own, W.smallestSplit);
  if (split != 0 && payload >= split) return;
  store<i32>(own, payload, W.largestSingle);
  forgetSegment(own);
}

/** A frame's payload, above 0: its size and place. */
export function countPayload(own: usize, row: usize, number: i32, payload: i32, segment: f64): void {
  if (load<i32>(own, W.firstDataRow) < 0) {
    const nowNs = load<f64>(Scratch.nowNs);
    store<i32>(own, number, W.firstDataRow);
    store<f64>(own, nowNs, D.firstDataNs);
    store<f64>(own, nowNs, D.lastDataNs);
    // A handshake of which the snap length left the segment size only does not say whether segments have timestamps.
    if (load<i32>(own, F.synOptionsSeen) == 0) {
      store<i32>(own, optionBytesOf(row), W.timestampBytes);
      forgetSegment(own);
    }
  }
  store<i32>(own, number, W.lastDataRow);
  add(own, D.payloadBytes, <f64>payload);
  addSize(own + P.sizes, payload);
  if (payload > load<i32>(own, W.maxPayload)) store<i32>(own, payload, W.maxPayload);
  if (<f64>payload > segment) {
    if (segment > 0) addSample(own + P.aboveMss, number);
  }
}

export function countMarks(own: usize, row: i32, payload: i32, flags: i32, notes: i32): void {
  if ((flags & Row.syn) == 0) {
    if ((flags & Row.ece) != 0) count(own, W.ece);
    if ((flags & Row.cwr) != 0) count(own, W.cwr);
  }
  if ((notes & Row.short) != 0) count(own, W.unpaddedShort);
  if ((notes & Row.incoming) != 0) count(own, W.incoming);
  if ((notes & Row.outgoing) != 0) count(own, W.outgoing);
  if ((notes & Row.padded) != 0) count(own, W.padded);
  if ((notes & Row.epbSegmentation) != 0) count(own, W.epbSegmentation);
  if ((notes & (Row.lengthZero | Row.jumbo)) != 0 || payload > MOST_IP_BYTES) addSample(own + P.bigTcp, row);
}

/** The row came through another tap than this direction's: usually a copy of what that one showed. */
function isOtherTap(own: usize, row: usize): bool {
  if (load<i32>(own, W.tap) < 0) {
    store<i32>(own, tapOf(row), W.tap);
    return false;
  }
  const length = load<i32>(row, Row.payloadBytes) + ((flagsOf(row) & (Row.syn | Row.fin)) != 0 ? 1 : 0);
  const left = load<i32>(own, W.next) - (load<i32>(row, Row.seq) + length);
  if (load<i32>(own, F.started) == 0 || left < 0) return false;
  duplicate(numberOf(own), row, -1);
  return true;
}

/** A pure acknowledgement whose IP ID is not newer than the last one's, and that says nothing new: a second tap's copy. */
function isCopyOfAck(connection: usize, own: usize, other: usize, ack: i32, ipId: i32): bool {
  if (ack - load<i32>(other, W.una) > 0) return false;
  const previousId = load<i32>(own, W.previousId);
  if (ipId < 0 || previousId < 0) return false;
  const agree = load<i32>(own, W.idAgree);
  const zeroSteps = load<i32>(own, W.idZeroSteps);
  // No socket sends the same ID twice in a row, but for those that always send 0.
  if (ipId == previousId && ipId != 0 && load<i32>(own, W.previousPayload) == 0 && zeroSteps == 0) return true;
  if (agree < 4 || agree <= zeroSteps) return false;
  const back = ((ipId - previousId) << 16) >> 16;
  if (back > 0 || back < -4096) return false;
  // An older ID alone is an acknowledgement that was overtaken; the very same one, or copies of data as well, is a second tap.
  return back == 0 || load<i32>(connection, C.copied) != 0;
}
