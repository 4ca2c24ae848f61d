// Station "lab": where the headers of a TCP frame are; only what the user-space cards need.

/** Offsets within an untagged Ethernet frame that carries TCP. */
export interface TcpLayout {
  readonly family: 4 | 6;
  readonly ipOffset: number;
  readonly tcpOffset: number;
  readonly payloadOffset: number;
  /** End of the IP packet; Ethernet padding comes after it. */
  readonly end: number;
}

const ETHERNET_BYTES = 14;
const IPV6_BYTES = 40;
const TCP = 6;

/** Finds the headers; undefined for all that is not unfragmented TCP over IPv4 or IPv6 without extension headers. */
export function tcpLayout(frame: DataView, length: number): TcpLayout | undefined {
  if (length < ETHERNET_BYTES + 40) return undefined;
  const ipOffset = ETHERNET_BYTES;
  const type = frame.getUint16(12);
  if (type === 0x0800) {
    const tcpOffset = ipOffset + (frame.getUint8(ipOffset) & 15) * 4;
    if (frame.getUint8(ipOffset + 9) !== TCP || (frame.getUint16(ipOffset + 6) & 0x3fff) !== 0) return undefined;
    return layout(frame, 4, tcpOffset, ipOffset + frame.getUint16(ipOffset + 2), length);
  }
  if (type !== 0x86dd || frame.getUint8(ipOffset + 6) !== TCP) return undefined;
  return layout(frame, 6, ipOffset + IPV6_BYTES, ipOffset + IPV6_BYTES + frame.getUint16(ipOffset + 4), length);
}

function layout(frame: DataView, family: 4 | 6, tcpOffset: number, end: number, length: number): TcpLayout | undefined {
  if (end > length || tcpOffset + 20 > end) return undefined;
  const payloadOffset = tcpOffset + (frame.getUint8(tcpOffset + 12) >> 4) * 4;
  return payloadOffset > end ? undefined : { family, ipOffset: ETHERNET_BYTES, tcpOffset, payloadOffset, end };
}
