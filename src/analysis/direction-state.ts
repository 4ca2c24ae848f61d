// Station "analysis": all that is remembered of one direction of one connection while its packets pass. "Data" are this
// direction's; "acknowledgements" are the other side's about them. Numbers are slots of a record (direction-record.ts); here is
// the rest. Every rare thing is made when first needed, so that a connection of ten packets costs little.

import type { Seq32 } from '../bytes/seq32.ts';
import type { AckQueue } from './ack-queue.ts';
import { I, NamedRecord, type RecordPages } from './direction-record.ts';
import { FlightQueue } from './flight-queue.ts';
import { LimitClock } from './limit-clock.ts';
import type { Quantiles } from './quantiles.ts';
import type { Sample } from './sample.ts';
import type { SizeCounts } from './size-counts.ts';
import type { WindowScaleSearch } from './window-scale-search.ts';

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
  // What was captured.
  sizes: SizeCounts | undefined = undefined;
  aboveMss: Sample | undefined = undefined;
  bigTcp: Sample | undefined = undefined;
  superFrames: Sample | undefined = undefined;
  partialSample: Sample | undefined = undefined;
  wrongSample: Sample | undefined = undefined;

  // Sequence space of the data.
  holes: Hole[] | undefined = undefined;
  readonly flight: FlightQueue = new FlightQueue();

  // The peer's window that bounds this data, and acknowledgements.
  windows: Quantiles | undefined = undefined;
  zeroWindows: Sample | undefined = undefined;
  atEdge: Sample | undefined = undefined;
  scaleSearch: WindowScaleSearch | undefined = undefined;
  duplicateAcks: Sample | undefined = undefined;
  ackDelay: Quantiles | undefined = undefined;
  /** How long this side takes to answer the other's packets, at the tap: near 0 if the tap is beside it. */
  turns: Quantiles | undefined = undefined;
  /** From a packet of the other side to this side's next one, where that must be an answer. */
  answerGaps: Quantiles | undefined = undefined;

  // What limits it (limit-clock.ts keeps the time).
  readonly clock: LimitClock;
  /** Acknowledgements that the sender has not yet got, as the tap sees it. */
  pendingAcks: AckQueue | undefined = undefined;
  /** Right edges of the last acknowledgements that took effect; only away from the sender. */
  recentEdges: Int32Array | undefined = undefined;
  /** The first rows of small frames, by SendCause (small-frames.ts). */
  smallRows: (readonly number[] | undefined)[] | undefined = undefined;
  /** Time between frames that no acknowledgement explains. */
  spacing: Quantiles | undefined = undefined;
  /** Time between frames of new data. */
  dataGaps: Quantiles | undefined = undefined;

  // Loss.
  retransmitted: Sample | undefined = undefined;
  outOfOrder: Sample | undefined = undefined;
  windowProbes: Sample | undefined = undefined;
  keepAlives: Sample | undefined = undefined;
  ackedUnseen: Sample | undefined = undefined;

  constructor(side: 0 | 1, pages: RecordPages) {
    super(pages);
    this.side = side;
    this.clock = new LimitClock(this);
  }

  /** How many frames had which checksum state. */
  get checksums(): ChecksumTally {
    const { i, io } = this;
    const single = io + I.singleUnknown;
    const multi = io + I.multiUnknown;
    return {
      singleUnknown: i[single]!,
      singleValid: i[single + 1]!,
      singlePartial: i[single + 2]!,
      singleWrong: i[single + 3]!,
      multiUnknown: i[multi]!,
      multiValid: i[multi + 1]!,
      multiPartial: i[multi + 2]!,
      multiWrong: i[multi + 3]!,
    };
  }
}
