// Station "offload", machine side: a capture in, the same capture with every super-packet and merged frame cut into the packets
// that the wire carried. What needs no change is written byte for byte.

import type { TimeNs } from '../../bytes/time.ts';
import type { TakeBytes } from '../../capture/output-buffer.ts';
import type { RawKind } from '../../capture/record-parser.ts';
import { isLeftToDevice } from '../../offload/checksum-offload.ts';
import { Segmenter } from '../../offload/gso.ts';
import { FrameLayers, type LayerProblem } from '../../offload/layers.ts';
import type { SizeSource } from '../../offload/segment-sizer.ts';
import { type Decision, WireDecision } from '../../offload/wire-decision.ts';
import { ethernetWireOverheadBytes } from '../../wire/ethernet.ts';
import { type CaptureInterface, FrameFlags, type FrameSink, LinkType } from '../../wire/frame.ts';
import { Sll2 } from '../../wire/sll.ts';
import { type KeptRecord, RecordQueue } from './record-queue.ts';
import { type DerivedPacket, RecordWriter } from './record-writer.ts';

/** How a capture is cut. */
export interface WireOptions {
  /** Payload bytes of each segment, instead of what is inferred. */
  readonly segmentBytes?: number;
  /** Link rate by which the times of made packets are spaced, in bits per second; without, they are equal. */
  readonly rateBitsPerSec?: number;
}

/** A count with the first packets that it counts, by Wireshark's frame.number of the input. */
export interface CountedPackets {
  readonly count: number;
  readonly packets: readonly number[];
}

/** Takes a frame that was one packet on the wire; `layers` are its headers, undefined when they could not be followed. */
export type WholeFrameHook = (
  view: DataView,
  start: number,
  capturedLength: number,
  time: TimeNs,
  layers: FrameLayers | undefined,
) => void;

/** What a rewriting did. */
export interface WireSummary {
  readonly framesIn: number;
  readonly framesOut: number;
  readonly framesCut: number;
  /** Frames cut, by how their segment size is known. */
  readonly cutBy: Readonly<Partial<Record<SizeSource, number>>>;
  /** Frames that stay whole, whose TCP or UDP checksum was left to the device and was completed. */
  readonly checksumsCompleted: number;
  /** Packets made whose TCP or UDP checksum could not be completed: the capture does not hold their payload. */
  readonly checksumsLeft: number;
  /** Frames passed as they are because their headers lie or cannot be followed. */
  readonly passed: Readonly<Partial<Record<LayerProblem | 'no-room-in-block', CountedPackets>>>;
  /** Frames above a 1,500-byte MTU that were left whole because nothing tells at which size they were cut. */
  readonly undecided: number;
  /** Frames cut by the handshake's size, which had been right many times, where the next ID then spoke for another count. */
  readonly contradicted: number;
}

/** Problems that say that a frame lies; others (ARP, fragments) are simply nothing to cut. */
const lyingProblems: ReadonlySet<LayerProblem> = new Set(['lying-length', 'bad-header', 'too-deep', 'sequenced-gre']);
/** Largest Ethernet frame with two VLAN tags: what is larger and has no whole headers may stand for several packets. */
const largestFrameBytes = 1_522;
const packetsKept = 10;
/** Written at once: no more than the output's buffer always takes. */
const alikeBytes = 65_536;

