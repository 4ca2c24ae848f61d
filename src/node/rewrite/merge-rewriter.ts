// Station "offload", machine side: a capture of wire packets in, the capture that a tap on the receiving host would have made out:
// merged as its software GRO merges them. What is not merged is written byte for byte, in the order in which it goes up.

import type { TimeNs } from '../../bytes/time.ts';
import type { TakeBytes } from '../../capture/output-buffer.ts';
import type { RawKind } from '../../capture/record-parser.ts';
import { type CaptureInterface, FrameFlags, type FrameSink, LinkType } from '../../wire/frame.ts';
import { SllPacketType } from '../../wire/sll.ts';
import {
  type FramePlace,
  type MergedPacket,
  type MergeOptions,
  NapiContext,
  optionsOffset,
  type PollOwner,
  type PollRecord,
} from './napi-context.ts';
import { RecordWriter } from './record-writer.ts';

/** What a merging did. */
export interface MergeSummary {
  readonly framesIn: number;
  readonly framesOut: number;
  /** Merged packets, and the frames that they hold. */
  readonly mergedPackets: number;
  readonly mergedFrames: number;
  /** NAPI polls that were made of the times, and those that the weight of 64 ended. */
  readonly polls: number;
  readonly fullPolls: number;
  /** Frames that the capturing host sent: nothing merges them. */
  readonly framesSent: number;
  /** Frames above 9,216 bytes: merged or super-packets already, which no wire carries. */
  readonly largeFrames: number;
}

/** Receivers whose polls are kept apart before idle ones are forgotten. */
const mostContexts = 1024;

const largestWireFrame = 9216 + 40;

/** Rewrites one capture. Give `onRawBlock` to the reader together with this sink; call `finish` at the end. */
export class MergeRewriter implements FrameSink, PollOwner {
  private readonly writer: RecordWriter;
  private readonly options: MergeOptions;
  private readonly linkTypes: number[] = [];
  /** One NAPI context for each interface and receiving host. */
  private readonly contexts: Map<number, NapiContext> = new Map();
  private record: Uint8Array = new Uint8Array(0);
  private lastOutNs = 0;
  private lastTimeNs = Number.NEGATIVE_INFINITY;
  private nextEndNs = Number.POSITIVE_INFINITY;
  private lastReceiver = -1;
  private lastContext: NapiContext | undefined = undefined;
  private lastInterface = -1;
  private framesIn = 0;
  framesOut = 0;
  mergedPackets = 0;
  mergedFrames = 0;
  polls = 0;
  fullPolls = 0;
  private framesSent = 0;
  private largeFrames = 0;

  constructor(take: TakeBytes, options: MergeOptions) {
    this.writer = new RecordWriter(take);
    this.options = { ...options, pool: [] };
  }

  /** The reader's raw pieces, each before the frame that it holds. The records of a pcap may be left out. */
  readonly onRawBlock = (bytes: Uint8Array, kind: RawKind): void => {
    if (kind === 'frame') {
      this.record = bytes;
      return;
    }
    // A new section has its own interfaces: what is held belongs before it.
    if (kind === 'header') this.endPolls();
    this.writer.pass(bytes, kind);
  };

