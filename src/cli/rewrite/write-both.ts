// `wiretruth compare -w`: both taps in one pcapng, on one axis of time, with one packet id for what is the same packet.

import type { PairMatches } from '../../analysis/pair-match.ts';
import type { PairTable } from '../../analysis/pair-table.ts';
import type { EpochTime } from '../../bytes/time.ts';
import { timeNs } from '../../bytes/time.ts';
import { createPcapngWriter } from '../../capture/pcapng-writer.ts';
import { openCapture } from '../../node/open-capture.ts';
import { openOutput } from '../../node/rewrite/output-file.ts';
import type { CaptureInterface } from '../../wire/frame.ts';

/** One tap to be written. */
export interface TapToWrite {
  readonly path: string;
  readonly tap: number | undefined;
  readonly name: string;
}

interface KeptFrame {
  readonly bytes: Uint8Array;
  readonly original: number;
  timeNs: number;
  readonly number: number;
  readonly tap: 0 | 1;
  readonly flags: number;
}

/**
 * Writes both captures, B's times moved by the clocks' offset, in order of time. Holds all frames in memory while it does: the
 * captures are read in turn, not side by side.
 */
export async function writeBoth(
  out: string,
  a: TapToWrite,
  b: TapToWrite,
  offsetNs: number,
  pairs: { readonly a: PairTable; readonly b: PairTable; readonly matches: PairMatches },
): Promise<void> {
  const fromA = await readAll(a, 0);
  const fromB = await readAll(b, 1);
  const start = fromA.first ?? fromB.first ?? { seconds: 0, nanoseconds: 0 };
  const shift =
    fromB.first === undefined
      ? 0
      : (fromB.first.seconds - start.seconds) * 1e9 + fromB.first.nanoseconds - start.nanoseconds;
  for (const frame of fromB.frames) frame.timeNs += shift - offsetNs;
  const frames = [...fromA.frames, ...fromB.frames].sort((x, y) => x.timeNs - y.timeNs || x.tap - y.tap);
  const ids = packetIds(pairs);
  const output = openOutput(out);
  const writer = createPcapngWriter(output.write, { application: 'wiretruth compare' });
  writer.startAt(start);
  writer.addInterface({ linkType: fromA.linkType, name: a.name });
  writer.addInterface({ linkType: fromB.linkType, name: b.name });
  for (const frame of frames) {
    const id = ids[frame.tap].get(frame.number);
    const view = new DataView(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.byteLength);
    writer.frame(
      view,
      0,
      frame.bytes.length,
      frame.original,
      timeNs(Math.max(0, Math.round(frame.timeNs))),
      frame.tap,
      {
        flags: frame.flags,
        ...(id === undefined ? {} : { packetId: id }),
        comments: id === undefined ? ['wiretruth: at this tap only'] : [],
      },
    );
  }
  writer.flush();
  output.close();
}

/** A frame's packet id is that of its first wire packet at A: frames that became each other share it. */
function packetIds(pairs: {
  readonly a: PairTable;
  readonly b: PairTable;
  readonly matches: PairMatches;
}): readonly [Map<number, number>, Map<number, number>] {
  const ofA = new Map<number, number>();
  const ofB = new Map<number, number>();
  for (let row = 0; row < pairs.a.count; row += 1) {
    const partner = pairs.matches.ofA[row] ?? -1;
    if (partner < 0) continue;
    const frameA = pairs.a.frame[row] ?? 0;
    const frameB = pairs.b.frame[partner] ?? 0;
    const id = ofA.get(frameA) ?? ofB.get(frameB) ?? row + 1;
    if (!ofA.has(frameA)) ofA.set(frameA, id);
    if (!ofB.has(frameB)) ofB.set(frameB, id);
  }
  return [ofA, ofB];
}

async function readAll(
  source: TapToWrite,
  tap: 0 | 1,
): Promise<{ frames: KeptFrame[]; linkType: number; first: EpochTime | undefined }> {
  const frames: KeptFrame[] = [];
  let first: EpochTime | undefined;
  let linkType = 1;
  let count = 0;
  await openCapture(source.path, {
    onInterface: (info: CaptureInterface) => {
      if (source.tap === undefined ? info.index === 0 : info.index === source.tap) linkType = info.linkType;
    },
    onFirstTime: (epoch) => {
      first = epoch;
    },
    onFrame: (view, start, captured, original, time, index, flags) => {
      count += 1;
      if (source.tap !== undefined && index !== source.tap) return;
      const bytes = new Uint8Array(view.buffer, view.byteOffset + start, captured).slice();
      frames.push({ bytes, original, timeNs: time, number: count, tap, flags });
    },
  });
  return { frames, linkType, first };
}