/** Rewrites one capture. Give `onRawBlock` to the reader together with this sink; call `finish` at the end. */
export class WireRewriter implements FrameSink {
  private readonly writer: RecordWriter;
  private readonly decision: WireDecision;
  private readonly segmenter: Segmenter = new Segmenter();
  private readonly layers: FrameLayers = new FrameLayers();
  /** Headers of the kept record that is being written. */
  private readonly keptLayers: FrameLayers = new FrameLayers();
  private readonly queue: RecordQueue = new RecordQueue();
  private readonly linkTypes: number[] = [];
  private readonly rateBitsPerSec: number | undefined;
  private record: Uint8Array = new Uint8Array(0);
  private framesIn = 0;
  private framesOut = 0;
  private framesCut = 0;
  private checksumsLeft = 0;
  private checksumsCompleted = 0;
  private readonly cutBy: Partial<Record<SizeSource, number>> = {};
  private readonly passed: Partial<Record<LayerProblem | 'no-room-in-block', { count: number; packets: number[] }>> =
    {};
  /** The packet being written: one object for all. */
  private readonly derived: { -readonly [K in keyof DerivedPacket]: DerivedPacket[K] } = {
    record: new Uint8Array(0),
    capturedLength: 0,
    originalLength: 0,
    delayNs: 0,
    isFirst: true,
    flags: 0,
    comment: '',
  };
  /** When the link is free again, by the spaced times. */
  private linkFreeNs = 0;

  constructor(take: TakeBytes, options: WireOptions = {}) {
    this.writer = new RecordWriter(take);
    this.decision = new WireDecision(options.segmentBytes);
    this.rateBitsPerSec = options.rateBitsPerSec;
  }

  /** Told for each packet that is written, in order and before it goes out, which frame of the input it came from. */
  onPacketOut: ((packetNumber: number) => void) | undefined = undefined;

  /** When given, takes frames that stay as they are instead of the output; in order, because all before them was handed out. */
  onWholeFrame: WholeFrameHook | undefined = undefined;

  /** The reader's raw pieces, each before the frame that it holds. The records of a pcap may be left out. */
  readonly onRawBlock = (bytes: Uint8Array, kind: RawKind): void => {
    if (kind === 'frame') {
      this.record = bytes;
    } else if (this.queue.isEmpty) {
      this.writer.pass(bytes, kind);
    } else {
      this.makeRoom(bytes.length);
      const kept = this.queue.push(bytes);
      kept.kind = kind;
    }
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
    _flags: number,
  ): void {
    this.framesIn += 1;
    const linkType = this.linkTypes[interfaceIndex] ?? -1;
    const { layers } = this;
    const isParsed = layers.parse(view, start, capturedLength, originalLength, linkType);
    if (!isParsed && (lyingProblems.has(layers.problem) || isTooLarge(layers.problem, originalLength)))
      this.notePassed(layers.problem);
    const tap = tapOf(view, start, capturedLength, linkType, interfaceIndex);
    const decision = isParsed ? this.decide(view, start, capturedLength, tap) : 'whole';
    const headerBytes = this.writer.pcapHeaderBytes;
    // The frame before it in the same direction may be decided by now.
    this.drain();
    if (decision === 'whole' && this.queue.isEmpty) {
      if (this.onWholeFrame !== undefined) {
        this.framesOut += 1;
        this.writer.flush();
        this.onWholeFrame(view, start, capturedLength, time, isParsed ? layers : undefined);
        return;
      }
      this.packetOut(this.framesIn);
      if (headerBytes > 0) this.writer.passRecord(view, start - headerBytes, headerBytes + capturedLength);
      else this.writer.pass(this.record, 'frame');
      return;
    }
    if (headerBytes > 0) this.record = bytesOf(view, start - headerBytes, headerBytes + capturedLength);
    // A checksum is completed as a cut into one piece.
    const isDerived = decision === 'cut' || decision === 'complete';
    const segmentBytes = decision === 'complete' ? layers.payloadBytes + 1 : this.decision.segmentBytes;
    const { source } = this.decision;
    if (isDerived && this.queue.isEmpty) {
      this.cut(layers, view, start, capturedLength, this.record, this.framesIn, time, segmentBytes, source, tap);
      return;
    }
    const payloadBytes = layers.payloadBytes;
    const kept = this.keep(view, start, capturedLength, originalLength, linkType, time);
    kept.payloadBytes = payloadBytes;
    kept.tap = tap;
    if (isDerived) {
      kept.segmentBytes = segmentBytes;
      kept.source = source;
    } else if (decision === 'wait') {
      kept.decided = false;
      this.decision.wait(kept);
    }
  }

