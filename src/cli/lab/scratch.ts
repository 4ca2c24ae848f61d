// A folder for captures that nobody asked to keep.

import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '../exit-codes.ts';

const statusOfSignal = { SIGINT: ExitCode.Interrupted, SIGTERM: 143 } as const;

/** Makes a folder that goes with the process, however it ends (but for SIGKILL). */
export async function scratchDirectory(name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `wiretruth-${name}-`));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // While a transfer runs the lab listens, too: it takes everything back first, and then ends the process itself.
      if (process.listenerCount(signal) === 1) process.exit(statusOfSignal[signal]);
    });
  }
  return directory;
}
