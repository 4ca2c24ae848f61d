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
import { B, D, I } from './direction-record.ts';
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
/** Notes and flags that are counted by row. */
const MARKS: number =
  Note.Incoming | Note.Outgoing | Note.Padded | Note.EpbSegmentation | Note.LengthZero | Note.Jumbo | Note.Short;
const MARKING_FLAGS: number = TcpFlag.Ece | TcpFlag.Cwr;
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
  const { i, io } = own;
  const flags = tcpFlagsOf(words, base);
  const notes = words[base + Col.notes]!;
  const payload = words[base + Col.payloadBytes]!;
  const seq = seq32(words[base + Col.seq]!);
  connection.lastRow = row;
  connection.lastNs = now.ns;
  if (i[io + I.tap] !== tapOf(words, base) && isOtherTap(connection, own, words, base, row)) return;
  const ipId = (notes & Note.Ipv6) !== 0 ? -1 : ipIdOf(words, base);
  const plain = (flags & (TcpFlag.Syn | TcpFlag.Rst)) === 0;
  const started = i[io + B.started] !== 0;
  if (payload === 0 && started && plain && isCopyOfAck(own, other, seq32(words[base + Col.ack]!), ipId, connection)) {
    connection.noteDuplicate(row, tapOf(words, base), -1);
    return;
  }
  const inOrder = started && plain && seq === i[io + I.next];
  const contiguous = inOrder && seq === i[io + I.previousEnd];
  const segment = segmentSize(own, tcpOptionBytesOf(words, base));
  const segments = segmentsByLength(payload, segment);

  if (!plain) takeSynOrReset(connection, own, other, words, base, row);
  else if (i[io + B.synSeen] !== 0 && !connection.established) takeThird(connection, own);
  if ((notes & Note.Timestamps) !== 0) takeTimestamps(own, other, words, base, payload, flags);
  if (connection.lastSide !== side) noteAnswer(connection, own, other, payload);
  connection.lastFrameNs = now.ns;
  if (plain && (flags & TcpFlag.Ack) !== 0) takeAcknowledgement(other, words, base, row, inOrder);
  if (payload > 0 || (flags & (TcpFlag.Fin | TcpFlag.Syn)) !== 0) {
    frame.payload = payload;
    frame.segments = segments;
    frame.segment = segment;
    frame.row = row;
    frame.ipId = ipId;
    if (!takeOwn(connection, own, words, base, flags, seq)) return;
  } else if (!inOrder && started && seqDistance(own.next, seq) === -1 && (flags & TcpFlag.Rst) === 0)
    noteProbe(own, row);
  countRow(own, words, base, row, payload, segments, segment);
  if ((notes & MARKS) !== 0 || (flags & MARKING_FLAGS) !== 0 || payload > 65_535)
    countMarks(own, row, payload, flags, notes);
  settlePrevious(own, ipId, contiguous);
  const space = payload + ((flags & (TcpFlag.Fin | TcpFlag.Syn)) !== 0 ? 1 : 0);
  holdFrame(own, row, plain ? ipId : -1, payload, headerBytesOf(words, base), segments, seqAdd(seq, space));
  if (payload > 0) decideNearNow(connection, i[io + I.dataFrames]!);
}

function takeSynOrReset(
  connection: ConnectionState,
  own: DirectionState,
  other: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
): void {
  if ((tcpFlagsOf(words, base) & TcpFlag.Syn) !== 0) takeSyn(connection, own, other, words, base, row);
  else connection.reset = true;
}

/** At the 8th, 16th, 32nd... frame of data. */
function decideNearNow(connection: ConnectionState, dataFrames: number): void {
  if ((dataFrames & (dataFrames - 1)) === 0 && dataFrames >= 8) decideNear(connection);
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
    const { i, io } = own;
    i[io + I.dataFrames]!++;
    if (takeData(connection, own, frame, words, base)) return true;
    i[io + I.dataFrames]!--;
    return false;
  }
  if ((flags & TcpFlag.Fin) !== 0) takeFin(own, frame);
  return true;
}

