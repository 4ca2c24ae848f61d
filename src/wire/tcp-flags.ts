// Station "wire": TCP flag bits, as in byte 13 of the header (RFC 9293 section 3.1, RFC 3168, RFC 9768 for AE).

export const TcpFlag = {
  Fin: 0x001,
  Syn: 0x002,
  Rst: 0x004,
  Psh: 0x008,
  Ack: 0x010,
  Urg: 0x020,
  Ece: 0x040,
  Cwr: 0x080,
  Ae: 0x100,
} as const;
