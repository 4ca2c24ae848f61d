// Station "analysis": how many wire packets a captured frame stands for. By its length at the segment size; and for IPv4 by
// the ID of the next frame of the same sender, because Linux advances a socket's ID by gso_segs (include/net/ip.h
// ip_select_ident_segs). A frame is therefore counted when the next one is seen.

import type { Seq32 } from '../bytes/seq32.ts';
import { D, I } from './direction-record.ts';
import type { DirectionState } from './direction-state.ts';
import { Sample } from './sample.ts';
import { SMALLEST_SEGMENT } from './segment-size.ts';

/** Preamble, start delimiter, frame check sequence and gap that every Ethernet packet occupies beside its bytes. */
export const ETHERNET_OVERHEAD_BYTES = 24;
/** Shortest Ethernet frame without its check sequence. */
const SHORTEST_FRAME_BYTES = 60;
const MOST_SEGMENTS = 4096;
/** Frames of one exact size that must agree before a segment size is learnt from them. */
const VOTES_TO_LEARN = 3;

/** Segments of a frame by its length alone; 1 where the segment size is not known and the frame may be one packet. */
export function segmentsByLength(payloadBytes: number, segmentBytes: number): number {
  if (payloadBytes <= segmentBytes || segmentBytes === 0) return 1;
  return Math.ceil(payloadBytes / segmentBytes);
}

/**
 * Settles the previous frame of the direction, now that the next one is here with `ipId` (-1: none). `contiguous`: the next
 * frame starts where the previous ended, so nothing between them is missing.
 */
export function settlePrevious(direction: DirectionState, ipId: number, contiguous: boolean): void {
  const { i, io } = direction;
  let segments = i[io + I.previousSegments]!;
  if (segments === 0) return;
  const previousId = i[io + I.previousId]!;
  if (ipId >= 0 && previousId >= 0 && contiguous) {
    const step = (ipId - previousId) & 0xffff;
    i[io + I.idCompared]!++;
    if (step === segments) {
      i[io + I.idAgree]!++;
      if (i[io + I.learntVotes]! > 0) doubt(direction, segments);
    } else segments = disagreeing(direction, step, segments);
  }
  countFrame(direction, segments);
  i[io + I.previousSegments] = 0;
}

/** A step that is not what the length says: another segment size, or IDs that mean nothing. */
function disagreeing(direction: DirectionState, step: number, segments: number): number {
  if (step === 0) {
    direction.idZeroSteps++;
    return segments;
  }
  const payload = direction.previousPayload;
  const implied = Math.ceil(payload / step);
  const possible = step <= MOST_SEGMENTS && payload >= step && (step === 1 || implied >= SMALLEST_SEGMENT);
  if (!possible) {
    direction.idWild++;
    return segments;
  }
  learn(direction, payload, step);
  // Where the handshake told the segment size, or the frame fits an Ethernet packet, one odd step is loss and repair in between; a
  // true change of the size is learnt.
  if (direction.learntSegment === 0 && (direction.mssOption > 0 || payload <= ETHERNET_SEGMENT)) return segments;
  // Trusted only while steps are not noise: a host that counts one ID for all its sockets steps beyond every length.
  return direction.idWild * 8 <= direction.idCompared ? step : segments;
}

/**
 * A frame whose step agrees with the segment size as it is believed, and not with another that odd steps have spoken for: those
 * were packets that the tap missed between two frames (a retransmission that was lost takes an ID too).
 */
function doubt(direction: DirectionState, segments: number): void {
  if (Math.ceil(direction.previousPayload / direction.learntCandidate) !== segments) direction.learntVotes = 0;
}

/** A frame of exactly `step` equal segments, seen often enough, tells the segment size. */
function learn(direction: DirectionState, payload: number, step: number): void {
  if (payload % step !== 0) return;
  const candidate = payload / step;
  if (candidate === direction.learntCandidate) direction.learntVotes++;
  else {
    direction.learntCandidate = candidate;
    direction.learntVotes = 1;
  }
  if (direction.learntVotes >= VOTES_TO_LEARN) direction.learntSegment = candidate;
}

function countFrame(direction: DirectionState, segments: number): void {
  const { f, i, fo, io } = direction;
  const payload = i[io + I.previousPayload]!;
  const header = i[io + I.previousHeader]!;
  f[fo + D.wirePackets]! += segments;
  if (payload === 0) {
    f[fo + D.wireHeaderBytes]! +=
      (header < SHORTEST_FRAME_BYTES ? SHORTEST_FRAME_BYTES : header) + ETHERNET_OVERHEAD_BYTES;
    return;
  }
  f[fo + D.wireDataPackets]! += segments;
  let bytes = segments * (header + ETHERNET_OVERHEAD_BYTES) + payload;
  // Only a last segment can be short enough for padding, and no Ethernet header with IPv6 and TCP leaves room for it.
  if (header < SHORTEST_FRAME_BYTES) {
    const last = lastSegment(payload, segments);
    if (header + last < SHORTEST_FRAME_BYTES) bytes += SHORTEST_FRAME_BYTES - header - last;
  }
  f[fo + D.wireHeaderBytes]! += bytes;
  if (segments > 1) {
    direction.superFrames ??= new Sample();
    direction.superFrames.add(i[io + I.previousRow]!);
    f[fo + D.superBytes]! += payload;
  }
}

/** Payload of the last of so many segments: its size follows from the others being equal. */
function lastSegment(payload: number, segments: number): number {
  if (segments === 1) return payload;
  const full = Math.ceil(payload / segments);
  return payload - Math.floor((payload - 1) / full) * full;
}

/** Greatest common divisors below this are chance, above it no wire packet. */
const SMALLEST_COMMON = 500;
const LARGEST_COMMON = 9_200;
const ETHERNET_SEGMENT = 1_460;

/**
 * Learns the segment size from lengths alone, where neither handshake nor IP IDs tell: super-packets are whole multiples of
 * it except for the last of a write.
 */
export function learnFromLength(direction: DirectionState, payload: number): void {
  const common = greatestCommonDivisor(payload, direction.commonLength === 0 ? payload : direction.commonLength);
  if (common < SMALLEST_COMMON) return;
  if (common === direction.commonLength) direction.commonVotes++;
  else {
    direction.commonLength = common;
    direction.commonVotes = 1;
  }
  if (direction.commonVotes < VOTES_TO_LEARN || common > LARGEST_COMMON * 8) return;
  // Frames that were all of two or three segments have these as divisor: the largest that an Ethernet packet can be is meant.
  direction.learntSegment = common / Math.ceil(common / ETHERNET_SEGMENT);
}

function greatestCommonDivisor(a: number, b: number): number {
  let high = a;
  let low = b;
  while (low !== 0) {
    const rest = high % low;
    high = low;
    low = rest;
  }
  return high;
}

/** Remembers a frame until its successor settles it. */
export function holdFrame(
  direction: DirectionState,
  row: number,
  ipId: number,
  payloadBytes: number,
  headerBytes: number,
  segments: number,
  end: Seq32,
): void {
  const { i, io } = direction;
  i[io + I.previousEnd] = end;
  i[io + I.previousId] = ipId;
  i[io + I.previousSegments] = segments;
  i[io + I.previousPayload] = payloadBytes;
  i[io + I.previousHeader] = headerBytes;
  i[io + I.previousRow] = row;
}
