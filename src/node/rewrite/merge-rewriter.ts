// Station "offload", machine side: a capture of wire packets in, the capture that a tap on the receiving host would have made out:
// merged as its software GRO merges them. What is not merged is written byte for byte, in the order in which it goes up.

import type { TimeNs } from '../../bytes/time.ts';
import type { TakeBytes } from '../../capture/output-buffer.ts';
import type { RawKind } from '../../capture/record-parser.ts';
import { copyBytes } from '../../offload/copy-sum.ts';
import { Gro, type GroOptions, type GroSink } from '../../offload/gro.ts';
import type { HeldPacket } from '../../offload/held.ts';
import { napiWeight } from '../../offload/rules.ts';
import { type CaptureInterface, FrameFlags, type FrameSink, LinkType } from '../../wire/frame.ts';
import { SllPacketType } from '../../wire/sll.ts';
import { RecordWriter } from './record-writer.ts';

/** How a capture is merged. */
export interface MergeOptions extends GroOptions {
  /** Frames that arrive within this time of the first one are one NAPI poll; 0: frames of one time are. */
  readonly pollNs: number;
}

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

const largestWireFrame = 9216 + 40;

/** One record of a poll that is being gathered. */
interface PollRecord {
  at: number;
  length: number;
  /** Place of the frame in the record. */
  frameOffset: number;
  timeNs: number;
  packetNumber: number;
}

/** Rewrites one capture. Give `onRawBlock` to the reader together with this sink; call `finish` at the end. */
export class MergeRewriter implements FrameSink {
  private readonly writer: RecordWriter;
  private readonly options: MergeOptions;
  private readonly linkTypes: number[] = [];
  /** One NAPI context for each interface and receiving host. */
  private readonly contexts: Map<number, NapiContext> = new Map();
  private record: Uint8Array = new Uint8Array(0);
  private lastOutNs = 0;
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
    this.options = options;
  }

  /** The reader's raw pieces, each before the frame that it holds. */
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
    for (const context of this.contexts.values()) if (context.isOver(time)) context.endPoll();
    const linkType = this.linkTypes[interfaceIndex] ?? -1;
    if (wasSent(view, start, capturedLength, linkType, flags)) {
      this.framesSent += 1;
      this.passRecord(this.record, time);
      return;
    }
    const receiver = receiverOf(view, start, capturedLength, linkType) + interfaceIndex * 0x1_0000_0000_0000;
    let context = this.contexts.get(receiver);
    if (context === undefined) {
      context = new NapiContext(this, this.options);
      this.contexts.set(receiver, context);
    }
    const offset = view.byteOffset + start - this.record.byteOffset;
    context.receive(this.record, offset, view, start, capturedLength, originalLength, linkType, time, this.framesIn);
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
  passRecord(
    record: Uint8Array,
    timeNs: number,
    frame?: { readonly at: number; readonly captured: number; readonly original: number },
  ): void {
    this.framesOut += 1;
    const delayNs = this.delayOf(timeNs, timeNs);
    if (delayNs === 0 || frame === undefined) {
      this.writer.pass(record, 'frame');
      return;
    }
    const at = this.writer.derive({
      record,
      capturedLength: frame.captured,
      originalLength: frame.original,
      delayNs,
      isFirst: true,
      flags: undefined,
      comment: '',
    });
    this.writer.output.set(record.subarray(frame.at, frame.at + frame.captured), at);
    this.writer.done();
  }

  /** Writes a merged packet with the record header of its first frame. */
  passMerged(
    held: HeldPacket,
    first: Uint8Array,
    firstNs: number,
    lastNs: number,
    firstNumber: number,
    lastNumber: number,
  ): void {
    this.framesOut += 1;
    this.mergedPackets += 1;
    this.mergedFrames += held.segmentCount;
    const comment = this.writer.isPcap
      ? ''
      : `wiretruth: ${held.segmentCount} frames from ${firstNumber} to ${lastNumber} merged, gso_size ${held.segmentBytes}`;
    const at = this.writer.derive({
      record: first,
      capturedLength: held.capturedLength,
      originalLength: held.originalLength,
      delayNs: this.delayOf(firstNs, lastNs),
      isFirst: true,
      flags: FrameFlags.SegmentationOffload | FrameFlags.ChecksumNotReady,
      comment,
    });
    copyBytes(held.view, 0, this.writer.output.view, at, held.capturedLength);
    this.writer.done();
  }

  /** A packet goes up when its last frame has come, and not before what went up earlier. */
  private delayOf(ownNs: number, readyNs: number): number {
    this.lastOutNs = Math.max(this.lastOutNs, readyNs);
    return Math.max(0, this.lastOutNs - ownNs);
  }
}

