// Station "offload": copying payload and summing it for the checksum in one pass over memory.

import { fold } from '../bytes/checksum.ts';

/** Two 16-bit lanes of this many bytes / 4 words stay below 2^31. */
const runBytes = 0x1_0000;

/**
 * Copies `length` bytes and returns their folded ones' complement sum (RFC 1071), the first byte being the high half of a
 * word. The ranges do not overlap; both were checked by the caller.
 */
export function copyAndSum(from: DataView, fromStart: number, to: DataView, toStart: number, length: number): number {
  let total = 0;
  let done = 0;
  while (length - done >= 4) {
    const run = Math.min(runBytes, (length - done) & ~3);
    total += copyRun(from, fromStart + done, to, toStart + done, run);
    done += run;
  }
  for (; done + 2 <= length; done += 2) {
    const word = from.getUint16(fromStart + done);
    to.setUint16(toStart + done, word);
    total += word;
  }
  if (done < length) {
    const byte = from.getUint8(fromStart + done);
    to.setUint8(toStart + done, byte);
    total += byte << 8;
  }
  return fold(total);
}

function copyRun(from: DataView, fromStart: number, to: DataView, toStart: number, length: number): number {
  let high = 0;
  let low = 0;
  let at = 0;
  for (const bulk = length & ~15; at < bulk; at += 16) {
    const a = from.getInt32(fromStart + at);
    const b = from.getInt32(fromStart + at + 4);
    const c = from.getInt32(fromStart + at + 8);
    const d = from.getInt32(fromStart + at + 12);
    to.setInt32(toStart + at, a);
    to.setInt32(toStart + at + 4, b);
    to.setInt32(toStart + at + 8, c);
    to.setInt32(toStart + at + 12, d);
    high = (high + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16)) | 0;
    low = (low + (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff)) | 0;
  }
  for (; at < length; at += 4) {
    const word = from.getInt32(fromStart + at);
    to.setInt32(toStart + at, word);
    high = (high + (word >>> 16)) | 0;
    low = (low + (word & 0xffff)) | 0;
  }
  return high + low;
}
