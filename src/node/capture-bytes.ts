// Station "capture", machine side: the bytes of what a user names, in chunks: a file, one that still grows, a pipe.

import { close, constants, fstat, open, read, readSync, type Stats, stat } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate as eventLoop, setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { summableBytes } from '../bytes/summable-memory.ts';
import { CaptureError } from '../capture/capture-error.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const readFile = promisify(read);
const statOfFile = promisify(fstat);
const statOfPath = promisify(stat);

/** Measured on a 560 MB file: 2 MiB is as fast as any; below 512 KiB the hand-over between threads costs more than the reading. */
const chunkBytes: number = 2 * 1024 * 1024;
/** As much as the packet loop has a place for. */
const cachedChunkBytes = 1024 * 1024;
/** Chunks between two turns of the event loop: 16 MiB, some 20 ms of work. */
const chunksPerTurn = 16;
/** 16 MiB from memory take 2 to 8 ms. Reading ahead begins when two turns one after the other took longer than this. */
const diskTurnMs = 32;
/** As much as a pipe of Linux holds unless it is told otherwise (pipe(7)). */
const pipeBytes = 65_536;
/** How often a file that is followed is looked at for more. */
const followMs = 100;
const standardInput = 0;

/** Takes chunks in order. */
export interface ChunkConsumer {
  /** The chunk is lent until the call, or the promise that it returns, has ended. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** True when no more is wanted. */
  readonly stopped: boolean;
  /** Where the next chunk is best put, if that matters: memory that may move with every chunk. Ask anew for each. */
  readonly place?: Uint8Array | undefined;
}

/** How bytes are read. */
export interface CaptureBytesOptions {
  /** At the end of a file, wait for more until the signal is aborted. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** An opened input. */
export interface CaptureBytes {
  /** Size when it was opened; undefined for what has none, as a pipe. */
  readonly sizeBytes?: number;
  /** Feeds the consumer until the end of the input, its refusal, or the abort of the signal. Rejects when the reading fails. */
  read(consumer: ChunkConsumer): Promise<void>;
  close(): Promise<void>;
}

/** Opens `path`; `-` is standard input. Rejects with a CaptureError 'not-readable' that says why when it cannot. */
export async function openCaptureBytes(path: string, options: CaptureBytesOptions): Promise<CaptureBytes> {
  const fd = path === '-' ? standardInput : await openForReading(path);
  try {
    const stats = await statOfFile(fd);
    if (stats.isDirectory()) throw notReadable(path, 'is a directory; expected a capture file');
    if (isatty(fd)) throw notReadable(path, 'is a terminal; expected a capture, as from `tcpdump -U -w - |`');
    if (stats.isFIFO() || stats.isSocket()) return pipeOf(fd, options);
    const sizeBytes = stats.isFile() ? { sizeBytes: stats.size } : {};
    return {
      ...sizeBytes,
      read: async (consumer) => {
        const isPlain = stats.isFile() && options.follow !== true;
        const isDone = isPlain && (await readRegularFile(fd, options.signal, consumer));
        if (!isDone) await readChunks(fd, path, stats, options, consumer);
      },
      close: () => closeOf(fd),
    };
  } catch (error) {
    await closeOf(fd);
    throw error;
  }
}

/** A named pipe that nobody writes to yet would block an ordinary open, and a blocked thread keeps the process from ending. */
async function openForReading(path: string): Promise<number> {
  try {
    return await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw notReadable(path, reasonOf(cause), cause);
  }
}

/** What an input is called in messages. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

async function closeOf(fd: number): Promise<void> {
  if (fd !== standardInput) await closeFile(fd);
}

function notReadable(path: string, problem: string, cause?: unknown): CaptureError {
  return new CaptureError('not-readable', { file: nameOf(path) }, problem, { cause });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file: a part of its path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENXIO: 'is a socket; expected a capture file',
  ELOOP: 'too many symbolic links',
  EIO: 'input/output error',
};

/** A system error in words. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

/**
 * What the system has in memory is read by this thread, a little at a time: the bytes are still in the processor's cache when they are
 * looked at, and no thread of the pool has to be woken and waited for. What comes from a disk is to be read ahead meanwhile: then
 * this ends early, and returns false.
 */
async function readRegularFile(fd: number, signal: AbortSignal | undefined, consumer: ChunkConsumer): Promise<boolean> {
  const own = summableBytes(cachedChunkBytes);
  let slowTurns = 0;
  while (slowTurns < 2) {
    let readingMs = 0;
    for (let left = chunksPerTurn; left > 0; left -= 1) {
      const buffer = consumer.place ?? own;
      const beganMs = performance.now();
      const bytesRead = readSync(fd, buffer, 0, buffer.length, null);
      readingMs += performance.now() - beganMs;
      if (bytesRead === 0) return true;
      const waiting = consumer.write(bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead));
      if (waiting !== undefined) await waiting;
      if (consumer.stopped || signal?.aborted === true) return true;
    }
    // Signals and timers get their turn.
    await eventLoop();
    if (signal?.aborted === true) return true;
    slowTurns = readingMs > diskTurnMs ? slowTurns + 1 : 0;
  }
  return false;
}

