// Station "capture", machine side: where a rewritten capture goes. Writes are synchronous, so that memory does not grow when
// the disk or the reader of a pipe is slower than we are.

import { closeSync, openSync, writeSync } from 'node:fs';

/** An open output. */
export interface OutputFile {
  readonly write: (bytes: Uint8Array) => void;
  readonly close: () => void;
}

const standardOutput = 1;
/** A pipe that is full is tried again after this long. */
const retryMs = 1;

/** Opens a file for writing; `-` is standard output. Rejects what cannot be opened with the system's error. */
export function openOutput(path: string): OutputFile {
  const fd = path === '-' ? standardOutput : openSync(path, 'w');
  return {
    write: (bytes) => writeAll(fd, bytes),
    close: () => {
      if (fd !== standardOutput) closeSync(fd);
    },
  };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done, bytes.length - done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      sleep(retryMs);
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
