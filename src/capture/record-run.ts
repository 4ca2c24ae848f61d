// Station "capture": how the readers of both formats hand runs of records to a sink that takes them.

import type { TimeNs } from '../bytes/time.ts';
import type { RecordRun, RecordTaker } from '../wire/records.ts';
import type { CaptureTally } from './tally.ts';

/** A run with nothing in it, to be used again and again. */
export function newRun(format: RecordRun['format']): RecordRun {
  return {
    format,
    view: new DataView(new ArrayBuffer(0)),
    at: 0,
    end: 0,
    firstSeconds: 0,
    firstNanoseconds: 0,
    nsPerUnit: 1,
    clocks: [],
    packetCount: 0,
    capturedBytes: 0,
    originalBytes: 0,
    lastTime: 0,
  };
}

/** Offers the bytes in `start`..`end` of the view to the sink; gives the place of the first that it did not take. */
export function handOver(
  run: RecordRun,
  records: RecordTaker,
  tally: CaptureTally,
  view: DataView,
  start: number,
  end: number,
): number {
  run.view = view;
  run.at = start;
  run.end = end;
  run.packetCount = tally.packetCount;
  run.capturedBytes = tally.capturedBytes;
  run.originalBytes = tally.originalBytes;
  run.lastTime = tally.lastTime;
  records.take(run);
  tally.packetCount = run.packetCount;
  tally.capturedBytes = run.capturedBytes;
  tally.originalBytes = run.originalBytes;
  tally.lastTime = run.lastTime as TimeNs;
  return run.at;
}
