// Station "capture", the other way: frames in, a pcapng file out (draft-ietf-opsawg-pcapng-03). Little-endian, nanoseconds.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import type { CaptureInterface } from '../wire/frame.ts';
import { OutputBuffer, type TakeBytes } from './output-buffer.ts';
import {
  BlockType,
  byteOrderMagic,
  CommonOption,
  InterfaceOption,
  PacketOption,
  SectionOption,
  StatisticsOption,
} from './pcapng-format.ts';
import { encodeUtf8 } from './text.ts';

/** What a pcapng file says of itself and of the host that wrote it. */
export interface PcapngWriterOptions {
  readonly hardware?: string;
  readonly os?: string;
  readonly application?: string;
  readonly comment?: string;
}

/** A tap: what an interface description block says. The index is given by the writer. */
export type InterfaceToWrite = Omit<CaptureInterface, 'index'> & { readonly comment?: string };

/** What a packet block says beside its frame. */
export interface PacketAnnotations {
  /** epb_flags; see FrameFlags. 0 is written as none. */
  readonly flags?: number;
  /** The same number marks the same packet at several taps (epb_packetid). */
  readonly packetId?: number;
  /** Queue of the interface (epb_queue). */
  readonly queue?: number;
  /** Packets lost between the one before and this one (epb_dropcount). */
  readonly dropCount?: number;
  readonly comments?: readonly string[];
}

/** Counters of an interface statistics block, cumulative. */
export interface StatisticsToWrite {
  readonly received?: number;
  readonly byInterface?: number;
  readonly byOs?: number;
}

/** Writes one pcapng section. Call `flush` at the end. */
export interface PcapngWriter {
  /** The absolute time of time 0; to be called before the first frame, else it is the epoch. */
  startAt(epoch: EpochTime): void;
  /** Describes a tap and returns its number, which frames name. */
  addInterface(info: InterfaceToWrite): number;
  /** One frame: `capturedLength` bytes of `view` from `start` on. */
  frame(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    time: TimeNs,
    interfaceIndex: number,
    annotations?: PacketAnnotations,
  ): void;
  statistics(interfaceIndex: number, time: TimeNs, counters: StatisticsToWrite): void;
  flush(): void;
}

const packetHeaderBytes = 28;
const two32 = 4294967296;
const noAnnotations: PacketAnnotations = {};
/** Longest text or value of one option: its length has 16 bits. */
const maxOptionBytes = 65_535;

/** Makes a writer; the section header is handed out with the first bytes. */
export function createPcapngWriter(take: TakeBytes, options: PcapngWriterOptions = {}): PcapngWriter {
  return new SectionWriter(take, options);
}

class SectionWriter implements PcapngWriter {
  readonly #output: OutputBuffer;
  #interfaceCount = 0;
  #startHigh = 0;
  #startLow = 0;

  constructor(take: TakeBytes, { hardware, os, application, comment }: PcapngWriterOptions) {
    this.#output = new OutputBuffer(take);
    const list = new OptionList();
    list.text(CommonOption.Comment, comment);
    list.text(SectionOption.Hardware, hardware);
    list.text(SectionOption.Os, os);
    list.text(SectionOption.UserApplication, application);
    const at = this.#begin(BlockType.Section, 28, list);
    const { view } = this.#output;
    view.setUint32(at + 8, byteOrderMagic, true);
    view.setUint16(at + 12, 1, true);
    view.setUint16(at + 14, 0, true);
    // The section's length is not known when it begins: all ones.
    view.setInt32(at + 16, -1, true);
    view.setInt32(at + 20, -1, true);
  }

  startAt({ seconds, nanoseconds }: EpochTime): void {
    const epochNs = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    this.#startHigh = Number(BigInt.asUintN(32, epochNs >> 32n));
    this.#startLow = Number(BigInt.asUintN(32, epochNs));
  }

  addInterface(info: InterfaceToWrite): number {
    const list = new OptionList();
    list.text(CommonOption.Comment, info.comment);
    list.text(InterfaceOption.Name, info.name);
    list.text(InterfaceOption.Description, info.description);
    if (info.filter !== undefined) list.text(InterfaceOption.Filter, `\0${info.filter}`);
    list.text(InterfaceOption.Os, info.os);
    list.text(InterfaceOption.Hardware, info.hardware);
    list.byte(InterfaceOption.TimeResolution, 9);
    if (info.fcsBytes !== undefined) list.byte(InterfaceOption.FcsLength, info.fcsBytes);
    if (info.speedBitsPerSec !== undefined) list.uint64(InterfaceOption.TransmitSpeed, info.speedBitsPerSec);
    const at = this.#begin(BlockType.Interface, 20, list);
    this.#output.view.setUint16(at + 8, info.linkType, true);
    this.#output.view.setUint16(at + 10, 0, true);
    this.#output.view.setUint32(at + 12, info.snapLength ?? 0, true);
    this.#output.recordDone();
    return this.#interfaceCount++;
  }

