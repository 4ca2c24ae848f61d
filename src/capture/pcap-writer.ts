// Station "capture", the other way: frames in, a pcap file out (draft-ietf-opsawg-pcap).

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import { OutputBuffer, type TakeBytes } from './output-buffer.ts';

/** What a pcap file says of itself. */
export interface PcapWriterOptions {
  /** Number in the pcap registry. */
  readonly linkType: number;
  /** 262,144 when undefined, as tcpdump writes it. */
  readonly snapLength?: number;
  /** Unit of the records' times; nanoseconds when undefined. Microseconds are rounded down. */
  readonly resolution?: 'nanoseconds' | 'microseconds';
  /** True when undefined. */
  readonly littleEndian?: boolean;
}

/** Writes one pcap file. Call `flush` at the end. */
export interface PcapWriter {
  /** The absolute time of time 0; to be called before the first frame, else it is the epoch. */
  startAt(epoch: EpochTime): void;
  /** One frame: `capturedLength` bytes of `view` from `start` on. */
  frame(view: DataView, start: number, capturedLength: number, originalLength: number, time: TimeNs): void;
  flush(): void;
}

const fileHeaderBytes = 24;
const recordHeaderBytes = 16;
const usualSnapLength = 262_144;

/** Makes a writer; the file header is handed out with the first bytes. */
export function createPcapWriter(take: TakeBytes, options: PcapWriterOptions): PcapWriter {
  const littleEndian = options.littleEndian ?? true;
  const nsPerUnit = options.resolution === 'microseconds' ? 1000 : 1;
  const output = new OutputBuffer(take);
  let start: EpochTime = { seconds: 0, nanoseconds: 0 };
  writeFileHeader(output, options, littleEndian);
  return {
    startAt(epoch) {
      start = epoch;
    },
    frame(view, frameStart, capturedLength, originalLength, time) {
      const at = output.claim(recordHeaderBytes + capturedLength);
      writeTime(output.view, at, start, time, nsPerUnit, littleEndian);
      output.view.setUint32(at + 8, capturedLength, littleEndian);
      output.view.setUint32(at + 12, originalLength, littleEndian);
      output.copy(view, frameStart, capturedLength, at + recordHeaderBytes);
      output.recordDone();
    },
    flush: () => output.flush(),
  };
}

function writeFileHeader(output: OutputBuffer, options: PcapWriterOptions, littleEndian: boolean): void {
  const at = output.claim(fileHeaderBytes);
  const { view } = output;
  view.setUint32(at, options.resolution === 'microseconds' ? 0xa1b2c3d4 : 0xa1b23c4d, littleEndian);
  view.setUint16(at + 4, 2, littleEndian);
  view.setUint16(at + 6, 4, littleEndian);
  view.setUint32(at + 8, 0);
  view.setUint32(at + 12, 0);
  view.setUint32(at + 16, options.snapLength ?? usualSnapLength, littleEndian);
  view.setUint32(at + 20, options.linkType, littleEndian);
}

/** Writes a record's seconds and fraction; times outside of 1970 to 2106 wrap around. */
export function writeTime(
  view: DataView,
  at: number,
  start: EpochTime,
  time: TimeNs,
  nsPerUnit: 1 | 1000,
  littleEndian: boolean,
): void {
  const total = start.nanoseconds + time;
  let wholeSeconds = Math.floor(total / 1e9);
  let fraction = total - wholeSeconds * 1e9;
  // The division is rounded: just below a whole second it may come out as that second.
  if (fraction < 0) {
    fraction += 1e9;
    wholeSeconds--;
  }
  view.setUint32(at, start.seconds + wholeSeconds, littleEndian);
  view.setUint32(at + 4, Math.floor(fraction / nsPerUnit), littleEndian);
}
