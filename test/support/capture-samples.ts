// Captures made byte by byte, and a sink that writes down all that it is told.

import type { EpochTime, TimeNs } from '../../src/bytes/time.ts';
import type { CaptureEnd } from '../../src/capture/capture-reader.ts';
import { createCaptureReader } from '../../src/capture/chunk-reader.ts';
import type { CaptureInterface, FrameSink } from '../../src/wire/frame.ts';

/** One call of the sink, as plain data. */
export type SinkCall =
  | { readonly call: 'interface'; readonly info: CaptureInterface }
  | { readonly call: 'firstTime'; readonly epoch: EpochTime }
  | { readonly call: 'comment'; readonly text: string }
  | { readonly call: 'drops'; readonly interfaceIndex: number; readonly drops: object }
  | {
      readonly call: 'frame';
      readonly bytes: string;
      readonly originalLength: number;
      readonly time: number;
      readonly interfaceIndex: number;
      readonly flags: number;
    };

export type FrameCall = Extract<SinkCall, { call: 'frame' }>;

/** Copies what it is lent. */
export class RecordingSink implements FrameSink {
  readonly calls: SinkCall[] = [];

  get frames(): FrameCall[] {
    return this.calls.filter((call) => call.call === 'frame');
  }

  onInterface(info: CaptureInterface): void {
    this.calls.push({ call: 'interface', info });
  }

  onFirstTime(epoch: EpochTime): void {
    this.calls.push({ call: 'firstTime', epoch });
  }

  onComment(text: string): void {
    this.calls.push({ call: 'comment', text });
  }

  onDrops(interfaceIndex: number, drops: object): void {
    this.calls.push({ call: 'drops', interfaceIndex, drops: { ...drops } });
  }

  onFrame(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    time: TimeNs,
    interfaceIndex: number,
    flags: number,
  ): void {
    const bytes = Buffer.from(view.buffer, view.byteOffset + start, capturedLength).toString('hex');
    this.calls.push({ call: 'frame', bytes, originalLength, time, interfaceIndex, flags });
  }
}

export interface ReadResult {
  readonly sink: RecordingSink;
  /** Undefined when `end` threw. */
  readonly end?: CaptureEnd;
  readonly thrown?: unknown;
}

/** Reads a capture in chunks of the given sizes, over and over; each chunk's memory is overwritten after the call. */
export function readInChunks(file: Uint8Array, sizes: readonly number[] = [file.length]): ReadResult {
  const sink = new RecordingSink();
  const reader = createCaptureReader(sink, { file: 'sample' });
  const lent = new Uint8Array(Math.max(...sizes, 1) + 3);
  for (let at = 0, i = 0; at < file.length; i++) {
    const size = Math.min(Math.max(sizes[i % sizes.length] ?? 1, 1), file.length - at);
    // Not at the start of its buffer, as a view into a larger one would be.
    const chunk = lent.subarray(3, 3 + size);
    chunk.set(file.subarray(at, at + size));
    reader.write(chunk);
    lent.fill(0xa5);
    at += size;
  }
  try {
    return { sink, end: reader.end() };
  } catch (thrown) {
    return { sink, thrown };
  }
}

