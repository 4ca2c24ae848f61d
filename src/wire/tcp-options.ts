// Station "wire": kinds of TCP options (IANA registry) and the walk over them.

import { Tcp, tcpHeaderBytes } from './tcp.ts';

/** Option kinds that are understood here. */
export const TcpOption = {
  End: 0,
  Nop: 1,
  MaximumSegmentSize: 2,
  WindowScale: 3,
  SackPermitted: 4,
  Sack: 5,
  Timestamps: 8,
} as const;

/**
 * Offset of the first option of `kind` in the TCP header at `offset`, or -1. Stops at a lying option length and at
 * `end`, the first byte that is not there.
 */
export function findTcpOption(view: DataView, offset: number, end: number, kind: number): number {
  const optionsEnd = Math.min(offset + tcpHeaderBytes(view, offset), end);
  let at = offset + Tcp.options;
  while (at < optionsEnd) {
    const found = view.getUint8(at);
    if (found === TcpOption.End) return -1;
    if (found === TcpOption.Nop) {
      at += 1;
      continue;
    }
    if (at + 1 >= optionsEnd) return -1;
    const length = view.getUint8(at + 1);
    if (length < 2 || at + length > optionsEnd) return -1;
    if (found === kind) return at;
    at += length;
  }
  return -1;
}
