// Station "offload": transmit checksum offload. The stack leaves the folded pseudo-header sum in the TCP or UDP checksum field
// (CHECKSUM_PARTIAL, include/linux/skbuff.h) and the device, or skb_checksum_help, completes it.

import { fold, onesSum } from '../bytes/checksum.ts';
import { IpProtocol, Ipv4 } from '../wire/ipv4.ts';
import { Ipv6 } from '../wire/ipv6.ts';
import { Tcp } from '../wire/tcp.ts';
import { Udp } from '../wire/udp.ts';
import { type FrameLayers, LayerKind } from './layers.ts';

/** Folded pseudo-header sum of the innermost TCP or UDP header that `layers` has found. */
export function transportPseudoSum(view: DataView, start: number, layers: FrameLayers): number {
  const ip = start + layers.offsets[layers.innerIpLayer]!;
  const isV4 = layers.kinds[layers.innerIpLayer] === LayerKind.Ipv4;
  const addresses = isV4 ? onesSum(view, ip + Ipv4.source, 8, 0) : onesSum(view, ip + Ipv6.source, 32, 0);
  const length = layers.packetEnd - layers.transportOffset;
  return fold(addresses + layers.transport + (length >>> 16) + (length & 0xffff));
}

/** Offset of the checksum field of the innermost TCP or UDP header. */
export function checksumOffset(layers: FrameLayers): number {
  return layers.transportOffset + (layers.transport === IpProtocol.Tcp ? Tcp.checksum : Udp.checksum);
}

/**
 * Whether a parsed frame's TCP or UDP checksum was left to the device and can be completed: the field holds the pseudo-header
 * sum, the whole packet is there, and the sum over it is not right as it is.
 */
export function isLeftToDevice(view: DataView, start: number, capturedLength: number, layers: FrameLayers): boolean {
  if (capturedLength < layers.packetEnd) return false;
  const field = view.getUint16(start + checksumOffset(layers));
  if (field === 0 && layers.transport === IpProtocol.Udp) return false;
  const pseudo = transportPseudoSum(view, start, layers);
  if (field !== pseudo) return false;
  const length = layers.packetEnd - layers.transportOffset;
  return onesSum(view, start + layers.transportOffset, length, pseudo) !== 0xffff;
}
