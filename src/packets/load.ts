// Station "packets": the FrameSink that fills a batch and hands it on when full. A batch goes to its consumer whole, so that
// decoding and analysis each run in a tight loop over columns.

import type { TimeNs } from '../bytes/time.ts';
import { type CaptureInterface, type FrameSink, LinkType } from '../wire/frame.ts';
import type { RecordTaker } from '../wire/records.ts';
import { LayerKind } from './encapsulations.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { PacketBatch, ROW_SHIFT, TIME_AT } from './packet-batch.ts';
import { isPlain, type Shard, shardOfFrame, shardOfRow } from './shard.ts';

/** Takes a full (or last) batch; the batch is reused as soon as the call returns. */
export type BatchConsumer = (batch: PacketBatch, decoder: FrameDecoder) => void;

/** Reads records and decodes frames into the rows of a loader's batch. */
export interface RowReader extends RecordTaker {
  /** An interface of the capture, with the number of its tap; called before its first record. */
  describe(index: number, isEthernet: boolean, fcsBytes: number, tap: number): void;
}

/** A loader, as its reader sees it: the reader counts on what is here. */
export interface RowOwner {
  readonly batch: PacketBatch;
  readonly decoder: FrameDecoder;
  /** Which share of the frames it takes (shard.ts); 0 of 0 are all. */
  readonly shardIndex: number;
  readonly shardMask: number;
  /** Frames so far, whoever takes them. */
  frames: number;
  /** The latest time of any of them. */
  latestNs: number;
  /** Decodes a frame that the reader does not. */
  onFrame: FrameSink['onFrame'];
  /** Empties the batch, when the reader has filled it. */
  flush(): void;
  /** The number of the chain of one VLAN tag, of which `onFrame` has had a frame. */
  chainOfVlan(vlan: number): number;
}

/** How a loader is made. The batch lies where the reader, if there is one, can write to it. */
export interface LoaderOptions {
  readonly batch?: PacketBatch;
  readonly shard?: Shard;
  readonly reader?: (owner: RowOwner) => RowReader;
}

/** Decodes frames into batches. Call `flush` when no more frames come, and at any time to see what is there. */
export class BatchLoader implements FrameSink, RowOwner {
  readonly batch: PacketBatch;
  readonly decoder: FrameDecoder;
  readonly interfaces: CaptureInterface[] = [];
  private readonly consume: BatchConsumer;
  private readonly linkTypes: number[] = [];
  private readonly fcsBytes: number[] = [];
  private readonly taps: number[] = [];
  /** What takes runs of records in place of `onFrame`, if anything does. */
  readonly recordTaker: RowReader | undefined;
  /** Frames so far, whoever takes them. */
  frames = 0;
  // -0 is a double, as the times to come.
  latestNs = -0;
  readonly shardIndex: number = 0;
  /** 0 when this loader takes all frames. */
  readonly shardMask: number = 0;

  constructor(consume: BatchConsumer, options: LoaderOptions = {}) {
    this.batch = options.batch ?? new PacketBatch();
    this.decoder = new FrameDecoder(this.batch);
    this.consume = consume;
    this.shardIndex = options.shard?.index ?? 0;
    this.shardMask = (options.shard?.count ?? 1) - 1;
    this.recordTaker = options.reader?.(this);
  }

  /** The latest time of any frame, taken or not. */
  get lastNs(): number {
    return this.latestNs + 0;
  }

  onInterface(info: CaptureInterface): void {
    this.interfaces[info.index] = info;
    this.linkTypes[info.index] = info.linkType;
    this.fcsBytes[info.index] = info.fcsBytes ?? 0;
    const tap = this.decoder.tapNumber(info.index, 0);
    this.taps[info.index] = tap;
    this.recordTaker?.describe(info.index, info.linkType === LinkType.Ethernet, info.fcsBytes ?? 0, tap);
  }

  /** A frame with that tag has been decoded: this makes no new chain. */
  chainOfVlan(vlan: number): number {
    return this.decoder.encapsulations.add(0, LayerKind.Vlan, vlan);
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
    const { batch, decoder, shardMask } = this;
    const row = this.frames++;
    if (time > this.latestNs) this.latestNs = time;
    const length = originalLength - (this.fcsBytes[interfaceIndex] ?? 0);
    const captured = capturedLength < length ? capturedLength : length;
    if (captured === length) decoder.budget.spentBytes += length;
    const linkType = this.linkTypes[interfaceIndex] ?? -1;
    const plain = isPlain(view, start, captured, linkType);
    const share = shardMask === 0 ? 0 : shardOfFrame(view, start, captured, linkType, shardMask);
    if (share >= 0 && share !== this.shardIndex) return;
    const base = batch.length << ROW_SHIFT;
    decoder.decode(base, row, view, start, captured, length, linkType, this.taps[interfaceIndex] ?? 0, flags, plain);
    if (share < 0 && shardOfRow(batch.words, base, shardMask) !== this.shardIndex) return;
    batch.times[(base >> 1) + TIME_AT] = time;
    if (++batch.length === batch.capacity) this.flush();
  }

  /** Hands on what the batch holds. */
  flush(): void {
    const batch = this.batch;
    if (batch.length === 0) return;
    this.consume(batch, this.decoder);
    this.decoder.words = batch.words;
    batch.length = 0;
  }
}
