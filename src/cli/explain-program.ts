// `wiretruth explain`, and nothing of the other commands: what most calls ask for is found, read and compiled as one file
// (scripts/bundle.mjs), which takes half of the time that a dozen take.

import { measureShare } from '../node/measure-share.ts';
import { configureExplain } from './commands/explain.ts';
import type { ExitCode } from './exit-codes.ts';
import { runProgram } from './program.ts';

/** For the table of all commands; and for the second thread, which runs the same file. */
export { configureExplain, measureShare };

/** As runProgram, where the first argument is `explain`. */
export function runExplain(argv: readonly string[], helpText: () => string): Promise<ExitCode> {
  const commands = [{ name: 'explain', summary: '', load: async () => configureExplain }];
  return runProgram(argv, { commands, helpText });
}
