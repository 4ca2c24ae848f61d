// Station "wire": Geneve (RFC 8926), behind UDP.

/** Byte offsets in a Geneve header; the low six bits of the first byte count the options in 4-byte units. */
export const Geneve = {
  versionAndOptionsLength: 0,
  flags: 1,
  protocol: 2,
  networkIdentifier: 4,
  headerBytes: 8,
} as const;

/** UDP port (IANA). */
export const genevePort = 6081;

/** Length in bytes of the Geneve header at `offset` with its options. */
export function geneveHeaderBytes(view: DataView, offset: number): number {
  return Geneve.headerBytes + ((view.getUint8(offset) & 0x3f) << 2);
}
