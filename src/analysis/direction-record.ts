// Station "analysis": where the numbers of a direction lie. Nearly all that is remembered of a direction are numbers; as fields of
// an object they take eight bytes each, every double one more object, and code over them three times the instructions. Here
// they are slots of two typed arrays over the same memory, a record a direction, many records a page.
// docs/adr/0009-directions-in-typed-arrays.md has the measurements.

import type { Seq32 } from '../bytes/seq32.ts';

/** Doubles: times in ns, bytes, and counts that may pass 31 bits. Element `record.fo + D.x` of `record.f`. */
export const D = {
  // What every segment touches.
  lastDataNs: 0,
  lastAckNs: 1,
  effectiveAckNs: 2,
  clockLastNs: 3,
  payloadBytes: 4,
  uniqueBytes: 5,
  wirePackets: 6,
  wireDataPackets: 7,
  wireHeaderBytes: 8,
  superBytes: 9,
  turnMinNs: 10,
  /** The same for the other side, from this side's data to its acknowledgement. */
  peerTurnMinNs: 11,
  turnNs: 12,
  peerTsNs: 13,
  /** When the first TSval was seen; the least that any TSval lagged behind that. */
  tsEpochNs: 14,
  tsMinimumLagNs: 15,
  minWindow: 16,
  /** Since when the window has been at most an eighth of the largest before it; -1: it is not. */
  lowSinceNs: 17,
  zeroSinceNs: 18,
  /** Segment size learnt from IP ID steps or lengths where no handshake told it; 0 unknown. */
  learntSegment: 19,
  /** Six doubles each, by LimitState. */
  clockTotal: 20,
  clockTentative: 26,
  clockHeld: 32,
  clockBinStartNs: 33,
  clockBinNs: 34,
  /** Bytes of all new data by SendCause, small or not. */
  ackClockedBytes: 35,
  spacedBytes: 36,
  writeEndBytes: 37,
  bufferFreedBytes: 38,
  /** Payload bytes of small frames, of large ones, and of small ones by SendCause (ten doubles). */
  smallBytes: 39,
  smallLargeBytes: 40,
  smallBytesByCause: 41,
  // What few touch.
  clockCommittedNs: 51,
  firstDataNs: 52,
  synSentNs: 53,
  zeroNs: 54,
  handshakeTurnNs: 55,
  /** How long the acknowledgement timestamp that data echoed last took at the tap. */
  echoTurnNs: 56,
  retransmittedBytes: 57,
} as const;

/** 32-bit numbers. Element `record.io + I.x` of `record.i`. */
export const I = {
  // What every segment touches.
  next: 0,
  /** Highest acknowledgement seen at the tap. */
  una: 1,
  tap: 2,
  previousEnd: 3,
  previousId: 4,
  previousSegments: 5,
  previousPayload: 6,
  previousHeader: 7,
  previousRow: 8,
  frames: 9,
  lastRow: 10,
  mssOption: 12,
  /** TCP option bytes of ordinary segments: 12 with timestamps. */
  timestampBytes: 13,
  maxWindow: 14,
  /** Shift for the peer's window field; -1 while not known. */
  scaleShift: 15,
  rawWindow: 16,
  rawMin: 17,
  rawMax: 18,
  windowBytes: 19,
  windowCount: 20,
  largestWindow: 21,
  /** Right edge as the tap has seen it. */
  edge: 22,
  lastAckWindow: 23,
  duplicateRun: 24,
  largestAck: 25,
  stretchAcks: 26,
  /** Acknowledgements that left data unacknowledged which the tap had seen, and those that did not. */
  laggingAcks: 27,
  currentAcks: 28,
  effectiveUna: 29,
  effectiveEdge: 30,
  clockState: 31,
  idCompared: 32,
  idAgree: 33,
  idZeroSteps: 34,
  peerTsVal: 35,
  newestPeerTs: 36,
  ect: 37,
  unpaddedShort: 38,
  /** Checksum states for frames of one segment at most, then of several; each in the order of ChecksumState. */
  singleUnknown: 39,
  multiUnknown: 43,
  // What every segment with data touches.
  dataFrames: 47,
  lastDataRow: 48,
  firstDataRow: 49,
  maxPayload: 50,
  maxInFlight: 51,
  smallFrames: 52,
  lastRunPayload: 53,
  lastCause: 54,
  lastTsVal: 55,
  previousTsVal: 56,
  /** Frames of one size (lastRunPayload) that left at one instant, so far. */
  run: 57,
  /** Entries of `holes`. */
  openHoles: 58,
  /** By SendCause: ten numbers. */
  smallFramesByCause: 60,
  // What few touch.
  firstRow: 70,
  firstTtl: 71,
  incoming: 72,
  outgoing: 73,
  padded: 74,
  holeCount: 75,
  largestHoleBytes: 76,
  synScale: 77,
  synMss: 78,
  peerSynMss: 79,
  synFrames: 80,
  learntVotes: 81,
  learntCandidate: 82,
  commonLength: 83,
  commonVotes: 84,
  largestSingle: 85,
  epbSegmentation: 86,
  idWild: 87,
  zeroPeriods: 88,
  lowSinceRow: 89,
  lowBytes: 90,
  beforeLowBytes: 91,
  sackHighest: 92,
  dsackPackets: 93,
  recoveryPoint: 94,
  queuedBelowFrames: 96,
  echoedTsVal: 97,
  recentEdgeAt: 98,
  retransmittedPackets: 99,
  fastPackets: 100,
  timeoutPackets: 101,
  tailProbePackets: 102,
  spuriousPackets: 103,
  unseenPackets: 104,
  ce: 105,
  ece: 106,
  cwr: 107,
  cutBursts: 108,
  longestCutBurst: 109,
  clockCommits: 111,
} as const;

