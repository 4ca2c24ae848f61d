// Station "capture", machine side: a capture as pcapng with comments on some of its packets. A pcapng keeps all its blocks and
// options; a pcap becomes a pcapng of one section and one interface.

import type { EpochTime, TimeNs } from '../../bytes/time.ts';
import type { TakeBytes } from '../../capture/output-buffer.ts';
import { createPcapngWriter, type PcapngWriter } from '../../capture/pcapng-writer.ts';
import type { RawKind } from '../../capture/record-parser.ts';
import type { CaptureInterface, FrameSink } from '../../wire/frame.ts';
import { RecordWriter } from './record-writer.ts';

/** What a pcap cannot say of its interface, for the pcapng that it becomes. */
export interface AnnotatorOptions {
  readonly hardware?: string;
  readonly speedBitsPerSec?: number;
}

/** First byte of a pcapng section header. */
const sectionMagic = 0x0a0d_0d0a;

/** Writes a capture with comments. `comments` is asked by packet number (from 1), once a packet, in order. */
export class Annotator implements FrameSink {
  private readonly records: RecordWriter;
  private readonly take: TakeBytes;
  private readonly comments: (packetNumber: number) => string | undefined;
  private readonly options: AnnotatorOptions;
  /** Set for a pcap, which is rewritten as a whole. */
  private converter: PcapngWriter | undefined = undefined;
  private record: Uint8Array = new Uint8Array(0);
  private packetNumber = 0;
  annotated = 0;

  constructor(take: TakeBytes, comments: (packetNumber: number) => string | undefined, options: AnnotatorOptions = {}) {
    this.take = take;
    this.records = new RecordWriter(take);
    this.comments = comments;
    this.options = options;
  }

  /** The reader's raw pieces, each before the frame that it holds. */
  readonly onRawBlock = (bytes: Uint8Array, kind: RawKind): void => {
    if (kind === 'frame') this.record = bytes;
    else if (kind === 'header' && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) !== sectionMagic) {
      this.converter = createPcapngWriter(this.take, { application: 'wiretruth' });
    } else if (this.converter === undefined) this.records.pass(bytes, kind);
  };

  onInterface(info: CaptureInterface): void {
    const { hardware, speedBitsPerSec } = this.options;
    this.converter?.addInterface({
      ...info,
      ...(hardware === undefined ? {} : { hardware }),
      ...(speedBitsPerSec === undefined ? {} : { speedBitsPerSec }),
    });
  }

  onFirstTime(epoch: EpochTime): void {
    this.converter?.startAt(epoch);
  }

  onFrame(
    view: DataView,
    start: number,
    captured: number,
    original: number,
    time: TimeNs,
    index: number,
    flags: number,
  ): void {
    this.packetNumber += 1;
    const comment = this.comments(this.packetNumber);
    if (comment !== undefined) this.annotated += 1;
    if (this.converter !== undefined) {
      const comments = comment === undefined ? [] : [comment];
      this.converter.frame(view, start, captured, original, time, index, { flags, comments });
    } else if (comment === undefined || !this.records.canDerive(this.record, false)) {
      this.records.pass(this.record, 'frame');
    } else {
      this.withComment(view, start, captured, original, comment);
    }
  }

  private withComment(view: DataView, start: number, captured: number, original: number, comment: string): void {
    const at = this.records.derive({
      record: this.record,
      capturedLength: captured,
      originalLength: original,
      delayNs: 0,
      isFirst: true,
      flags: undefined,
      keepsHash: true,
      comment,
    });
    this.records.output.copy(view, start, captured, at);
    this.records.done();
  }

  /** Hands out what was put together: at the input's end, or when nothing has come for a while. */
  flush(): void {
    this.converter?.flush();
    this.records.flush();
  }
}
