#!/usr/bin/env node
// The command line. Nothing but the table of commands is loaded here: --help must be quick, and commands come in when called.

import { commands } from './commands/table.ts';
import { ExitCode } from './exit-codes.ts';
import { helpText } from './help.ts';

/** A reader that went away (`wiretruth ... | head`) is no error: leave quietly. */
function leaveQuietlyOnClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? ExitCode.Done);
    throw error;
  });
}

async function main(): Promise<void> {
  // A stream is made when it is first looked at, which takes its time: help needs one of them.
  leaveQuietlyOnClosedPipe(process.stdout);
  const argv = process.argv.slice(2);
  if (argv.length === 1 && ['-h', '--help', 'help'].includes(argv[0] ?? '')) {
    process.stdout.write(helpText());
    return;
  }
  leaveQuietlyOnClosedPipe(process.stderr);
  if (argv.length === 0) {
    process.stderr.write(helpText());
    process.exitCode = ExitCode.Usage;
  } else if (argv[0] === 'explain') {
    const { runExplain } = await import('./explain-program.ts');
    process.exitCode = await runExplain(argv, helpText);
  } else if (argv[0] === 'wire' || argv[0] === 'merge') {
    const { runRewrite } = await import('./rewrite-program.ts');
    process.exitCode = await runRewrite(argv, helpText);
  } else {
    const { runProgram } = await import('./program.ts');
    process.exitCode = await runProgram(argv, { commands, helpText });
  }
}

main().catch((error: unknown) => {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`wiretruth: a fault of the program, please report it: ${detail}\n`);
  process.exitCode = ExitCode.InternalFault;
});