/** Puts numbers and bytes one after the other in one byte order. */
export class ByteBuilder {
  readonly #littleEndian: boolean;
  readonly #bytes: number[] = [];

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  #number(value: bigint, size: number): this {
    for (let i = 0; i < size; i++) {
      const shift = BigInt(8 * (this.#littleEndian ? i : size - 1 - i));
      this.#bytes.push(Number((BigInt.asUintN(64, value) >> shift) & 0xffn));
    }
    return this;
  }

  u16(value: number): this {
    return this.#number(BigInt(value), 2);
  }

  u32(value: number): this {
    return this.#number(BigInt(value), 4);
  }

  u64(value: bigint): this {
    return this.#number(value, 8);
  }

  /** Two words, high half first in either byte order, as pcapng has its times. */
  ticks(value: bigint): this {
    return this.#number(value >> 32n, 4).#number(value & 0xffffffffn, 4);
  }

  add(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** Zeros up to a multiple of four. */
  pad(): this {
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

export interface SampleRecord {
  readonly seconds: number;
  readonly fraction: number;
  readonly bytes: Uint8Array;
  readonly originalLength?: number;
  /** Written instead of the true length. */
  readonly capturedLength?: number;
}

export interface SamplePcap {
  readonly magic?: number;
  readonly littleEndian?: boolean;
  readonly version?: readonly [number, number];
  readonly linkWord?: number;
  readonly snapLength?: number;
  readonly records: readonly SampleRecord[];
  /** Ends each record header, as in the modified format. */
  readonly extra?: Uint8Array;
  readonly swapLengths?: boolean;
}

export function pcapFile(sample: SamplePcap): Uint8Array {
  const { magic = 0xa1b2c3d4, littleEndian = true, version = [2, 4], linkWord = 1, snapLength = 262_144 } = sample;
  const file = new ByteBuilder(littleEndian).u32(magic).u16(version[0]).u16(version[1]).u32(0).u32(0);
  file.u32(snapLength).u32(linkWord);
  for (const record of sample.records) {
    const captured = record.capturedLength ?? record.bytes.length;
    const original = record.originalLength ?? record.bytes.length;
    file.u32(record.seconds).u32(record.fraction);
    if (sample.swapLengths === true) file.u32(original).u32(captured);
    else file.u32(captured).u32(original);
    file.add(sample.extra ?? []).add(record.bytes);
  }
  return file.done();
}

/** A pcapng option: code and value. */
export type SampleOption = readonly [code: number, value: Uint8Array];

/** Builds pcapng blocks of one byte order. */
export class BlockBuilder {
  readonly #littleEndian: boolean;

  constructor(littleEndian = true) {
    this.#littleEndian = littleEndian;
  }

  bytes(): ByteBuilder {
    return new ByteBuilder(this.#littleEndian);
  }

  options(options: readonly SampleOption[]): Uint8Array {
    const list = this.bytes();
    for (const [code, value] of options) list.u16(code).u16(value.length).add(value).pad();
    if (options.length > 0) list.u32(0);
    return list.done();
  }

  block(type: number, body: Uint8Array): Uint8Array {
    const length = 12 + body.length;
    return this.bytes().u32(type).u32(length).add(body).u32(length).done();
  }

  section(options: readonly SampleOption[] = [], version: readonly [number, number] = [1, 0]): Uint8Array {
    const body = this.bytes().u32(0x1a2b3c4d).u16(version[0]).u16(version[1]).u64(-1n);
    return this.block(0x0a0d0d0a, body.add(this.options(options)).done());
  }

  interface(options: readonly SampleOption[] = [], linkType = 1, snapLength = 0): Uint8Array {
    const body = this.bytes().u16(linkType).u16(0).u32(snapLength).add(this.options(options));
    return this.block(1, body.done());
  }

  packet(
    ticks: bigint,
    frame: Uint8Array,
    more: {
      readonly originalLength?: number;
      readonly capturedLength?: number;
      readonly interfaceNumber?: number;
      readonly options?: readonly SampleOption[];
    } = {},
  ): Uint8Array {
    const body = this.bytes()
      .u32(more.interfaceNumber ?? 0)
      .ticks(ticks);
    body
      .u32(more.capturedLength ?? frame.length)
      .u32(more.originalLength ?? frame.length)
      .add(frame)
      .pad();
    return this.block(6, body.add(this.options(more.options ?? [])).done());
  }

  oldPacket(ticks: bigint, frame: Uint8Array, drops: number, interfaceNumber = 0): Uint8Array {
    const body = this.bytes().u16(interfaceNumber).u16(drops).ticks(ticks).u32(frame.length).u32(frame.length);
    return this.block(2, body.add(frame).pad().done());
  }

  simplePacket(frame: Uint8Array, originalLength = frame.length): Uint8Array {
    return this.block(3, this.bytes().u32(originalLength).add(frame).pad().done());
  }

  statistics(counters: readonly SampleOption[], interfaceNumber = 0): Uint8Array {
    return this.block(5, this.bytes().u32(interfaceNumber).ticks(0n).add(this.options(counters)).done());
  }

  u64(value: bigint): Uint8Array {
    return this.bytes().u64(value).done();
  }

  u32(value: number): Uint8Array {
    return this.bytes().u32(value).done();
  }
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** `length` bytes that differ from each other and from frame to frame. */
export function frameBytes(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + seed * 31 + 1) & 0xff);
}
