// Station "analysis": all that is remembered of one connection while its packets pass.

import type { Engine } from '../engine/engine.ts';
import * as C from '../engine/layout/connection.ts';
import * as P from '../engine/layout/parts.ts';
import { nameNumbers } from './direction-record.ts';
import { DirectionState } from './direction-state.ts';
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
  /** Address of the word that holds the address of quantiles of their delay, in ns. */
  readonly delaySlot: number;
  readonly taps: Set<number>;
}

/** Numbers that the packet loop reads or writes (engine/layout/connection.ts). */
interface LoopNumbers {
  lastRow: number;
  lastNs: number;
  synAckNs: number;
  established: boolean;
  /** The flow's second end is the client. */
  serverFirst: boolean;
}

class ConnectionRecord {
  readonly engine: Engine;
  /** Address of its record in the loop's memory, in bytes. */
  readonly at: number;

  constructor(engine: Engine, number: number) {
    this.engine = engine;
    this.at = engine.makeConnection();
    const { at } = this;
    engine.words[(at + C.number) >>> 2] = number;
    engine.words[(at + C.lastSide) >>> 2] = -1;
    engine.doubles[(at + C.synAckNs) >>> 3] = -1;
  }
}
nameNumbers(ConnectionRecord.prototype, {
  doubles: { lastNs: C.lastNs, synAckNs: C.synAckNs },
  words: { lastRow: C.lastRow },
  flags: { established: C.established, serverFirst: C.serverFirst },
});

const NamedConnection = ConnectionRecord as new (engine: Engine, number: number) => ConnectionRecord & LoopNumbers;

export class ConnectionState extends NamedConnection {
  /** From 1. */
  readonly id: number;
  readonly six: boolean;
  readonly firstRow: number;
  readonly firstNs: number;
  readonly encapsulation: number;
  readonly firstTap: number;
  /** Addresses of the flow's first end and second end: words, then ports. */
  readonly addresses: readonly number[];
  /** [0] sends from the flow's first end. */
  readonly sides: readonly [DirectionState, DirectionState];
  clientKnown = false;
  synRow = -1;
  synAckRow = -1;
  synNs = -1;
  handshakeAckNs = -1;
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
    engine: Engine,
    id: number,
    six: boolean,
    row: number,
    timeNs: number,
    tap: number,
    encapsulation: number,
    addresses: readonly number[],
  ) {
    super(engine, id - 1);
    const first = this.at + C.directions;
    this.sides = [new DirectionState(engine, first, 0), new DirectionState(engine, first + P.recordBytes, 1)];
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

  /** Sequence number of the SYN that opened it, when it began with one. */
  openedBySyn(seq: number): void {
    const { words } = this.engine;
    words[(this.at + C.openedBySyn) >>> 2] = 1;
    words[(this.at + C.openingSeq) >>> 2] = seq;
  }

  noteDuplicate(row: number, tap: number, delayNs: number): void {
    const { engine } = this;
    if (this.duplicates === undefined) {
      this.duplicates = { sample: new Sample(), delaySlot: engine.loop.reserve(8), taps: new Set([this.firstTap]) };
      engine.words[(this.at + C.copied) >>> 2] = 1;
    }
    this.duplicates.sample.add(row);
    this.duplicates.taps.add(tap);
    if (delayNs >= 0) engine.loop.addQuantile(this.duplicates.delaySlot, delayNs);
  }
}
