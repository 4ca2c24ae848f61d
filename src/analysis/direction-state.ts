// Station "analysis": all that is remembered of one direction of one connection while its packets pass. "Data" are this
// direction's; "acknowledgements" are the other side's about them. Every rare thing is made when first needed, so that a
// connection of ten packets costs little.

import type { Seq32 } from '../bytes/seq32.ts';
import { seq32 } from '../bytes/seq32.ts';
import { FlightQueue } from './flight-queue.ts';
import { LimitClock } from './limit-clock.ts';
import type { CapturePointEvidence } from './measurement.ts';
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

/** Payload bytes of small frames by how they came to be sent (see small-frames.ts). */
export interface SmallFrames {
  frames: number;
  bytes: number;
  largeBytes: number;
  readonly byCause: number[];
  readonly samples: (Sample | undefined)[];
  spacing: Quantiles | undefined;
  /** Frames of one segment that left at one instant, so far; and the longest such run. */
  run: number;
  runSegments: number;
  cutBursts: number;
  longestCutBurst: number;
  sameSizeRuns: number;
  lastRunPayload: number;
}

/** Counts of checksum states for frames of one segment at most, and of several. */
export interface ChecksumTally {
  singleValid: number;
  singlePartial: number;
  singleWrong: number;
  singleUnknown: number;
  multiValid: number;
  multiPartial: number;
  multiWrong: number;
  multiUnknown: number;
}

export class DirectionState {
  readonly side: 0 | 1;
  // What was captured.
  frames = 0;
  dataFrames = 0;
  payloadBytes = 0;
  uniqueBytes = 0;
  firstRow = -1;
  lastRow = -1;
  firstDataRow = -1;
  lastDataRow = -1;
  firstDataNs = 0;
  lastDataNs = 0;
  maxPayload = 0;
  sizes: SizeCounts | undefined = undefined;
  aboveMss: Sample | undefined = undefined;
  bigTcp: Sample | undefined = undefined;
  incoming = 0;
  outgoing = 0;
  padded = 0;
  unpaddedShort = 0;
  firstTtl = -1;
  minTtl = 255;
  signed = false;
  tap = -1;

  // Sequence space of the data.
  started = false;
  synSeen = false;
  finSeen = false;
  iss: Seq32 = seq32(0);
  next: Seq32 = seq32(0);
  /** Highest acknowledgement seen at the tap. */
  una: Seq32 = seq32(0);
  holes: Hole[] | undefined = undefined;
  holeCount = 0;
  largestHoleBytes = 0;
  readonly flight: FlightQueue = new FlightQueue();

  // Segment size: what both MSS options allow, before the header options of the frame at hand.
  mssOption = 0;
  /** TCP option bytes of ordinary segments: 12 with timestamps. */
  timestampBytes = 0;
  synOptionsSeen = false;
  synScale = 255;
  synMss = 0;
  peerSynMss = 0;
  sackPermitted = false;
  synSentNs = -1;
  synFrames = 0;
  /** Segment size learnt from IP ID steps where no handshake told it; 0 unknown. */
  learntSegment = 0;
  learntVotes = 0;
  learntCandidate = 0;
  commonLength = 0;
  commonVotes = 0;
  largestSingle = 0;

  // Wire view (wire-view.ts).
  wirePackets = 0;
  wireDataPackets = 0;
  wireHeaderBytes = 0;
  superFrames: Sample | undefined = undefined;
  superBytes = 0;
  epbSegmentation = 0;
  previousId = -1;
  previousSegments = 0;
  previousPayload = 0;
  previousHeader = 0;
  previousRow = -1;
  previousEnd: Seq32 = seq32(0);
  idCompared = 0;
  idAgree = 0;
  idZeroSteps = 0;
  idWild = 0;
  checksums: ChecksumTally = {
    singleValid: 0,
    singlePartial: 0,
    singleWrong: 0,
    singleUnknown: 0,
    multiValid: 0,
    multiPartial: 0,
    multiWrong: 0,
    multiUnknown: 0,
  };
  partialSample: Sample | undefined = undefined;
  wrongSample: Sample | undefined = undefined;

  // The peer's window that bounds this data.
  /** Shift for the peer's window field; -1 while not known. */
  scaleShift = -1;
  rawWindow = -1;
  windowBytes = -1;
  maxWindow = 0;
  minWindow: number = Number.POSITIVE_INFINITY;
  rawMin = 65535;
  rawMax = -1;
  windows: Quantiles | undefined = undefined;
  windowCount = 0;
  largestWindow = -1;
  /** Right edge as the tap has seen it. */
  edge: Seq32 = seq32(0);
  zeroWindows: Sample | undefined = undefined;
  zeroPeriods = 0;
  zeroSinceNs = -1;
  zeroNs = 0;
  /** Since when the window has been at most an eighth of the largest before it; -1: it is not. */
  lowSinceNs = -1;
  lowSinceRow = -1;
  lowBytes = 0;
  beforeLowBytes = 0;
  atEdge: Sample | undefined = undefined;
  scaleSearch: WindowScaleSearch | undefined = undefined;