  /** What becomes of the frame whose headers `layers` holds. A frame with a trailer is none that a stack cuts. */
  private decide(view: DataView, start: number, capturedLength: number, tap: number): Decision | 'complete' {
    const decision = this.decision.decide(view, start, capturedLength, this.layers, tap);
    if (this.layers.trailerBytes !== 0) return 'whole';
    if (decision !== 'whole') return decision;
    return isLeftToDevice(view, start, capturedLength, this.layers) ? 'complete' : 'whole';
  }

  /** Writes what waits and what is buffered: at the input's end, or when nothing has come for a while. */
  settle(): void {
    while (!this.queue.isEmpty) this.writeFirst();
    this.writer.flush();
  }

  /** The input has ended. */
  finish(): WireSummary {
    this.settle();
    const { framesIn, framesOut, framesCut, cutBy, checksumsCompleted, checksumsLeft, passed } = this;
    return {
      framesIn,
      framesOut,
      framesCut,
      cutBy,
      checksumsCompleted,
      checksumsLeft,
      passed,
      undecided: this.decision.undecidableFrames,
      contradicted: this.decision.contradictedFrames,
    };
  }

  private keep(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    linkType: number,
    time: TimeNs,
  ): KeptRecord {
    const frameOffset = view.byteOffset + start - this.record.byteOffset;
    this.makeRoom(this.record.length);
    const kept = this.queue.push(this.record);
    kept.frameOffset = frameOffset;
    kept.capturedLength = capturedLength;
    kept.originalLength = originalLength;
    kept.linkType = linkType;
    kept.packetNumber = this.framesIn;
    kept.timeNs = time;
    return kept;
  }

  private makeRoom(length: number): void {
    while (!this.queue.isEmpty && !this.queue.hasRoom(length)) this.writeFirst();
  }

  private drain(): void {
    while (this.queue.first?.decided === true) this.writeFirst();
  }

  /** Writes the oldest kept record, decided or not. */
  private writeFirst(): void {
    const kept = this.queue.first;
    if (kept === undefined) return;
    const bytes = this.queue.arena.subarray(kept.at, kept.at + kept.length);
    const frameAt = kept.at + kept.frameOffset;
    if (!kept.decided || kept.segmentBytes > 0) {
      this.keptLayers.parse(this.queue.view, frameAt, kept.capturedLength, kept.originalLength, kept.linkType);
    }
    if (!kept.decided) this.decision.giveUp(kept, this.queue.view, frameAt, this.keptLayers, kept.tap);
    if (kept.segmentBytes > 0) {
      const { packetNumber, timeNs, segmentBytes, source } = kept;
      this.cut(
        this.keptLayers,
        this.queue.view,
        frameAt,
        kept.capturedLength,
        bytes,
        packetNumber,
        timeNs,
        segmentBytes,
        source,
        kept.tap,
      );
    } else {
      if (kept.kind === 'frame') this.packetOut(kept.packetNumber);
      this.writer.pass(bytes, kept.kind);
    }
    this.queue.shift();
  }

