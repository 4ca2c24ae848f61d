// Station "capture", machine side: gzip and Zstandard, recognised by their first bytes and never by the file's name.

import type { Transform } from 'node:stream';
import { Decompress } from 'fzstd';
import { Xxh64 } from './xxh64.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** How an input is compressed; null is not at all. */
export type Compression = 'gzip' | 'zstd' | null;

/** Bytes that `compressionOf` needs. */
export const compressionMagicBytes = 4;

/** Tells the compression by the first four bytes (or fewer, of a shorter input). */
export function compressionOf(first: Uint8Array): Compression {
  const [a, b, c, d] = first;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  // A skippable frame (RFC 8878 section 3.1.2) may come before the first one with data, as pzstd writes it.
  if (a !== undefined && (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  return null;
}

/** Takes compressed bytes; hands out what they hold as soon as it is known. */
export interface Decompressor {
  /** Resolves when the chunk is used up and may be reused. Rejects when it is damaged; what came before was handed out. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** No more bytes. Rejects when the compressed data end early. */
  end(): Promise<void> | undefined;
  /** Frees what it holds, whether or not it has ended. */
  close(): void;
}

/** Output is handed out in pieces of this size, which is also what can be lost of the bytes just before a damage. */
const outputBytes = 65_536;

/** The bytes given to `write` of the taker are lent for the call. */
export function createDecompressor(compression: 'gzip' | 'zstd', take: (bytes: Uint8Array) => void): Decompressor {
  if (compression === 'gzip') {
    // Most captures are not compressed, and loading it takes a millisecond of every start.
    const zlib = process.getBuiltinModule('node:zlib');
    return throughStream(zlib.createGunzip({ chunkSize: outputBytes }), take);
  }
  // Not node:zlib's, which Node has from 22.15 on: it ends with the first frame (seen with 24.21), and files have several.
  return throughFzstd(take);
}

function throughStream(stream: Transform, take: (bytes: Uint8Array) => void): Decompressor {
  let failed: unknown;
  let waiting: (() => void) | undefined;
  let ended = false;
  const settle = (): void => {
    const resolve = waiting;
    waiting = undefined;
    resolve?.();
  };
  const fail = (error: unknown): void => {
    failed ??= error ?? new Error('the decompressor was closed');
    settle();
  };
  stream.on('data', (bytes: Uint8Array) => {
    try {
      take(bytes);
    } catch (error) {
      stream.destroy();
      fail(error);
    }
  });
  stream.on('error', fail);
  // Also when bytes follow that are no further member: like gzip(1), these are ignored, and their write is never called back.
  stream.on('end', () => {
    ended = true;
    settle();
  });
  const settled = async (start: () => void): Promise<void> => {
    await new Promise<void>((resolve) => {
      waiting = resolve;
      if (failed === undefined && !ended) start();
      else settle();
    });
    if (failed !== undefined) throw failed;
  };
  return {
    write: (chunk) => settled(() => stream.write(chunk, (error) => (error ? fail(error) : settle()))),
    end: () => settled(() => stream.end()),
    close: () => void stream.destroy(),
  };
}

function throughFzstd(take: (bytes: Uint8Array) => void): Decompressor {
  const frames = new ZstdFrames();
  const hash = new Xxh64();
  const takeAndHash = (bytes: Uint8Array): void => {
    hash.update(bytes);
    take(bytes);
  };
  let decompress: Decompress | undefined;
  let header: Uint8Array = new Uint8Array(0);
  const writePiece = (part: Uint8Array): void => {
    const piece = header.length === 0 ? part : Buffer.concat([header, part]);
    header = frames.isInHeader ? piece : header.subarray(0, 0);
    if (frames.isInHeader) return;
    if (!frames.isSkippable) {
      decompress ??= new Decompress(takeAndHash);
      decompress.push(piece, frames.frameEnded);
    }
    if (!frames.frameEnded) return;
    if (frames.checksum !== undefined && frames.checksum !== hash.low32()) throw new RangeError('incorrect data check');
    decompress = undefined;
    hash.reset();
  };
  return {
    write(chunk) {
      // A copy: fzstd keeps what it cannot use yet, and the chunk is only lent.
      const kept = chunk.slice();
      for (let at = 0; at < kept.length; ) {
        const stop = frames.walk(kept, at);
        writePiece(kept.subarray(at, stop));
        at = stop;
      }
      return undefined;
    },
    end() {
      if (!frames.isComplete) throw new RangeError('unexpected end of file');
      return undefined;
    },
    close() {},
  };
}
