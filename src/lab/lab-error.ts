// Station "lab": what goes wrong when the real kernel is the witness.

/** A step of the lab that failed: which command, how it ended, the end of what it said, and what was undone since. */
export class LabError extends Error {
  readonly command: string;
  readonly exitStatus: number | undefined;
  readonly stderrTail: string;
  /** What the undo stack took back after this error, newest first. */
  readonly undone: string[] = [];

  constructor(
    message: string,
    details: { command: string; exitStatus?: number | undefined; stderrTail?: string; cause?: unknown },
  ) {
    super(`${message}: ${details.command}${details.stderrTail ? `: ${details.stderrTail.trim()}` : ''}`, {
      cause: details.cause,
    });
    this.name = 'LabError';
    this.command = details.command;
    this.exitStatus = details.exitStatus;
    this.stderrTail = details.stderrTail ?? '';
  }
}
