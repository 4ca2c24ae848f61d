// SIGINT and SIGTERM: the reading stops, what was read is reported and flagged as partial. A second one ends at once.

import { ExitCode } from './exit-codes.ts';

/** How long a pipe's writer, which gets the same Ctrl-C, has to flush and close before we stop reading. */
const pipeGraceMs = 300;

/** Watches for signals while captures are read. */
export class Interruption {
  private readonly controller = new AbortController();
  private readonly onSignal: () => void = () => this.interrupt();
  private signalled = false;
  /** Set while standard input is read. */
  readingPipe = false;

  constructor() {
    process.on('SIGINT', this.onSignal);
    process.on('SIGTERM', this.onSignal);
  }

  /** Aborted when the reading is to stop. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Signals have their usual meaning again. */
  release(): void {
    process.off('SIGINT', this.onSignal);
    process.off('SIGTERM', this.onSignal);
  }

  private interrupt(): void {
    if (this.signalled) process.exit(ExitCode.Interrupted);
    this.signalled = true;
    if (this.readingPipe) setTimeout(() => this.controller.abort(), pipeGraceMs).unref();
    else this.controller.abort();
  }
}
