// Station "analysis": one TCP row into the state of its connection. The order within a row is the order in which a host
// would see it: handshake, acknowledgement of the other side's data, then its own data.

import { type Seq32, seq32, seqAdd, seqDistance } from '../bytes/seq32.ts';
import {
  ChecksumState,
  Col,
  checksumOf,
  headerBytesOf,
  ipIdOf,
  Note,
  tapOf,
  tcpFlagsOf,
  tcpOptionBytesOf,
  tosOf,
  ttlOf,
} from '../packets/packet-batch.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { takeAcknowledgement } from './acknowledgements.ts';
import type { ConnectionState } from './connection-state.ts';
import { type DataFrame, noteProbe, takeData } from './data.ts';
import type { DirectionState } from './direction-state.ts';
import { noteTurn, takeSyn } from './handshake.ts';
import { now } from './now.ts';
import { Quantiles } from './quantiles.ts';
import { Sample } from './sample.ts';
import { segmentSize } from './segment-size.ts';
import { flushPending } from './sender-limits.ts';
import { SizeCounts } from './size-counts.ts';
import { holdFrame, learnFromLength, segmentsByLength, settlePrevious } from './wire-view.ts';

/** A side is beside the tap when its turn is at most this share of both sides' turns. */
const NEAR_SHARE = 0.4;
/** Notes that are counted by row. */
const MARKS: number =
  Note.Incoming | Note.Outgoing | Note.Padded | Note.EpbSegmentation | Note.Signed | Note.LengthZero | Note.Jumbo;
/** Turns below this are the stacks' own; a queue on the path adds more than that. */
const QUICK_TURN_NS = 300_000;
/** Answers measured per side: enough for a tenth percentile. */
const MOST_ANSWER_GAPS = 256;

const frame: DataFrame = {
  start: seq32(0),
  end: seq32(0),
  payload: 0,
  segments: 1,
  segment: 0,
  row: 0,
  ipId: -1,
};

/** Takes one TCP row that goes from side `side` of the connection. */
export function trackTcp(connection: ConnectionState, side: 0 | 1, words: Int32Array, base: number, row: number): void {
  const own = connection.sides[side];
  const other = connection.sides[side === 0 ? 1 : 0];
  const flags = tcpFlagsOf(words, base);
  const notes = words[base + Col.notes]!;
  const payload = words[base + Col.payloadBytes]!;
  const seq = seq32(words[base + Col.seq]!);
  connection.lastRow = row;
  connection.lastNs = now.ns;
  if (own.tap !== tapOf(words, base) && isOtherTap(connection, own, words, base, row)) return;

  const ipId = (notes & Note.Ipv6) !== 0 ? -1 : ipIdOf(words, base);
  if (
    payload === 0 &&
    own.started &&
    (flags & (TcpFlag.Syn | TcpFlag.Rst)) === 0 &&
    isCopyOfAck(connection, own, words, base, ipId)
  ) {
    connection.noteDuplicate(row, tapOf(words, base), -1);
    return;
  }
  const inOrder = own.started && seqDistance(own.next, seq) === 0 && (flags & (TcpFlag.Syn | TcpFlag.Rst)) === 0;
  const contiguous = inOrder && seqDistance(own.previousEnd, seq) === 0;
  const segment = segmentSize(own, tcpOptionBytesOf(words, base));
  const segments = segmentsByLength(payload, segment);

  if ((flags & TcpFlag.Syn) !== 0) takeSyn(connection, own, other, words, base, row);
  else if ((flags & TcpFlag.Rst) !== 0) connection.reset = true;
  else if (connection.handshakeAckNs < 0 && connection.synAckNs >= 0 && own.synSeen) takeThird(connection, own);
  if ((notes & Note.Timestamps) !== 0) takeTimestamps(own, other, words, base, payload, flags);

  noteAnswer(connection, own, other, payload);
  let counts = true;
  if ((flags & (TcpFlag.Ack | TcpFlag.Rst | TcpFlag.Syn)) === TcpFlag.Ack) {
    takeAcknowledgement(other, words, base, row, inOrder);
  }
  if (payload > 0 || (flags & (TcpFlag.Fin | TcpFlag.Syn)) !== 0) {
    frame.payload = payload;
    frame.segments = segments;
    frame.segment = segment;
    frame.row = row;
    frame.ipId = ipId;
    counts = takeOwn(connection, own, words, base, flags, seq);
  } else if (own.started && seqDistance(own.next, seq) === -1 && (flags & TcpFlag.Rst) === 0) noteProbe(own, row);
  if (!counts) return;
  countRow(own, words, base, row, payload, segments, segment, flags, notes);
  settlePrevious(own, ipId, contiguous);
  const idless = (flags & (TcpFlag.Syn | TcpFlag.Rst)) !== 0;
  holdFrame(
    own,
    row,
    idless ? -1 : ipId,
    payload,
    headerBytesOf(words, base),
    segments,
    seqAdd(seq, payload + ((flags & (TcpFlag.Fin | TcpFlag.Syn)) !== 0 ? 1 : 0)),
  );
  if (payload > 0 && (own.dataFrames & (own.dataFrames - 1)) === 0 && own.dataFrames >= 8) decideNear(connection);
}