/** How soon this side answers the other's last packet, which is the one before. */
function noteAnswer(connection: ConnectionState, own: DirectionState, other: DirectionState, payload: number): void {
  const count = own.answerGaps === undefined ? 0 : own.answerGaps.count;
  if (count < MOST_ANSWER_GAPS && connection.lastSide >= 0 && isQuick(own, other) && isAnswer(own, other, payload)) {
    own.answerGaps ??= new Quantiles();
    own.answerGaps.add(Math.max(0, now.ns - connection.lastFrameNs));
  }
  connection.lastSide = own.side;
}

/** Only where the path adds no delay are answers told apart by microseconds. */
function isQuick(own: DirectionState, other: DirectionState): boolean {
  const sum = own.f[own.fo + D.turnMinNs]! + other.f[other.fo + D.turnMinNs]!;
  return sum < QUICK_TURN_NS || sum === Number.POSITIVE_INFINITY;
}

/** An acknowledgement right after data, or data right after an acknowledgement while more was queued. */
function isAnswer(own: DirectionState, other: DirectionState, payload: number): boolean {
  const { i, io } = own;
  if (payload === 0) return other.f[other.fo + D.lastDataNs]! > 0 && i[io + I.frames]! > 0;
  return i[io + B.drained] === 0 && i[io + I.dataFrames]! > 0 && ((i[io + I.next]! - i[io + I.una]!) | 0) > 0;
}

/** The client's first packet after the SYN-ACK ends the handshake. */
function takeThird(connection: ConnectionState, own: DirectionState): void {
  if (connection.synAckNs < 0 || own.side === (connection.serverFirst ? 0 : 1)) return;
  const nowNs = now.ns;
  connection.handshakeAckNs = nowNs;
  connection.established = true;
  noteTurn(own, nowNs - connection.synAckNs);
  decideNear(connection);
}

function takeFin(own: DirectionState, fin: DataFrame): void {
  if (own.started && seqDistance(own.next, fin.start) === 0) own.next = fin.end;
}

/** Counts by row: sizes, congestion marks, checksums. */
function countRow(
  own: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
  payload: number,
  segments: number,
  segment: number,
): void {
  const { i, io } = own;
  if (++i[io + I.frames]! === 1) {
    i[io + I.firstRow] = row;
    i[io + I.firstTtl] = ttlOf(words, base);
  }
  i[io + I.lastRow] = row;
  if (payload > 0) countPayload(own, words, base, row, payload, segment);
  const ecn = tosOf(words, base) & 3;
  if (ecn !== 0) {
    i[io + I.ect]!++;
    if (ecn === 3) i[io + I.ce]!++;
  }
  countChecksum(own, checksumOf(words, base), segments, row);
}

function countPayload(
  own: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
  payload: number,
  segment: number,
): void {
  const { f, i, fo, io } = own;
  if (i[io + I.firstDataRow]! < 0) {
    i[io + I.firstDataRow] = row;
    f[fo + D.firstDataNs] = now.ns;
    f[fo + D.lastDataNs] = now.ns;
    own.sizes = new SizeCounts();
  }
  i[io + I.lastDataRow] = row;
  f[fo + D.payloadBytes]! += payload;
  own.sizes!.add(payload);
  if (payload > i[io + I.maxPayload]!) i[io + I.maxPayload] = payload;
  if (segment > 0 && payload > segment) {
    own.aboveMss ??= new Sample();
    own.aboveMss.add(row);
  }
  if (i[io + I.mssOption] !== 0) return;
  if (payload > 1460 && (words[base + Col.notes]! & Note.Ipv6) !== 0) learnFromLength(own, payload);
  if (payload <= 1460 && payload > i[io + I.largestSingle]!) i[io + I.largestSingle] = payload;
}