  // Acknowledgements.
  lastAckRaw: Seq32 = seq32(0);
  lastAckWindow = -1;
  lastAckNs = 0;
  duplicateAcks: Sample | undefined = undefined;
  duplicateRun = 0;
  stretchAcks = 0;
  /** Acknowledgements that left data unacknowledged which the tap had seen, and those that did not. */
  laggingAcks = 0;
  currentAcks = 0;
  largestAck = 0;
  sackHighest: Seq32 = seq32(0);
  sackSeen = false;
  ackDelay: Quantiles | undefined = undefined;
  dsackPackets = 0;

  // How long this side takes to answer the other's packets, at the tap: near 0 if the tap is beside it.
  turnMinNs: number = Number.POSITIVE_INFINITY;
  /** The same for the other side, from this side's data to its acknowledgement. */
  peerTurnMinNs: number = Number.POSITIVE_INFINITY;
  turnNs = -1;
  turns: Quantiles | undefined = undefined;
  /** From a packet of the other side to this side's next one, where that must be an answer. */
  answerGaps: Quantiles | undefined = undefined;
  handshakeTurnNs = -1;
  peerTsVal = 0;
  peerTsNs = -1;
  newestPeerTs = 0;
  peerTsKnown = false;
  /** The tap is beside this side: its view of acknowledgements is this sender's. */
  near = true;

  // What limits it (limit-clock.ts keeps the time).
  readonly clock: LimitClock = new LimitClock();
  maxInFlight = 0;
  /** The last new data left nothing more to send: short of a whole number of segments, not cut by the window. */
  drained = false;
  recoveryPoint: Seq32 = seq32(0);
  inRecovery = false;
  timeoutRecovery = false;
  /** Acknowledgements that the sender has not yet got, as the tap sees it: time, ack, right edge, each in turn. */
  pendingAcks: number[] | undefined = undefined;
  pendingHead = 0;
  effectiveUna: Seq32 = seq32(0);
  effectiveEdge: Seq32 = seq32(0);
  effectiveAckNs = -1;
  ackSinceData = false;
  inFlightBeforeData = 0;
  windowBlocked = false;
  /** Bytes of all new data by SendCause, small or not. */
  ackClockedBytes = 0;
  spacedBytes = 0;
  writeEndBytes = 0;
  bufferFreedBytes = 0;
  small: SmallFrames | undefined = undefined;
  /** Time between frames of new data. */
  dataGaps: Quantiles | undefined = undefined;
  /** Round trips, by the peak of bytes in flight against that of the round before: about the same, or not. */
  roundEnd: Seq32 = seq32(0);
  roundPeak = 0;
  lastRoundPeak = 0;
  rounds = 0;
  flatRounds = 0;
  /** Cause of the last frame of new data (SendCause). */
  lastCause = 0;
  /** First TSval and when it was seen; the least that any TSval lagged behind that; frames that lag milliseconds more. */
  lastTsVal = 0;
  tsEpochNs = -1;
  tsMinimumLagNs = 0;
  queuedBelowFrames = 0;
  previousTsVal = 0;
  /** The acknowledgement timestamp that data echoed last, and how long that took at the tap. */
  echoedTsVal = 0;
  echoTurnNs = 0;
  /** Right edges of the last acknowledgements that took effect; only away from the sender. */
  recentEdges: number[] | undefined = undefined;
  recentEdgeAt = 0;

  // Loss.
  retransmitted: Sample | undefined = undefined;
  retransmittedPackets = 0;
  retransmittedBytes = 0;
  fastPackets = 0;
  timeoutPackets = 0;
  tailProbePackets = 0;
  spuriousPackets = 0;
  unseenPackets = 0;
  probeSinceAck = false;
  outOfOrder: Sample | undefined = undefined;
  windowProbes: Sample | undefined = undefined;
  /** A byte of new data was sent as a probe: its acknowledgement is no data unseen. */
  probedByte = false;
  keepAlives: Sample | undefined = undefined;
  ackedUnseen: Sample | undefined = undefined;

  ce = 0;
  ece = 0;
  cwr = 0;
  ect = 0;

  evidence: CapturePointEvidence[] | undefined = undefined;

  constructor(side: 0 | 1) {
    this.side = side;
  }
}

/** Fields that come to hold fractions or numbers beyond 31 bits. */
const doubleFields = [
  'payloadBytes',
  'uniqueBytes',
  'firstDataNs',
  'lastDataNs',
  'synSentNs',
  'wirePackets',
  'wireDataPackets',
  'wireHeaderBytes',
  'superBytes',
  'minWindow',
  'zeroSinceNs',
  'zeroNs',
  'lowSinceNs',
  'lastAckNs',
  'turnMinNs',
  'peerTurnMinNs',
  'turnNs',
  'handshakeTurnNs',
  'peerTsNs',
  'effectiveAckNs',
  'ackClockedBytes',
  'spacedBytes',
  'writeEndBytes',
  'bufferFreedBytes',
  'tsEpochNs',
  'tsMinimumLagNs',
  'echoTurnNs',
  'retransmittedBytes',
] as const;

/**
 * V8 gives a field the representation of the first value it holds in any instance, and every later widening makes new hidden
 * classes: all code over them turns slow (2.9 µs a packet instead of 0.2). One throw-away instance that holds a double in
 * every such field settles the shape before the first real one is made.
 */
function settleShape(): void {
  const instance: { -readonly [K in keyof DirectionState]: DirectionState[K] } = new DirectionState(0);
  for (const field of doubleFields) instance[field] = 0.5;
}
settleShape();