/** Yes or no, each a word among those of `I`. */
export const B = {
  started: 112,
  /** The tap is beside this side: its view of acknowledgements is this sender's. */
  near: 113,
  /** The last new data left nothing more to send: short of a whole number of segments, not cut by the window. */
  drained: 114,
  ackSinceData: 115,
  windowBlocked: 116,
  inRecovery: 117,
  timeoutRecovery: 118,
  probeSinceAck: 119,
  peerTsKnown: 120,
  synSeen: 121,
  synOptionsSeen: 122,
  sackPermitted: 123,
  sackSeen: 124,
  /** A byte of new data was sent as a probe: its acknowledgement is no data unseen. */
  probedByte: 126,
  /** The window scale is being searched for (window-scale-search.ts). */
  searching: 127,
} as const;

const DOUBLES = 58;
const WORDS = 128;
const RECORD_BYTES: number = DOUBLES * 8 + WORDS * 4;
/** Some 60 KB a page: little for a small capture, and freed page by page as connections are measured. */
const RECORDS_PER_PAGE = 64;

/** What a fresh record holds where it is not 0. */
const firstDoubles: Readonly<Partial<Record<keyof typeof D, number>>> = {
  clockLastNs: -1,
  effectiveAckNs: -1,
  handshakeTurnNs: -1,
  lowSinceNs: -1,
  minWindow: Number.POSITIVE_INFINITY,
  peerTsNs: -1,
  peerTurnMinNs: Number.POSITIVE_INFINITY,
  synSentNs: -1,
  tsEpochNs: -1,
  turnMinNs: Number.POSITIVE_INFINITY,
  turnNs: -1,
  zeroSinceNs: -1,
};
const firstWords: Readonly<Partial<Record<keyof typeof I, number>>> = {
  firstDataRow: -1,
  firstRow: -1,
  firstTtl: -1,
  largestWindow: -1,
  lastAckWindow: -1,
  lastDataRow: -1,
  lastRow: -1,
  lowSinceRow: -1,
  previousId: -1,
  previousRow: -1,
  rawMax: -1,
  rawMin: 65_535,
  rawWindow: -1,
  scaleShift: -1,
  synScale: 255,
  tap: -1,
  windowBytes: -1,
};

/** Hands out records, page by page. One for each analysis. */
export class RecordPages {
  private f: Float64Array = new Float64Array(0);
  private i: Int32Array = new Int32Array(0);
  private used: number = RECORDS_PER_PAGE;

  /** Gives `record` the next place. */
  place(record: { f: Float64Array; i: Int32Array; fo: number; io: number }): void {
    if (this.used === RECORDS_PER_PAGE) {
      const page = new ArrayBuffer(RECORDS_PER_PAGE * RECORD_BYTES);
      this.f = new Float64Array(page);
      this.i = new Int32Array(page);
      this.used = 0;
    }
    const byte = this.used++ * RECORD_BYTES;
    record.f = this.f;
    record.i = this.i;
    record.fo = byte >>> 3;
    record.io = (byte >>> 2) + 2 * DOUBLES;
  }
}

type SeqField =
  | 'next'
  | 'una'
  | 'previousEnd'
  | 'edge'
  | 'sackHighest'
  | 'recoveryPoint'
  | 'effectiveUna'
  | 'effectiveEdge';

/** The slots by their names, for code that is not run for every packet. */
export type NamedSlots = { -readonly [K in keyof typeof D]: number } & {
  -readonly [K in keyof typeof I]: K extends SeqField ? Seq32 : number;
} & { -readonly [K in keyof typeof B]: boolean };

/** A record of numbers. */
export class SlotRecord {
  readonly f: Float64Array = noDoubles;
  readonly i: Int32Array = noWords;
  /** Where the record's doubles begin in `f`, and its words in `i`. */
  readonly fo: number = 0;
  readonly io: number = 0;

  constructor(pages: RecordPages) {
    pages.place(this);
    for (const [slot, value] of doublesSet) this.f[this.fo + slot] = value;
    for (const [slot, value] of wordsSet) this.i[this.io + slot] = value;
  }
}

const noDoubles: Float64Array = new Float64Array(0);
const noWords: Int32Array = new Int32Array(0);
const doublesSet: readonly (readonly [number, number])[] = Object.entries(firstDoubles).map(([name, value]) => [
  D[name as keyof typeof D],
  value,
]);
const wordsSet: readonly (readonly [number, number])[] = [
  ...Object.entries(firstWords).map(([name, value]) => [I[name as keyof typeof I], value] as const),
  [B.near, 1],
];

function nameSlots(): void {
  const define = (
    name: string,
    accessor: { get(this: SlotRecord): unknown; set(this: SlotRecord, value: never): void },
  ) => Object.defineProperty(SlotRecord.prototype, name, accessor);
  for (const [name, slot] of Object.entries(D)) {
    define(name, {
      get() {
        return this.f[this.fo + slot];
      },
      set(value: number) {
        this.f[this.fo + slot] = value;
      },
    });
  }
  for (const [name, slot] of Object.entries(I)) {
    define(name, {
      get() {
        return this.i[this.io + slot];
      },
      set(value: number) {
        this.i[this.io + slot] = value;
      },
    });
  }
  for (const [name, slot] of Object.entries(B)) {
    define(name, {
      get() {
        return this.i[this.io + slot] !== 0;
      },
      set(value: boolean) {
        this.i[this.io + slot] = value ? 1 : 0;
      },
    });
  }
}
nameSlots();

/** `SlotRecord` with its slots as properties. */
export const NamedRecord: new (pages: RecordPages) => SlotRecord & NamedSlots = SlotRecord as new (
  pages: RecordPages,
) => SlotRecord & NamedSlots;
