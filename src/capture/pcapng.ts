// Station "capture": the pcapng file format (draft-ietf-opsawg-pcapng-03): sections of either byte order, blocks, packets.

import type { TimeNs } from '../bytes/time.ts';
import type { FrameSink } from '../wire/frame.ts';
import { hasMoved, type RecordClock, type RecordRun } from '../wire/records.ts';
import { CaptureError, type CaptureErrorCode } from './capture-error.ts';
import { splitEpochNs } from './pcapng-clock.ts';
import {
  BlockType,
  byteOrderMagic,
  CommonOption,
  forEachOption,
  PacketOption,
  SectionOption,
} from './pcapng-format.ts';
import { dropsOf, type PcapngInterface, readInterface } from './pcapng-interface.ts';
import type { RawBlockHook, RawKind, RecordParser } from './record-parser.ts';
import { handOver, newRun } from './record-run.ts';
import { type CaptureTally, isOddTime, maxFrameBytes } from './tally.ts';
import { decodeUtf8 } from './text.ts';

/** Type, length, and the length again. A section header's byte order is known after as many bytes. */
const smallestBlockBytes = 12;
/** A frame of the largest size and as many bytes of options, or any other block. Bounds what a lying length can make us keep. */
const maxBlockBytes: number = 2 * maxFrameBytes;
/** As many as the obsolete packet block can number; one object is kept for each. */
const maxInterfaces = 65_536;
/** Bytes of an enhanced packet block before its frame. */
const packetHeaderBytes = 28;
/** Interfaces of a section whose records are handed over; bounds what describing them anew can cost. */
const mostClocks = 256;

/** Bytes of the blocks that are read, without options and with their length at both ends. */
const leastBytes: Readonly<Record<number, number>> = {
  [BlockType.Section]: 28,
  [BlockType.Interface]: 20,
  [BlockType.Packet]: packetHeaderBytes + 4,
  [BlockType.EnhancedPacket]: packetHeaderBytes + 4,
  [BlockType.SimplePacket]: 16,
  [BlockType.Statistics]: 24,
};

/** Blocks that carry no packet and that the analysis has no use for. */
const skippedBlocks: ReadonlySet<number> = new Set([
  BlockType.NameResolution,
  BlockType.SystemdJournal,
  BlockType.DecryptionSecrets,
  BlockType.Custom,
  BlockType.CustomNoCopy,
]);

/** Parses a pcapng file. The tally is shared with the chunk reader. */
export class PcapngParser implements RecordParser {
  readonly format = 'pcapng';
  headerRead = false;
  needBytes: number = smallestBlockBytes;
  readonly #sink: FrameSink;
  readonly #tally: CaptureTally;
  readonly #onRaw: RawBlockHook | undefined;
  #littleEndian = true;
  #sectionOs: string | undefined = undefined;
  /** Interfaces of all sections; those of this section from `#sectionBase` on. */
  readonly #interfaces: PcapngInterface[] = [];
  #sectionBase = 0;
  #startEpochNs = 0n;
  readonly #run: RecordRun = newRun('pcapng');
  /** Those of this section's interfaces; made anew when one of them has changed. */
  #clocks: readonly RecordClock[] | undefined = undefined;
  /** Type of the incomplete block that the parser waits for. */
  #pendingType = 0;

  constructor(sink: FrameSink, tally: CaptureTally, onRaw: RawBlockHook | undefined) {
    this.#sink = sink;
    this.#tally = tally;
    this.#onRaw = onRaw;
  }

