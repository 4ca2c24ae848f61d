// Station "offload", machine side: a capture of wire packets in, the capture that a tap on the receiving host would have made out:
// merged as its software GRO merges them. What is not merged is written byte for byte, in the order in which it goes up.

import { copyBytes } from '../../bytes/copy.ts';
import type { TimeNs } from '../../bytes/time.ts';
import type { TakeBytes } from '../../capture/output-buffer.ts';
import type { RawKind } from '../../capture/record-parser.ts';
import { type ChecksumKnowledge, type DeviceMerge, Gro, type GroOptions, type GroSink } from '../../offload/gro.ts';
import type { HeldPacket } from '../../offload/held.ts';
import { Lro } from '../../offload/lro.ts';
import type { GroHardwareDriver, LroDriver } from '../../offload/receive-offloads.ts';
import { napiWeight } from '../../offload/rules.ts';
import { type CaptureInterface, FrameFlags, type FrameSink, LinkType } from '../../wire/frame.ts';
import { SllPacketType } from '../../wire/sll.ts';
import { RecordWriter } from './record-writer.ts';

/** How a capture is merged. */
export interface MergeOptions extends GroOptions {
  /** The card merges by LRO before the kernel sees the frames, or by GRO in hardware. */
  readonly lro?: LroDriver;
  readonly groHardware?: GroHardwareDriver;
  /** Software GRO is off. */
  readonly withoutGro?: boolean;
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

/** Receivers whose polls are kept apart before idle ones are forgotten. */
const mostContexts = 1024;

const largestWireFrame = 9216 + 40;

/** Where a record's frame is. */
interface FramePlace {
  readonly start: number;
  readonly captured: number;
  readonly original: number;
}

/** A packet of several frames, on its way up. */
interface MergedPacket {
  readonly view: DataView;
  readonly start: number;
  readonly capturedLength: number;
  readonly originalLength: number;
  readonly segmentCount: number;
  /** gso_size, 0 without. */
  readonly segmentBytes: number;
  /** Its TCP checksum is the pseudo-header sum. */
  readonly isPartial: boolean;
}

/** One record of a poll that is being gathered: kept without its frame, which GRO holds. */
interface PollRecord {
  at: number;
  length: number;
  /** Place of the frame in the record. */
  frameOffset: number;
  captured: number;
  /** What the card made of it: gso_size (0 without), segments, and the last frame's tag; undefined when it merged nothing. */
  merged: DeviceMerge | undefined;
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
  private lastTimeNs = Number.NEGATIVE_INFINITY;
  private nextEndNs = Number.POSITIVE_INFINITY;
  private lastReceiver = -1;
  private lastContext: NapiContext | undefined = undefined;
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
    const linkType = this.linkTypes[interfaceIndex] ?? -1;
    const headerBytes = this.writer.pcapHeaderBytes;
    // A record lies in the same memory as its frame.
    const recordAt = headerBytes > 0 ? start - headerBytes : this.record.byteOffset - view.byteOffset;
    const recordBytes = headerBytes > 0 ? headerBytes + capturedLength : this.record.length;
    if (wasSent(view, start, capturedLength, linkType, flags)) {
      this.framesSent += 1;
      this.passRecord(view, recordAt, recordBytes, time);
      return;
    }
    const receiver = receiverOf(view, start, capturedLength, linkType) + interfaceIndex * 0x1_0000_0000_0000;
    const context = this.contextOf(receiver);
    context.receive(recordAt, recordBytes, view, start, capturedLength, originalLength, linkType, time, this.framesIn);
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

/** Where a kept record's options begin: behind the frame, which is not in it, comes its padding. */
function optionsOffset(kept: PollRecord): number {
  return kept.frameOffset + (-kept.captured & 3);
}

/** Polls and GRO of one receiving host's device. */
class NapiContext implements GroSink {
  /** When the poll that is being gathered is over; infinite without one. */
  endNs: number = Number.POSITIVE_INFINITY;
  private readonly owner: MergeRewriter;
  private readonly gro: Gro | undefined;
  private readonly device: Lro | Gro | undefined;
  private readonly deviceChecksumIsPartial: boolean;
  private linkType = 0;
  private readonly pollNs: number;
  private startNs = 0;
  private count = 0;
  /** The frame that GRO looks at, and where its record is in the same view; 0 bytes when there is none. */
  private currentView: DataView = new DataView(new ArrayBuffer(0));
  private currentStart = 0;
  private currentAt = 0;
  private currentBytes = 0;
  private arena: Uint8Array = new Uint8Array(8192);
  private arenaView: DataView = new DataView(this.arena.buffer);
  private arenaEnd = 0;
  private readonly records: PollRecord[] = [];

  constructor(owner: MergeRewriter, options: MergeOptions) {
    this.owner = owner;
    this.gro = options.withoutGro === true ? undefined : new Gro(options, this);
    this.device = this.makeDevice(options);
    this.deviceChecksumIsPartial = options.lro === undefined || options.lro.checksum === 'pseudo';
    this.pollNs = options.pollNs;
  }

  /** What the card does, in front of software GRO. */
  private makeDevice({ lro, groHardware, rules, ...options }: MergeOptions): Lro | Gro | undefined {
    const onSingle: GroSink['onSingle'] = (view, start, captured, original, tag) => {
      this.toStack(view, start, captured, original, tag, 'verify-or-partial', undefined);
    };
    if (lro !== undefined) {
      return new Lro(lro, { onSingle, onMerged: (held, segmentBytes) => this.fromDevice(held, segmentBytes) });
    }
    if (groHardware === undefined) return undefined;
    const { mostSegments, leastFrameBytes } = groHardware;
    const sink: GroSink = { onSingle, onMerged: (held) => this.fromDevice(held, held.segmentBytes) };
    return new Gro({ ...options, rules, mostSegments, leastFrameBytes, receiveHash: true }, sink);
  }

