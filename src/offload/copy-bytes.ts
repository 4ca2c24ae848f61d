// Station "offload": copying between buffers.

/** Below this many bytes a loop is quicker than the two views that a block copy takes. */
const blockBytes = 200;

/** Copies `length` bytes between buffers; the ranges do not overlap, both were checked by the caller. */
export function copyBytes(from: DataView, fromStart: number, to: DataView, toStart: number, length: number): void {
  if (length >= blockBytes) {
    const source = new Uint8Array(from.buffer, from.byteOffset + fromStart, length);
    new Uint8Array(to.buffer, to.byteOffset + toStart, length).set(source);
    return;
  }
  let i = 0;
  for (; i + 4 <= length; i += 4) to.setInt32(toStart + i, from.getInt32(fromStart + i, true), true);
  for (; i < length; i += 1) to.setUint8(toStart + i, from.getUint8(fromStart + i));
}
