// Station "wire": IPv4 header (RFC 791).

import { checksumField, onesSum } from '../bytes/checksum.ts';

/** Byte offsets in an IPv4 header. */
export const Ipv4 = {
  versionAndLength: 0,
  typeOfService: 1,
  totalLength: 2,
  identification: 4,
  fragment: 6,
  timeToLive: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  headerBytes: 20,
} as const;

/** Bits of the 16-bit word at `fragment`; the offset counts 8-byte units. */
export const Ipv4Fragment = {
  Reserved: 0x8000,
  DontFragment: 0x4000,
  MoreFragments: 0x2000,
  OffsetMask: 0x1fff,
} as const;

/** Protocol numbers (IANA) that are understood here; the same registry serves as IPv6's next header. */
export const IpProtocol = {
  HopByHop: 0,
  Icmp: 1,
  Ipv4: 4,
  Tcp: 6,
  Udp: 17,
  Ipv6: 41,
  Routing: 43,
  Fragment: 44,
  Gre: 47,
  Esp: 50,
  Authentication: 51,
  IcmpV6: 58,
  NoNextHeader: 59,
  DestinationOptions: 60,
} as const;

/** Length of the IPv4 header at `offset` in bytes as its own field says, 0 .. 60; below 20 is not a header. */
export function ipv4HeaderBytes(view: DataView, offset: number): number {
  return (view.getUint8(offset) & 0x0f) << 2;
}

/** Writes the header checksum of the IPv4 header at `offset`. */
export function writeIpv4Checksum(view: DataView, offset: number): void {
  view.setUint16(offset + Ipv4.checksum, 0);
  view.setUint16(offset + Ipv4.checksum, checksumField(onesSum(view, offset, ipv4HeaderBytes(view, offset), 0)));
}
