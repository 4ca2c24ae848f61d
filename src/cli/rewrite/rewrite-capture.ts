// What `wire` and `merge` share: a capture is read, something rewrites it, and the result is written as it comes.

import { CaptureError } from '../../capture/capture-error.ts';
import type { TakeBytes } from '../../capture/output-buffer.ts';
import type { RawBlockHook } from '../../capture/record-parser.ts';
import { openCapture } from '../../node/open-capture.ts';
import { type OutputFile, openOutput } from '../../node/rewrite/output-file.ts';
import type { FrameSink } from '../../wire/frame.ts';
import { UsageError } from '../commands/command.ts';
import { ExitCode } from '../exit-codes.ts';
import { Interruption } from '../interruption.ts';
import { Progress } from '../progress.ts';

/** What rewrites a capture: takes its pieces, gives what it did in lines of text. */
export interface Rewriter {
  readonly sink: FrameSink;
  readonly onRawBlock: RawBlockHook;
  /** See CaptureReaderOptions, withoutPcapRecords. */
  readonly findsPcapRecords: boolean;
  /** Nothing has come for a while: what is held back is to be written. */
  readonly settle: () => void;
  readonly finish: () => readonly string[];
}

/** A live pipe that is silent for this long gets what it waits for. */
const idleMs = 200;

/** Reads `file`, rewrites it to `options.write`, and says on standard error what was done; gives the exit code. */
export async function rewriteCapture(
  file: string,
  options: { readonly write?: string; readonly quiet?: boolean },
  makeRewriter: (take: TakeBytes) => Rewriter,
): Promise<ExitCode> {
  const target = options.write ?? '-';
  if (target === '-' && process.stdout.isTTY) {
    throw new UsageError('standard output is a terminal: expected -w FILE, or a pipe behind');
  }
  const output = openTarget(target);
  const rewriter = makeRewriter(output.write);
  const interruption = new Interruption();
  interruption.readingPipe = file === '-';
  const progress = new Progress(file, options.quiet === true || file === '-');
  const idle = new IdleTimer(() => rewriter.settle());
  try {
    const { end } = await openCapture(file, rewriter.sink, {
      onRawBlock: rewriter.onRawBlock,
      withoutPcapRecords: rewriter.findsPcapRecords,
      signal: interruption.signal,
      onProgress: ({ bytesRead, bytesTotal }) => {
        progress.update(bytesRead, bytesTotal);
        if (bytesTotal === undefined) idle.restart();
      },
    });
    idle.stop();
    const lines = rewriter.finish();
    progress.end();
    if (options.quiet !== true) for (const line of lines) process.stderr.write(`wiretruth: ${line}\n`);
    if (end.damage !== undefined) process.stderr.write(`wiretruth: ${end.damage.message}\n`);
    if (interruption.signal.aborted) return ExitCode.Interrupted;
    return end.damage === undefined ? ExitCode.Done : ExitCode.DamagedInput;
  } catch (error) {
    // Whoever reads our output went away: that is for them to say.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return ExitCode.Done;
    throw error;
  } finally {
    idle.stop();
    interruption.release();
    output.close();
  }
}

/**
 * Node makes a pipe at standard output non-blocking as soon as anything looks at `process.stdout`, and then a full pipe (64 KiB) can
 * only be tried again after a pause, each time. A blocking write sleeps until there is room. The handle is not documented, but what
 * set-blocking and others rely on (lib/net.js, Node 0.12 to 24); where it is missing, the writing tries again.
 */
function blockStandardOutput(): void {
  const { _handle: handle } = process.stdout as { readonly _handle?: { setBlocking?(isBlocking: boolean): void } };
  handle?.setBlocking?.(true);
}

function openTarget(path: string): OutputFile {
  try {
    if (path === '-') blockStandardOutput();
    return openOutput(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CaptureError('not-readable', { file: path }, `cannot be written (${reason})`, { cause });
  }
}

/** Calls when `restart` was not called for a while. */
class IdleTimer {
  private readonly call: () => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(call: () => void) {
    this.call = call;
  }

  restart(): void {
    if (this.timer === undefined) this.timer = setTimeout(this.call, idleMs);
    else this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
