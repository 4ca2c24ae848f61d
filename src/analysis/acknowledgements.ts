// Station "analysis": what a segment of the other side says about this direction's data: how far it came, how long that took,
// what was lost, and how much window is left.

import { type Seq32, seq32, seqAdd, seqDistance } from '../bytes/seq32.ts';
import { Col, Note, Rare, rareOf, sackBlocksOf, tcpFlagsOf, windowOf } from '../packets/packet-batch.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { B, D, I } from './direction-record.ts';
import type { DirectionState } from './direction-state.ts';
import { now } from './now.ts';
import { Quantiles } from './quantiles.ts';
import { Sample } from './sample.ts';
import { segmentSize } from './segment-size.ts';
import { acknowledgementSeen } from './sender-limits.ts';

/** The window is called low at an eighth of what it was. */
const LOW_WINDOW_DIVISOR = 8;

/** Takes the acknowledgement, window and SACK blocks of a segment (no SYN, no RST) of the other side. */
export function takeAcknowledgement(
  data: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
  inOrder: boolean,
): void {
  const ack = seq32(words[base + Col.ack]!);
  const raw = windowOf(words, base);
  const flags = tcpFlagsOf(words, base);
  const { f, i, fo, io } = data;
  if (i[io + B.started] === 0) startAt(data, ack);
  const newly = (ack - i[io + I.una]!) | 0;
  // An older acknowledgement than one already seen changes nothing (net/ipv4/tcp_input.c tcp_ack, "old_ack").
  if (newly < 0) return;
  if (newly > 0) advanceAck(data, ack, newly, row);
  else if (inOrder && words[base + Col.payloadBytes] === 0 && (flags & TcpFlag.Fin) === 0)
    noteDuplicate(data, words, base, raw, row);
  if (sackBlocksOf(words, base) > 0) takeSack(data, words, base);
  takeWindow(data, raw, row);
  i[io + I.lastAckWindow] = raw;
  f[fo + D.lastAckNs] = now.ns;
  const edge = i[io + I.windowBytes]! >= 0 ? seqAdd(ack, i[io + I.windowBytes]!) : ack;
  i[io + I.edge] = edge;
  acknowledgementSeen(data, ack, edge, words[base + Col.tsVal]!);
}

/** The first thing known of this direction's sequence numbers is an acknowledgement of the other side. */
function startAt(data: DirectionState, ack: Seq32): void {
  data.started = true;
  data.next = ack;
  data.una = ack;
  data.effectiveUna = ack;
  data.sackHighest = ack;
}

function advanceAck(data: DirectionState, ack: Seq32, newly: number, row: number): void {
  const { f, i, fo, io } = data;
  i[io + I.una] = ack;
  i[io + B.probeSinceAck] = 0;
  i[io + I.duplicateRun] = 0;
  if (newly > i[io + I.largestAck]!) i[io + I.largestAck] = newly;
  const ahead = (i[io + I.next]! - ack) | 0;
  // A receiver's own tap sees nothing newer than what it acknowledges: data is tapped, taken and answered one by one.
  if (ahead > 0) i[io + I.laggingAcks]!++;
  else i[io + I.currentAcks]!++;
  const segment = segmentSize(data, i[io + I.timestampBytes]!);
  if (segment > 0 && newly > 2 * segment) i[io + I.stretchAcks]!++;
  data.flight.takeAcked(ack);
  const sentNs = data.flight.sampleNs;
  const delayNs = now.ns - sentNs;
  // A capture whose clock was set back gives no sample.
  if (sentNs >= 0 && delayNs >= 0) {
    data.ackDelay ??= new Quantiles();
    data.ackDelay.add(delayNs);
    if (delayNs > 0 && delayNs < f[fo + D.peerTurnMinNs]!) f[fo + D.peerTurnMinNs] = delayNs;
  }
  if (ahead < 0) takeUnseen(data, ack, row);
  if (i[io + I.openHoles]! > 0) forgetAckedHoles(data, ack, row);
}

/** Acknowledged but never captured. Before any data was seen this is the capture's late start. */
function takeUnseen(data: DirectionState, ack: Seq32, row: number): void {
  const probe = data.probedByte && seqDistance(data.next, ack) === 1;
  if (!probe && (data.dataFrames > 0 || data.synSeen)) {
    data.ackedUnseen ??= new Sample();
    data.ackedUnseen.add(row);
  }
  data.next = ack;
}

