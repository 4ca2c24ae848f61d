// Station "analysis": how many wire packets a captured frame stands for. By its length at the segment size; and for IPv4 by
// the ID of the next frame of the same sender, because Linux advances a socket's ID by gso_segs (include/net/ip.h
// ip_select_ident_segs). A frame is therefore counted when the next one is seen.

import * as D from '../layout/doubles';
import * as P from '../layout/parts';
import * as W from '../layout/words';
import { add, count } from './fields';
import { addSample } from './samples';
import { forgetSegment, SMALLEST_SEGMENT } from './segment';

/** Preamble, start delimiter, frame check sequence and gap that every Ethernet packet occupies beside its bytes. */
const ETHERNET_OVERHEAD_BYTES: i32 = 24;
/** Shortest Ethernet frame without its check sequence. */
const SHORTEST_FRAME_BYTES: i32 = 60;
const ETHERNET_SEGMENT: i32 = 1_460;
const MOST_SEGMENTS: i32 = 4096;
/** Frames of one exact size that must agree before a segment size is learnt from them. */
const VOTES_TO_LEARN: i32 = 3;
/** A multiple of so many by chance is rare. */
const MANY_SEGMENTS: i32 = 4;
/** In place of the number of segments: frames of different numbers agreed. */
const SEVERAL_STEPS: i32 = -1;
/** IDs tell of smaller segments while so many times more of them agree than do not. */
const MOST_DOUBTS: i32 = 4;
/** Greatest common divisors below this are chance, above it no wire packet. */
const SMALLEST_COMMON: i32 = 500;
const LARGEST_COMMON: i32 = 9_200;

/**
 * Settles the previous frame of the direction, now that the next one is here with `ipId` (-1: none). `contiguous`: the next
 * frame starts where the previous ended, so nothing between them is missing.
 */
export function settlePrevious(own: usize, ipId: i32, contiguous: bool): void {
  let segments = load<i32>(own, W.previousSegments);
  if (segments == 0) return;
  if (contiguous) {
    const previousId = load<i32>(own, W.previousId);
    // Neither is -1.
    if ((ipId | previousId) >= 0) {
      const step = (ipId - previousId) & 0xffff;
      count(own, W.idCompared);
      if (step == segments) {
        count(own, W.idAgree);
        if (load<i32>(own, W.learntVotes) > 0) doubt(own, segments);
        if (load<i32>(own, W.mssOption) == 0) believeSingle(own, segments);
      } else segments = disagreeing(own, step, segments);
    }
  } else if (segments == 1) {
    if (load<i32>(own, W.mssOption) == 0) segments = asBefore(own);
  }
  countFrame(own, segments);
  store<i32>(own, 0, W.previousSegments);
}

/** Segments of a frame that no ID follows, by those of its size before; 1 if there were none. */
function asBefore(own: usize): i32 {
  const payload = load<i32>(own, W.previousPayload);
  const candidate = load<i32>(own, W.learntCandidate);
  if (candidate == 0 || payload % candidate != 0 || load<i32>(own, W.learntVotes) < VOTES_TO_LEARN) return 1;
  return max(1, payload / candidate);
}

/** Where no handshake tells the segment size, IDs say of a frame larger than an Ethernet packet that it was one. */
function believeSingle(own: usize, segments: i32): void {
  if (segments != 1) return;
  const payload = load<i32>(own, W.previousPayload);
  if (payload > load<i32>(own, W.provenSingle)) store<i32>(own, payload, W.provenSingle);
  if (payload <= load<i32>(own, W.largestSingle) || payload > LARGEST_COMMON) return;
  if (load<i32>(own, W.idAgree) < VOTES_TO_LEARN) return;
  store<i32>(own, payload, W.largestSingle);
  forgetSegment(own);
}

