// The shape that every command has: a name and one line for --help, and a module that is loaded only when the command runs.

import type { Command } from 'commander';

/** What main.ts knows of a command without loading it. */
export interface CommandEntry {
  readonly name: string;
  /** One line for `wiretruth --help`. */
  readonly summary: string;
  /** Loads the module and gives the function that declares arguments, options and the action. */
  readonly load: () => Promise<ConfigureCommand>;
}

/**
 * Declares arguments, options and the action on a fresh commander command that already has its name and summary. The action
 * sets `process.exitCode` (see exit-codes.ts) and throws a UsageError or a CaptureError for main.ts to print.
 */
export type ConfigureCommand = (command: Command) => void;

/** The command line was not understood; `message` says what would be accepted. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Something is not possible on this machine (no root, not Linux, tool missing). Exit code 5. */
export class NotPossibleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotPossibleError';
  }
}
