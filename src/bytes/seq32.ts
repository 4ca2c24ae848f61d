// Station "bytes": modulo-2^32 sequence numbers. The only file that does arithmetic on them.

declare const brand: unique symbol;

/** A TCP sequence or acknowledgement number. Held as a signed 32-bit integer; only its bits matter. */
export type Seq32 = number & { readonly [brand]: 'Seq32' };

/** Takes any 32-bit value (signed or unsigned) as a sequence number. */
export function seq32(value: number): Seq32 {
  return (value | 0) as Seq32;
}

/** Signed distance in bytes from one sequence number to another, in -2^31 .. 2^31-1 (RFC 9293 section 3.4). */
export function seqDistance(from: Seq32, to: Seq32): number {
  return (to - from) | 0;
}

/** The sequence number `bytes` after `seq`. */
export function seqAdd(seq: Seq32, bytes: number): Seq32 {
  return ((seq + bytes) | 0) as Seq32;
}

/** Whether `a` comes before `b` in sequence space. */
export function seqBefore(a: Seq32, b: Seq32): boolean {
  return ((a - b) | 0) < 0;
}

/** The number as the wire and Wireshark print it: 0 .. 2^32-1. */
export function seqUnsigned(seq: Seq32): number {
  return seq >>> 0;
}
