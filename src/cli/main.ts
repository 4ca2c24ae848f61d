#!/usr/bin/env node
// The command line. Only commander is loaded here; each command's module comes in when it is called, so that --help is quick.

import { Command, CommanderError } from 'commander';
import type { CommandEntry } from './commands/command.ts';
import { commands } from './commands/table.ts';
import { ExitCode } from './exit-codes.ts';
import { version } from './version.ts';

/** Usage errors of commander go through here, so that every error line starts alike and nothing is coloured or repeated. */
function writeError(text: string): void {
  process.stderr.write(text.replace(/^error: /, 'wiretruth: '));
}

/** The program with all commands named, and the called one (if any) fully declared. */
async function buildProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('wiretruth')
    .description('Explains a packet capture: what was truly on the wire, what limited it, and what to change.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(wiretruth --help shows what is accepted)')
    .exitOverride()
    .configureOutput({ outputError: (text) => writeError(text) });
  const called = argv.find((argument) => !argument.startsWith('-'));
  const asked = called === 'help' ? argv[argv.indexOf('help') + 1] : called;
  for (const entry of commands) await addCommand(program, entry, entry.name === asked);
  return program;
}

async function addCommand(program: Command, entry: CommandEntry, isCalled: boolean): Promise<void> {
  const command = program.command(entry.name).summary(entry.summary);
  command.copyInheritedSettings(program);
  command.showHelpAfterError(`(wiretruth ${entry.name} --help shows what is accepted)`);
  if (isCalled) (await entry.load())(command);
}

/** What an error means for the exit code. Errors are told apart by name: their classes live in modules that load lazily. */
function exitCodeOf(error: unknown): ExitCode | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case 'UsageError':
      return ExitCode.Usage;
    case 'NotPossibleError':
    case 'LabError':
      return ExitCode.NotPossibleHere;
    case 'CaptureError':
    case 'HostStateError':
      return ExitCode.UnreadableInput;
    default:
      return undefined;
  }
}

/** A reader that went away (`wiretruth ... | head`) is no error: leave quietly. */
function leaveQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? ExitCode.Done);
      throw error;
    });
  }
}

async function main(): Promise<void> {
  leaveQuietlyOnClosedPipe();
  const argv = process.argv.slice(2);
  const program = await buildProgram(argv);
  if (argv.length === 0) {
    program.outputHelp();
    process.exitCode = ExitCode.Usage;
    return;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
      return;
    }
    const code = exitCodeOf(error);
    if (code === undefined) throw error;
    process.stderr.write(`wiretruth: ${(error as Error).message}\n`);
    process.exitCode = code;
  }
}

await main();
