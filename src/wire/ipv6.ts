// Station "wire": IPv6 header (RFC 8200), its extension headers, and the jumbo payload option (RFC 2675).

import { IpProtocol } from './ipv4.ts';

/** Byte offsets in an IPv6 header. */
export const Ipv6 = {
  versionClassLabel: 0,
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
  headerBytes: 40,
} as const;

/** Byte offsets in an extension header of the common form: its length field counts 8-byte units after the first. */
export const Ipv6Extension = { nextHeader: 0, length: 1, data: 2 } as const;

/** The hop-by-hop header with only a jumbo payload option, as Linux BIG TCP makes it. */
export const Ipv6Jumbo = {
  optionType: 2,
  optionLength: 3,
  payloadLength: 4,
  headerBytes: 8,
  jumboOption: 0xc2,
} as const;

/** Whether a next header value is an extension header of the common form that Linux offloads walk over. */
export function isWalkableExtension(nextHeader: number): boolean {
  return (
    nextHeader === IpProtocol.HopByHop ||
    nextHeader === IpProtocol.Routing ||
    nextHeader === IpProtocol.DestinationOptions
  );
}

/** Length in bytes of the extension header (of the common form) at `offset`. */
export function ipv6ExtensionBytes(view: DataView, offset: number): number {
  return (view.getUint8(offset + Ipv6Extension.length) + 1) << 3;
}
