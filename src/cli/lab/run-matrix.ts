// `wiretruth lab matrix`: what every tap shows for every position of TSO, GSO and GRO at both ends.

import { writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { SETTINGS } from '../../lab/matrix/matrix-plan.ts';
import { type MatrixBlock, runSetting } from '../../lab/matrix/run-matrix.ts';
import { matrixPage } from '../../lab/matrix/text.ts';
import { UsageError } from '../commands/command.ts';
import type { LabMatrixOptions } from '../commands/lab.ts';
import { ExitCode } from '../exit-codes.ts';
import { requireLab } from './require-lab.ts';
import { scratchDirectory } from './scratch.ts';

/** Runs the matrix; gives the exit code. */
export async function runMatrix(options: LabMatrixOptions): Promise<ExitCode> {
  const unknown = options.path?.find((part) => !SETTINGS.some(({ path }) => path.startsWith(part)));
  if (unknown !== undefined) {
    throw new UsageError(`lab matrix: --path ${unknown}: no such path; expected veth, TAP or loopback`);
  }
  await requireLab('lab matrix');
  const directory = await scratchDirectory('matrix');
  const chosen = SETTINGS.filter(({ path }) => options.path?.some((part) => path.startsWith(part)) ?? true);
  const blocks: MatrixBlock[] = [];
  for (const [index, setting] of chosen.entries()) {
    if (options.quiet !== true) {
      const { path, family, tbf } = setting;
      process.stderr.write(`${index + 1} of ${chosen.length}: ${path}, IPv${family}${tbf ? ', tbf' : ''}\n`);
    }
    blocks.push(await runSetting(setting, directory));
  }
  const kernel = /^\d+\.\d+(\.\d+)?/.exec(release())?.[0] ?? release();
  const page = options.json === true ? `${JSON.stringify({ kernel, blocks }, null, 1)}\n` : matrixPage(blocks, kernel);
  if (options.output === undefined) process.stdout.write(page);
  else await writeFile(options.output, page);
  return ExitCode.Done;
}
