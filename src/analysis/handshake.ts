// Station "analysis": what SYN and SYN-ACK agree on.

import { seq32, seqAdd, seqDistance } from '../bytes/seq32.ts';
import { waitingSynOptions } from '../engine/layout/row-places.ts';
import { Col, Note, tcpFlagsOf, windowOf } from '../packets/packet-batch.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import type { ConnectionState } from './connection-state.ts';
import type { DirectionState } from './direction-state.ts';
import { TIMER_QUIET_NS } from './loss.ts';
import { Sample } from './sample.ts';

/** RFC 7323 section 2.3: larger shifts count as 14. */
const MOST_SHIFT = 14;

/** Takes a SYN or SYN-ACK of side `own`. */
export function takeSyn(
  connection: ConnectionState,
  own: DirectionState,
  other: DirectionState,
  words: Int32Array,
  base: number,
  row: number,
): void {
  const { nowNs } = own.engine;
  const isAnswer = (tcpFlagsOf(words, base) & TcpFlag.Ack) !== 0;
  own.synFrames++;
  connection.addSynRow(row);
  if (own.synSentNs >= 0) {
    takeOptionsAgain(connection, own, words, base);
    if (isCopy(own, other, nowNs)) return;
    own.synAgain = { count: (own.synAgain?.count ?? 0) + 1, lastNs: nowNs };
    connection.synRetransmitNs ??= [];
    if (connection.synRetransmitNs.length < 16) connection.synRetransmitNs.push(nowNs - own.synSentNs);
    own.retransmitted ??= new Sample();
    own.retransmitted.add(row);
    return;
  }
  const seq = seq32(words[base + Col.seq]!);
  own.synSentNs = nowNs;
  own.synSeen = true;
  own.started = true;
  own.next = seqAdd(seq, 1);
  own.una = seqAdd(seq, 1);
  own.effectiveUna = own.una;
  own.sackHighest = own.una;
  takeOptions(own, words, base);
  const notes = words[base + Col.notes]!;
  connection.clientKnown = true;
  connection.serverFirst = isAnswer ? own.side === 0 : own.side === 1;
  if (isAnswer) {
    connection.synAckRow = row;
    connection.synAckNs = nowNs;
    connection.timestamps = (notes & Note.Timestamps) !== 0;
    connection.ecnAgreed = (tcpFlagsOf(words, base) & TcpFlag.Ece) !== 0;
    own.sackPermitted = (notes & Note.SackPermitted) !== 0;
    other.sackPermitted = own.sackPermitted;
    agree(connection, own, other);
    // The raw window of the SYN-ACK is never scaled, and bounds the other side's first flight.
    takeFirstWindow(other, words, base);
    if (other.synSentNs >= 0 && other.synFrames === 1) noteTurn(own, nowNs - other.synSentNs);
  } else {
    connection.synRow = row;
    connection.synNs = nowNs;
    takeFirstWindow(other, words, base);
  }
}

function takeOptions(own: DirectionState, words: Int32Array, base: number): void {
  const options = words[base + (waitingSynOptions >> 2)]!;
  own.synMss = (options >>> 16) & 0xffff;
  own.synScale = options & 0xff;
  own.synOptionsSeen = (words[base + Col.notes]! & Note.OptionsCut) === 0;
}

/** Takes the options of a SYN of side `own` that was seen before, if the snap length had cut them off: another tap may have a tunnel's header less before them. */
export function takeOptionsAgain(
  connection: ConnectionState,
  own: DirectionState,
  words: Int32Array,
  base: number,
): void {
  const notes = words[base + Col.notes]!;
  if (own.synOptionsSeen || own.synSentNs < 0 || (notes & Note.OptionsCut) !== 0) return;
  takeOptions(own, words, base);
  const server = connection.sides[connection.serverFirst ? 0 : 1];
  const client = connection.sides[connection.serverFirst ? 1 : 0];
  if (own === server) {
    connection.timestamps = (notes & Note.Timestamps) !== 0;
    server.sackPermitted = (notes & Note.SackPermitted) !== 0;
    client.sackPermitted = server.sackPermitted;
  }
  if (server.synSentNs >= 0) agree(connection, server, client);
}

/** A second tap's: sooner than a timer could send it, and no answer to a SYN of the other side that was sent again since. */
function isCopy(own: DirectionState, other: DirectionState, nowNs: number): boolean {
  const lastNs = own.synAgain?.lastNs ?? own.synSentNs;
  return nowNs - lastNs < TIMER_QUIET_NS && (other.synAgain?.lastNs ?? other.synSentNs) <= lastNs;
}

/** Both handshake packets of the connection are known as far as they will be: settle scale and segment size. */
function agree(connection: ConnectionState, server: DirectionState, client: DirectionState): void {
  // What of the options lies before the snap length counts: the segment size does mostly, the scale does not.
  agreeOnSegment(server, client);
  if (!server.synOptionsSeen) return;
  const timestampBytes = connection.timestamps ? 12 : 0;
  for (const side of [server, client]) side.timestampBytes = timestampBytes;
  // A SYN-ACK carries a scale only in answer to one (RFC 7323 section 2.2), so its absence settles both.
  const scaled = server.synScale !== 255;
  client.scaleShift = scaled ? Math.min(server.synScale, MOST_SHIFT) : 0;
  if (!scaled) server.scaleShift = 0;
  else if (client.synOptionsSeen && client.synSeen)
    server.scaleShift = client.synScale === 255 ? 0 : Math.min(client.synScale, MOST_SHIFT);
}

function agreeOnSegment(server: DirectionState, client: DirectionState): void {
  if (client.synSeen && client.synMss > 0 && server.synMss > 0) {
    const mss = Math.min(client.synMss, server.synMss);
    client.mssOption = mss;
    server.mssOption = mss;
  } else if (server.synMss > 0) client.mssOption = server.synMss;
}

function takeFirstWindow(data: DirectionState, words: Int32Array, base: number): void {
  const raw = windowOf(words, base);
  const cut = (words[base + Col.notes]! & Note.HeaderCut) !== 0;
  if (!cut) {
    data.maxWindow = Math.max(data.maxWindow, raw);
    data.rawWindow = raw;
  }
  if ((tcpFlagsOf(words, base) & TcpFlag.Ack) === 0) return;
  if (!cut) data.windowBytes = raw;
  const ack = seq32(words[base + Col.ack]!);
  data.edge = seqAdd(ack, raw);
  data.effectiveEdge = data.edge;
  if (data.started && seqDistance(data.una, ack) > 0) {
    data.una = ack;
    data.effectiveUna = ack;
  }
}

/** The first answer of a side, at the tap. */
export function noteTurn(side: DirectionState, turnNs: number): void {
  if (turnNs < 0) return;
  side.handshakeTurnNs = turnNs;
  if (turnNs < side.turnMinNs) side.turnMinNs = turnNs;
  if (side.turnNs < 0) side.turnNs = turnNs;
}

/** The client's first packet after the SYN-ACK ends the handshake. */
export function takeThird(connection: ConnectionState, own: DirectionState): void {
  const { loop, nowNs } = own.engine;
  connection.handshakeAckNs = nowNs;
  connection.established = true;
  noteTurn(own, nowNs - connection.synAckNs);
  loop.decideNear(connection.at);
}