  frame(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    time: TimeNs,
    interfaceIndex: number,
    annotations: PacketAnnotations = noAnnotations,
  ): void {
    const paddedBytes = (capturedLength + 3) & ~3;
    const list = packetOptions(annotations);
    const at = this.#begin(BlockType.EnhancedPacket, packetHeaderBytes + paddedBytes + 4, list);
    const output = this.#output;
    output.view.setUint32(at + 8, interfaceIndex, true);
    this.#writeTime(at + 12, time);
    output.view.setUint32(at + 20, capturedLength, true);
    output.view.setUint32(at + 24, originalLength, true);
    output.copy(view, start, capturedLength, at + packetHeaderBytes);
    output.zero(at + packetHeaderBytes + capturedLength, paddedBytes - capturedLength);
    output.recordDone();
  }

  statistics(interfaceIndex: number, time: TimeNs, { received, byInterface, byOs }: StatisticsToWrite): void {
    const list = new OptionList();
    if (received !== undefined) list.uint64(StatisticsOption.Received, received);
    if (byInterface !== undefined) list.uint64(StatisticsOption.DroppedByInterface, byInterface);
    if (byOs !== undefined) list.uint64(StatisticsOption.DroppedByOs, byOs);
    const at = this.#begin(BlockType.Statistics, 24, list);
    this.#output.view.setUint32(at + 8, interfaceIndex, true);
    this.#writeTime(at + 12, time);
    this.#output.recordDone();
  }

  flush(): void {
    this.#output.flush();
  }

  /** Claims a block, writes its type, both lengths and its options (which come last); returns where it begins. */
  #begin(type: number, bytesWithoutOptions: number, list: OptionList): number {
    const length = bytesWithoutOptions + list.bytes;
    const at = this.#output.claim(length);
    const { view } = this.#output;
    view.setUint32(at, type, true);
    view.setUint32(at + 4, length, true);
    view.setUint32(at + length - 4, length, true);
    list.write(this.#output, at + bytesWithoutOptions - 4);
    return at;
  }

  /** Epoch nanoseconds do not fit in a double: the start and the distance from it are added as two halves. */
  #writeTime(at: number, time: TimeNs): void {
    const low = this.#startLow + (time - Math.floor(time / two32) * two32);
    const high = this.#startHigh + Math.floor(time / two32) + (low >= two32 ? 1 : 0);
    this.#output.view.setUint32(at, high, true);
    this.#output.view.setUint32(at + 4, low, true);
  }
}

function packetOptions(annotations: PacketAnnotations): OptionList {
  if (annotations === noAnnotations) return noOptions;
  const list = new OptionList();
  for (const comment of annotations.comments ?? []) list.text(CommonOption.Comment, comment);
  if (annotations.flags !== undefined && annotations.flags !== 0) list.uint32(PacketOption.Flags, annotations.flags);
  if (annotations.dropCount !== undefined) list.uint64(PacketOption.DropCount, annotations.dropCount);
  if (annotations.packetId !== undefined) list.uint64(PacketOption.PacketId, annotations.packetId);
  if (annotations.queue !== undefined) list.uint32(PacketOption.Queue, annotations.queue);
  return list;
}

/** The options of one block, with their end mark; no bytes at all when there are none. */
class OptionList {
  readonly #options: { readonly code: number; readonly value: Uint8Array }[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes === 0 ? 0 : this.#bytes + 4;
  }

  /** Text that is too long is cut, at the end of a character. */
  text(code: number, text: string | undefined): void {
    if (text === undefined) return;
    const encoded = encodeUtf8(text);
    let length = Math.min(encoded.length, maxOptionBytes);
    while (length < encoded.length && ((encoded[length] ?? 0) & 0xc0) === 0x80) length--;
    this.#add(code, encoded.subarray(0, length));
  }

  byte(code: number, value: number): void {
    this.#add(code, Uint8Array.of(value));
  }

  uint32(code: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.#add(code, bytes);
  }

  uint64(code: number, value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    this.#add(code, bytes);
  }

  write(output: OutputBuffer, at: number): void {
    let place = at;
    for (const { code, value } of this.#options) {
      const paddedBytes = (value.length + 3) & ~3;
      output.view.setUint16(place, code, true);
      output.view.setUint16(place + 2, value.length, true);
      output.set(value, place + 4);
      output.zero(place + 4 + value.length, paddedBytes - value.length);
      place += 4 + paddedBytes;
    }
    if (this.#options.length > 0) output.view.setUint32(place, 0, true);
  }

  #add(code: number, value: Uint8Array): void {
    this.#options.push({ code, value });
    this.#bytes += 4 + ((value.length + 3) & ~3);
  }
}

const noOptions = new OptionList();
