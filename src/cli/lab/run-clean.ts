// `wiretruth lab clean`: what a killed lab left behind goes away.

import { cleanLeftovers } from '../../lab/netns.ts';
import { ExitCode } from '../exit-codes.ts';
import { requireLab } from './require-lab.ts';

/** Cleans; gives the exit code. */
export async function runClean(): Promise<ExitCode> {
  await requireLab('lab clean');
  const removed = await cleanLeftovers();
  process.stdout.write(removed.length === 0 ? 'nothing of the lab was left\n' : `removed ${removed.join(', ')}\n`);
  return ExitCode.Done;
}
