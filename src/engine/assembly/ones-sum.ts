// Station "bytes": the Internet checksum (RFC 1071) in the byte order that memory has. A sum does not depend on the order but for a swap
// at its end (section 2 (B)), so that nothing has to be swapped as long as all parts of a sum are read alike.

/** What a number that is added as it is has to be multiplied by: it lies in the packet with its higher byte first. */
export const SWAPPED: u64 = 256;

/** Folds a sum to 16 bits. Only 0 folds to 0. */
export function fold(sum: u64): u32 {
  const once = (sum & 0xffff_ffff) + (sum >>> 32);
  const twice = (once & 0xffff) + ((once >>> 16) & 0xffff) + (once >>> 32);
  const folded = <u32>((twice & 0xffff) + (twice >>> 16));
  return (folded & 0xffff) + (folded >>> 16);
}

/** Whether a sum, below 2^48, folds to this number of 16 bits: without folding it to the end. */
export function foldsTo(sum: u64, folded: i32): bool {
  const once = <i32>(sum & 0xffff) + <i32>((sum >>> 16) & 0xffff) + <i32>(sum >>> 32);
  if (once == folded) return true;
  // A carry that was not added: once, or nearly never twice.
  if (once == folded + 0xffff) return folded != 0;
  return once == folded + 0x1fffe && folded != 0;
}

/** Sum over `length` bytes from `start`, not folded. An odd last byte is the first half of a word. */
export function onesSum(start: usize, length: i32): u64 {
  let at = start;
  // Two sums, so that an addition does not wait for the one before. Each takes 2^32 times 32 bits without a carry.
  let low: u64 = 0;
  let high: u64 = 0;
  for (const bulkEnd = start + (<usize>length & ~31); at < bulkEnd; at += 32) {
    const a = load<u64>(at);
    const b = load<u64>(at, 8);
    const c = load<u64>(at, 16);
    const d = load<u64>(at, 24);
    low += (a & 0xffff_ffff) + (b & 0xffff_ffff) + (c & 0xffff_ffff) + (d & 0xffff_ffff);
    high += (a >>> 32) + (b >>> 32) + (c >>> 32) + (d >>> 32);
  }
  const end = start + <usize>length;
  for (; at + 4 <= end; at += 4) low += <u64>load<u32>(at);
  if ((length & 2) !== 0) {
    low += <u64>load<u16>(at);
    at += 2;
  }
  if ((length & 1) !== 0) low += <u64>load<u8>(at);
  return low + high;
}
