// `wiretruth wire` and `wiretruth merge`, and nothing of the other commands: found, read and compiled as one file (scripts/bundle.mjs).

import type { CommandEntry } from './commands/command.ts';
import { configureMerge } from './commands/merge.ts';
import { configureWire } from './commands/wire.ts';
import type { ExitCode } from './exit-codes.ts';
import { runProgram } from './program.ts';

/** For the table of all commands. */
export { configureMerge, configureWire };

const commands: readonly CommandEntry[] = [
  { name: 'wire', summary: '', load: async () => configureWire },
  { name: 'merge', summary: '', load: async () => configureMerge },
];

/** As runProgram, where the first argument is `wire` or `merge`. */
export function runRewrite(argv: readonly string[], helpText: () => string): Promise<ExitCode> {
  return runProgram(argv, { commands, helpText });
}
