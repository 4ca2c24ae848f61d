// Station "wire": GRE header (RFC 2784, RFC 2890): 4 bytes, then 4 for each of checksum, key and sequence that its bits announce.

/** Byte offsets in a GRE header. */
export const Gre = { flags: 0, protocol: 2, checksum: 4, headerBytes: 4 } as const;

/** Bits of the 16-bit word at `flags`. */
export const GreFlag = {
  Checksum: 0x8000,
  Routing: 0x4000,
  Key: 0x2000,
  Sequence: 0x1000,
  VersionMask: 0x0007,
} as const;

/** Length in bytes of a GRE version 0 header with these flags. */
export function greHeaderBytes(flags: number): number {
  let bytes: number = Gre.headerBytes;
  if (flags & GreFlag.Checksum) bytes += 4;
  if (flags & GreFlag.Key) bytes += 4;
  if (flags & GreFlag.Sequence) bytes += 4;
  return bytes;
}
