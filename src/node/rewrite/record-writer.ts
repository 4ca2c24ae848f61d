// Station "capture", machine side: a capture that is rewritten in its own format. Records that need no change are written as
// they were read, byte for byte; derived ones take their record's header and get lengths, time, flags and a comment of their own.

import { OutputBuffer, type TakeBytes } from '../../capture/output-buffer.ts';
import { type PcapMagic, pcapMagic } from '../../capture/pcap.ts';
import {
  BlockType,
  byteOrderMagic,
  CommonOption,
  forEachOption,
  InterfaceOption,
  PacketOption,
} from '../../capture/pcapng-format.ts';
import { FrameFlags } from '../../wire/frame.ts';

/** A packet made from a record: where its record's bytes are, and what differs. */
export interface DerivedPacket {
  /** The record or block as it was read. */
  readonly record: Uint8Array;
  /** Where the record's options begin, when its frame was left out; undefined when it is whole. */
  readonly optionsAt?: number;
  readonly capturedLength: number;
  readonly originalLength: number;
  /** Nanoseconds after the record's own time. */
  readonly delayNs: number;
  /** The first packet derived from the record keeps its comments and drop count. */
  readonly isFirst: boolean;
  /** FrameFlags of checksum and segmentation; undefined leaves those of the record. */
  readonly flags: number | undefined;
  /** The frame's bytes are unchanged, so that a hash of them still holds. */
  readonly keepsHash?: boolean;
  /** pcapng only. */
  readonly comment: string;
}

const packetHeaderBytes = 28;
const noInterface = { unitsPerSecond: 1_000_000 };

/** Writes one capture file (or several sections of pcapng), in the format of the header that it is given first. */
export class RecordWriter {
  readonly output: OutputBuffer;
  private pcap: PcapMagic | undefined = undefined;
  private swappedLengths = false;
  private littleEndian = true;
  private interfaces: { readonly unitsPerSecond: number }[] = [];
  private optionBytes = 0;
  private readonly options: Uint8Array = new Uint8Array(70_000);
  private readonly optionsView: DataView = new DataView(this.options.buffer);
  private readonly optionsText: Buffer = Buffer.from(this.options.buffer);

  constructor(take: TakeBytes) {
    this.output = new OutputBuffer(take);
  }

  /** pcap has no room for comments and flags. */
  get isPcap(): boolean {
    return this.pcap !== undefined;
  }

  /** A file header, a block without a frame, or a frame that stays as it is. */
  pass(bytes: Uint8Array, kind: 'header' | 'frame' | 'other'): void {
    const at = this.output.claim(bytes.length);
    this.output.set(bytes, at);
    if (kind === 'header') this.readHeader(bytes, at);
    else if (kind === 'other') this.readInterface(bytes);
    this.output.recordDone();
  }

  /** A record that stays as it is. */
  passRecord(view: DataView, at: number, length: number): void {
    const to = this.output.claim(length);
    this.output.copy(view, at, length, to);
    this.output.recordDone();
  }

  /** Bytes of a pcap record before its frame; 0 in a pcapng, whose blocks only the reader can find. */
  get pcapHeaderBytes(): number {
    return this.pcap === undefined ? 0 : this.pcap.recordHeaderBytes;
  }

  /** Nanoseconds of one unit of a pcap record's fraction of a second. */
  get pcapUnitNs(): number {
    return this.pcap === undefined ? 1 : this.pcap.nsPerUnit;
  }

  /**
   * A record as it was, put together from its frame and from what was around it: `length` bytes of `around` from `at` on, of which
   * `frameOffset` come before the frame.
   */
  passAround(
    around: Uint8Array,
    at: number,
    frameOffset: number,
    length: number,
    view: DataView,
    start: number,
    capturedLength: number,
  ): void {
    const to = this.output.claim(length + capturedLength);
    const out = this.output.view;
    for (let i = 0; i < frameOffset; i += 1) out.setUint8(to + i, around[at + i] ?? 0);
    this.output.copy(view, start, capturedLength, to + frameOffset);
    for (let i = frameOffset; i < length; i += 1) out.setUint8(to + capturedLength + i, around[at + i] ?? 0);
    this.output.recordDone();
  }