/** A step that is not what the length says: another segment size, or IDs that mean nothing. */
function disagreeing(own: usize, step: i32, segments: i32): i32 {
  if (step == 0) {
    count(own, W.idZeroSteps);
    return segments;
  }
  const payload = load<i32>(own, W.previousPayload);
  const possible =
    step <= MOST_SEGMENTS && payload >= step && (step == 1 || Math.ceil(<f64>payload / <f64>step) >= SMALLEST_SEGMENT);
  if (!possible) {
    count(own, W.idWild);
    return segments;
  }
  if (step > 1 && payload == load<i32>(own, W.largestSingle)) {
    // It was believed to be one packet for its size alone.
    store<i32>(own, load<i32>(own, W.provenSingle), W.largestSingle);
    forgetSegment(own);
  }
  learn(own, payload, step);
  if (step > segments && isSplit(own, payload)) return step;
  if (step < segments && isLarger(own, payload, step)) return step;
  // Where the handshake told the segment size, or the frame fits an Ethernet packet, one odd step is loss and repair in between; a
  // true change of the size is learnt.
  const told = load<i32>(own, W.mssOption) > 0 || payload <= ETHERNET_SEGMENT;
  if (load<f64>(own, D.learntSegment) == 0 && told) return segments;
  // Trusted only while steps are not noise: a host that counts one ID for all its sockets steps beyond every length.
  if (<i64>load<i32>(own, W.idWild) * 8 > <i64>load<i32>(own, W.idCompared)) return segments;
  // Nothing but the ID says how many there are.
  if (segments == 1) count(own, W.idAgree);
  return step;
}

/** A frame was fewer packets than the segment size allows, which no handshake told: it is larger. */
function isLarger(own: usize, payload: i32, step: i32): bool {
  if (load<i32>(own, W.mssOption) != 0 || load<i32>(own, W.idAgree) < VOTES_TO_LEARN) return false;
  const least = (payload + step - 1) / step;
  const largest = step == 1 ? LARGEST_COMMON : ETHERNET_SEGMENT;
  if (least > largest || least <= load<i32>(own, W.largestSingle)) return false;
  store<i32>(own, least, W.largestSingle);
  forgetSegment(own);
  count(own, W.idAgree);
  return true;
}

/** A frame that an Ethernet packet could hold was several all the same: the path's segments are smaller, which no handshake told. */
function isSplit(own: usize, payload: i32): bool {
  if (payload > ETHERNET_SEGMENT || load<i32>(own, W.mssOption) != 0) return false;
  if (payload <= load<i32>(own, W.provenSingle)) return false;
  // One odd step may also be of packets that were not captured.
  if (load<i32>(own, W.idAgree) < MOST_DOUBTS * (load<i32>(own, W.idCompared) - load<i32>(own, W.idAgree)))
    return false;
  const split = load<i32>(own, W.smallestSplit);
  if (split == 0 || payload < split) store<i32>(own, payload, W.smallestSplit);
  if (payload <= load<i32>(own, W.largestSingle)) {
    store<i32>(own, load<i32>(own, W.provenSingle), W.largestSingle);
    forgetSegment(own);
  }
  return true;
}

/**
 * A frame whose step agrees with the segment size as it is believed, and not with another that odd steps have spoken for: those
 * were packets that the tap missed between two frames (a retransmission that was lost takes an ID too).
 */
function doubt(own: usize, segments: i32): void {
  const implied = Math.ceil(<f64>load<i32>(own, W.previousPayload) / <f64>load<i32>(own, W.learntCandidate));
  if (implied != <f64>segments) store<i32>(own, 0, W.learntVotes);
}

/**
 * A frame of exactly `step` equal segments, seen often enough, tells the segment size. Where no handshake told any, frames of one size
 * alone do only if it is odd and of several segments: a write of 10,000 bytes, in two packets, is no two segments of 5,000.
 */
function learn(own: usize, payload: i32, step: i32): void {
  if (payload % step != 0) return;
  const candidate = payload / step;
  if (candidate == load<i32>(own, W.learntCandidate)) {
    count(own, W.learntVotes);
    if (step != load<i32>(own, W.learntStep)) store<i32>(own, SEVERAL_STEPS, W.learntStep);
  } else {
    store<i32>(own, candidate, W.learntCandidate);
    store<i32>(own, 1, W.learntVotes);
    store<i32>(own, step, W.learntStep);
  }
  if (load<i32>(own, W.learntVotes) < VOTES_TO_LEARN) return;
  if (load<i32>(own, W.mssOption) == 0) {
    const isSure = (step >= MANY_SEGMENTS && !isRound(payload)) || load<i32>(own, W.learntStep) == SEVERAL_STEPS;
    if (!isSure && load<i32>(own, W.largestSingle) != candidate) return;
  }
  store<f64>(own, <f64>candidate, D.learntSegment);
  forgetSegment(own);
}

