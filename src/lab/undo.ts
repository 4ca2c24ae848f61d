// Station "lab": everything the lab makes is written down here first, and taken back in reverse order.
import type { LabError } from './lab-error.ts';

type Step = { readonly what: string; readonly run: () => Promise<void> | void };

/** A stack of things to take back. `unwind` runs them newest first and never stops at a failure. */
export class UndoStack {
  readonly #steps: Step[] = [];
  #running: Promise<readonly string[]> | undefined;

  /** Remembers how to take back what is about to be made. */
  push(what: string, run: () => Promise<void> | void): void {
    this.#steps.push({ what, run });
  }

  /** Takes back everything; returns what was undone, newest first, failures marked. Safe to call twice. */
  unwind(): Promise<readonly string[]> {
    this.#running ??= this.#unwind().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #unwind(): Promise<readonly string[]> {
    const done: string[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.run();
        done.push(step.what);
      } catch (error) {
        done.push(`${step.what} (failed: ${error instanceof Error ? error.message : String(error)})`);
      }
    }
    return done;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Runs `work` with an undo stack that is unwound at its end, on an error, and on SIGINT, SIGTERM and SIGHUP. */
export async function withUndo<T>(work: (undo: UndoStack) => Promise<T>): Promise<T> {
  const undo = new UndoStack();
  const onSignal = (signal: (typeof SIGNALS)[number]): void => {
    void undo.unwind().then(() => process.exit(EXIT_STATUS_OF_SIGNAL[signal]));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(undo);
  } catch (error) {
    const undone = await undo.unwind();
    if (error instanceof Error && error.name === 'LabError') (error as LabError).undone.push(...undone);
    throw error;
  } finally {
    await undo.unwind();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