/** Holes below the acknowledgement were delivered: the capture missed them. */
function forgetAckedHoles(data: DirectionState, ack: Seq32, row: number): void {
  const holes = data.holes!;
  let kept = 0;
  for (const hole of holes) {
    if (seqDistance(hole.start, ack) > 0 && !hole.beforeCapture) {
      data.ackedUnseen ??= new Sample();
      data.ackedUnseen.add(row);
    }
    if (seqDistance(hole.end, ack) >= 0) continue;
    holes[kept++] = hole;
  }
  holes.length = kept;
  data.openHoles = kept;
}

/** Same acknowledgement, same window, no data, and something is outstanding: the third makes a fast retransmission. */
function noteDuplicate(data: DirectionState, words: Int32Array, base: number, raw: number, row: number): void {
  if (raw !== data.lastAckWindow || raw === 0) return;
  if (seqDistance(data.una, data.next) <= 0 && sackBlocksOf(words, base) === 0) return;
  data.duplicateAcks ??= new Sample();
  data.duplicateAcks.add(row);
  data.duplicateRun++;
}

function takeSack(data: DirectionState, words: Int32Array, base: number): void {
  const highest = seq32(words[rareOf(words, base) + Rare.sackHighest]!);
  if ((words[base + Col.notes]! & Note.Dsack) !== 0) {
    const bytes = seqDistance(
      seq32(words[rareOf(words, base) + Rare.sackLeft]!),
      seq32(words[rareOf(words, base) + Rare.sackRight]!),
    );
    const segment = segmentSize(data, data.timestampBytes);
    if (bytes > 0 && bytes < 0x10_0000) data.dsackPackets += segment > 0 ? Math.ceil(bytes / segment) : 1;
  }
  data.sackSeen = true;
  if (seqDistance(data.sackHighest, highest) > 0) data.sackHighest = highest;
}

function takeWindow(data: DirectionState, raw: number, row: number): void {
  const { f, i, fo, io } = data;
  i[io + I.rawWindow] = raw;
  if (raw < i[io + I.rawMin]!) i[io + I.rawMin] = raw;
  if (raw > i[io + I.rawMax]!) i[io + I.rawMax] = raw;
  if (raw === 0 || f[fo + D.zeroSinceNs]! >= 0) noteZero(data, raw, row);
  const shift = i[io + I.scaleShift]!;
  if (shift < 0) {
    // The SYN-ACK's own window is never scaled and was known; from here on nothing is.
    i[io + I.windowBytes] = -1;
    return;
  }
  const bytes = raw << shift;
  i[io + I.windowBytes] = bytes;
  const count = ++i[io + I.windowCount]!;
  // Of a direction that sends nothing only the range is kept.
  if (i[io + I.dataFrames]! > 0 && (count < 1024 || (count & 7) === 0)) {
    data.windows ??= new Quantiles();
    data.windows.add(bytes);
  }
  if (bytes < f[fo + D.minWindow]!) f[fo + D.minWindow] = bytes;
  if (bytes > i[io + I.largestWindow]!) i[io + I.largestWindow] = bytes;
  if (bytes > i[io + I.maxWindow]!) i[io + I.maxWindow] = bytes;
  if (bytes * LOW_WINDOW_DIVISOR > i[io + I.maxWindow]!) f[fo + D.lowSinceNs] = -1;
  else noteLow(data, bytes, row);
}

function noteLow(data: DirectionState, bytes: number, row: number): void {
  if (data.lowSinceNs < 0) {
    data.lowSinceNs = now.ns;
    data.lowSinceRow = row;
    data.lowBytes = bytes;
    data.beforeLowBytes = data.maxWindow;
  } else if (bytes > data.lowBytes) data.lowBytes = bytes;
}

function noteZero(data: DirectionState, raw: number, row: number): void {
  const nowNs = now.ns;
  if (raw === 0) {
    data.zeroWindows ??= new Sample();
    data.zeroWindows.add(row);
    if (data.zeroSinceNs < 0) {
      data.zeroSinceNs = nowNs;
      data.zeroPeriods++;
    }
  } else if (data.zeroSinceNs >= 0) {
    data.zeroNs += Math.max(0, nowNs - data.zeroSinceNs);
    data.zeroSinceNs = -1;
  }
}