  parse(view: DataView, start: number, end: number, viewOffset: number): number {
    const records = this.#sink.recordTaker;
    let at = start;
    while (true) {
      const isUsual = this.#littleEndian && this.#onRaw === undefined;
      if (isUsual && records?.ready === true) at = handOver(this.#runOfSection(), records, this.#tally, view, at, end);
      else if (isUsual && view.buffer !== records?.buffer) at = this.#readUsualPackets(view, at, end);
      if (records === undefined) return this.#readBlocks(view, at, end, viewOffset, Number.POSITIVE_INFINITY);
      if (hasMoved(view)) return at;
      const left = at;
      at = this.#readBlocks(view, at, end, viewOffset, 1);
      if (at === left || this.#tally.damage !== undefined || hasMoved(view)) return at;
    }
  }

  #runOfSection(): RecordRun {
    this.#run.clocks = this.#clocks ??= this.#interfaces
      .slice(this.#sectionBase, this.#sectionBase + mostClocks)
      .map(({ index, clock }) => ({ index, ...clock.reference }));
    return this.#run;
  }

  /** Any blocks, one at a time, `most` of them. */
  #readBlocks(view: DataView, start: number, end: number, viewOffset: number, most: number): number {
    let at = start;
    this.needBytes = smallestBlockBytes;
    for (let left = most; left > 0 && end - at >= smallestBlockBytes; left--) {
      const type = view.getUint32(at, this.#littleEndian);
      if (type === BlockType.Section && !this.#readByteOrder(view, at)) {
        this.#tally.damage = this.#badByteOrder(view.getUint32(at + 8), viewOffset + at);
        break;
      }
      const length = view.getUint32(at + 4, this.#littleEndian);
      const lie = lieOfBlockLength(length);
      if (lie !== undefined) {
        this.#tally.damage = this.#damage('lying-length', type, viewOffset + at, lie);
        break;
      }
      if (length > end - at) {
        this.needBytes = length;
        this.#pendingType = type;
        break;
      }
      this.#tally.damage = this.#readBlock(type, view, at, length, viewOffset);
      if (this.#tally.damage !== undefined) break;
      at += length;
    }
    return at;
  }

  /**
   * The hot loop: whole little-endian packet blocks with no options but flags, in order of time. Stops at anything else, which
   * the loop in `parse` takes, with the rest of the chunk.
   */
  #readUsualPackets(view: DataView, start: number, end: number): number {
    const interfaces = this.#interfaces;
    const sectionBase = this.#sectionBase;
    const sink = this.#sink;
    const tally = this.#tally;
    let { packetCount, capturedBytes, originalBytes } = tally;
    let lastTime: number = tally.lastTime;
    let at = start;
    while (end - at >= packetHeaderBytes + 4 && view.getInt32(at, true) === BlockType.EnhancedPacket) {
      const length = view.getInt32(at + 4, true);
      if (length < packetHeaderBytes + 4 || length > end - at || (length & 3) !== 0 || length > maxFrameBytes) break;
      if (view.getInt32(at + length - 4, true) !== length) break;
      const source = interfaces[sectionBase + view.getUint32(at + 8, true)];
      const capturedLength = view.getInt32(at + 20, true);
      const originalLength = view.getInt32(at + 24, true);
      if (capturedLength < 0 || capturedLength > originalLength || capturedLength > length - packetHeaderBytes - 4)
        break;
      if (source === undefined || !source.clock.started) break;
      const optionsAt = at + packetHeaderBytes + ((capturedLength + 3) & ~3);
      const flags = flagsOnly(view, optionsAt, at + length - 4 - optionsAt);
      if (flags === undefined) break;
      const time = source.clock.timeNs(view.getUint32(at + 12, true), view.getUint32(at + 16, true));
      if (isOddTime(time, lastTime)) break;
      packetCount++;
      capturedBytes += capturedLength;
      originalBytes += originalLength;
      lastTime = time;
      sink.onFrame(view, at + packetHeaderBytes, capturedLength, originalLength, time, source.index, flags);
      at += length;
    }
    tally.packetCount = packetCount;
    tally.capturedBytes = capturedBytes;
    tally.originalBytes = originalBytes;
    tally.lastTime = lastTime as TimeNs;
    return at;
  }

  truncated(left: number, offset: number): CaptureError {
    const what = this.headerRead ? 'block' : 'pcapng section header';
    const problem =
      left < smallestBlockBytes
        ? `the file ends after ${left} bytes of a ${what}, which has ${smallestBlockBytes} at least`
        : `the block's length is ${this.needBytes} bytes, but the file ends after ${left} of them`;
    return new CaptureError(
      'truncated',
      this.#place(left < smallestBlockBytes ? 0 : this.#pendingType, offset),
      problem,
    );
  }

  #place(type: number, offset: number): { file: string; packet?: number; offset: number } {
    const { file, packetCount } = this.#tally;
    return isPacketBlock(type) ? { file, packet: packetCount + 1, offset } : { file, offset };
  }

  #damage(code: CaptureErrorCode, type: number, offset: number, problem: string): CaptureError {
    return new CaptureError(code, this.#place(type, offset), problem);
  }

  #badByteOrder(magic: number, offset: number): CaptureError {
    const found = `byte-order magic 0x${magic.toString(16)} in a section header`;
    return this.#damage('bad-block', BlockType.Section, offset, `${found}; expected 0x1a2b3c4d in either order`);
  }

  /** A section header says in its third word which byte order the section has, its own length included. */
  #readByteOrder(view: DataView, at: number): boolean {
    this.#littleEndian = view.getUint32(at + 8, true) === byteOrderMagic;
    return this.#littleEndian || view.getUint32(at + 8) === byteOrderMagic;
  }

