// Station "capture": the pcap file format (draft-ietf-opsawg-pcap), microseconds and nanoseconds, both byte orders, and the
// modified format of Alexey Kuznetsov's libpcap patches (magic a1b2cd34) with its longer record header.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import { type CaptureInterface, FrameFlags, type FrameSink } from '../wire/frame.ts';
import { hasMoved, type RecordRun, type RecordTaker } from '../wire/records.ts';
import { CaptureError } from './capture-error.ts';
import type { RawBlockHook, RecordParser } from './record-parser.ts';
import { handOver, newRun } from './record-run.ts';
import { type CaptureTally, isOddTime, maxFrameBytes } from './tally.ts';

const fileHeaderBytes = 24;
/** Well inside the 104 days in which a double holds every nanosecond. */
const usualSpanSeconds = 9_000_000;

/** What the magic number of a pcap file tells. */
export interface PcapMagic {
  readonly littleEndian: boolean;
  /** Nanoseconds of one unit of the records' fraction of a second. */
  readonly nsPerUnit: 1 | 1000;
  /** 16, or 24 for the modified format. */
  readonly recordHeaderBytes: 16 | 24;
}

/** Reads the first four bytes, taken as a big-endian number, as the magic of a pcap file; undefined when they are none. */
export function pcapMagic(bigEndianMagic: number): PcapMagic | undefined {
  switch (bigEndianMagic >>> 0) {
    case 0xa1b2c3d4:
      return { littleEndian: false, nsPerUnit: 1000, recordHeaderBytes: 16 };
    case 0xd4c3b2a1:
      return { littleEndian: true, nsPerUnit: 1000, recordHeaderBytes: 16 };
    case 0xa1b23c4d:
      return { littleEndian: false, nsPerUnit: 1, recordHeaderBytes: 16 };
    case 0x4d3cb2a1:
      return { littleEndian: true, nsPerUnit: 1, recordHeaderBytes: 16 };
    case 0xa1b2cd34:
      return { littleEndian: false, nsPerUnit: 1000, recordHeaderBytes: 24 };
    case 0x34cdb2a1:
      return { littleEndian: true, nsPerUnit: 1000, recordHeaderBytes: 24 };
    default:
      return undefined;
  }
}

/** Parses a pcap file. The tally is shared with the chunk reader. */
export class PcapParser implements RecordParser {
  readonly format = 'pcap';
  headerRead = false;
  needBytes: number = fileHeaderBytes;
  readonly #magic: PcapMagic;
  readonly #sink: FrameSink;
  readonly #tally: CaptureTally;
  readonly #onHeader: RawBlockHook | undefined;
  readonly #onRecord: RawBlockHook | undefined;
  /** Old writers had the two lengths the other way round: always before version 2.3, by some programs in 2.3. */
  #lengths: 'as-now' | 'swapped' | 'maybe-swapped' = 'as-now';
  #firstSeconds = 0;
  #firstNanoseconds = 0;
  readonly #run: RecordRun = newRun('pcap');

  constructor(
    magic: PcapMagic,
    sink: FrameSink,
    tally: CaptureTally,
    onHeader: RawBlockHook | undefined,
    onRecord: RawBlockHook | undefined,
  ) {
    this.#magic = magic;
    this.#sink = sink;
    this.#tally = tally;
    this.#onHeader = onHeader;
    this.#onRecord = onRecord;
  }

