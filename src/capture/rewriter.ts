// Station "capture", the other way: a capture out again as it came in, but for some frames. What is not changed passes byte
// for byte; frames that take the place of others are written in the file's own format, byte order and resolution.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import { OutputBuffer, type TakeBytes } from './output-buffer.ts';
import { type PcapMagic, pcapMagic } from './pcap.ts';
import { writeTime } from './pcap-writer.ts';
import { type PacketAnnotations, packetOptions, type Ticks, writePacketBlock } from './pcapng-blocks.ts';
import type { ClockSettings } from './pcapng-clock.ts';
import { BlockType, byteOrderMagic } from './pcapng-format.ts';
import { readInterface } from './pcapng-interface.ts';
import type { RawKind } from './record-parser.ts';

/**
 * Feed `raw` with what a reader's `onRawBlock` gives of kind 'header' and 'other', at once. A piece of kind 'frame' comes just
 * before its `onFrame`: keep a copy until then, and hand it to `raw`, or write other frames with `frame` instead.
 */
export interface CaptureRewriter {
  /** The time of time 0, as the reader's `onFirstTime` tells; to be called before `frame`. */
  startAt(epoch: EpochTime): void;
  /** A piece of the capture that was read, which passes as it is. */
  raw(bytes: Uint8Array, kind: RawKind): void;
  /** A frame of an interface that was read. Annotations are for pcapng; pcap has no place for them. */
  frame(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    time: TimeNs,
    interfaceIndex: number,
    annotations?: PacketAnnotations,
  ): void;
  flush(): void;
}

/** Makes a rewriter of one capture, pcap or pcapng as its first piece says. */
export function createCaptureRewriter(take: TakeBytes): CaptureRewriter {
  return new Rewriter(take);
}

const nsPerSecond = 1_000_000_000n;

class Rewriter implements CaptureRewriter {
  readonly #output: OutputBuffer;
  #start: EpochTime = { seconds: 0, nanoseconds: 0 };
  /** Undefined for pcapng. */
  #pcap: PcapMagic | undefined = undefined;
  /** Before version 2.3, a pcap record's original length comes first. */
  #pcapLengthsSwapped = false;
  #littleEndian = true;
  #sectionBase = 0;
  readonly #clocks: ClockSettings[] = [];
  readonly #ticks: Ticks = { high: 0, low: 0 };

  constructor(take: TakeBytes) {
    this.#output = new OutputBuffer(take);
  }

  startAt(epoch: EpochTime): void {
    this.#start = epoch;
  }

  raw(bytes: Uint8Array, kind: RawKind): void {
    if (kind !== 'frame') this.#learn(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), kind);
    this.#output.set(bytes, this.#output.claim(bytes.length));
    this.#output.recordDone();
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
    if (this.#pcap !== undefined) {
      this.#writeRecord(this.#pcap, view, start, capturedLength, originalLength, time);
      return;
    }
    const clock = this.#clocks[interfaceIndex];
    if (clock === undefined) throw new RangeError(`interface ${interfaceIndex} was not in the capture so far`);
    const options = packetOptions(annotations, this.#littleEndian);
    const number = interfaceIndex - this.#sectionBase;
    this.#setTicks(clock, time);
    writePacketBlock(this.#output, options, number, this.#ticks, view, start, capturedLength, originalLength);
  }

  flush(): void {
    this.#output.flush();
  }

  #learn(view: DataView, kind: RawKind): void {
    const magic = kind === 'header' ? pcapMagic(view.getUint32(0)) : undefined;
    if (magic !== undefined) {
      this.#pcap = magic;
      this.#pcapLengthsSwapped = view.getUint16(6, magic.littleEndian) < 3;
    } else if (kind === 'header') {
      this.#littleEndian = view.getUint32(8, true) === byteOrderMagic;
      this.#sectionBase = this.#clocks.length;
    } else if (view.getUint32(0, this.#littleEndian) === BlockType.Interface) {
      const { source } = readInterface(view, 0, view.byteLength, this.#littleEndian, this.#clocks.length, undefined);
      this.#clocks.push(source.clock.settings);
    }
  }

  #writeRecord(
    { littleEndian, nsPerUnit, recordHeaderBytes }: PcapMagic,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    time: TimeNs,
  ): void {
    const output = this.#output;
    const at = output.claim(recordHeaderBytes + capturedLength);
    writeTime(output.view, at, this.#start, time, nsPerUnit, littleEndian);
    output.view.setUint32(at + 8, this.#pcapLengthsSwapped ? originalLength : capturedLength, littleEndian);
    output.view.setUint32(at + 12, this.#pcapLengthsSwapped ? capturedLength : originalLength, littleEndian);
    output.zero(at + 16, recordHeaderBytes - 16);
    output.copy(view, start, capturedLength, at + recordHeaderBytes);
    output.recordDone();
  }

  /** Rounded down to the interface's tick; up where ticks are no whole nanoseconds, since reading rounded those down. */
  #setTicks({ ticksPerSecond, offsetSeconds }: ClockSettings, time: TimeNs): void {
    const startNs = BigInt(this.#start.seconds) * nsPerSecond + BigInt(this.#start.nanoseconds);
    const ns = startNs + BigInt(Math.floor(time)) - offsetSeconds * nsPerSecond;
    const roundUp = nsPerSecond % ticksPerSecond === 0n ? 0n : nsPerSecond - 1n;
    const ticks = (ns * ticksPerSecond + roundUp) / nsPerSecond;
    this.#ticks.high = Number(BigInt.asUintN(32, ticks >> 32n));
    this.#ticks.low = Number(BigInt.asUintN(32, ticks));
  }
}
