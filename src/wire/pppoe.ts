// Station "wire": PPPoE session header with its PPP protocol (RFC 2516 section 4, RFC 1661).

/** Byte offsets in a PPPoE session header; `payloadLength` counts from the PPP protocol on. */
export const Pppoe = {
  versionAndType: 0,
  code: 1,
  sessionId: 2,
  payloadLength: 4,
  pppProtocol: 6,
  headerBytes: 8,
} as const;

/** PPP protocol numbers. */
export const PppProtocol = { Ipv4: 0x0021, Ipv6: 0x0057 } as const;
