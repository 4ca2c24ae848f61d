// Station "bytes": the Internet checksum (RFC 1071), whole, partial and incremental (RFC 1624).
//
// A "sum" here is a ones' complement sum that has not been complemented: 0 .. 0xffff when folded. The field in a header
// is the complement of the sum over everything it covers with the field itself taken as zero.

import { vectorCodeOf } from './summable-memory.ts';

/** Folds a sum of 16-bit words, however large (up to 2^53), to 16 bits. Only an all-zero input folds to 0. */
export function fold(sum: number): number {
  let rest = sum;
  // Above 32 bits the bit operators would cut; division keeps all bits of the double.
  if (rest > 0xffff_ffff) rest = (rest % 0x1_0000_0000) + Math.floor(rest / 0x1_0000_0000);
  if (rest > 0xffff_ffff) rest = (rest % 0x1_0000_0000) + 1;
  let folded = (rest >>> 16) + (rest & 0xffff);
  folded = (folded >>> 16) + (folded & 0xffff);
  return (folded >>> 16) + (folded & 0xffff);
}

/** The checksum field for a sum: its complement in 16 bits. */
export function checksumField(sum: number): number {
  return ~fold(sum) & 0xffff;
}

/** Bytes summed before a fold: 16,384 words of 4 bytes, whose halves add up to less than 2^30. */
const runBytes = 0x1_0000;

/** From this length on it pays to look whether the bytes lie in memory that is summed faster. */
const longBytes = 256;

/**
 * Folded sum over `length` bytes from `start`, added to `initial` (a sum of an even number of bytes). An odd last byte
 * is the high half of a word (RFC 1071 section 4.1). The caller has checked that the bytes are there.
 */
export function onesSum(view: DataView, start: number, length: number, initial: number): number {
  if (length >= longBytes) return longSum(view, start, length, initial);
  const words = length & ~3;
  let total = words === 0 ? initial : initial + runSum(view, start, words);
  if (length & 2) total += view.getUint16(start + words);
  if (length & 1) total += view.getUint8(start + length - 1) << 8;
  return fold(total);
}

function longSum(view: DataView, start: number, length: number, initial: number): number {
  const code = vectorCodeOf(view.buffer);
  let total = initial;
  let at = start;
  let left = length;
  while (left >= 32) {
    const run = left < runBytes ? left & ~31 : runBytes;
    total += code === undefined ? runSum(view, at, run) : foldSwapped(code.sum(view.byteOffset + at, run));
    at += run;
    left -= run;
  }
  return onesSum(view, at, left, total);
}

/**
 * Folded sum over `length` bytes, a multiple of 4 and at most `runBytes`. The sum does not depend on the byte order but for a
 * swap at its end (RFC 1071 section 2 (B)), so that words are read as most machines hold them. Three operations a word: the wrapped
 * sum of all words gives the low halves once the high halves, summed apart, are taken off.
 */
function runSum(view: DataView, start: number, length: number): number {
  const end = start + length;
  let at = start;
  let words = 0;
  let high = 0;
  for (const bulkEnd = start + (length & ~15); at < bulkEnd; at += 16) {
    const a = view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    words = (((((words + a) | 0) + b) | 0) + c) | 0;
    words = (words + d) | 0;
    high = (((((high + (a >>> 16)) | 0) + (b >>> 16)) | 0) + (c >>> 16)) | 0;
    high = (high + (d >>> 16)) | 0;
  }
  for (; at < end; at += 4) {
    const word = view.getInt32(at, true);
    words = (words + word) | 0;
    high = (high + (word >>> 16)) | 0;
  }
  const low = (words - (high << 16)) | 0;
  // Both are below 2^30.
  return foldSwapped(high + low);
}

/** Folds a sum, of 32 bits at most, of words that were read in little-endian order. */
export function foldSwapped(sum: number): number {
  const once = (sum >>> 16) + (sum & 0xffff);
  const folded = (once >>> 16) + (once & 0xffff);
  return ((folded & 0xff) << 8) | (folded >>> 8);
}

/**
 * Sum over the IPv4 pseudo-header (RFC 9293 section 3.1): addresses from the header at `ipOffset`, its protocol, and
 * `transportLength` bytes of transport header and data. With IPv4 options the protocol and addresses are where they always are.
 */
export function pseudoHeaderSumV4(view: DataView, ipOffset: number, transportLength: number): number {
  return fold(
    view.getUint16(ipOffset + 12) +
      view.getUint16(ipOffset + 14) +
      view.getUint16(ipOffset + 16) +
      view.getUint16(ipOffset + 18) +
      view.getUint8(ipOffset + 9) +
      lengthSum(transportLength),
  );
}

/**
 * Sum over the IPv6 pseudo-header (RFC 8200 section 8.1): addresses from the header at `ipOffset`, the upper-layer protocol
 * (not the header's next header when extension headers follow) and its length, 32 bits wide.
 */
export function pseudoHeaderSumV6(view: DataView, ipOffset: number, transportLength: number, protocol = 6): number {
  return onesSum(view, ipOffset + 8, 32, protocol + lengthSum(transportLength));
}

/** A length as it enters a pseudo-header: two words when it does not fit 16 bits (BIG TCP). */
function lengthSum(length: number): number {
  return (length >>> 16) + (length & 0xffff);
}

/**
 * The checksum field after one 16-bit word that it covers changed from `before` to `after`: RFC 1624 equation 3,
 * HC' = ~(~HC + ~m + m'), which unlike RFC 1141 never makes 0xffff of a 0x0000.
 */
export function updateChecksum(field: number, before: number, after: number): number {
  return checksumField((~field & 0xffff) + (~before & 0xffff) + after);
}

/** As updateChecksum, for a 32-bit value that starts at an even offset of the covered bytes. */
export function updateChecksum32(field: number, before: number, after: number): number {
  return checksumField(
    (~field & 0xffff) + (~before & 0xffff) + ((~before >>> 16) & 0xffff) + (after & 0xffff) + (after >>> 16),
  );
}