  /** A packet that the card merged. */
  private fromDevice(held: HeldPacket, segmentBytes: number): void {
    const merged = { segmentBytes, segmentCount: held.segmentCount, lastTag: held.lastTag };
    this.records[held.firstTag]!.merged = merged;
    this.toStack(held.view, 0, held.capturedLength, held.originalLength, held.firstTag, 'trusted', merged);
  }

  private toStack(
    view: DataView,
    start: number,
    captured: number,
    original: number,
    tag: number,
    checksum: ChecksumKnowledge,
    merged: DeviceMerge | undefined,
  ): void {
    if (this.gro === undefined) this.onSingle(view, start, captured, original, tag);
    else this.gro.receive(view, start, captured, original, this.linkType, checksum, tag, merged);
  }

  get isIdle(): boolean {
    return this.count === 0;
  }

  /** Whether a frame of this time belongs to a later poll. */
  isOver(timeNs: number): boolean {
    return this.count > 0 && (timeNs > this.endNs || timeNs < this.startNs);
  }

  receive(
    recordAt: number,
    recordBytes: number,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    linkType: number,
    timeNs: number,
    packetNumber: number,
  ): void {
    if (this.count === 0) {
      this.startNs = timeNs;
      this.endNs = timeNs + this.pollNs;
      this.owner.pollOpened(this.endNs);
    }
    const tag = this.count;
    this.currentView = view;
    this.currentStart = start;
    this.currentAt = recordAt;
    this.currentBytes = recordBytes;
    this.keep(tag, capturedLength, timeNs, packetNumber);
    this.count += 1;
    this.linkType = linkType;
    const knowledge = 'verify-or-partial';
    if (this.device === undefined) this.toStack(view, start, capturedLength, originalLength, tag, knowledge, undefined);
    else if (this.device instanceof Lro)
      this.device.receive(view, start, capturedLength, originalLength, linkType, tag);
    else this.device.receive(view, start, capturedLength, originalLength, linkType, knowledge, tag);
    if (this.count === napiWeight) {
      this.owner.fullPolls += 1;
      this.endPoll();
    }
  }

  endPoll(): void {
    if (this.count === 0) return;
    this.currentBytes = 0;
    this.device?.flush();
    this.gro?.flush();
    this.owner.polls += 1;
    this.count = 0;
    this.arenaEnd = 0;
    this.endNs = Number.POSITIVE_INFINITY;
  }

  onSingle(view: DataView, start: number, capturedLength: number, originalLength: number, tag: number): void {
    const kept = this.records[tag]!;
    if (kept.merged !== undefined) {
      const last = this.records[kept.merged.lastTag ?? tag]!;
      const lengths = { capturedLength, originalLength, isPartial: this.deviceChecksumIsPartial };
      this.passMerged({ view, start, ...lengths, ...kept.merged }, kept, last);
      return;
    }
    const isCurrent = tag === this.count - 1 && this.currentBytes > 0;
    if (isCurrent) {
      const frame = { start: this.currentStart, captured: capturedLength, original: originalLength };
      this.owner.passRecord(this.currentView, this.currentAt, this.currentBytes, kept.timeNs, frame);
    } else this.owner.passKept(this.arena, kept, view, start, capturedLength, originalLength);
  }

  onMerged(held: HeldPacket): void {
    const { view, capturedLength, originalLength, segmentCount, segmentBytes } = held;
    const packet = { view, start: 0, capturedLength, originalLength, segmentCount, segmentBytes, isPartial: true };
    this.passMerged(packet, this.records[held.firstTag]!, this.records[held.lastTag]!);
  }

  private passMerged(packet: MergedPacket, first: PollRecord, last: PollRecord): void {
    const record = this.arena.subarray(first.at, first.at + first.length);
    this.owner.passMerged(packet, record, optionsOffset(first), first, last);
  }

  /** Copies what is around the frame: the reader lends the record for the call only. */
  private keep(tag: number, captured: number, timeNs: number, packetNumber: number): void {
    const view = this.currentView;
    const from = this.currentAt;
    const frameOffset = this.currentStart - from;
    const length = this.currentBytes - captured;
    if (this.arenaEnd + length > this.arena.length) {
      const larger = new Uint8Array((this.arenaEnd + length) * 2);
      larger.set(this.arena.subarray(0, this.arenaEnd));
      this.arena = larger;
      this.arenaView = new DataView(larger.buffer);
    }
    const at = this.arenaEnd;
    copyBytes(view, from, this.arenaView, at, frameOffset);
    copyBytes(view, from + frameOffset + captured, this.arenaView, at + frameOffset, length - frameOffset);
    this.arenaEnd += length;
    const kept = this.records[tag];
    if (kept === undefined) {
      this.records[tag] = { at, length, frameOffset, captured, merged: undefined, timeNs, packetNumber };
      return;
    }
    kept.at = at;
    kept.length = length;
    kept.frameOffset = frameOffset;
    kept.captured = captured;
    kept.merged = undefined;
    kept.timeNs = timeNs;
    kept.packetNumber = packetNumber;
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
