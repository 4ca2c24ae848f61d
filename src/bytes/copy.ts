// Station "bytes": copies between buffers, with and without a sum of what is copied. Inside summable memory one loop does both, and a
// copy of a few hundred bytes costs no call of the system's.

import { fold, foldSwapped, onesSum } from './checksum.ts';
import { type VectorCode, vectorCodeOf } from './summable-memory.ts';

/** Below this many bytes a loop is quicker than the two views that a block copy takes. */
const blockBytes = 200;
/** As much as is summed before a fold. */
const runBytes = 0x1_0000;

/** Two views and what copies between them: most copies are between the same two as the one before. */
class Way {
  private from: DataView | undefined = undefined;
  private to: DataView | undefined = undefined;
  private code: VectorCode | undefined = undefined;
  fromOffset = 0;
  toOffset = 0;

  /** The code that copies from one view to the other; undefined when they are not in one summable memory. */
  between(from: DataView, to: DataView): VectorCode | undefined {
    if (from !== this.from || to !== this.to) {
      this.from = from;
      this.to = to;
      this.code = from.buffer === to.buffer ? vectorCodeOf(to.buffer) : undefined;
      this.fromOffset = from.byteOffset;
      this.toOffset = to.byteOffset;
    }
    return this.code;
  }
}

const copying: Way = new Way();
const summing: Way = new Way();

/** Copies `length` bytes between buffers; the ranges do not overlap, both were checked by the caller. */
export function copyBytes(from: DataView, fromStart: number, to: DataView, toStart: number, length: number): void {
  const code = copying.between(from, to);
  if (code === undefined) {
    copyApart(from, fromStart, to, toStart, length);
    return;
  }
  for (let done = 0; done < length; done += runBytes) {
    const run = Math.min(length - done, runBytes);
    code.copySum(copying.fromOffset + fromStart + done, copying.toOffset + toStart + done, run);
  }
}

/** The same, and returns the folded sum of the bytes copied, as `onesSum` does. */
export function copySum(from: DataView, fromStart: number, to: DataView, toStart: number, length: number): number {
  const code = summing.between(from, to);
  if (code === undefined) {
    copyApart(from, fromStart, to, toStart, length);
    return onesSum(to, toStart, length, 0);
  }
  const fromAt = summing.fromOffset + fromStart;
  const toAt = summing.toOffset + toStart;
  if (length <= runBytes) return foldSwapped(code.copySum(fromAt, toAt, length));
  let total = 0;
  for (let done = 0; done < length; done += runBytes) {
    total += foldSwapped(code.copySum(fromAt + done, toAt + done, Math.min(length - done, runBytes)));
  }
  return fold(total);
}

function copyApart(from: DataView, fromStart: number, to: DataView, toStart: number, length: number): void {
  if (length >= blockBytes) {
    const source = new Uint8Array(from.buffer, from.byteOffset + fromStart, length);
    new Uint8Array(to.buffer, to.byteOffset + toStart, length).set(source);
    return;
  }
  let i = 0;
  for (; i + 4 <= length; i += 4) to.setInt32(toStart + i, from.getInt32(fromStart + i, true), true);
  for (; i < length; i += 1) to.setUint8(toStart + i, from.getUint8(fromStart + i));
}
