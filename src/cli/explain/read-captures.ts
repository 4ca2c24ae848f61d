// The captures that were named, read one after the other and measured. What cannot be read is said and left out.

import type { CaptureMeasurement } from '../../analysis/measurement.ts';
import type { CaptureError } from '../../capture/capture-error.ts';
import { type MeasuredCaptureFile, measureCapture } from '../../node/measure-capture.ts';
import type { CaptureFacts } from '../../report/build-capture.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Interruption } from '../interruption.ts';
import { Progress } from '../progress.ts';

/** One capture that was read, as far as it went. */
export interface MeasuredCapture {
  readonly facts: CaptureFacts;
  readonly measurement: CaptureMeasurement;
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
  file: string,
  captureIndex: number,
  options: ReadOptions,
  interruption: Interruption,
): Promise<MeasuredCapture> {
  const progress = new Progress(file === '-' ? 'standard input' : file, options.quiet);
  interruption.readingPipe = file === '-';
  let measured: MeasuredCaptureFile;
  try {
    measured = await measureCapture(file, {
      captureIndex,
      onProgress: ({ bytesRead, bytesTotal }) => progress.update(bytesRead, bytesTotal),
      follow: options.follow,
      signal: interruption.signal,
    });
  } finally {
    progress.end();
    interruption.readingPipe = false;
  }
  const { opened, measurement } = measured;
  const facts: CaptureFacts = {
    path: file,
    compression: opened.compression,
    end: opened.end,
    linkTypes: measurement.interfaces.map(({ linkType }) => linkType),
    ...(measurement.firstTime === undefined ? {} : { firstTime: measurement.firstTime }),
    durationNs: measurement.durationNs,
    otherPackets: measurement.otherPackets,
    interrupted: interruption.signal.aborted,
  };
  return { facts, measurement };
}

function sayError(error: CaptureError): void {
  process.stderr.write(`wiretruth: ${error.message}\n`);
}

function isCaptureError(error: unknown): error is CaptureError {
  return error instanceof Error && error.name === 'CaptureError';
}
