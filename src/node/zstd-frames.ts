// Station "capture", machine side: walks the frames of Zstandard data (RFC 8878, section 3.1) without decompressing them.

/** The zstd tool refuses more without --long=; it bounds the memory that a frame header can ask for. */
const maxWindowBytes: number = 128 * 1024 * 1024;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** Magic, descriptor, window, dictionary of 4 bytes, content size of 8. */
const largestHeaderBytes = 18;

/**
 * fzstd allocates whatever window a frame header asks for, up to 2 GiB, so each header is looked at before it gets there.
 * Feed it what the decompressor gets; it throws a RangeError at a window above 128 MiB.
 */
export class ZstdWindowGuard {
  /** Bytes of the current frame's header or of a block's header that have come. */
  readonly #header = new Uint8Array(largestHeaderBytes);
  #headerBytes = 0;
  #state: 'frame' | 'block' = 'frame';
  #skip = 0;
  #frameHasChecksum = false;

  check(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(this.#skip, chunk.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (at === chunk.length) return;
      this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
      const wanted = this.#state === 'frame' ? this.#frameHeaderBytes() : 3;
      if (this.#headerBytes < wanted) continue;
      if (this.#state === 'frame') this.#enterFrame();
      else this.#enterBlock();
      this.#headerBytes = 0;
    }
  }

  #word(at: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#header.subarray(at, at + 4);
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  /** As far as can be told from the bytes that have come. */
  #frameHeaderBytes(): number {
    if (this.#headerBytes < 5) return 5;
    if (this.#word(0) !== frameMagic) return 8;
    return 5 + this.#windowBytes() + this.#dictionaryBytes() + this.#contentSizeBytes();
  }

  get #descriptor(): number {
    return this.#header[4] ?? 0;
  }

  #isSingleSegment(): boolean {
    return (this.#descriptor & 0x20) !== 0;
  }

  #windowBytes(): number {
    return this.#isSingleSegment() ? 0 : 1;
  }

  #dictionaryBytes(): number {
    const flag = this.#descriptor & 3;
    return flag === 3 ? 4 : flag;
  }

  #contentSizeBytes(): number {
    const flag = this.#descriptor >> 6;
    return flag === 0 ? (this.#isSingleSegment() ? 1 : 0) : 1 << flag;
  }

  #enterFrame(): void {
    const magic = this.#word(0);
    if ((magic & 0xfffffff0) === skippableMagic) {
      this.#skip = this.#word(4);
      return;
    }
    if (magic !== frameMagic) throw new RangeError(`0x${magic.toString(16)} where a zstd frame should begin`);
    const window = this.#isSingleSegment() ? this.#contentSize() : this.#windowSize();
    if (window > maxWindowBytes)
      throw new RangeError(`a zstd frame asks for a window of ${window} bytes; at most ${maxWindowBytes} are given`);
    this.#frameHasChecksum = (this.#descriptor & 4) !== 0;
    this.#state = 'block';
  }

  #windowSize(): number {
    const byte = this.#header[5] ?? 0;
    const base = 2 ** (10 + (byte >> 3));
    return base + (base / 8) * (byte & 7);
  }

  #contentSize(): number {
    const at = 5 + this.#dictionaryBytes();
    const bytes = this.#contentSizeBytes();
    if (bytes === 1) return this.#header[at] ?? 0;
    if (bytes === 2) return (this.#word(at) & 0xffff) + 256;
    return this.#word(at) + (bytes === 8 ? this.#word(at + 4) * 2 ** 32 : 0);
  }

  #enterBlock(): void {
    const header = this.#word(0) & 0xffffff;
    const isLast = (header & 1) !== 0;
    const isRepeatedByte = ((header >> 1) & 3) === 1;
    this.#skip = isRepeatedByte ? 1 : header >> 3;
    if (!isLast) return;
    this.#skip += this.#frameHasChecksum ? 4 : 0;
    this.#state = 'frame';
  }
}