  /** Cuts the frame that `layers` holds the headers of. */
  private cut(
    layers: FrameLayers,
    view: DataView,
    start: number,
    capturedLength: number,
    record: Uint8Array,
    packetNumber: number,
    timeNs: number,
    segmentBytes: number,
    source: SizeSource,
    tap: number,
  ): void {
    const { segmenter, writer } = this;
    if (!writer.canDerive(record, capturedLength === layers.packetEnd)) {
      this.notePassed('no-room-in-block', packetNumber);
      this.packetOut(packetNumber);
      writer.pass(record, 'frame');
      return;
    }
    const fixed = this.decision.idsAreFixed(view, start, layers, tap);
    const count = segmenter.begin(view, start, capturedLength, layers, {
      segmentBytes,
      innerIdFixed: fixed,
      outerIdFixed: fixed,
    });
    const flags = segmenter.checksumIsPartial ? FrameFlags.ChecksumNotReady : 0;
    const left = segmenter.checksumIsPartial ? ', checksum left open: payload not captured' : '';
    const { derived } = this;
    derived.record = record;
    derived.flags = flags;
    let freeNs = Math.max(timeNs, this.linkFreeNs);
    for (let index = 0; index < count; index += 1) {
      derived.capturedLength = segmenter.capturedLength(index);
      derived.originalLength = segmenter.originalLength(index);
      derived.delayNs = this.rateBitsPerSec === undefined ? 0 : Math.round(freeNs - timeNs);
      derived.isFirst = index === 0;
      if (!writer.isPcap) derived.comment = commentOf(index, count, packetNumber, segmentBytes, source) + left;
      const at = writer.derive(derived);
      segmenter.write(index, writer.output.view, at);
      this.packetOut(packetNumber);
      writer.done();
      if (index === 1) index += this.writeAlike(at);
      if (this.rateBitsPerSec !== undefined) {
        freeNs += ((segmenter.originalLength(index) + ethernetWireOverheadBytes) * 8e9) / this.rateBitsPerSec;
      }
    }
    this.linkFreeNs = freeNs;
    if (count === 1) {
      this.checksumsCompleted += 1;
      return;
    }
    this.framesCut += 1;
    this.cutBy[source] = (this.cutBy[source] ?? 0) + 1;
    if (segmenter.checksumIsPartial) this.checksumsLeft += count;
  }

  /** Writes the segments that are like the second one, whose frame was written to `at`, where one loop can. Returns how many. */
  private writeAlike(at: number): number {
    const { segmenter, writer } = this;
    const { output, pcapHeaderBytes } = writer;
    const isAllowed = writer.isPcap && this.rateBitsPerSec === undefined && this.onPacketOut === undefined;
    const count = isAllowed ? segmenter.alikeCount : 0;
    if (count === 0 || !segmenter.prepareLike(output.view, at - pcapHeaderBytes, pcapHeaderBytes)) return 0;
    const recordBytes = pcapHeaderBytes + segmenter.originalLength(1);
    const most = Math.max(1, Math.floor(alikeBytes / recordBytes));
    for (let done = 0; done < count; done += most) {
      const piece = Math.min(most, count - done);
      const to = output.claim(piece * recordBytes);
      segmenter.writeLike(2 + done, piece, output.view, to);
      writer.done();
    }
    this.framesOut += count;
    return count;
  }

  /** A packet is written that the frame of this number stands for. Told first: with it the buffer may be full, and go out. */
  private packetOut(packetNumber: number): void {
    this.framesOut += 1;
    this.onPacketOut?.(packetNumber);
  }

  private notePassed(problem: LayerProblem | 'no-room-in-block', packetNumber: number = this.framesIn): void {
    const entry = this.passed[problem] ?? { count: 0, packets: [] };
    this.passed[problem] = entry;
    entry.count += 1;
    if (entry.packets.length < packetsKept) entry.packets.push(packetNumber);
  }
}

/** The snap length cut the headers of a frame that may have to be cut. */
function isTooLarge(problem: LayerProblem, originalLength: number): boolean {
  return problem === 'cut-in-headers' && originalLength > largestFrameBytes;
}

function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function commentOf(index: number, count: number, frame: number, segmentBytes: number, source: SizeSource): string {
  if (count === 1) return `wiretruth: frame ${frame} with its checksum completed, which was left to the device`;
  return `wiretruth: packet ${index + 1} of ${count} cut from frame ${frame} at ${segmentBytes} bytes (${source})`;
}

/** What keeps taps apart: the interface of the capture, and with LINUX_SLL2 the device that its header names. */
function tapOf(
  view: DataView,
  start: number,
  capturedLength: number,
  linkType: number,
  interfaceIndex: number,
): number {
  if (linkType !== LinkType.LinuxSll2 || capturedLength < Sll2.headerBytes) return interfaceIndex;
  return interfaceIndex ^ Math.imul(view.getInt32(start + Sll2.interfaceIndex), 0x9e37_79b1);
}