  private readHeader(bytes: Uint8Array, at: number): void {
    const view = viewOf(bytes);
    this.pcap = pcapMagic(view.getUint32(0));
    if (this.pcap !== undefined) {
      this.littleEndian = this.pcap.littleEndian;
      this.swappedLengths = view.getUint16(6, this.littleEndian) < 3;
      return;
    }
    this.littleEndian = view.getUint32(8, true) === byteOrderMagic;
    this.interfaces = [];
    // A section whose packets change does not have the length that it said.
    this.output.view.setInt32(at + 16, -1);
    this.output.view.setInt32(at + 20, -1);
  }

  private readInterface(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    if (this.pcap !== undefined || view.getUint32(0, this.littleEndian) !== BlockType.Interface) return;
    let unitsPerSecond = 1_000_000;
    forEachOption(view, 16, bytes.length - 4, this.littleEndian, (code, valueAt, length) => {
      if (code !== InterfaceOption.TimeResolution || length < 1) return;
      const value = view.getUint8(valueAt);
      unitsPerSecond = value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value;
    });
    this.interfaces.push({ unitsPerSecond });
  }

  /** Whether a record can be split: a simple packet block has no room for a captured length of its own. */
  canDerive(record: Uint8Array, isWhole: boolean): boolean {
    if (this.pcap !== undefined) return true;
    return isWhole || viewOf(record).getUint32(0, this.littleEndian) !== BlockType.SimplePacket;
  }

  /**
   * Claims a derived packet's record and writes all but the frame. Returns where in `output.view` its `capturedLength` bytes go;
   * then `done` is to be called.
   */
  derive(packet: DerivedPacket): number {
    return this.pcap === undefined ? this.deriveBlock(packet) : this.deriveRecord(packet, this.pcap);
  }

  done(): void {
    this.output.recordDone();
  }

  flush(): void {
    this.output.flush();
  }

  private deriveRecord(packet: DerivedPacket, magic: PcapMagic): number {
    const headerBytes = magic.recordHeaderBytes;
    const at = this.output.claim(headerBytes + packet.capturedLength);
    const { view } = this.output;
    const { record } = packet;
    const little = this.littleEndian;
    // The time, and what the modified format has behind the lengths.
    for (let i = 0; i < 8; i += 1) view.setUint8(at + i, record[i]!);
    for (let i = 16; i < headerBytes; i += 1) view.setUint8(at + i, record[i]!);
    view.setUint32(at + (this.swappedLengths ? 12 : 8), packet.capturedLength, little);
    view.setUint32(at + (this.swappedLengths ? 8 : 12), packet.originalLength, little);
    if (packet.delayNs > 0) {
      const perSecond = 1e9 / magic.nsPerUnit;
      const fraction = view.getUint32(at + 4, little) + Math.floor(packet.delayNs / magic.nsPerUnit);
      view.setUint32(at, view.getUint32(at, little) + Math.floor(fraction / perSecond), little);
      view.setUint32(at + 4, fraction % perSecond, little);
    }
    return at + headerBytes;
  }

  private deriveBlock(packet: DerivedPacket): number {
    const record = viewOf(packet.record);
    const type = record.getUint32(0, this.littleEndian);
    if (type === BlockType.SimplePacket) return this.deriveSimple(packet);
    this.collectOptions(packet, record);
    const padded = (packet.capturedLength + 3) & ~3;
    const length = packetHeaderBytes + padded + this.optionBytes + 4;
    const at = this.output.claim(length);
    const { view } = this.output;
    const little = this.littleEndian;
    this.output.set(packet.record.subarray(0, packetHeaderBytes), at);
    view.setUint32(at, BlockType.EnhancedPacket, little);
    view.setUint32(at + 4, length, little);
    // The obsolete packet block has a 16-bit interface, then its drop count.
    const source = type === BlockType.Packet ? record.getUint16(8, little) : record.getUint32(8, little);
    view.setUint32(at + 8, source, little);
    if (packet.delayNs > 0) this.delay(at + 12, packet.delayNs, source);
    view.setUint32(at + 20, packet.capturedLength, little);
    view.setUint32(at + 24, packet.originalLength, little);
    const frameAt = at + packetHeaderBytes;
    this.output.zero(frameAt + packet.capturedLength, padded - packet.capturedLength);
    this.output.set(this.options.subarray(0, this.optionBytes), frameAt + padded);
    view.setUint32(at + length - 4, length, little);
    return frameAt;
  }