/** A size that a program writes. */
function isRound(bytes: i32): bool {
  return bytes % 100 == 0 || bytes % 256 == 0;
}

function countFrame(own: usize, segments: i32): void {
  const payload = load<i32>(own, W.previousPayload);
  const header = load<i32>(own, W.previousHeader);
  add(own, D.wirePackets, <f64>segments);
  if (payload == 0) {
    add(own, D.wireHeaderBytes, <f64>(max(header, SHORTEST_FRAME_BYTES) + ETHERNET_OVERHEAD_BYTES));
    return;
  }
  add(own, D.wireDataPackets, <f64>segments);
  let bytes = <f64>segments * <f64>(header + ETHERNET_OVERHEAD_BYTES) + <f64>payload;
  // Only a last segment can be short enough for padding, and no Ethernet header with IPv6 and TCP leaves room for it.
  if (header < SHORTEST_FRAME_BYTES) {
    const last = lastSegment(payload, segments);
    if (header + last < SHORTEST_FRAME_BYTES) bytes += <f64>(SHORTEST_FRAME_BYTES - header - last);
  }
  add(own, D.wireHeaderBytes, bytes);
  if (segments > 1) {
    addSample(own + P.superFrames, load<i32>(own, W.previousRow));
    add(own, D.superBytes, <f64>payload);
  }
}

/** Payload of the last of so many segments: its size follows from the others being equal. */
function lastSegment(payload: i32, segments: i32): i32 {
  if (segments == 1) return payload;
  const full = (payload + segments - 1) / segments;
  return payload - ((payload - 1) / full) * full;
}

/**
 * Learns the segment size from lengths alone, where neither handshake nor IP IDs tell: super-packets are whole multiples of
 * it except for the last of a write.
 */
export function learnFromLength(own: usize, payload: i32): void {
  const before = load<i32>(own, W.commonLength);
  const common = greatestCommonDivisor(payload, before == 0 ? payload : before);
  if (common < SMALLEST_COMMON) return;
  if (common == before) count(own, W.commonVotes);
  else {
    store<i32>(own, common, W.commonLength);
    store<i32>(own, 1, W.commonVotes);
  }
  if (load<i32>(own, W.commonVotes) < VOTES_TO_LEARN || common > LARGEST_COMMON * 8) return;
  if (common > ETHERNET_SEGMENT && isRound(common)) return;
  if (isJumbo(common)) {
    store<i32>(own, common, W.largestSingle);
    forgetSegment(own);
    return;
  }
  // Frames that were all of two or three segments have these as divisor: the largest that an Ethernet packet can be is meant.
  const parts = (common + ETHERNET_SEGMENT - 1) / ETHERNET_SEGMENT;
  if (common % parts != 0) return;
  store<f64>(own, <f64>common / <f64>parts, D.learntSegment);
  forgetSegment(own);
}

/** What an MTU of 9,000 leaves for the payload of one packet of IPv6, with timestamps or without. */
function isJumbo(bytes: i32): bool {
  return bytes == 9_000 - 72 || bytes == 9_000 - 60;
}

function greatestCommonDivisor(a: i32, b: i32): i32 {
  let high = a;
  let low = b;
  while (low != 0) {
    const rest = high % low;
    high = low;
    low = rest;
  }
  return high;
}

/** Remembers a frame until its successor settles it. */
export function holdFrame(own: usize, row: i32, ipId: i32, payload: i32, header: i32, segments: i32, end: i32): void {
  store<i32>(own, end, W.previousEnd);
  store<i32>(own, ipId, W.previousId);
  store<i32>(own, segments, W.previousSegments);
  store<i32>(own, payload, W.previousPayload);
  store<i32>(own, header, W.previousHeader);
  store<i32>(own, row, W.previousRow);
}
