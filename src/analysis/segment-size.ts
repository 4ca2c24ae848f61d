// Station "analysis": how many payload bytes a full wire packet of a direction holds.

import { D, I } from './direction-record.ts';
import type { DirectionState } from './direction-state.ts';

/** MAX_TCP_HEADER + 1 taken off the 64 KiB of a GSO skb (include/net/tcp.h, v5.15..v6.18, with IP tunnels configured). */
const GSO_PAYLOAD_CEILING = 65_536 - 321;
/** TCP_MIN_MSS-like floor under which a segment size is not believed (net/ipv4/tcp_output.c, tcp_min_snd_mss 48). */
export const SMALLEST_SEGMENT = 48;

/**
 * Payload of a full segment of `direction` with `optionBytes` of TCP options, by the MSS options of the handshake and the
 * half-window rule (include/net/tcp.h tcp_bound_to_half_wnd: above 536 bytes of window a segment is at most half of the
 * largest window ever offered); 0 when nothing tells.
 */
export function segmentSize(direction: DirectionState, optionBytes: number): number {
  const { f, i, fo, io } = direction;
  const learnt = f[fo + D.learntSegment]!;
  const mss = i[io + I.mssOption]!;
  if (mss === 0) {
    const size = learnt === 0 ? believedSingle(direction) : learnt;
    return size < SMALLEST_SEGMENT ? 0 : size;
  }
  let size = mss - optionBytes;
  const half = halfOf(i[io + I.maxWindow]!);
  if (half > 0 && size > half) size = half;
  if (learnt > 0 && learnt < size) return learnt < SMALLEST_SEGMENT ? 0 : learnt;
  return size < SMALLEST_SEGMENT ? 0 : size;
}

/** Most bytes that the half-window rule allows a segment, or 0 where no window is known. */
export function halfWindow(direction: DirectionState): number {
  return halfOf(direction.maxWindow);
}

function halfOf(window: number): number {
  if (window <= 0) return 0;
  return window > 536 ? window >> 1 : window;
}

/** Payload of the largest super-packet that TCP builds at this segment size: 65,160 at 1,448, 64,240 at 1,460. */
export function largestSuperPacket(segmentBytes: number): number {
  return Math.max(segmentBytes, Math.floor(GSO_PAYLOAD_CEILING / segmentBytes) * segmentBytes);
}

/** Default MSS (RFC 9293 section 3.7.1): a largest payload below it is the writer's size, not a segment's. */
const DEFAULT_MSS = 536;

/** The largest payload that one Ethernet packet can have carried, where nothing else tells the segment size; or 0. */
export function believedSingle(direction: DirectionState): number {
  return direction.largestSingle >= DEFAULT_MSS ? direction.largestSingle : 0;
}
