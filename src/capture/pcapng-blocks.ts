// Station "capture", the other way: the parts that pcapng blocks are written from, in either byte order.

import type { OutputBuffer } from './output-buffer.ts';
import { BlockType, CommonOption, PacketOption } from './pcapng-format.ts';
import { encodeUtf8 } from './text.ts';

/** Longest text or value of one option: its length has 16 bits. */
const maxOptionBytes = 65_535;
/** Bytes of an enhanced packet block before its frame. */
const packetHeaderBytes = 28;

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

/** Claims a block, writes its type, both lengths and its options (which come last); returns where it begins. */
export function beginBlock(
  output: OutputBuffer,
  type: number,
  bytesWithoutOptions: number,
  options: OptionList,
): number {
  const length = bytesWithoutOptions + options.bytes;
  const at = output.claim(length);
  const { view } = output;
  const { littleEndian } = options;
  view.setUint32(at, type, littleEndian);
  view.setUint32(at + 4, length, littleEndian);
  view.setUint32(at + length - 4, length, littleEndian);
  options.write(output, at + bytesWithoutOptions - 4);
  return at;
}

/** A time in ticks, as two 32-bit halves (taken modulo 2^32). */
export interface Ticks {
  high: number;
  low: number;
}

/** Writes an enhanced packet block. The interface's number is that in its section. */
export function writePacketBlock(
  output: OutputBuffer,
  options: OptionList,
  interfaceNumber: number,
  ticks: Ticks,
  view: DataView,
  start: number,
  capturedLength: number,
  originalLength: number,
): void {
  const { littleEndian } = options;
  const paddedBytes = (capturedLength + 3) & ~3;
  const at = beginBlock(output, BlockType.EnhancedPacket, packetHeaderBytes + paddedBytes + 4, options);
  output.view.setUint32(at + 8, interfaceNumber, littleEndian);
  output.view.setUint32(at + 12, ticks.high, littleEndian);
  output.view.setUint32(at + 16, ticks.low, littleEndian);
  output.view.setUint32(at + 20, capturedLength, littleEndian);
  output.view.setUint32(at + 24, originalLength, littleEndian);
  output.copy(view, start, capturedLength, at + packetHeaderBytes);
  output.zero(at + packetHeaderBytes + capturedLength, paddedBytes - capturedLength);
  output.recordDone();
}

/** The options of a packet block. */
export function packetOptions(annotations: PacketAnnotations | undefined, littleEndian: boolean): OptionList {
  if (annotations === undefined) return littleEndian ? noOptionsLittle : noOptionsBig;
  const list = new OptionList(littleEndian);
  for (const comment of annotations.comments ?? []) list.text(CommonOption.Comment, comment);
  if (annotations.flags !== undefined && annotations.flags !== 0) list.uint32(PacketOption.Flags, annotations.flags);
  if (annotations.dropCount !== undefined) list.uint64(PacketOption.DropCount, annotations.dropCount);
  if (annotations.packetId !== undefined) list.uint64(PacketOption.PacketId, annotations.packetId);
  if (annotations.queue !== undefined) list.uint32(PacketOption.Queue, annotations.queue);
  return list;
}

/** The options of one block, with their end mark; no bytes at all when there are none. */
export class OptionList {
  readonly littleEndian: boolean;
  readonly #options: { readonly code: number; readonly value: Uint8Array }[] = [];
  #bytes = 0;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

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
    new DataView(bytes.buffer).setUint32(0, value, this.littleEndian);
    this.#add(code, bytes);
  }

  uint64(code: number, value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), this.littleEndian);
    this.#add(code, bytes);
  }

  write(output: OutputBuffer, at: number): void {
    let place = at;
    for (const { code, value } of this.#options) {
      const paddedBytes = (value.length + 3) & ~3;
      output.view.setUint16(place, code, this.littleEndian);
      output.view.setUint16(place + 2, value.length, this.littleEndian);
      output.set(value, place + 4);
      output.zero(place + 4 + value.length, paddedBytes - value.length);
      place += 4 + paddedBytes;
    }
    if (this.#options.length > 0) output.view.setUint32(place, 0);
  }

  #add(code: number, value: Uint8Array): void {
    this.#options.push({ code, value });
    this.#bytes += 4 + ((value.length + 3) & ~3);
  }
}

const noOptionsLittle = new OptionList(true);
const noOptionsBig = new OptionList(false);
