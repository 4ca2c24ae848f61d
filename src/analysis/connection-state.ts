// Station "analysis": all that is remembered of one connection while its packets pass.

import { RecordPages } from './direction-record.ts';
import { DirectionState } from './direction-state.ts';
import { Quantiles } from './quantiles.ts';
import { Sample } from './sample.ts';

/** ICMP "too big" messages about a connection. */
export interface TooBigState {
  readonly sample: Sample;
  mtuBytes: number;
  fromV4: number;
  alreadyFitted: number;
}

/** Copies of packets from a second tap. */
export interface DuplicateState {
  readonly sample: Sample;
  readonly delay: Quantiles;
  readonly taps: Set<number>;
}

export class ConnectionState {
  /** From 1. */
  readonly id: number = 0;
  readonly six: boolean;
  readonly firstRow: number = 0;
  lastRow: number = 0;
  /** Doubles from the first: a field without a first value is a tagged one, and a time stored in it is a new object for every row. */
  readonly firstNs: number = 0.5;
  lastNs: number = 0.5;
  readonly encapsulation: number = 0;
  readonly firstTap: number = 0;
  /** Addresses of the flow's first end and second end: words, then ports. */
  readonly addresses: readonly number[];
  /** [0] sends from the flow's first end. */
  readonly sides: readonly [DirectionState, DirectionState];
  /** The flow's second end is the client. */
  serverFirst = false;
  /** Sequence number of the SYN that opened it, when it began with one. */
  openingSeq: number | undefined = undefined;
  /** Side, kind and time of the last packet. */
  lastSide = -1;
  lastFrameNs = 0;
  clientKnown = false;
  synRow = -1;
  synAckRow = -1;
  synNs = -1;
  synAckNs = -1;
  handshakeAckNs = -1;
  established = false;
  reset = false;
  timestamps = false;
  ecnAgreed = false;
  loopback = false;
  synRetransmitNs: number[] | undefined = undefined;
  synRows: number[] = [];
  duplicates: DuplicateState | undefined = undefined;
  tooBig: TooBigState | undefined = undefined;
  malformed: Sample | undefined = undefined;
  /** Counts by ChecksumState, then ChecksumPlace.ZeroField, of the tunnel's outer UDP checksum. */
  tunnelChecksums: number[] | undefined = undefined;

  constructor(
    id: number,
    six: boolean,
    row: number,
    timeNs: number,
    tap: number,
    encapsulation: number,
    addresses: readonly number[],
    pages: RecordPages,
  ) {
    this.sides = [new DirectionState(0, pages), new DirectionState(1, pages)];
    this.id = id;
    this.six = six;
    this.firstRow = row;
    this.lastRow = row;
    this.firstNs = timeNs;
    this.lastNs = timeNs;
    this.firstTap = tap;
    this.encapsulation = encapsulation;
    this.addresses = addresses;
  }

  noteDuplicate(row: number, tap: number, delayNs: number): void {
    this.duplicates ??= { sample: new Sample(), delay: new Quantiles(), taps: new Set([this.firstTap]) };
    this.duplicates.sample.add(row);
    this.duplicates.taps.add(tap);
    if (delayNs >= 0) this.duplicates.delay.add(delayNs);
  }
}

/**
 * V8 gives a field the representation of the first value it holds in any instance, and every later widening makes new hidden
 * classes: all code over them turns slow (2.9 µs a packet instead of 0.2). One throw-away instance that holds a double in
 * every such field settles the shape before the first real one is made.
 */
function settleShape(): void {
  const instance = new ConnectionState(1, false, 0, 0.5, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0, 0], new RecordPages());
  instance.lastNs = 0.5;
  instance.lastFrameNs = 0.5;
  instance.synNs = 0.5;
  instance.synAckNs = 0.5;
  instance.handshakeAckNs = 0.5;
}
settleShape();
