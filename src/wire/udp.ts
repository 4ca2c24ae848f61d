// Station "wire": UDP header (RFC 768).

/** Byte offsets in a UDP header. */
export const Udp = { sourcePort: 0, destinationPort: 2, length: 4, checksum: 6, headerBytes: 8 } as const;
