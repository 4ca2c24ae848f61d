// Station "capture", machine side: opens what a user names (a file, a pipe, standard input) and feeds its bytes to a reader.

import { CaptureError, type CaptureErrorCode } from '../capture/capture-error.ts';
import type { CaptureEnd, CaptureReader } from '../capture/capture-reader.ts';
import { createCaptureReader } from '../capture/chunk-reader.ts';
import type { RawBlockHook } from '../capture/record-parser.ts';
import type { FrameSink } from '../wire/frame.ts';
import { type CaptureBytes, type ChunkConsumer, nameOf, openCaptureBytes, reasonOf } from './capture-bytes.ts';
import {
  type Compression,
  compressionMagicBytes,
  compressionOf,
  createDecompressor,
  type Decompressor,
} from './capture-decompress.ts';

/** How far the reading has come, in bytes of the input as stored (compressed bytes when it is compressed). */
export interface CaptureProgress {
  readonly bytesRead: number;
  /** Size of the file when it was opened; undefined for a pipe. */
  readonly bytesTotal?: number;
}

/** How a capture is opened. */
export interface OpenCaptureOptions {
  /** Called after each chunk (2 MiB of a file, 64 KiB or less of a pipe) was read and parsed; keep it cheap. */
  readonly onProgress?: (progress: CaptureProgress) => void;
  /** See CaptureReaderOptions. */
  readonly onRawBlock?: RawBlockHook;
  /** See CaptureReaderOptions. */
  readonly withoutPcapRecords?: boolean;
  /** Keep reading as the file grows, until the signal is aborted. A record that is not complete yet is waited for. */
  readonly follow?: boolean;
  /** Stops the reading; what was read until then is reported as usual, and an incomplete last record is no damage. */
  readonly signal?: AbortSignal;
}

/** What was read, and how it ended. */
export interface CaptureOpenResult {
  /** As the caller named it; `-` is standard input. */
  readonly path: string;
  readonly compression: Compression;
  readonly end: CaptureEnd;
  /** Size of the input as stored when it was opened; undefined for a pipe. */
  readonly sizeBytes?: number;
}

/**
 * Reads the capture at `path` (`-` is standard input) into the sink. Rejects with a CaptureError when nothing could be
 * read; damage later in the file is in the result, after everything before it was delivered. An error of the sink rejects as it is.
 */
export async function openCapture(
  path: string,
  sink: FrameSink,
  options: OpenCaptureOptions = {},
): Promise<CaptureOpenResult> {
  const bytes = await openCaptureBytes(path, options);
  const feed = new CaptureFeed(path, sink, options, bytes.sizeBytes);
  try {
    const end = await readToEnd(bytes, feed, options.signal);
    const size = bytes.sizeBytes === undefined ? {} : { sizeBytes: bytes.sizeBytes };
    return { path, compression: feed.compression, end, ...size };
  } finally {
    feed.close();
    await bytes.close();
  }
}

async function readToEnd(bytes: CaptureBytes, feed: CaptureFeed, signal: AbortSignal | undefined): Promise<CaptureEnd> {
  try {
    await bytes.read(feed);
    if (signal?.aborted !== true) await feed.finish();
  } catch (error) {
    return feed.endedBy(error);
  }
  return feed.end(signal?.aborted === true ? 'still-growing' : 'complete');
}

/** Carries an error of the caller's functions past the code that looks at errors of the input. */
class CallerError {
  readonly cause: unknown;
  constructor(cause: unknown) {
    this.cause = cause;
  }
}

function callOut(call: () => void): void {
  try {
    call();
  } catch (cause) {
    throw new CallerError(cause);
  }
}

/** Bytes of the input in; finds out the compression and feeds the capture reader. */
class CaptureFeed implements ChunkConsumer {
  compression: Compression = null;
  readonly #name: string;
  readonly #sink: FrameSink;
  readonly #reader: CaptureReader;
  readonly #options: OpenCaptureOptions;
  readonly #sizeBytes: number | undefined;
  /** The first bytes, as long as there are too few to tell the compression. */
  #first: Uint8Array | undefined = new Uint8Array(0);
  #decompressor: Decompressor | undefined = undefined;
  #bytesRead = 0;
  #captureBytes = 0;

