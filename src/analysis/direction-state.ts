// Station "analysis": all that is remembered of one direction of one connection while its packets pass. "Data" are this
// direction's; "acknowledgements" are the other side's about them. What every packet touches lies in the memory of the packet loop
// (direction-record.ts); here is the rest, and only what has such a rest is kept as an object.

import type { Seq32 } from '../bytes/seq32.ts';
import type { Engine } from '../engine/engine.ts';
import * as SmallPlace from '../engine/layout/cause-places.ts';
import * as P from '../engine/layout/parts.ts';
import * as W from '../engine/layout/words.ts';
import { NamedRecord } from './direction-record.ts';
import { FlightQueue } from './flight-queue.ts';
import { LimitClock } from './limit-clock.ts';
import { type Quantiles, quantilesAt, SizeCounts, sampleAt } from './measured-parts.ts';
import type { RowSample } from './measurement.ts';
import type { Sample } from './sample.ts';
import { WindowScaleSearch } from './window-scale-search.ts';

/** A range of data that was not seen although later data was. */
export interface Hole {
  start: Seq32;
  end: Seq32;
  openedNs: number;
  /** IP ID of the frame that showed the hole. */
  ipId: number;
  ipIdKnown: boolean;
  /** What may have been sent before the capture began: no hole of the network's or the capture's. */
  beforeCapture: boolean;
}

/** Counts of checksum states for frames of one segment at most, and of several. */
export interface ChecksumTally {
  readonly singleUnknown: number;
  readonly singleValid: number;
  readonly singlePartial: number;
  readonly singleWrong: number;
  readonly multiUnknown: number;
  readonly multiValid: number;
  readonly multiPartial: number;
  readonly multiWrong: number;
}

export class DirectionState extends NamedRecord {
  readonly side: 0 | 1;
  holes: Hole[] | undefined = undefined;
  retransmitted: Sample | undefined = undefined;
  /** SYN or SYN-ACK sent again: how often, and the last time. */
  synAgain: { readonly count: number; readonly lastNs: number } | undefined = undefined;
  outOfOrder: Sample | undefined = undefined;
  windowProbes: Sample | undefined = undefined;
  /** When a probe of the window last showed that data waited for it. */
  lastProbeNs: number = Number.NEGATIVE_INFINITY;
  keepAlives: Sample | undefined = undefined;
  repeatedFins: Sample | undefined = undefined;
  ackedUnseen: Sample | undefined = undefined;
  private countedSizes: SizeCounts | undefined = undefined;

  constructor(engine: Engine, at: number, side: 0 | 1) {
    super(engine, at);
    this.side = side;
  }

  /** Something is remembered here that is not in the loop's memory. */
  get isRare(): boolean {
    return (
      this.holes !== undefined ||
      this.retransmitted !== undefined ||
      this.synAgain !== undefined ||
      this.outOfOrder !== undefined ||
      this.windowProbes !== undefined ||
      this.keepAlives !== undefined ||
      this.repeatedFins !== undefined ||
      this.ackedUnseen !== undefined
    );
  }

  /** Small frames of a SendCause: their payload in bytes, how many, and the first rows; undefined where there are none. */
  smallFramesOf(cause: number): (RowSample & { readonly payloadBytes: number }) | undefined {
    const { doubles, words } = this.engine;
    const at = this.word(P.smallCauses + (cause << 2));
    if (at === 0) return undefined;
    return {
      payloadBytes: doubles[(at + SmallPlace.payloadBytes) >>> 3]!,
      count: words[(at + SmallPlace.frames) >>> 2]!,
      rows: sampleAt(this.engine, words[(at + SmallPlace.sample) >>> 2]!)?.rows ?? [],
    };
  }

  /** The search for the window scale, where no handshake tells it. */
  get scaleSearch(): WindowScaleSearch | undefined {
    const at = this.word(P.scaleSearch);
    return at === 0 ? undefined : new WindowScaleSearch(this.engine, at);
  }

  /** A router has said that no segment with more than `payloadBytes` passes: TCP sends none from now on (tcp_v4_mtu_reduced, v6.18). */
  fitPath(payloadBytes: number): void {
    if (this.learntSegment > 0 && this.learntSegment <= payloadBytes) return;
    this.learntSegment = payloadBytes;
    this.engine.doubles[(this.at + P.usualSegment) >>> 3] = 0;
  }

  /** Frames in flight. */
  get flight(): FlightQueue {
    return new FlightQueue(this);
  }

  /** What limits it, over time. */
  get clock(): LimitClock {
    return new LimitClock(this);
  }

  /** How often each size of payload occurred. Call when the packets have passed. */
  get sizes(): SizeCounts {
    this.countedSizes ??= new SizeCounts(this.engine, this.at + P.sizes);
    return this.countedSizes;
  }

  get aboveMss(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.aboveMss));
  }

  get bigTcp(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.bigTcp));
  }

  /** Some of its frames stand for several wire packets. */
  get hasSuperFrames(): boolean {
    return this.word(P.superFrames) !== 0;
  }

  get superFrames(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.superFrames));
  }

  get partialSample(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.partialSample));
  }

  get wrongSample(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.wrongSample));
  }

  get zeroWindows(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.zeroWindows));
  }

  get atEdge(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.atEdge));
  }

  get duplicateAcks(): RowSample | undefined {
    return sampleAt(this.engine, this.word(P.duplicateAcks));
  }

  /** The peer's window that bounds this data, in bytes. */
  get windows(): Quantiles | undefined {
    return quantilesAt(this.engine, this.word(P.windows));
  }

  get ackDelay(): Quantiles | undefined {
    return quantilesAt(this.engine, this.word(P.ackDelay));
  }

  /** How long this side takes to answer the other's packets, at the tap: near 0 if the tap is beside it. */
  get turns(): Quantiles | undefined {
    return quantilesAt(this.engine, this.word(P.turns));
  }

  /** From a packet of the other side to this side's next one, where that must be an answer. */
  get answerGaps(): Quantiles | undefined {
    return quantilesAt(this.engine, this.word(P.answerGaps));
  }

  /** Time between frames that no acknowledgement explains. */
  get spacing(): Quantiles | undefined {
    return quantilesAt(this.engine, this.word(P.spacing));
  }

  /** Time between frames of new data. */
  get dataGaps(): Quantiles | undefined {
    return quantilesAt(this.engine, this.word(P.dataGaps));
  }

  /** How many frames had which checksum state. */
  get checksums(): ChecksumTally {
    const single = W.singleUnknown;
    const multi = W.multiUnknown;
    return {
      singleUnknown: this.word(single),
      singleValid: this.word(single + 4),
      singlePartial: this.word(single + 8),
      singleWrong: this.word(single + 12),
      multiUnknown: this.word(multi),
      multiValid: this.word(multi + 4),
      multiPartial: this.word(multi + 8),
      multiWrong: this.word(multi + 12),
    };
  }
}