/** Its data or FIN; the rest of `frame` is filled. False if it is a second tap's copy. */
function takeOwn(
  connection: ConnectionState,
  own: DirectionState,
  words: Int32Array,
  base: number,
  flags: number,
  seq: Seq32,
): boolean {
  frame.start = (flags & TcpFlag.Syn) !== 0 ? seqAdd(seq, 1) : seq;
  frame.end = seqAdd(frame.start, frame.payload + ((flags & TcpFlag.Fin) !== 0 ? 1 : 0));
  if (frame.payload > 0) {
    own.dataFrames++;
    if (takeData(connection, own, frame, words, base)) return true;
    own.dataFrames--;
    return false;
  }
  if ((flags & TcpFlag.Fin) !== 0) takeFin(own, frame);
  return true;
}

/** How soon this side answers the other's last packet. */
function noteAnswer(connection: ConnectionState, own: DirectionState, other: DirectionState, payload: number): void {
  if (connection.lastSide !== own.side) {
    if (connection.lastSide >= 0 && isQuick(own, other) && isAnswer(own, other, payload)) {
      own.answerGaps ??= new Quantiles();
      if (own.answerGaps.count < MOST_ANSWER_GAPS) own.answerGaps.add(Math.max(0, now.ns - connection.lastFrameNs));
    }
    connection.lastSide = own.side;
  }
  connection.lastFrameNs = now.ns;
}

/** Only where the path adds no delay are answers told apart by microseconds. */
function isQuick(own: DirectionState, other: DirectionState): boolean {
  return own.turnMinNs + other.turnMinNs < QUICK_TURN_NS || !Number.isFinite(own.turnMinNs + other.turnMinNs);
}

/** An acknowledgement right after data, or data right after an acknowledgement while more was queued. */
function isAnswer(own: DirectionState, other: DirectionState, payload: number): boolean {
  if (payload === 0) return other.lastDataNs > 0 && own.frames > 0;
  return !own.drained && own.dataFrames > 0 && seqDistance(own.una, own.next) > 0;
}

/** The client's first packet after the SYN-ACK ends the handshake. */
function takeThird(connection: ConnectionState, own: DirectionState): void {
  const nowNs = now.ns;
  if (own.side === (connection.serverFirst ? 0 : 1)) return;
  connection.handshakeAckNs = nowNs;
  connection.established = true;
  noteTurn(own, nowNs - connection.synAckNs);
  decideNear(connection);
}

function takeFin(own: DirectionState, fin: DataFrame): void {
  own.finSeen = true;
  if (own.started && seqDistance(own.next, fin.start) === 0) own.next = fin.end;
}