/** Two buffers, so that the next read runs in a thread of the pool while this thread parses. */
async function readChunks(
  fd: number,
  path: string,
  opened: Stats,
  { follow, signal }: CaptureBytesOptions,
  consumer: ChunkConsumer,
): Promise<void> {
  let filled = summableBytes(chunkBytes);
  let spare = summableBytes(chunkBytes);
  let bytesDone = 0;
  let pending = readFile(fd, filled, 0, chunkBytes, null);
  while (true) {
    const { bytesRead } = await pending;
    if (signal?.aborted === true || consumer.stopped) return;
    if (bytesRead === 0) {
      if (follow !== true) return;
      await checkStillThere(fd, path, opened, bytesDone);
      if (!(await waitAWhile(signal))) return;
      pending = readFile(fd, filled, 0, chunkBytes, null);
      continue;
    }
    bytesDone += bytesRead;
    pending = readFile(fd, spare, 0, chunkBytes, null);
    try {
      await consumer.write(bytesRead === chunkBytes ? filled : filled.subarray(0, bytesRead));
    } catch (error) {
      await pending.catch(() => undefined);
      throw error;
    }
    [filled, spare] = [spare, filled];
  }
}

/** Rejects when the followed file cannot grow any more where we read: cut, or another one in its place. */
async function checkStillThere(fd: number, path: string, opened: Stats, bytesDone: number): Promise<void> {
  const { size } = await statOfFile(fd);
  if (opened.isFile() && size < bytesDone) {
    throw notReadable(path, `was cut to ${size} bytes while it was followed; ${bytesDone} had been read`);
  }
  if (path === '-') return;
  const named = await statOfPath(path).catch(() => undefined);
  if (named === undefined) throw notReadable(path, 'was removed while it was followed');
  if (named.ino !== opened.ino || named.dev !== opened.dev)
    throw notReadable(path, 'was replaced while it was followed');
}

/** False when the signal was aborted meanwhile. */
async function waitAWhile(signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await sleep(followMs, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (signal?.aborted === true) return false;
    throw error;
  }
}

/**
 * Pipes and sockets go through the event loop: a read in a thread of the pool that waits for a writer cannot be
 * cancelled, and Node does not exit before it has ended.
 */
function pipeOf(fd: number, { signal }: CaptureBytesOptions): CaptureBytes {
  let consumer: ChunkConsumer | undefined;
  let failed: unknown;
  const onRead = (bytesRead: number, buffer: Uint8Array): boolean => {
    try {
      const waiting = consumer?.write(buffer.subarray(0, bytesRead));
      if (consumer?.stopped === true) socket.destroy();
      waiting?.then(resumeOrStop, fail);
      return waiting === undefined;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  const resumeOrStop = (): void => {
    if (consumer?.stopped === true) socket.destroy();
    else socket.resume();
  };
  const fail = (error: unknown): void => {
    failed ??= error;
    socket.destroy();
  };
  const socket = new Socket({ fd, readable: true, writable: false, ...intoOneBuffer(onRead) });
  const abort = (): void => void socket.destroy();
  const read = async (taker: ChunkConsumer): Promise<void> => {
    consumer = taker;
    if (signal?.aborted === true) return;
    signal?.addEventListener('abort', abort, { once: true });
    await new Promise<void>((resolve) => {
      socket
        .once('error', fail)
        .once('close', () => resolve())
        .once('end', () => socket.destroy());
      socket.resume();
    });
    signal?.removeEventListener('abort', abort);
    if (failed !== undefined) throw failed;
  };
  return { read, close: async () => void socket.destroy() };
}

/** `onread` is documented for sockets that connect; the constructor takes it too (lib/net.js, Node 12 to 24) and allocates nothing per read. */
function intoOneBuffer(callback: (bytesRead: number, buffer: Uint8Array) => boolean): object {
  return { onread: { buffer: summableBytes(pipeBytes), callback } };
}
