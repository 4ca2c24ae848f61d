// The golden captures, and what `wiretruth explain --json` says of each: shared by the end-to-end tests.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/report/model.ts';

export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const capturesFolder = join(root, 'test', 'captures');
export const cli: string = join(root, 'dist', 'bundle', 'main.js');

/** Every capture under test/captures, as a path relative to it: dropping a file in adds it to every loop. */
export const goldenCaptures: readonly string[] = readdirSync(capturesFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(pcap|pcapng)(\.gz|\.zst)?$/.test(path) && !path.startsWith('make/'))
  .sort();

export function capturePath(name: string): string {
  return join(capturesFolder, name);
}

/** The report on one capture, made by the program as a user runs it. */
export function explainJson(path: string, more: readonly string[] = []): Report {
  const result = spawnSync(process.execPath, [cli, 'explain', '--json', '--quiet', ...more, path], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (result.status !== 0 && result.status !== 4)
    throw new Error(`explain ${path}: status ${result.status}: ${result.stderr}`);
  return JSON.parse(result.stdout) as Report;
}

/** Whether a program is there; says loudly when not, so that a skipped comparison is seen. */
export function isInstalled(program: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!found) console.warn(`SKIPPED: ${program} is not installed, so nothing is compared with it`);
  return found;
}
