// Station "offload", machine side: the polls of one receiving device, with what its card and its software GRO make of them.

import { copyBytes } from '../../bytes/copy.ts';
import { type ChecksumKnowledge, type DeviceMerge, Gro, type GroOptions, type GroSink } from '../../offload/gro.ts';
import type { HeldPacket } from '../../offload/held.ts';
import { Lro } from '../../offload/lro.ts';
import type { GroHardwareDriver, LroDriver } from '../../offload/receive-offloads.ts';
import { napiWeight } from '../../offload/rules.ts';

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

/** Where a record's frame is. */
export interface FramePlace {
  readonly start: number;
  readonly captured: number;
  readonly original: number;
}

/** A packet of several frames, on its way up. */
export interface MergedPacket {
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
export interface PollRecord {
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

/** Takes what goes up, and counts polls. */
export interface PollOwner {
  polls: number;
  fullPolls: number;
  /** A poll was begun that ends at this time. */
  pollOpened(endNs: number): void;
  passRecord(view: DataView, recordAt: number, recordBytes: number, timeNs: number, frame?: FramePlace): void;
  passKept(
    arena: Uint8Array,
    kept: PollRecord,
    view: DataView,
    start: number,
    captured: number,
    original: number,
  ): void;
  passMerged(packet: MergedPacket, record: Uint8Array, optionsAt: number, first: PollRecord, last: PollRecord): void;
}

/** Where a kept record's options begin: behind the frame, which is not in it, comes its padding. */
export function optionsOffset(kept: PollRecord): number {
  return kept.frameOffset + (-kept.captured & 3);
}

/** Polls and GRO of one receiving host's device. */
export class NapiContext implements GroSink {
  /** When the poll that is being gathered is over; infinite without one. */
  endNs: number = Number.POSITIVE_INFINITY;
  private readonly owner: PollOwner;
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

  constructor(owner: PollOwner, options: MergeOptions) {
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

  /** The short way for a frame that simply goes on: see Gro. It is of the interface of the frame before it, and not too late. */
  continues(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    timeNs: number,
    packetNumber: number,
  ): boolean {
    if (this.device !== undefined || this.gro === undefined) return false;
    const tag = this.count;
    if (!this.gro.continues(view, start, capturedLength, originalLength, tag)) return false;
    this.joined(1, timeNs, packetNumber);
    return true;
  }

  /** The same for records of a little-endian pcap, as Gro has it. Returns how many were taken: `joined` is to be called for them. */
  continuesWith(view: DataView, last: number, at: number, end: number, mostFraction: number): number {
    if (this.device !== undefined || this.gro === undefined) return 0;
    return this.gro.continuesWith(view, last, at, end, napiWeight - this.count, mostFraction, this.count);
  }

  /** So many frames have joined a packet that began earlier: nothing of their records will be needed but who was the last. */
  joined(frames: number, timeNs: number, packetNumber: number): void {
    const kept = this.recordOf(this.count + frames - 1);
    kept.timeNs = timeNs;
    kept.packetNumber = packetNumber;
    this.count += frames;
    if (this.count === napiWeight) this.endFullPoll();
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
    if (this.count === napiWeight) this.endFullPoll();
  }

  private endFullPoll(): void {
    this.owner.fullPolls += 1;
    this.endPoll();
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
    const kept = this.recordOf(tag);
    kept.at = at;
    kept.length = length;
    kept.frameOffset = frameOffset;
    kept.captured = captured;
    kept.merged = undefined;
    kept.timeNs = timeNs;
    kept.packetNumber = packetNumber;
  }

  private recordOf(tag: number): PollRecord {
    let kept = this.records[tag];
    if (kept === undefined) {
      kept = { at: 0, length: 0, frameOffset: 0, captured: 0, merged: undefined, timeNs: 0, packetNumber: 0 };
      this.records[tag] = kept;
    }
    return kept;
  }
}
