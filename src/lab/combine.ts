// Station "lab": the captures of all taps in one pcapng file, in order of time, an interface for each tap.
import { closeSync, openSync, writeSync } from 'node:fs';
import { type EpochTime, timeNs } from '../bytes/time.ts';
import { createPcapngWriter } from '../capture/pcapng-writer.ts';
import { openCapture } from '../node/open-capture.ts';
import type { FrameSink } from '../wire/frame.ts';

/** One capture and the name that its interface gets. */
export interface CaptureToCombine {
  readonly path: string;
  readonly name: string;
  readonly description: string;
}

interface KeptFrame {
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly timeNs: number;
}

interface KeptCapture {
  readonly linkType: number;
  readonly snapLength: number;
  readonly epoch: EpochTime | undefined;
  readonly frames: readonly KeptFrame[];
}

/** Writes the combined file; what a transfer of the lab leaves fits in memory. Returns the number of packets. */
export async function combineCaptures(captures: readonly CaptureToCombine[], out: string): Promise<number> {
  const kept: KeptCapture[] = [];
  for (const { path } of captures) kept.push(await keepFrames(path));
  const epochs = kept.flatMap(({ epoch }) => (epoch === undefined ? [] : [epoch]));
  const first = epochs.toSorted((a, b) => nanosecondsBetween(b, a))[0] ?? { seconds: 0, nanoseconds: 0 };
  const frames = kept
    .flatMap(({ epoch, frames: own }, tap) => {
      const offsetNs = epoch === undefined ? 0 : nanosecondsBetween(first, epoch);
      return own.map((frame) => ({ ...frame, tap, timeNs: frame.timeNs + offsetNs }));
    })
    .toSorted((a, b) => a.timeNs - b.timeNs);
  const file = openSync(out, 'w');
  try {
    const writer = createPcapngWriter((bytes) => writeSync(file, bytes), { application: 'wiretruth lab' });
    writer.startAt(first);
    for (const [tap, { name, description }] of captures.entries()) {
      const { linkType = 1, snapLength = 0 } = kept[tap] ?? {};
      writer.addInterface({ linkType, name, description, snapLength });
    }
    for (const { bytes, originalLength, timeNs: time, tap } of frames) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      writer.frame(view, 0, bytes.length, originalLength, timeNs(time), tap);
    }
    writer.flush();
  } finally {
    closeSync(file);
  }
  return frames.length;
}

/** From the first to the second. */
const nanosecondsBetween = (from: EpochTime, to: EpochTime): number =>
  (to.seconds - from.seconds) * 1e9 + (to.nanoseconds - from.nanoseconds);

async function keepFrames(path: string): Promise<KeptCapture> {
  const frames: KeptFrame[] = [];
  let linkType = 1;
  let snapLength = 0;
  let epoch: EpochTime | undefined;
  const sink: FrameSink = {
    onInterface: (info) => {
      linkType = info.linkType;
      snapLength = info.snapLength ?? 0;
    },
    onFirstTime: (time) => {
      epoch = time;
    },
    onFrame: (view, start, capturedLength, originalLength, time) => {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + start, capturedLength).slice();
      frames.push({ bytes, originalLength, timeNs: time });
    },
  };
  await openCapture(path, sink);
  return { linkType, snapLength, epoch, frames };
}