  onInterface(info: CaptureInterface): void {
    this.linkTypes[info.index] = info.linkType;
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
    this.framesIn += 1;
    if (originalLength > largestWireFrame) this.largeFrames += 1;
    if (time > this.nextEndNs || time < this.lastTimeNs) this.endOverPolls(time);
    this.lastTimeNs = time;
    const isSent = (flags & FrameFlags.DirectionMask) === FrameFlags.Outbound;
    if (!isSent && interfaceIndex === this.lastInterface && this.lastContext !== undefined) {
      if (this.lastContext.continues(view, start, capturedLength, originalLength, time, this.framesIn)) return;
    }
    const linkType = this.linkTypes[interfaceIndex] ?? -1;
    const headerBytes = this.writer.pcapHeaderBytes;
    // A record lies in the same memory as its frame.
    const recordAt = headerBytes > 0 ? start - headerBytes : this.record.byteOffset - view.byteOffset;
    const recordBytes = headerBytes > 0 ? headerBytes + capturedLength : this.record.length;
    if (isSent || isSentByHeader(view, start, capturedLength, linkType)) {
      this.framesSent += 1;
      this.passRecord(view, recordAt, recordBytes, time);
      return;
    }
    const receiver = receiverOf(view, start, capturedLength, linkType) + interfaceIndex * 0x1_0000_0000_0000;
    const context = this.contextOf(receiver);
    this.lastInterface = interfaceIndex;
    context.receive(recordAt, recordBytes, view, start, capturedLength, originalLength, linkType, time, this.framesIn);
  }

  /** Frames that go on with the last one, a burst at a time. */
  onRecords(view: DataView, last: number, at: number, end: number): number {
    const context = this.lastContext;
    if (context === undefined || this.lastInterface !== 0) return at;
    const unitNs = this.writer.pcapUnitNs;
    const fraction = view.getUint32(last + 4, true);
    const spareNs = Math.min(this.nextEndNs, context.endNs) - this.lastTimeNs;
    const mostFraction = Math.min(fraction + Math.floor(spareNs / unitNs), 1e9 / unitNs - 1);
    if (mostFraction < fraction) return at;
    const joined = context.continuesWith(view, last, at, end, mostFraction);
    if (joined === 0) return at;
    const frameBytes = view.getInt32(at + 8, true);
    const recordBytes = this.writer.pcapHeaderBytes + frameBytes;
    const stop = at + joined * recordBytes;
    this.framesIn += joined;
    if (frameBytes > largestWireFrame) this.largeFrames += joined;
    this.lastTimeNs += (view.getUint32(stop - recordBytes + 4, true) - fraction) * unitNs;
    context.joined(joined, this.lastTimeNs, this.framesIn);
    return stop;
  }

  private contextOf(receiver: number): NapiContext {
    if (receiver === this.lastReceiver && this.lastContext !== undefined) return this.lastContext;
    let context = this.contexts.get(receiver);
    if (context === undefined) {
      if (this.contexts.size >= mostContexts) this.forgetIdle();
      context = new NapiContext(this, this.options);
      this.contexts.set(receiver, context);
    }
    this.lastReceiver = receiver;
    this.lastContext = context;
    return context;
  }

  /** A capture of a whole network has more receivers than are worth keeping: those without an open poll hold nothing. */
  private forgetIdle(): void {
    for (const [receiver, context] of this.contexts) if (context.isIdle) this.contexts.delete(receiver);
    this.lastContext = undefined;
  }

  /** Ends the polls that a frame of this time is too late for, and finds when the next one ends. */
  private endOverPolls(timeNs: number): void {
    this.nextEndNs = Number.POSITIVE_INFINITY;
    for (const context of this.contexts.values()) {
      if (context.isOver(timeNs)) context.endPoll();
      this.pollOpened(context.endNs);
    }
  }

  /** A poll was begun that ends at this time. */
  pollOpened(endNs: number): void {
    this.nextEndNs = Math.min(this.nextEndNs, endNs);
  }

  /** Nothing has come for a while: what is held goes up. */
  settle(): void {
    this.endPolls();
    this.writer.flush();
  }

  /** The input has ended. */
  finish(): MergeSummary {
    this.settle();
    const { framesIn, framesOut, mergedPackets, mergedFrames, polls, fullPolls, framesSent, largeFrames } = this;
    return { framesIn, framesOut, mergedPackets, mergedFrames, polls, fullPolls, framesSent, largeFrames };
  }

  private endPolls(): void {
    for (const context of this.contexts.values()) context.endPoll();
  }