function countMarks(own: DirectionState, row: number, payload: number, flags: number, notes: number): void {
  if ((flags & TcpFlag.Syn) === 0) {
    if ((flags & TcpFlag.Ece) !== 0) own.ece++;
    if ((flags & TcpFlag.Cwr) !== 0) own.cwr++;
  }
  if ((notes & Note.Short) !== 0) own.unpaddedShort++;
  if ((notes & Note.Incoming) !== 0) own.incoming++;
  if ((notes & Note.Outgoing) !== 0) own.outgoing++;
  if ((notes & Note.Padded) !== 0) own.padded++;
  if ((notes & Note.EpbSegmentation) !== 0) own.epbSegmentation++;
  if ((notes & (Note.LengthZero | Note.Jumbo)) !== 0 || payload > 65_535) {
    own.bigTcp ??= new Sample();
    own.bigTcp.add(row);
  }
}

function countChecksum(own: DirectionState, state: number, segments: number, row: number): void {
  own.i[own.io + (segments > 1 ? I.multiUnknown : I.singleUnknown) + state]!++;
  if (state === ChecksumState.Partial) {
    own.partialSample ??= new Sample();
    own.partialSample.add(row);
  } else if (state === ChecksumState.Wrong) {
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
  const { f, i, fo, io } = own;
  const nowNs = now.ns;
  const askedNs = f[fo + D.peerTsNs]!;
  if (askedNs >= 0 && (flags & TcpFlag.Syn) === 0) {
    const newer = (words[base + Col.tsEcr]! - i[io + I.peerTsVal]!) | 0;
    if (newer === 0)
      sampleTurn(own, nowNs - askedNs, payload > 0 && ((i[io + I.next]! - i[io + I.effectiveUna]!) | 0) > 0);
    if (newer >= 0) f[fo + D.peerTsNs] = -1;
  }
  noteTsVal(other, words[base + Col.tsVal]!);
}

/** A timestamp on its way to `asked`: if it is new, and no older one still waits, its echo is waited for. */
function noteTsVal(asked: DirectionState, tsVal: number): void {
  const { f, i, fo, io } = asked;
  if (((tsVal - i[io + I.newestPeerTs]!) | 0) <= 0 && i[io + B.peerTsKnown] !== 0) return;
  i[io + I.newestPeerTs] = tsVal;
  i[io + B.peerTsKnown] = 1;
  const since = f[fo + D.peerTsNs]!;
  if (since >= 0 && now.ns - since <= 1e9) return;
  i[io + I.peerTsVal] = tsVal;
  f[fo + D.peerTsNs] = now.ns;
}

function sampleTurn(own: DirectionState, sample: number, isData: boolean): void {
  if (sample < 0) return;
  const { f, fo } = own;
  if (sample < f[fo + D.turnMinNs]!) f[fo + D.turnMinNs] = sample;
  if (!isData) return;
  const least = f[fo + D.turnMinNs]!;
  // Much longer than the shortest turn, and it was not the path that took the time but an application that was idle.
  if (sample > (least < QUICK_TURN_NS ? least * 3 + 100_000 : least * 10)) return;
  own.turns ??= new Quantiles();
  own.turns.add(sample);
  const turn = f[fo + D.turnNs]!;
  f[fo + D.turnNs] = turn < 0 ? sample : turn + (sample - turn) / 8;
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
  own: DirectionState,
  other: DirectionState,
  ack: Seq32,
  ipId: number,
  connection: ConnectionState,
): boolean {
  if (((ack - other.i[other.io + I.una]!) | 0) > 0) return false;
  if (ipId < 0 || own.previousId < 0) return false;
  // No socket sends the same ID twice in a row, but for those that always send 0.
  if (ipId === own.previousId && ipId !== 0 && own.previousPayload === 0 && own.idZeroSteps === 0) return true;
  if (own.idAgree < 4 || own.idAgree <= own.idZeroSteps) return false;
  const back = ((ipId - own.previousId) << 16) >> 16;
  if (back > 0 || back < -4096) return false;
  // An older ID alone is an acknowledgement that was overtaken; the very same one, or copies of data as well, is a second tap.
  return back === 0 || connection.duplicates !== undefined;
}
