// Station "capture", machine side: walks the frames of Zstandard data (RFC 8878, section 3.1) without decompressing them.

/** The zstd tool refuses more without --long=; it bounds the memory that a frame header can ask for. */
const maxWindowBytes: number = 128 * 1024 * 1024;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** Magic, descriptor, window, dictionary of 4 bytes, content size of 8. */
const largestHeaderBytes = 18;

/**
 * Finds where frames end and what their checksums are: fzstd looks at neither checksums nor at how much memory a header asks
 * for (up to 2 GiB). Throws a RangeError at a window above 128 MiB, or when no frame begins where one should.
 */
export class ZstdFrames {
  /** What has come of the current frame's header, of a block's header, or of the checksum. */
  readonly #header = new Uint8Array(largestHeaderBytes);
  #headerBytes = 0;
  #state: 'frame' | 'block' | 'skippable' | 'last-block' | 'checksum' = 'frame';
  /** Bytes of the current block or skippable frame that are still to come. */
  #skip = 0;
  #hasChecksum = false;
  /** Whether the bytes of the last `walk` ended a frame. */
  frameEnded = false;
  /** Whether the frame that the last `walk` was in holds no data. */
  isSkippable = false;
  /** The checksum of the frame that ended; undefined when it has none. */
  checksum: number | undefined = undefined;

  /** Whether a frame's header has begun to come: `isSkippable` is not known yet. */
  get isInHeader(): boolean {
    return this.#state === 'frame' && this.#headerBytes > 0;
  }

  /** Whether all frames that began have ended. */
  get isComplete(): boolean {
    return this.#state === 'frame' && this.#headerBytes === 0;
  }

  /** Walks from `start` to the end of the chunk, or to the end of a frame if that comes first; returns where it stopped. */
  walk(chunk: Uint8Array, start: number): number {
    this.frameEnded = false;
    let at = start;
    while (at < chunk.length) {
      const skipped = Math.min(this.#skip, chunk.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (this.#skip === 0 && this.#endsHere()) return at;
      if (at === chunk.length) return at;
      this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
      if (this.#headerBytes < this.#wantedBytes()) continue;
      this.#headerBytes = 0;
      this.#enter();
      if (this.#skip === 0 && this.#endsHere()) return at;
    }
    return at;
  }

  /** Nothing of the current part is left: whether the frame is over with it. */
  #endsHere(): boolean {
    if (this.#state === 'last-block' && this.#hasChecksum) this.#state = 'checksum';
    else if (this.#state === 'last-block' || this.#state === 'skippable') this.#endFrame(undefined);
    return this.frameEnded;
  }

  #endFrame(checksum: number | undefined): void {
    this.checksum = checksum;
    this.frameEnded = true;
    this.#state = 'frame';
  }

  #wantedBytes(): number {
    if (this.#state === 'block') return 3;
    return this.#state === 'checksum' ? 4 : this.#frameHeaderBytes();
  }

  #enter(): void {
    if (this.#state === 'checksum') this.#endFrame(this.#word(0));
    else if (this.#state === 'block') this.#enterBlock();
    else this.#enterFrame();
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
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
      this.#skip = this.#word(4);
      this.#state = 'skippable';
      this.isSkippable = true;
      return;
    }
    if (magic !== frameMagic) throw new RangeError(`0x${magic.toString(16)} where a zstd frame should begin`);
    const window = this.#isSingleSegment() ? this.#contentSize() : this.#windowSize();
    if (window > maxWindowBytes)
      throw new RangeError(`a zstd frame asks for a window of ${window} bytes; at most ${maxWindowBytes} are given`);
    this.#hasChecksum = (this.#descriptor & 4) !== 0;
    this.isSkippable = false;
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
    if (isLast) this.#state = 'last-block';
  }
}
