// Station "capture", the other way: frames in, a pcapng file out (draft-ietf-opsawg-pcapng-03). Little-endian, nanoseconds.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import type { CaptureInterface } from '../wire/frame.ts';
import { OutputBuffer, type TakeBytes } from './output-buffer.ts';
import {
  beginBlock,
  OptionList,
  type PacketAnnotations,
  packetOptions,
  type Ticks,
  writePacketBlock,
} from './pcapng-blocks.ts';
import {
  BlockType,
  byteOrderMagic,
  CommonOption,
  InterfaceOption,
  SectionOption,
  StatisticsOption,
} from './pcapng-format.ts';

/** What a pcapng file says of itself and of the host that wrote it. */
export interface PcapngWriterOptions {
  readonly hardware?: string;
  readonly os?: string;
  readonly application?: string;
  readonly comment?: string;
}

/** A tap: what an interface description block says. The index is given by the writer. */
export type InterfaceToWrite = Omit<CaptureInterface, 'index'> & { readonly comment?: string };

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

const two32 = 4294967296;

/** Makes a writer; the section header is handed out with the first bytes. */
export function createPcapngWriter(take: TakeBytes, options: PcapngWriterOptions = {}): PcapngWriter {
  return new SectionWriter(take, options);
}

class SectionWriter implements PcapngWriter {
  readonly #output: OutputBuffer;
  #interfaceCount = 0;
  #startHigh = 0;
  #startLow = 0;
  readonly #ticks: Ticks = { high: 0, low: 0 };

  constructor(take: TakeBytes, { hardware, os, application, comment }: PcapngWriterOptions) {
    this.#output = new OutputBuffer(take);
    const list = new OptionList(true);
    list.text(CommonOption.Comment, comment);
    list.text(SectionOption.Hardware, hardware);
    list.text(SectionOption.Os, os);
    list.text(SectionOption.UserApplication, application);
    const at = beginBlock(this.#output, BlockType.Section, 28, list);
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
    const list = new OptionList(true);
    list.text(CommonOption.Comment, info.comment);
    list.text(InterfaceOption.Name, info.name);
    list.text(InterfaceOption.Description, info.description);
    if (info.filter !== undefined) list.text(InterfaceOption.Filter, `\0${info.filter}`);
    list.text(InterfaceOption.Os, info.os);
    list.text(InterfaceOption.Hardware, info.hardware);
    list.byte(InterfaceOption.TimeResolution, 9);
    if (info.fcsBytes !== undefined) list.byte(InterfaceOption.FcsLength, info.fcsBytes);
    if (info.speedBitsPerSec !== undefined) list.uint64(InterfaceOption.TransmitSpeed, info.speedBitsPerSec);
    const at = beginBlock(this.#output, BlockType.Interface, 20, list);
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
    annotations?: PacketAnnotations,
  ): void {
    const options = packetOptions(annotations, true);
    const ticks = this.#ticksOf(time);
    writePacketBlock(this.#output, options, interfaceIndex, ticks, view, start, capturedLength, originalLength);
  }

  statistics(interfaceIndex: number, time: TimeNs, { received, byInterface, byOs }: StatisticsToWrite): void {
    const list = new OptionList(true);
    if (received !== undefined) list.uint64(StatisticsOption.Received, received);
    if (byInterface !== undefined) list.uint64(StatisticsOption.DroppedByInterface, byInterface);
    if (byOs !== undefined) list.uint64(StatisticsOption.DroppedByOs, byOs);
    const at = beginBlock(this.#output, BlockType.Statistics, 24, list);
    this.#output.view.setUint32(at + 8, interfaceIndex, true);
    const { high, low } = this.#ticksOf(time);
    this.#output.view.setUint32(at + 12, high, true);
    this.#output.view.setUint32(at + 16, low, true);
    this.#output.recordDone();
  }

  flush(): void {
    this.#output.flush();
  }

  /** Epoch nanoseconds do not fit in a double: the start and the distance from it are added as two halves. */
  #ticksOf(time: TimeNs): Ticks {
    const low = this.#startLow + (time - Math.floor(time / two32) * two32);
    this.#ticks.low = low;
    this.#ticks.high = this.#startHigh + Math.floor(time / two32) + (low >= two32 ? 1 : 0);
    return this.#ticks;
  }
}