  constructor(path: string, sink: FrameSink, options: OpenCaptureOptions, sizeBytes: number | undefined) {
    const { onRawBlock, withoutPcapRecords = false } = options;
    const raw = onRawBlock === undefined ? {} : { onRawBlock, withoutPcapRecords };
    this.#name = nameOf(path);
    this.#sink = sink;
    this.#reader = createCaptureReader(sink, { file: this.#name, ...raw });
    this.#options = options;
    this.#sizeBytes = sizeBytes;
  }

  get stopped(): boolean {
    return this.#reader.stopped;
  }

  /** What is compressed is read elsewhere: its chunks are still needed while frames make the memory move. */
  get place(): Uint8Array | undefined {
    const taker = this.#sink.recordTaker;
    return this.compression === null && taker?.ready === true ? taker.chunk : undefined;
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#bytesRead += chunk.length;
    const waiting = this.#first === undefined ? this.#forward(chunk) : this.#writeFirst(this.#first, chunk);
    if (waiting !== undefined) return waiting.then(() => this.#reportProgress());
    this.#reportProgress();
    return undefined;
  }

  /** The input has ended: what still waits for more is all there is. */
  async finish(): Promise<void> {
    if (this.#first !== undefined) await this.#choose(this.#first);
    if (!this.#reader.stopped) await this.#decompressor?.end();
  }

  end(how: 'complete' | 'still-growing'): CaptureEnd {
    return this.#reader.end(how);
  }

  close(): void {
    this.#decompressor?.close();
  }

  /** What was read before the input failed, with the failure as its damage; throws it when nothing was read. */
  endedBy(error: unknown): CaptureEnd {
    if (error instanceof CallerError) throw error.cause;
    const end = this.#endOrNothing();
    const place = {
      file: this.#name,
      ...(end === undefined ? {} : { packet: end.packetCount + 1, offset: this.#captureBytes }),
    };
    const { code, problem } = this.#inWords(error);
    const damage = new CaptureError(code, place, problem, { cause: error });
    if (end === undefined) throw damage;
    return end.damage === undefined ? { ...end, damage } : end;
  }

  #endOrNothing(): CaptureEnd | undefined {
    try {
      return this.#reader.end('still-growing');
    } catch (error) {
      if (error instanceof CaptureError) return undefined;
      throw error;
    }
  }

  #inWords(error: unknown): { readonly code: CaptureErrorCode; readonly problem: string } {
    if (error instanceof CaptureError) return { code: error.code, problem: error.problem };
    if (this.compression === null || isSystemError(error)) return { code: 'not-readable', problem: reasonOf(error) };
    const reason = error instanceof Error ? error.message : String(error);
    const early = /unexpected (end of file|EOF)/.test(reason);
    const found = early
      ? `the ${this.compression} data end early`
      : `the ${this.compression} data are damaged (${reason})`;
    const place = `${found}, after ${this.#captureBytes} bytes of the capture in them`;
    return { code: early ? 'truncated' : 'bad-compression', problem: place };
  }

  #writeFirst(first: Uint8Array, chunk: Uint8Array): Promise<void> | undefined {
    const joined = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    if (joined.length >= compressionMagicBytes) return this.#choose(joined);
    this.#first = joined.slice();
    return undefined;
  }

  #choose(first: Uint8Array): Promise<void> | undefined {
    this.#first = undefined;
    this.compression = compressionOf(first);
    if (this.compression !== null)
      this.#decompressor = createDecompressor(this.compression, (bytes) => this.#parse(bytes));
    return this.#forward(first);
  }

  #forward(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#decompressor !== undefined) return this.#decompressor.write(chunk);
    this.#parse(chunk);
    return undefined;
  }

  #parse(bytes: Uint8Array): void {
    this.#captureBytes += bytes.length;
    callOut(() => this.#reader.write(bytes));
  }

  #reportProgress(): void {
    const total = this.#sizeBytes === undefined ? {} : { bytesTotal: this.#sizeBytes };
    callOut(() => this.#options.onProgress?.({ bytesRead: this.#bytesRead, ...total }));
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