  /** Writes a record as it is, unless something later went up before it: then its time is made later too. */
  passRecord(view: DataView, recordAt: number, recordBytes: number, timeNs: number, frame?: FramePlace): void {
    this.framesOut += 1;
    const delayNs = this.delayOf(timeNs, timeNs);
    if (delayNs === 0 || frame === undefined) {
      this.writer.passRecord(view, recordAt, recordBytes);
      return;
    }
    const at = this.writer.derive({
      record: new Uint8Array(view.buffer, view.byteOffset + recordAt, recordBytes),
      capturedLength: frame.captured,
      originalLength: frame.original,
      delayNs,
      isFirst: true,
      flags: undefined,
      comment: '',
    });
    this.writer.output.copy(view, frame.start, frame.captured, at);
    this.writer.done();
  }

  /** The same for a frame that was held: its record was kept without it. */
  passKept(
    arena: Uint8Array,
    kept: PollRecord,
    view: DataView,
    start: number,
    captured: number,
    original: number,
  ): void {
    this.framesOut += 1;
    const delayNs = this.delayOf(kept.timeNs, kept.timeNs);
    if (delayNs === 0) {
      this.writer.passAround(arena, kept.at, kept.frameOffset, kept.length, view, start, captured);
      return;
    }
    const at = this.writer.derive({
      record: arena.subarray(kept.at, kept.at + kept.length),
      optionsAt: optionsOffset(kept),
      capturedLength: captured,
      originalLength: original,
      delayNs,
      isFirst: true,
      flags: undefined,
      comment: '',
    });
    this.writer.output.copy(view, start, captured, at);
    this.writer.done();
  }

  /** Writes a merged packet with the record header of its first frame. */
  passMerged(packet: MergedPacket, record: Uint8Array, optionsAt: number, first: PollRecord, last: PollRecord): void {
    this.framesOut += 1;
    this.mergedPackets += 1;
    this.mergedFrames += packet.segmentCount;
    const size = packet.segmentBytes === 0 ? 'without gso_size' : `gso_size ${packet.segmentBytes}`;
    const comment = this.writer.isPcap
      ? ''
      : `wiretruth: ${packet.segmentCount} frames from ${first.packetNumber} to ${last.packetNumber} merged, ${size}`;
    const segmentation = packet.segmentBytes === 0 ? 0 : FrameFlags.SegmentationOffload;
    const at = this.writer.derive({
      record,
      optionsAt,
      capturedLength: packet.capturedLength,
      originalLength: packet.originalLength,
      delayNs: this.delayOf(first.timeNs, last.timeNs),
      isFirst: true,
      flags: segmentation | (packet.isPartial ? FrameFlags.ChecksumNotReady : 0),
      comment,
    });
    this.writer.output.copy(packet.view, packet.start, packet.capturedLength, at);
    this.writer.done();
  }

  /** A packet goes up when its last frame has come, and not before what went up earlier. */
  private delayOf(ownNs: number, readyNs: number): number {
    this.lastOutNs = Math.max(this.lastOutNs, readyNs);
    return Math.max(0, this.lastOutNs - ownNs);
  }
}

/** Whether the capturing host itself sent the frame, as a cooked header says. */
function isSentByHeader(view: DataView, start: number, capturedLength: number, linkType: number): boolean {
  if (linkType === LinkType.LinuxSll && capturedLength >= 2) return view.getUint16(start) === SllPacketType.Outgoing;
  if (linkType === LinkType.LinuxSll2 && capturedLength >= 11)
    return view.getUint8(start + 10) === SllPacketType.Outgoing;
  return false;
}

/** The receiving device: an Ethernet frame's destination address as a number; 0 where the link has none. */
function receiverOf(view: DataView, start: number, capturedLength: number, linkType: number): number {
  if (linkType !== LinkType.Ethernet || capturedLength < 6) return 0;
  return view.getUint16(start) * 0x1_0000_0000 + view.getUint32(start + 2);
}
