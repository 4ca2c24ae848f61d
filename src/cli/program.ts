// Parses the command line and runs the command; every error that is a user's to fix becomes one line and an exit code.

import { Command, CommanderError } from 'commander';
import type { CommandEntry } from './commands/command.ts';
import { ExitCode } from './exit-codes.ts';
import { version } from './version.ts';

/** What there is to run, and the help of all of it. */
export interface ProgramParts {
  readonly commands: readonly CommandEntry[];
  readonly helpText: () => string;
}

/** Runs what the arguments ask for; gives the exit code. Errors of the program itself (a broken invariant) are thrown. */
export async function runProgram(argv: readonly string[], parts: ProgramParts): Promise<ExitCode> {
  const program = await buildProgram(argv, parts);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return (process.exitCode ?? ExitCode.Done) as ExitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
    const code = exitCodeOf(error);
    if (code === undefined) throw error;
    process.stderr.write(`wiretruth: ${(error as Error).message}\n`);
    return code;
  }
}

/** The program with all commands named, and the called one (if any) fully declared. */
async function buildProgram(argv: readonly string[], { commands, helpText }: ProgramParts): Promise<Command> {
  const program = new Command('wiretruth')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('(wiretruth --help shows what is accepted)')
    .exitOverride()
    .configureOutput({ outputError: (text) => writeError(text) });
  program.helpInformation = helpText;
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

/** Commander's `error: ...` as one of our error lines. */
function writeError(text: string): void {
  process.stderr.write(text.replace(/^error: /, 'wiretruth: '));
}

/** What an error means for the exit code. Errors are told apart by name: their classes live in modules that load lazily. */
function exitCodeOf(error: unknown): ExitCode | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case 'UsageError':
      return ExitCode.Usage;
    case 'ScenarioError':
      return ExitCode.UnreadableInput;
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