  #raw(view: DataView, at: number, length: number, kind: RawKind): void {
    this.#onRaw?.(new Uint8Array(view.buffer, view.byteOffset + at, length), kind);
  }

  /** Reads one whole block; returns what is wrong with it, if anything. */
  #readBlock(type: number, view: DataView, at: number, length: number, viewOffset: number): CaptureError | undefined {
    const again = view.getUint32(at + length - 4, this.#littleEndian);
    if (again !== length) {
      const found = `block of type 0x${type.toString(16)} has length ${length} at its start but ${again} at its end`;
      return this.#damage('bad-block', type, viewOffset + at, `${found}; both must be equal`);
    }
    const least = leastBytes[type] ?? smallestBlockBytes;
    if (length < least) {
      const problem = `block length ${length} is shorter than its own ${least}-byte header`;
      return this.#damage('lying-length', type, viewOffset + at, problem);
    }
    switch (type) {
      case BlockType.EnhancedPacket:
      case BlockType.Packet:
        return this.#readPacket(view, at, length, viewOffset, type);
      case BlockType.SimplePacket:
        return this.#readSimplePacket(view, at, length, viewOffset);
      case BlockType.Section:
        return this.#readSection(view, at, length, viewOffset);
      case BlockType.Interface:
        return this.#readInterface(view, at, length, viewOffset);
    }
    this.#raw(view, at, length, 'other');
    if (type === BlockType.Statistics) this.#readStatistics(view, at, length);
    else if (!skippedBlocks.has(type)) {
      const where = `at byte 0x${(viewOffset + at).toString(16)}`;
      this.#tally.warn('unknown-block', `block of unknown type 0x${type.toString(16)} ${where} was skipped`);
    }
    return undefined;
  }

  /** An enhanced packet block, or the obsolete packet block, which differs in the interface's number only. */
  #readPacket(view: DataView, at: number, length: number, viewOffset: number, type: number): CaptureError | undefined {
    const littleEndian = this.#littleEndian;
    const capturedLength = view.getUint32(at + 20, littleEndian);
    const room = length - packetHeaderBytes - 4;
    if (capturedLength > Math.min(room, maxFrameBytes))
      return this.#lyingCapturedLength(type, capturedLength, room, viewOffset + at);
    const enhanced = type === BlockType.EnhancedPacket;
    const number = enhanced ? view.getUint32(at + 8, littleEndian) : view.getUint16(at + 8, littleEndian);
    const source = this.#interfaces[this.#sectionBase + number];
    if (source === undefined) return this.#noSuchInterface(type, number, viewOffset + at);
    this.#raw(view, at, length, 'frame');
    const high = view.getUint32(at + 12, littleEndian);
    const low = view.getUint32(at + 16, littleEndian);
    if (!source.clock.started) this.#startClock(source, high, low);
    const optionsAt = at + packetHeaderBytes + ((capturedLength + 3) & ~3);
    const flags = this.#readPacketOptions(view, optionsAt, at + length - 4, source);
    if (!enhanced) this.#addDrops(source, oldDropCount(view.getUint16(at + 10, littleEndian)));
    const originalLength = view.getUint32(at + 24, littleEndian);
    const time = source.clock.timeNs(high, low);
    this.#deliver(view, at + packetHeaderBytes, capturedLength, originalLength, time, source.index, flags);
    return undefined;
  }

  /** No time, no options, and as many bytes as the first interface's snapshot length lets it have. */
  #readSimplePacket(view: DataView, at: number, length: number, viewOffset: number): CaptureError | undefined {
    const type = BlockType.SimplePacket;
    const source = this.#interfaces[this.#sectionBase];
    if (source === undefined) return this.#noSuchInterface(type, 0, viewOffset + at);
    const originalLength = view.getUint32(at + 8, this.#littleEndian);
    const kept = source.snapLength === 0 ? originalLength : Math.min(originalLength, source.snapLength);
    const room = length - 16;
    if (kept > Math.min(room, maxFrameBytes)) return this.#lyingCapturedLength(type, kept, room, viewOffset + at);
    this.#raw(view, at, length, 'frame');
    const tally = this.#tally;
    const message = `packet ${tally.packetCount + 1} has no time; that of the packet before it is taken`;
    tally.warn('packets-without-time', message);
    this.#deliver(view, at + 12, kept, originalLength, tally.lastTime, source.index, 0);
    return undefined;
  }

  #deliver(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    time: TimeNs,
    interfaceIndex: number,
    flags: number,
  ): void {
    const tally = this.#tally;
    const packet = ++tally.packetCount;
    tally.capturedBytes += capturedLength;
    tally.originalBytes += originalLength;
    if (capturedLength > originalLength) tally.warnOfLength(packet, capturedLength, originalLength);
    if (isOddTime(time, tally.lastTime)) tally.warnOfTime(packet, time, tally.lastTime);
    tally.lastTime = time;
    this.#sink.onFrame(view, start, capturedLength, originalLength, time, interfaceIndex, flags);
  }

  /** Hands out comments and drops, returns epb_flags. Allocates for comments only. */
  #readPacketOptions(view: DataView, start: number, end: number, source: PcapngInterface): number {
    const littleEndian = this.#littleEndian;
    let flags = 0;
    let at = start;
    while (end - at >= 4) {
      const code = view.getUint16(at, littleEndian);
      const length = view.getUint16(at + 2, littleEndian);
      if (code === CommonOption.End) return flags;
      if (length > end - at - 4) {
        this.#warnOfOptions(`packet ${this.#tally.packetCount + 1}`);
        return flags;
      }
      if (code === PacketOption.Flags && length === 4) flags = view.getUint32(at + 4, littleEndian);
      else if (code === CommonOption.Comment) this.#sink.onComment?.(decodeUtf8(view, at + 4, length));
      else if (code === PacketOption.DropCount && length === 8) {
        this.#addDrops(source, Number(view.getBigUint64(at + 4, littleEndian)));
      }
      at += 4 + ((length + 3) & ~3);
    }
    return flags;
  }

  #warnOfOptions(where: string): void {
    this.#tally.warn(
      'option-ignored',
      `an option of ${where} claims more bytes than its block has; it and those after it were ignored`,
    );
  }

  #lyingCapturedLength(type: number, capturedLength: number, room: number, offset: number): CaptureError {
    const limit = room > maxFrameBytes ? `; at most ${maxFrameBytes} bytes are expected` : '';
    const problem = `captured length ${capturedLength} in a block with room for ${room}${limit}`;
    return this.#damage('lying-length', type, offset, problem);
  }

  #noSuchInterface(type: number, number: number, offset: number): CaptureError {
    const described = this.#interfaces.length - this.#sectionBase;
    const problem = `packet of interface ${number}, but the section has described ${described} so far`;
    return this.#damage('bad-block', type, offset, problem);
  }

  /** The first packet that has a time makes time 0; every interface's clock is tied to it. */
  #startClock(source: PcapngInterface, high: number, low: number): void {
    if (this.#tally.firstTime === undefined) {
      this.#startEpochNs = source.clock.epochNs(high, low);
      this.#tally.firstTime = splitEpochNs(this.#startEpochNs);
      this.#sink.onFirstTime?.(this.#tally.firstTime);
    }
    source.clock.start(high, low, this.#startEpochNs);
    this.#clocks = undefined;
  }

  #readSection(view: DataView, at: number, length: number, viewOffset: number): CaptureError | undefined {
    const littleEndian = this.#littleEndian;
    const major = view.getUint16(at + 12, littleEndian);
    const minor = view.getUint16(at + 14, littleEndian);
    // Minor version 2 was written by mistake and means 0 (section 4.1 of the draft).
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      const problem = `pcapng version ${major}.${minor}; version 1.0 is known`;
      return this.#damage('unsupported-version', BlockType.Section, viewOffset + at, problem);
    }
    this.headerRead = true;
    this.#raw(view, at, length, 'header');
    this.#sectionBase = this.#interfaces.length;
    this.#clocks = undefined;
    this.#sectionOs = undefined;
    const whole = forEachOption(view, at + 24, at + length - 4, littleEndian, (code, valueAt, valueLength) => {
      if (code === SectionOption.Os) this.#sectionOs = decodeUtf8(view, valueAt, valueLength);
    });
    if (!whole) this.#warnOfOptions('a section header');
    return undefined;
  }

  #readInterface(view: DataView, at: number, length: number, viewOffset: number): CaptureError | undefined {
    const index = this.#interfaces.length;
    if (index >= maxInterfaces) {
      const problem = `more than ${maxInterfaces} interfaces are described`;
      return this.#damage('bad-block', BlockType.Interface, viewOffset + at, problem);
    }
    this.#raw(view, at, length, 'other');
    const read = readInterface(view, at, length, this.#littleEndian, index, this.#sectionOs);
    if (!read.optionsWhole) this.#warnOfOptions(`the description of interface ${index}`);
    this.#interfaces.push(read.source);
    this.#clocks = undefined;
    this.#tally.noteInterface(read.info);
    this.#sink.onInterface(read.info);
    return undefined;
  }

  #readStatistics(view: DataView, at: number, length: number): void {
    const number = view.getUint32(at + 8, this.#littleEndian);
    const source = this.#interfaces[this.#sectionBase + number];
    if (source === undefined) {
      this.#tally.warn('option-ignored', `statistics of interface ${number}, which is not described, were ignored`);
      return;
    }
    const drops = dropsOf(view, at, length, this.#littleEndian);
    this.#tally.noteLost(source.index, (drops.byInterface ?? 0) + (drops.byOs ?? 0));
    this.#sink.onDrops?.(source.index, drops);
  }

  /** What a packet says was lost since the packet before it; who lost it is not told (epb_dropcount). */
  #addDrops(source: PcapngInterface, count: number): void {
    if (count === 0) return;
    source.dropsSoFar += count;
    this.#tally.noteLost(source.index, source.dropsSoFar);
    this.#sink.onDrops?.(source.index, { byInterface: source.dropsSoFar });
  }
}

