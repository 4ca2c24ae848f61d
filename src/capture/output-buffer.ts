// Station "capture": the buffer in which the writers put together what they hand out.

import { copyBytes } from '../bytes/copy.ts';
import { summableBytes } from '../bytes/summable-memory.ts';

/** Handed out once this much has come together, so that the taker is not called for each packet. */
const fullBytes = 256 * 1024;

/** Takes bytes that a writer has put together; lent for the call. */
export type TakeBytes = (bytes: Uint8Array) => void;

/** A buffer that grows to the largest record and is used again and again. */
export class OutputBuffer {
  view: DataView;
  #bytes: Uint8Array;
  #length = 0;
  readonly #take: TakeBytes;

  constructor(take: TakeBytes) {
    this.#take = take;
    this.#bytes = summableBytes(fullBytes + 65_536);
    this.view = viewOf(this.#bytes);
  }

  /** Makes room for `length` bytes and returns where they begin in `view`. Their old content is undefined. */
  claim(length: number): number {
    if (this.#length + length > this.#bytes.length) this.#makeRoom(length);
    const at = this.#length;
    this.#length += length;
    return at;
  }

  /** Copies bytes to a place inside what was claimed. */
  copy(source: DataView, start: number, length: number, at: number): void {
    copyBytes(source, start, this.view, at, length);
  }

  set(bytes: Uint8Array, at: number): void {
    this.#bytes.set(bytes, at);
  }

  /** Clears bytes inside what was claimed. */
  zero(at: number, length: number): void {
    this.#bytes.fill(0, at, at + length);
  }

  /** To be called after each complete record: hands out when enough has come together. */
  recordDone(): void {
    if (this.#length >= fullBytes) this.flush();
  }

  flush(): void {
    if (this.#length === 0) return;
    const length = this.#length;
    this.#length = 0;
    this.#take(this.#bytes.subarray(0, length));
  }

  /** Records are claimed whole, so that what is there already can go. */
  #makeRoom(length: number): void {
    this.flush();
    if (length <= this.#bytes.length) return;
    this.#bytes = summableBytes(Math.max(length, this.#bytes.length * 2));
    this.view = viewOf(this.#bytes);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
