// The captures that were named, read one after the other and measured. What cannot be read is said and left out.

import type { CaptureError } from '../../capture/capture-error.ts';
import { type MeasuredCaptureFile, measureCapture } from '../../node/measure-capture.ts';
import type { CaptureFacts } from '../../report/build-capture.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Interruption } from '../interruption.ts';
import { Progress } from '../progress.ts';

/** One capture that was read, as far as it went. */
export interface MeasuredCapture extends Pick<MeasuredCaptureFile, 'file' | 'ask'> {
  readonly facts: CaptureFacts;
}

/** Everything that was read, and the exit codes that reading it asks for. */
export interface MeasuredCaptures {
  readonly captures: readonly MeasuredCapture[];
  readonly exitCodes: readonly ExitCode[];
}

/** How the files are read. */
export interface ReadOptions {
  readonly follow: boolean;
  readonly quiet: boolean;
}

/** Reads and measures the files in order. After an interruption the files that were not begun are left out. */
export async function readCaptures(
  files: readonly string[],
  options: ReadOptions,
  interruption: Interruption,
): Promise<MeasuredCaptures> {
  const captures: MeasuredCapture[] = [];
  const exitCodes: ExitCode[] = [];
  for (const file of files) {
    if (interruption.signal.aborted) break;
    try {
      const capture = await readCapture(file, captures.length, options, interruption);
      if (capture.facts.end.damage !== undefined) {
        sayError(capture.facts.end.damage);
        exitCodes.push(ExitCode.DamagedInput);
      }
      captures.push(capture);
    } catch (error) {
      if (!isCaptureError(error)) throw error;
      sayError(error);
      exitCodes.push(ExitCode.UnreadableInput);
    }
  }
  if (interruption.signal.aborted) exitCodes.push(ExitCode.Interrupted);
  return { captures, exitCodes };
}

async function readCapture(
  path: string,
  captureIndex: number,
  options: ReadOptions,
  interruption: Interruption,
): Promise<MeasuredCapture> {
  const progress = new Progress(path === '-' ? 'standard input' : path, options.quiet);
  interruption.readingPipe = path === '-';
  let measured: MeasuredCaptureFile;
  try {
    measured = await measureCapture(path, {
      captureIndex,
      onProgress: ({ bytesRead, bytesTotal }) => progress.update(bytesRead, bytesTotal),
      follow: options.follow,
      signal: interruption.signal,
    });
  } finally {
    progress.end();
    interruption.readingPipe = false;
  }
  const { opened, file, ask } = measured;
  const facts: CaptureFacts = {
    path,
    compression: opened.compression,
    end: opened.end,
    linkTypes: file.interfaces.map(({ linkType }) => linkType),
    ...(file.firstTime === undefined ? {} : { firstTime: file.firstTime }),
    durationNs: file.durationNs,
    otherPackets: file.otherPackets,
    interrupted: interruption.signal.aborted,
  };
  return { facts, file, ask };
}

function sayError(error: CaptureError): void {
  process.stderr.write(`wiretruth: ${error.message}\n`);
}

function isCaptureError(error: unknown): error is CaptureError {
  return error instanceof Error && error.name === 'CaptureError';
}