/** Counts by row: sizes, checksums, marks. */
function countRow(
  own: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
  payload: number,
  segments: number,
  segment: number,
  flags: number,
  notes: number,
): void {
  own.frames++;
  if (own.firstRow < 0) own.firstRow = row;
  own.lastRow = row;
  const ttl = ttlOf(words, base);
  if (own.firstTtl < 0) own.firstTtl = ttl;
  if (ttl < own.minTtl) own.minTtl = ttl;
  if (payload > 0) {
    if (own.firstDataRow < 0) {
      own.firstDataRow = row;
      own.firstDataNs = now.ns;
      own.lastDataNs = now.ns;
      own.sizes = new SizeCounts();
    }
    own.lastDataRow = row;
    own.payloadBytes += payload;
    own.sizes!.add(payload);
    if (payload > own.maxPayload) own.maxPayload = payload;
    if (segment > 0 && payload > segment) {
      own.aboveMss ??= new Sample();
      own.aboveMss.add(row);
    }
    if (own.mssOption === 0 && payload > 1460 && (notes & Note.Ipv6) !== 0) learnFromLength(own, payload);
    if (payload > own.largestSingle && payload <= 1460 && own.mssOption === 0) own.largestSingle = payload;
  }
  countMarks(own, words, base, row, payload, flags, notes);
  countChecksum(own, checksumOf(words, base), segments, row);
}

function countMarks(
  own: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
  payload: number,
  flags: number,
  notes: number,
): void {
  const ecn = tosOf(words, base) & 3;
  if (ecn !== 0) {
    own.ect++;
    if (ecn === 3) own.ce++;
  }
  if ((flags & (TcpFlag.Ece | TcpFlag.Cwr)) !== 0 && (flags & TcpFlag.Syn) === 0) {
    if ((flags & TcpFlag.Ece) !== 0) own.ece++;
    if ((flags & TcpFlag.Cwr) !== 0) own.cwr++;
  }
  if ((notes & Note.Short) !== 0) own.unpaddedShort++;
  if ((notes & MARKS) === 0 && payload <= 65_535) return;
  if ((notes & Note.Incoming) !== 0) own.incoming++;
  if ((notes & Note.Outgoing) !== 0) own.outgoing++;
  if ((notes & Note.Padded) !== 0) own.padded++;
  if ((notes & Note.EpbSegmentation) !== 0) own.epbSegmentation++;
  if ((notes & Note.Signed) !== 0) own.signed = true;
  if ((notes & (Note.LengthZero | Note.Jumbo)) !== 0 || payload > 65_535) {
    own.bigTcp ??= new Sample();
    own.bigTcp.add(row);
  }
}

function countChecksum(own: DirectionState, state: number, segments: number, row: number): void {
  const tally = own.checksums;
  const multi = segments > 1;
  if (state === ChecksumState.Unknown) {
    if (multi) tally.multiUnknown++;
    else tally.singleUnknown++;
  } else if (state === ChecksumState.Valid) {
    if (multi) tally.multiValid++;
    else tally.singleValid++;
  } else if (state === ChecksumState.Partial) {
    if (multi) tally.multiPartial++;
    else tally.singlePartial++;
    own.partialSample ??= new Sample();
    own.partialSample.add(row);
  } else {
    if (multi) tally.multiWrong++;
    else tally.singleWrong++;
    own.wrongSample ??= new Sample();
    own.wrongSample.add(row);
  }
}

