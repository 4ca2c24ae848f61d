// Station "analysis": how many payload bytes a full wire packet of a direction holds.

import * as D from '../layout/doubles';
import * as P from '../layout/parts';
import * as W from '../layout/words';

/** MAX_TCP_HEADER + 1 taken off the 64 KiB of a GSO skb (include/net/tcp.h, v5.15..v6.18, with IP tunnels configured). */
const GSO_PAYLOAD_CEILING: f64 = 65_536 - 321;
/** TCP_MIN_MSS-like floor under which a segment size is not believed (net/ipv4/tcp_output.c, tcp_min_snd_mss 48). */
export const SMALLEST_SEGMENT: f64 = 48;
/** Default MSS (RFC 9293 section 3.7.1): a largest payload below it is the writer's size, not a segment's. */
const DEFAULT_MSS: i32 = 536;

/**
 * Payload of a full segment of direction `own` with `optionBytes` of TCP options, by the MSS options of the handshake and the
 * half-window rule (include/net/tcp.h tcp_bound_to_half_wnd: above 536 bytes of window a segment is at most half of the
 * largest window ever offered); 0 when nothing tells.
 */
export function segmentSize(own: usize, optionBytes: i32): f64 {
  return optionBytes == load<i32>(own, W.timestampBytes) ? usualSegment(own) : findSegment(own, optionBytes);
}

/** The same with the options that ordinary segments have: asked for several times for every packet, and rarely another. */
export function usualSegment(own: usize): f64 {
  const known = load<f64>(own, P.usualSegment);
  if (known > 0) return known;
  const found = findSegment(own, load<i32>(own, W.timestampBytes));
  store<f64>(own, found, P.usualSegment);
  return found;
}

/** Something has changed that the segment size depends on. */
export function forgetSegment(own: usize): void {
  store<f64>(own, 0, P.usualSegment);
}

function findSegment(own: usize, optionBytes: i32): f64 {
  const learnt = load<f64>(own, D.learntSegment);
  const mss = load<i32>(own, W.mssOption);
  if (mss == 0) {
    const size = learnt == 0 ? <f64>believedSingle(own) : learnt;
    return size < SMALLEST_SEGMENT ? 0 : size;
  }
  let size = <f64>(mss - optionBytes);
  const half = <f64>halfOf(load<i32>(own, W.maxWindow));
  if (half > 0 && size > half) size = half;
  if (learnt > 0 && learnt < size) return learnt < SMALLEST_SEGMENT ? 0 : learnt;
  return size < SMALLEST_SEGMENT ? 0 : size;
}

function halfOf(window: i32): i32 {
  if (window <= 0) return 0;
  return window > DEFAULT_MSS ? window >> 1 : window;
}

/** Payload of the largest super-packet that TCP builds at this segment size: 65,160 at 1,448, 64,240 at 1,460. */
export function largestSuperPacket(segmentBytes: f64): f64 {
  return Math.max(segmentBytes, Math.floor(GSO_PAYLOAD_CEILING / segmentBytes) * segmentBytes);
}

/** The largest payload that one Ethernet packet can have carried, where nothing else tells the segment size; or 0. */
function believedSingle(own: usize): i32 {
  const largest = load<i32>(own, W.largestSingle);
  return largest >= DEFAULT_MSS ? largest : 0;
}

/** The payload is a whole number of segments. */
export function isWhole(payload: i32, segment: f64): bool {
  if (segment <= 0) return false;
  const bytes = <i32>segment;
  if (<f64>bytes == segment) return payload % bytes == 0;
  return <f64>payload % segment == 0;
}

/** Segments of a frame by its length alone; 1 where the segment size is not known and the frame may be one packet. */
export function segmentsByLength(payload: i32, segment: f64): i32 {
  if (<f64>payload <= segment || segment == 0) return 1;
  return <i32>Math.ceil(<f64>payload / segment);
}