  private deriveSimple(packet: DerivedPacket): number {
    const padded = (packet.capturedLength + 3) & ~3;
    const at = this.output.claim(16 + padded);
    const { view } = this.output;
    view.setUint32(at, BlockType.SimplePacket, this.littleEndian);
    view.setUint32(at + 4, 16 + padded, this.littleEndian);
    view.setUint32(at + 8, packet.originalLength, this.littleEndian);
    this.output.zero(at + 12 + packet.capturedLength, padded - packet.capturedLength);
    view.setUint32(at + 12 + padded, 16 + padded, this.littleEndian);
    return at + 12;
  }

  /** Adds to a block's two time words, which count its interface's units. */
  private delay(at: number, delayNs: number, source: number): void {
    const { view } = this.output;
    const { unitsPerSecond } = this.interfaces[source] ?? noInterface;
    const little = this.littleEndian;
    const low = view.getUint32(at + 4, little) + Math.floor((delayNs * unitsPerSecond) / 1e9);
    view.setUint32(at, view.getUint32(at, little) + Math.floor(low / 0x1_0000_0000), little);
    view.setUint32(at + 4, low % 0x1_0000_0000, little);
  }

  private collectOptions(packet: DerivedPacket, record: DataView): void {
    this.optionBytes = 0;
    this.addText(packet.comment);
    const captured = record.getUint32(20, this.littleEndian);
    const start = packet.optionsAt ?? packetHeaderBytes + ((captured + 3) & ~3);
    let direction = 0;
    forEachOption(record, start, packet.record.length - 4, this.littleEndian, (code, valueAt, length) => {
      if (code === PacketOption.Flags && length >= 4) direction = record.getUint32(valueAt, this.littleEndian);
      // A hash covers the frame as it was; flags are written anew.
      const isKept = packet.isFirst
        ? code !== PacketOption.Flags && (code !== PacketOption.Hash || packet.keepsHash === true)
        : code === PacketOption.PacketId || code === PacketOption.Queue;
      if (isKept) this.addOption(code, packet.record.subarray(valueAt, valueAt + length));
    });
    const cleared = FrameFlags.SegmentationOffload | FrameFlags.ChecksumNotReady | FrameFlags.ChecksumValid;
    const flags = packet.flags === undefined ? direction : (direction & ~cleared) | packet.flags;
    if (flags !== 0) {
      this.claimOption(PacketOption.Flags, 4);
      this.optionsView.setUint32(this.optionBytes - 4, flags, this.littleEndian);
    }
    this.claimOption(CommonOption.End, 0);
  }

  /** Writes an option's header and returns where its value goes; the value's padding is cleared. */
  private claimOption(code: number, length: number): number {
    const at = this.optionBytes;
    this.optionsView.setUint16(at, code, this.littleEndian);
    this.optionsView.setUint16(at + 2, length, this.littleEndian);
    const padded = (length + 3) & ~3;
    this.options.fill(0, at + 4 + length, at + 4 + padded);
    this.optionBytes = at + 4 + padded;
    return at + 4;
  }

  private addOption(code: number, value: Uint8Array): void {
    // The comments of one block may be longer than all that is kept of them here.
    if (this.optionBytes + value.length + 64 > this.options.length) return;
    const at = this.claimOption(code, value.length);
    this.options.set(value, at);
  }

  private addText(text: string): void {
    if (text === '') return;
    const bytes = Buffer.byteLength(text);
    if (this.optionBytes + bytes + 64 > this.options.length) return;
    const at = this.claimOption(CommonOption.Comment, bytes);
    this.optionsText.write(text, at);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