function isPacketBlock(type: number): boolean {
  return type === BlockType.EnhancedPacket || type === BlockType.Packet || type === BlockType.SimplePacket;
}

/** The obsolete block's drop count is unknown when all its bits are set. */
function oldDropCount(field: number): number {
  return field === 0xffff ? 0 : field;
}

/** What is wrong with a block's total length, whatever its type; undefined when nothing is. */
function lieOfBlockLength(length: number): string | undefined {
  if (length < smallestBlockBytes)
    return `block length ${length} is less than the ${smallestBlockBytes} bytes of every block`;
  if (length > maxBlockBytes)
    return `block length ${length} (0x${length.toString(16)}); at most ${maxBlockBytes} bytes are expected`;
  return (length & 3) === 0 ? undefined : `block length ${length} is not a multiple of 4`;
}

/** epb_flags when a packet block's options are none, or these flags alone; undefined when they are more. */
function flagsOnly(view: DataView, at: number, length: number): number | undefined {
  if (length < 4) return 0;
  // Option code 2, length 4; then nothing, or the end mark.
  if (length < 8 || view.getInt32(at, true) !== 0x0004_0002) return undefined;
  if (length >= 12 && view.getInt32(at + 8, true) !== 0) return undefined;
  return view.getUint32(at + 4, true);
}