  parse(view: DataView, start: number, end: number, viewOffset: number): number {
    let at = start;
    if (!this.headerRead) {
      if (end - at < fileHeaderBytes) return at;
      this.#readFileHeader(view, at, viewOffset);
      at += fileHeaderBytes;
      this.needBytes = this.#magic.recordHeaderBytes;
      if (this.#tally.damage !== undefined) return at;
    }
    if (this.#tally.packetCount === 0 && end - at >= this.#magic.recordHeaderBytes) this.#readFirstTime(view, at);
    if (this.#isUsual) {
      const records = this.#sink.recordTaker;
      if (records?.ready === true) return this.#handOver(records, view, at, end, viewOffset);
      if (this.#tally.packetCount > 0 && end - at <= maxFrameBytes && view.buffer !== records?.buffer)
        at = this.#readUsualRecords(view, at, end);
    }
    return this.#readRecords(view, at, end, viewOffset, Number.POSITIVE_INFINITY);
  }

  /** Leaves the records to the sink, but for those that it does not take. */
  #handOver(records: RecordTaker, view: DataView, start: number, end: number, viewOffset: number): number {
    const run = this.#run;
    run.firstSeconds = this.#firstSeconds;
    run.firstNanoseconds = this.#firstNanoseconds;
    run.nsPerUnit = this.#magic.nsPerUnit;
    let at = start;
    while (true) {
      // The first record announces the time that all others are counted from.
      if (this.#tally.packetCount > 0) at = handOver(run, records, this.#tally, view, at, end);
      if (hasMoved(view)) return at;
      const left = at;
      at = this.#readRecords(view, at, end, viewOffset, 1);
      if (at === left || hasMoved(view)) return at;
    }
  }

  /** Whether `#readUsualRecords` may be tried: little-endian, today's record header, nobody asks for the records' bytes. */
  get #isUsual(): boolean {
    const { littleEndian, recordHeaderBytes } = this.#magic;
    return littleEndian && recordHeaderBytes === 16 && this.#lengths === 'as-now' && this.#onRecord === undefined;
  }

  truncated(left: number, offset: number): CaptureError {
    if (!this.headerRead) {
      const problem = `the file ends after ${left} of the ${fileHeaderBytes} bytes of a pcap file header`;
      return new CaptureError('truncated', { file: this.#tally.file, offset }, problem);
    }
    const headerBytes = this.#magic.recordHeaderBytes;
    const problem =
      left < headerBytes
        ? `the file ends after ${left} of the ${headerBytes} bytes of a record header`
        : `the record header says ${this.needBytes - headerBytes} captured bytes, but the file ends after ${left - headerBytes} of them`;
    const place = { file: this.#tally.file, packet: this.#tally.packetCount + 1, offset };
    return new CaptureError('truncated', place, problem);
  }

  #readFileHeader(view: DataView, at: number, viewOffset: number): void {
    const { littleEndian } = this.#magic;
    const major = view.getUint16(at + 4, littleEndian);
    const minor = view.getUint16(at + 6, littleEndian);
    if (major !== 2 || minor > 4) {
      const place = { file: this.#tally.file, offset: viewOffset + at + 4 };
      const problem = `pcap version ${major}.${minor}; versions 2.0 to 2.4 are known`;
      this.#tally.damage = new CaptureError('unsupported-version', place, problem);
      return;
    }
    this.headerRead = true;
    this.#lengths = minor < 3 ? 'swapped' : minor === 3 ? 'maybe-swapped' : 'as-now';
    this.#onHeader?.(rawBytes(view, at, fileHeaderBytes), 'header');
    const info = interfaceOf(view.getUint32(at + 20, littleEndian), view.getUint32(at + 16, littleEndian));
    this.#tally.noteInterface(info);
    this.#sink.onInterface(info);
  }

  #readFirstTime(view: DataView, at: number): void {
    const { littleEndian, nsPerUnit } = this.#magic;
    this.#firstSeconds = view.getUint32(at, littleEndian);
    this.#firstNanoseconds = view.getUint32(at + 4, littleEndian) * nsPerUnit;
  }

  /** Called with the first frame complete, so that a file without a whole frame has no first time. */
  #announceFirstTime(): void {
    const carrySeconds = Math.floor(this.#firstNanoseconds / 1e9);
    const epoch: EpochTime = {
      seconds: this.#firstSeconds + carrySeconds,
      nanoseconds: this.#firstNanoseconds - carrySeconds * 1e9,
    };
    this.#tally.firstTime = epoch;
    this.#sink.onFirstTime?.(epoch);
  }

  /**
   * The hot loop: whole little-endian records without anything odd about them. Stops at the first that is incomplete or odd; that one and
   * the rest of the chunk are for `#readRecords`. Signed reads keep every number but the sums in 32 bits, which halves the time.
   */
  #readUsualRecords(view: DataView, start: number, end: number): number {
    const { nsPerUnit } = this.#magic;
    const unitsPerSecond = 1e9 / nsPerUnit;
    const sink = this.#sink;
    const tally = this.#tally;
    const takesRecords = sink.onRecords !== undefined;
    const firstSeconds = this.#firstSeconds | 0;
    const firstNanoseconds = this.#firstNanoseconds;
    let { packetCount, capturedBytes, originalBytes } = tally;
    let lastTime: number = tally.lastTime;
    let at = start;
    while (end - at >= 16) {
      const seconds = (view.getInt32(at, true) - firstSeconds) | 0;
      const fraction = view.getInt32(at + 4, true);
      const capturedLength = view.getInt32(at + 8, true);
      const originalLength = view.getInt32(at + 12, true);
      const time = seconds * 1e9 + (fraction * nsPerUnit - firstNanoseconds);
      if (capturedLength < 0 || capturedLength > originalLength || capturedLength > end - at - 16) break;
      if (seconds < 0 || seconds > usualSpanSeconds || fraction < 0 || fraction >= unitsPerSecond || time < lastTime)
        break;
      packetCount++;
      capturedBytes += capturedLength;
      originalBytes += originalLength;
      lastTime = time;
      sink.onFrame(view, at + 16, capturedLength, originalLength, time as TimeNs, 0, 0);
      const last = at;
      at += 16 + capturedLength;
      if (!takesRecords) continue;
      const stop = sink.onRecords?.(view, last, at, end) ?? at;
      if (stop === at) continue;
      const frameBytes = view.getInt32(at + 8, true);
      const frames = (stop - at) / (16 + frameBytes);
      packetCount += frames;
      capturedBytes += frames * frameBytes;
      originalBytes += frames * frameBytes;
      at = stop;
      lastTime = this.#timeAt(view, stop - 16 - frameBytes);
    }
    tally.packetCount = packetCount;
    tally.capturedBytes = capturedBytes;
    tally.originalBytes = originalBytes;
    tally.lastTime = lastTime as TimeNs;
    return at;
  }

  /** The time of a little-endian record. */
  #timeAt(view: DataView, at: number): number {
    const seconds = (view.getInt32(at, true) - this.#firstSeconds) | 0;
    return seconds * 1e9 + (view.getInt32(at + 4, true) * this.#magic.nsPerUnit - this.#firstNanoseconds);
  }

  /** Any record of any variant, one at a time, `most` of them. */
  #readRecords(view: DataView, start: number, end: number, viewOffset: number, most: number): number {
    const { littleEndian, nsPerUnit, recordHeaderBytes } = this.#magic;
    const sink = this.#sink;
    const tally = this.#tally;
    const onRecord = this.#onRecord;
    const asNow = this.#lengths === 'as-now';
    const modified = recordHeaderBytes === 24;
    const firstSeconds = this.#firstSeconds;
    const firstNanoseconds = this.#firstNanoseconds;
    let { packetCount, capturedBytes, originalBytes } = tally;
    let lastTime: number = tally.lastTime;
    let needBytes: number = recordHeaderBytes;
    let at = start;
    const lastCount = packetCount + most;
    const mayMove = sink.recordTaker !== undefined;
    while (end - at >= recordHeaderBytes && packetCount < lastCount && !(mayMove && hasMoved(view))) {
      let capturedLength = view.getUint32(at + 8, littleEndian);
      let originalLength = view.getUint32(at + 12, littleEndian);
      if (!asNow && (this.#lengths === 'swapped' || capturedLength > originalLength)) {
        [capturedLength, originalLength] = [originalLength, capturedLength];
      }
      if (capturedLength > end - at - recordHeaderBytes || capturedLength > maxFrameBytes) {
        if (capturedLength > maxFrameBytes)
          tally.damage = this.#lyingLength(capturedLength, packetCount, viewOffset + at);
        needBytes = recordHeaderBytes + capturedLength;
        break;
      }
      const fractionNs = view.getUint32(at + 4, littleEndian) * nsPerUnit;
      const time = (view.getUint32(at, littleEndian) - firstSeconds) * 1e9 + (fractionNs - firstNanoseconds);
      packetCount++;
      if (packetCount === 1) this.#announceFirstTime();
      capturedBytes += capturedLength;
      originalBytes += originalLength;
      if (capturedLength > originalLength) tally.warnOfLength(packetCount, capturedLength, originalLength);
      if (isOddTime(time, lastTime)) tally.warnOfTime(packetCount, time as TimeNs, lastTime as TimeNs);
      if (fractionNs >= 1e9) warnOfFraction(tally, packetCount, fractionNs);
      lastTime = time;
      if (onRecord !== undefined) onRecord(rawBytes(view, at, recordHeaderBytes + capturedLength), 'frame');
      const flags = modified ? modifiedFlags(view.getUint8(at + 22)) : 0;
      sink.onFrame(view, at + recordHeaderBytes, capturedLength, originalLength, time as TimeNs, 0, flags);
      at += recordHeaderBytes + capturedLength;
    }
    tally.packetCount = packetCount;
    tally.capturedBytes = capturedBytes;
    tally.originalBytes = originalBytes;
    tally.lastTime = lastTime as TimeNs;
    this.needBytes = needBytes;
    return at;
  }

  #lyingLength(capturedLength: number, packetCount: number, offset: number): CaptureError {
    const found = `captured length ${capturedLength} (0x${capturedLength.toString(16)})`;
    const problem = `${found} in the record header; at most ${maxFrameBytes} bytes are expected`;
    return new CaptureError('lying-length', { file: this.#tally.file, packet: packetCount + 1, offset }, problem);
  }
}

function rawBytes(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function warnOfFraction(tally: CaptureTally, packet: number, fractionNs: number): void {
  tally.warn('time-out-of-range', `packet ${packet} has ${fractionNs} ns as its fraction of a second`);
}

/** The header's link type word also says whether, and how long, a frame check sequence ends each frame (section 4 of the draft). */
function interfaceOf(linkWord: number, snapLength: number): CaptureInterface {
  const fcsKnown = (linkWord & 0x0400_0000) !== 0;
  return {
    index: 0,
    linkType: linkWord & 0xffff,
    ...(snapLength === 0 ? {} : { snapLength }),
    ...(fcsKnown ? { fcsBytes: (linkWord >>> 28) * 2 } : {}),
  };
}

/** The modified header's packet type is that of AF_PACKET (include/uapi/linux/if_packet.h: PACKET_OUTGOING is 4). */
function modifiedFlags(packetType: number): number {
  if (packetType === 4) return FrameFlags.DirectionMask & ~FrameFlags.Inbound;
  return packetType < 4 ? FrameFlags.Inbound : 0;
}
