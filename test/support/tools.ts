// Programs that tests compare with. A test that needs one that is missing is skipped, loudly.

import { spawnSync } from 'node:child_process';

/** Whether all programs are there; says on stderr which are not, and what is skipped for it. */
export function haveTools(names: readonly string[], skipped: string): boolean {
  const missing = names.filter((name) => spawnSync('which', [name]).status !== 0);
  if (missing.length === 0) return true;
  process.stderr.write(`SKIPPED: ${skipped}: ${missing.join(', ')} not installed\n`);
  return false;
}

/** Runs a program to its end; throws with its stderr when it fails. */
export function run(command: string, args: readonly string[], input?: Uint8Array): string {
  const done = spawnSync(command, args, { input, maxBuffer: 1 << 30, encoding: 'utf8' });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}
