// Station "lab": a link and the two network cards at its ends, as plain data for the wire process.

/** One direction of the link. */
export interface WireDirection {
  /** 0: no limit. Ethernet framing overhead (24 bytes a frame) is counted. */
  readonly rateBitsPerSecond: number;
  readonly delayUs: number;
  /** Frames that wait for the rate limit may fill this many bytes; the next one is dropped. */
  readonly queueBytes: number;
  /** Share of frames lost at random. */
  readonly lossShare: number;
  /** Numbers (from 0) of frames with payload that are lost, after cutting. */
  readonly lossList: readonly number[];
  /** Share of frames that are held back by `reorderUs`. */
  readonly reorderShare: number;
  readonly reorderUs: number;
}

/** What a card does with a burst it received. */
export type ReceiveMode = 'segment' | 'merge' | 'merge-without-gso-size';

/** The card at one end. */
export interface WireCard {
  /** Offers TSO to its host and cuts super-packets; without it the host cuts. */
  readonly tso: boolean;
  /** False: its host finishes all checksums itself, which rules out TSO. */
  readonly checksums?: boolean;
  readonly receive: ReceiveMode;
  /** Frames are handed up once per this time (interrupt moderation); 0: at once. */
  readonly moderationUs: number;
  /** Receive through NAPI with this gro_flush_timeout, so that the host's own GRO can merge; undefined: no NAPI, no GRO. */
  readonly groFlushNs?: number;
}

/** The whole link. */
export interface WirePlan {
  readonly left: WireCard;
  readonly right: WireCard;
  readonly leftToRight: WireDirection;
  readonly rightToLeft: WireDirection;
  readonly seed: number;
  /** Record what is on the wire, this far along the way from left (0..1 of the delay), into this pcap file. */
  readonly recordFile?: string;
  readonly recordAt?: number;
  readonly recordSnaplen?: number;
}

/** What the wire counted. */
export interface WireCounts {
  readonly frames: number;
  readonly dataFrames: number;
  readonly bytes: number;
  readonly lost: number;
  readonly queueDrops: number;
  readonly reordered: number;
  /** Frames that the sending host handed over, before cutting. */
  readonly handedOver: number;
  /** Frames handed to the receiving host, after merging. */
  readonly delivered: number;
}

/** Printed by the wire process at its end. */
export interface WireResult {
  readonly leftToRight: WireCounts;
  readonly rightToLeft: WireCounts;
}

/** A direction without limits. */
export const PERFECT: WireDirection = {
  rateBitsPerSecond: 0,
  delayUs: 0,
  queueBytes: 16_000_000,
  lossShare: 0,
  lossList: [],
  reorderShare: 0,
  reorderUs: 0,
};
