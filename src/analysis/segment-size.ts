// Station "analysis": how many payload bytes a full wire packet of a direction holds.

import type { DirectionState } from './direction-state.ts';

/** MAX_TCP_HEADER + 1 taken off the 64 KiB of a GSO skb (include/net/tcp.h, v5.15..v6.18, with IP tunnels configured). */
const GSO_PAYLOAD_CEILING = 65_536 - 321;
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
