// Station "capture": bytes in, frames out. Finds out the format and keeps what is left of a record when a chunk ends inside it.

import { summableBytes } from '../bytes/summable-memory.ts';
import type { FrameSink } from '../wire/frame.ts';
import { hasMoved } from '../wire/records.ts';
import { CaptureError } from './capture-error.ts';
import type { CaptureEnd, CaptureReader } from './capture-reader.ts';
import { describeUnknown } from './detect.ts';
import { PcapParser, pcapMagic } from './pcap.ts';
import { PcapngParser } from './pcapng.ts';
import { BlockType } from './pcapng-format.ts';
import type { RawBlockHook, RecordParser } from './record-parser.ts';
import { CaptureTally } from './tally.ts';

/** How a capture reader is made. */
export interface CaptureReaderOptions {
  /** Name of the input, for messages only. */
  readonly file: string;
  /** Takes the file's pieces as they are (pcap records, pcapng blocks); costs one view per piece when given, nothing when not. */
  readonly onRawBlock?: RawBlockHook;
  /** The records of a pcap are left out of that: whoever knows the length of their headers finds them before the frames. */
  readonly withoutPcapRecords?: boolean;
}

/** Makes a reader that recognises the format by its first bytes and hands each complete frame to the sink. */
export function createCaptureReader(sink: FrameSink, options: CaptureReaderOptions): CaptureReader {
  return new ChunkReader(sink, options);
}

const magicBytes = 4;
/** A frame of an ordinary link, or a super-packet of one: more is rare. */
const firstCarryBytes = 70_000;
/** Enough of an unknown file to tell what it is. */
const describedBytes = 512;

class ChunkReader implements CaptureReader {
  readonly #sink: FrameSink;
  readonly #options: CaptureReaderOptions;
  readonly #tally: CaptureTally;
  #parser: RecordParser | undefined = undefined;
  #needBytes = magicBytes;
  #unknown = false;
  /** Place in the file of the first byte that is not used up yet. */
  #offset = 0;
  /** What is left of an incomplete record. */
  #carry: Uint8Array = summableBytes(firstCarryBytes);
  #carryView: DataView = viewOf(this.#carry);
  #carried = 0;

  constructor(sink: FrameSink, options: CaptureReaderOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#tally = new CaptureTally(options.file);
  }

  get stopped(): boolean {
    return this.#tally.damage !== undefined || (this.#unknown && this.#carried >= describedBytes);
  }

  write(chunk: Uint8Array): void {
    const { byteOffset, length } = chunk;
    let view = new DataView(chunk.buffer, byteOffset, length);
    let at = 0;
    while (this.#carried > 0 && at < length && !this.stopped) {
      const taken = Math.min(this.#needBytes - this.#carried, length - at);
      view = this.#present(view, byteOffset, length);
      this.#keep(new Uint8Array(view.buffer, byteOffset + at, taken));
      at += taken;
      if (this.#carried === this.#needBytes) this.#dropCarried(this.#parse(this.#carryView, 0, this.#carried));
    }
    if (at === length || this.stopped) return;
    do {
      view = this.#present(view, byteOffset, length);
      at = this.#parse(view, at, length);
    } while (hasMoved(view) && !this.stopped);
    if (this.stopped || at === length) return;
    const left = new Uint8Array(view.buffer, byteOffset + at, length - at);
    this.#keep(this.#unknown ? left.subarray(0, describedBytes) : left);
  }

  /** The view, made anew when its bytes have moved (RecordTaker). */
  #present(view: DataView, byteOffset: number, length: number): DataView {
    const records = this.#sink.recordTaker;
    return records !== undefined && hasMoved(view) ? new DataView(records.buffer, byteOffset, length) : view;
  }

  end(how: 'complete' | 'still-growing' = 'complete'): CaptureEnd {
    const tally = this.#tally;
    const parser = this.#parser;
    const file = tally.file;
    if (parser === undefined) {
      if (this.#offset + this.#carried === 0)
        throw new CaptureError('empty', { file }, 'the file is empty; expected a pcap or pcapng capture');
      const problem = `the file ${describeUnknown(this.#carry.subarray(0, this.#carried))}; expected a pcap or pcapng capture`;
      throw new CaptureError('not-a-capture', { file, offset: 0 }, problem);
    }
    const left = this.#carried;
    if (left > 0 && tally.damage === undefined && (how === 'complete' || !parser.headerRead)) {
      tally.damage = parser.truncated(left, this.#offset);
    }
    if (tally.damage !== undefined && !parser.headerRead) throw tally.damage;
    return tally.summary(parser.format);
  }

  /** Parses from `start`; returns where the parser stopped and notes what it needs to go on. */
  #parse(view: DataView, start: number, end: number): number {
    const viewOffset = this.#offset - start;
    this.#parser ??= this.#detect(view, start, end);
    const parser = this.#parser;
    if (parser === undefined) return start;
    const stop = parser.parse(view, start, end, viewOffset);
    this.#needBytes = parser.needBytes;
    this.#offset = viewOffset + stop;
    return stop;
  }

  #detect(view: DataView, start: number, end: number): RecordParser | undefined {
    if (end - start < magicBytes) return undefined;
    const magic = view.getUint32(start);
    const pcap = pcapMagic(magic);
    const { onRawBlock, withoutPcapRecords } = this.#options;
    const onRecord = withoutPcapRecords === true ? undefined : onRawBlock;
    if (pcap !== undefined) return new PcapParser(pcap, this.#sink, this.#tally, onRawBlock, onRecord);
    if (magic === BlockType.Section) return new PcapngParser(this.#sink, this.#tally, onRawBlock);
    this.#unknown = true;
    this.#needBytes = describedBytes;
    return undefined;
  }

  /** Appends to the carried bytes. The buffer grows with what really came, not with what a length field promises. */
  #keep(bytes: Uint8Array): void {
    const wanted = this.#carried + bytes.length;
    if (wanted > this.#carry.length) {
      const grown = summableBytes(Math.max(wanted, this.#carry.length * 2));
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
      this.#carryView = viewOf(grown);
    }
    this.#carry.set(bytes, this.#carried);
    this.#carried = wanted;
  }

  #dropCarried(used: number): void {
    if (used === 0) return;
    this.#carry.copyWithin(0, used, this.#carried);
    this.#carried -= used;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
