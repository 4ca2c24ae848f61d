// Station "wire": TCP header (RFC 9293 section 3.1).

/** Byte offsets in a TCP header. */
export const Tcp = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgement: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
  headerBytes: 20,
} as const;

/** Length of the TCP header at `offset` in bytes as its data offset says, 0 .. 60; below 20 is not a header. */
export function tcpHeaderBytes(view: DataView, offset: number): number {
  return (view.getUint8(offset + Tcp.dataOffset) >> 4) << 2;
}