/** How long this side took to echo the other's newest timestamp, at the tap. */
function takeTimestamps(
  own: DirectionState,
  other: DirectionState,
  words: Int32Array,
  base: number,
  payload: number,
  flags: number,
): void {
  const nowNs = now.ns;
  if ((flags & TcpFlag.Syn) === 0 && own.peerTsNs >= 0) {
    const newer = (words[base + Col.tsEcr]! - own.peerTsVal) | 0;
    if (newer >= 0) {
      if (newer === 0)
        sampleTurn(own, nowNs - own.peerTsNs, payload > 0 && seqDistance(own.effectiveUna, own.next) > 0);
      own.peerTsNs = -1;
    }
  }
  const tsVal = words[base + Col.tsVal]!;
  if (((tsVal - other.newestPeerTs) | 0) > 0 || !other.peerTsKnown) {
    other.newestPeerTs = tsVal;
    other.peerTsKnown = true;
    if (other.peerTsNs < 0 || nowNs - other.peerTsNs > 1e9) {
      other.peerTsVal = tsVal;
      other.peerTsNs = nowNs;
    }
  }
}

function sampleTurn(own: DirectionState, sample: number, isData: boolean): void {
  if (sample < 0) return;
  if (sample < own.turnMinNs) own.turnMinNs = sample;
  if (!isData) return;
  // Much longer than the shortest turn, and it was not the path that took the time but an application that was idle.
  const most = own.turnMinNs < QUICK_TURN_NS ? own.turnMinNs * 3 + 100_000 : own.turnMinNs * 10;
  if (sample > most) return;
  own.turns ??= new Quantiles();
  own.turns.add(sample);
  if (own.turnNs < 0) own.turnNs = sample;
  else own.turnNs += (sample - own.turnNs) / 8;
}

/** Which side the tap is beside, by how fast each answers. Decided at the handshake and again as better samples come. */
export function decideNear(connection: ConnectionState): void {
  const [first, second] = connection.sides;
  const a = Math.min(first.turnMinNs, second.peerTurnMinNs);
  const b = Math.min(second.turnMinNs, first.peerTurnMinNs);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return;
  setNear(first, a <= NEAR_SHARE * (a + b), a);
  setNear(second, b <= NEAR_SHARE * (a + b), b);
}

function setNear(side: DirectionState, near: boolean, turnNs: number): void {
  if (side.turnNs < 0) side.turnNs = turnNs;
  if (near === side.near) return;
  if (near) flushPending(side);
  side.near = near;
}

/** The row came through another tap than this direction's: usually a copy of what that one showed. */
function isOtherTap(
  connection: ConnectionState,
  own: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
): boolean {
  if (own.tap < 0) {
    own.tap = tapOf(words, base);
    return false;
  }
  const payload = words[base + Col.payloadBytes]!;
  const flags = tcpFlagsOf(words, base);
  const start = seq32(words[base + Col.seq]!);
  const length = payload + ((flags & (TcpFlag.Syn | TcpFlag.Fin)) !== 0 ? 1 : 0);
  if (!own.started || seqDistance(seqAdd(start, length), own.next) < 0) return false;
  connection.noteDuplicate(row, tapOf(words, base), -1);
  return true;
}

/** A pure acknowledgement whose IP ID is not newer than the last one's, and that says nothing new: a second tap's copy. */
function isCopyOfAck(
  connection: ConnectionState,
  own: DirectionState,
  words: Int32Array,
  base: number,
  ipId: number,
): boolean {
  if (ipId < 0 || own.previousId < 0) return false;
  const other = connection.sides[own.side === 0 ? 1 : 0];
  const saysNothingNew = seqDistance(other.una, seq32(words[base + Col.ack]!)) <= 0;
  // No socket sends the same ID twice in a row, but for those that always send 0.
  if (ipId === own.previousId && ipId !== 0 && own.previousPayload === 0 && own.idZeroSteps === 0)
    return saysNothingNew;
  if (own.idAgree < 4 || own.idAgree <= own.idZeroSteps) return false;
  const back = ((ipId - own.previousId) << 16) >> 16;
  if (back > 0 || back < -4096) return false;
  // An older ID alone is an acknowledgement that was overtaken; the very same one, or copies of data as well, is a second tap.
  if (back < 0 && connection.duplicates === undefined) return false;
  return saysNothingNew;
}