/** Polls and GRO of one receiving host's device. */
class NapiContext implements GroSink {
  private readonly owner: MergeRewriter;
  private readonly gro: Gro;
  private readonly pollNs: number;
  private pollStartNs = 0;
  private count = 0;
  private arena: Uint8Array = new Uint8Array(256 * 1024);
  private arenaEnd = 0;
  private readonly records: PollRecord[] = [];

  constructor(owner: MergeRewriter, options: MergeOptions) {
    this.owner = owner;
    this.gro = new Gro(options, this);
    this.pollNs = options.pollNs;
  }

  /** Whether a frame of this time belongs to a later poll. */
  isOver(timeNs: number): boolean {
    return this.count > 0 && (timeNs > this.pollStartNs + this.pollNs || timeNs < this.pollStartNs);
  }

  receive(
    record: Uint8Array,
    frameOffset: number,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    linkType: number,
    timeNs: number,
    packetNumber: number,
  ): void {
    if (this.count === 0) this.pollStartNs = timeNs;
    const tag = this.count;
    this.keep(record, frameOffset, tag, timeNs, packetNumber);
    this.count += 1;
    this.gro.receive(view, start, capturedLength, originalLength, linkType, 'verify-or-partial', tag);
    if (this.count === napiWeight) {
      this.owner.fullPolls += 1;
      this.endPoll();
    }
  }

  endPoll(): void {
    if (this.count === 0) return;
    this.gro.flush();
    this.owner.polls += 1;
    this.count = 0;
    this.arenaEnd = 0;
  }

  onSingle(_view: DataView, _start: number, capturedLength: number, originalLength: number, tag: number): void {
    const record = this.records[tag]!;
    const frame = { at: record.frameOffset, captured: capturedLength, original: originalLength };
    this.owner.passRecord(this.bytesOf(record), record.timeNs, frame);
  }

  onMerged(held: HeldPacket): void {
    const first = this.records[held.firstTag]!;
    const last = this.records[held.lastTag]!;
    this.owner.passMerged(held, this.bytesOf(first), first.timeNs, last.timeNs, first.packetNumber, last.packetNumber);
  }

  private bytesOf(record: PollRecord): Uint8Array {
    return this.arena.subarray(record.at, record.at + record.length);
  }

  /** Copies the record: the reader lends it for the call only, and GRO may hold its frame to the poll's end. */
  private keep(bytes: Uint8Array, frameOffset: number, tag: number, timeNs: number, packetNumber: number): void {
    if (this.arenaEnd + bytes.length > this.arena.length) {
      const larger = new Uint8Array((this.arenaEnd + bytes.length) * 2);
      larger.set(this.arena.subarray(0, this.arenaEnd));
      this.arena = larger;
    }
    this.arena.set(bytes, this.arenaEnd);
    const record = this.records[tag];
    if (record === undefined) {
      this.records[tag] = { at: this.arenaEnd, length: bytes.length, frameOffset, timeNs, packetNumber };
    } else {
      record.at = this.arenaEnd;
      record.length = bytes.length;
      record.frameOffset = frameOffset;
      record.timeNs = timeNs;
      record.packetNumber = packetNumber;
    }
    this.arenaEnd += bytes.length;
  }
}

/** Whether the capturing host itself sent the frame: epb_flags or the cooked header say so. */
function wasSent(view: DataView, start: number, capturedLength: number, linkType: number, flags: number): boolean {
  if ((flags & FrameFlags.DirectionMask) === FrameFlags.Outbound) return true;
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
