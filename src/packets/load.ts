// Station "packets": the FrameSink that fills a batch and hands it on when full. A batch goes to its consumer whole, so that
// decoding and analysis each run in a tight loop over columns.

import type { TimeNs } from '../bytes/time.ts';
import type { CaptureInterface, FrameSink } from '../wire/frame.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { Col, PacketBatch, ROW_SHIFT, TIME_AT } from './packet-batch.ts';

/** Takes a full (or last) batch; the batch is reused as soon as the call returns. */
export type BatchConsumer = (batch: PacketBatch, decoder: FrameDecoder) => void;

/** Decodes frames into batches. Call `flush` when no more frames come, and at any time to see what is there. */
export class BatchLoader implements FrameSink {
  readonly batch: PacketBatch;
  readonly decoder: FrameDecoder;
  readonly interfaces: CaptureInterface[] = [];
  private readonly consume: BatchConsumer;
  private readonly linkTypes: number[] = [];
  private readonly fcsBytes: number[] = [];
  private readonly taps: number[] = [];

  constructor(consume: BatchConsumer, capacity?: number) {
    this.batch = new PacketBatch(capacity);
    this.decoder = new FrameDecoder(this.batch);
    this.consume = consume;
  }

  onInterface(info: CaptureInterface): void {
    this.interfaces[info.index] = info;
    this.linkTypes[info.index] = info.linkType;
    this.fcsBytes[info.index] = info.fcsBytes ?? 0;
    this.taps[info.index] = this.decoder.tapNumber(info.index, 0);
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
    const batch = this.batch;
    const row = batch.length;
    const fcs = this.fcsBytes[interfaceIndex] ?? 0;
    const length = originalLength - fcs;
    const base = row << ROW_SHIFT;
    batch.times[(base >> 1) + TIME_AT] = time;
    batch.words[base + Col.frameLength] = length;
    this.decoder.decode(
      row,
      view,
      start,
      capturedLength < length ? capturedLength : length,
      length,
      this.linkTypes[interfaceIndex] ?? -1,
      this.taps[interfaceIndex] ?? 0,
      flags,
    );
    batch.length = row + 1;
    if (row + 1 === batch.capacity) this.flush();
  }

  /** Hands on what the batch holds. */
  flush(): void {
    const batch = this.batch;
    if (batch.length === 0) return;
    this.consume(batch, this.decoder);
    batch.firstRow += batch.length;
    batch.length = 0;
  }
}
