// Station "analysis": all that is remembered of one connection while its packets pass.

import type { Engine } from '../engine/engine.ts';
import * as C from '../engine/layout/connection.ts';
import * as P from '../engine/layout/parts.ts';
import { nameNumbers, startRecord } from './direction-record.ts';
import { DirectionState } from './direction-state.ts';
import { wordsAt } from './measured-parts.ts';
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

/** Numbers in the loop's memory (engine/layout/connection.ts). Rows and times are -1 where there is none. */
interface LoopNumbers {
  readonly number: number;
  readonly firstRow: number;
  readonly firstNs: number;
  readonly firstTap: number;
  readonly encapsulation: number;
  lastRow: number;
  lastNs: number;
  synRow: number;
  synNs: number;
  synAckRow: number;
  synAckNs: number;
  handshakeAckNs: number;
  readonly six: boolean;
  established: boolean;
  /** The flow's second end is the client. */
  serverFirst: boolean;
  clientKnown: boolean;
  reset: boolean;
  timestamps: boolean;
  ecnAgreed: boolean;
  loopback: boolean;
}

/** What is known of a connection with its first row. */
export interface FirstRow {
  readonly number: number;
  readonly six: boolean;
  readonly row: number;
  readonly ns: number;
  readonly tap: number;
  readonly encapsulation: number;
  /** Source words, destination words, ports: as they lie in a row. */
  readonly addresses: readonly number[];
  readonly loopback: boolean;
}

/** Makes the record of a connection; gives its address. */
export function startConnection(engine: Engine, first: FirstRow): number {
  const at = engine.makeConnection();
  const { words, doubles } = engine;
  const set = (place: number, value: number): void => {
    words[(at + place) >>> 2] = value;
  };
  set(C.number, first.number);
  set(C.lastSide, -1);
  set(C.synRow, -1);
  set(C.synAckRow, -1);
  set(C.ipv6, first.six ? 1 : 0);
  set(C.firstRow, first.row);
  set(C.lastRow, first.row);
  set(C.firstTap, first.tap);
  set(C.encapsulation, first.encapsulation);
  set(C.loopback, first.loopback ? 1 : 0);
  for (const place of [C.synNs, C.synAckNs, C.handshakeAckNs]) doubles[(at + place) >>> 3] = -1;
  for (const place of [C.firstNs, C.lastNs]) doubles[(at + place) >>> 3] = first.ns;
  words.set(first.addresses, (at + C.addresses) >>> 2);
  for (const side of [0, 1]) {
    const own = at + C.directions + side * P.recordBytes;
    startRecord(engine, own);
    words[(own + P.side) >>> 2] = side;
  }
  return at;
}

class ConnectionRecord {
  readonly engine: Engine;
  /** Address of its record in the loop's memory, in bytes. */
  readonly at: number;

  constructor(engine: Engine, at: number) {
    this.engine = engine;
    this.at = at;
  }
}
nameNumbers(ConnectionRecord.prototype, {
  doubles: {
    firstNs: C.firstNs,
    lastNs: C.lastNs,
    synNs: C.synNs,
    synAckNs: C.synAckNs,
    handshakeAckNs: C.handshakeAckNs,
  },
  words: {
    number: C.number,
    firstRow: C.firstRow,
    lastRow: C.lastRow,
    firstTap: C.firstTap,
    encapsulation: C.encapsulation,
    synRow: C.synRow,
    synAckRow: C.synAckRow,
  },
  flags: {
    six: C.ipv6,
    established: C.established,
    serverFirst: C.serverFirst,
    clientKnown: C.clientKnown,
    reset: C.reset,
    timestamps: C.timestamps,
    ecnAgreed: C.ecnAgreed,
    loopback: C.loopback,
  },
});

const NamedConnection = ConnectionRecord as new (engine: Engine, at: number) => ConnectionRecord & LoopNumbers;
/** Rows of SYN and SYN-ACK that are remembered: Linux sends a SYN seven times (tcp_syn_retries 6). */
const MOST_SYN_ROWS = 7;

/** A connection. Most of it lies in the loop's memory: only those with something rare about them are kept as objects. */
export class ConnectionState extends NamedConnection {
  /** [0] sends from the flow's first end. */
  readonly sides: readonly [DirectionState, DirectionState];
  synRetransmitNs: number[] | undefined = undefined;
  duplicates: DuplicateState | undefined = undefined;
  tooBig: TooBigState | undefined = undefined;
  malformed: Sample | undefined = undefined;
  /** Counts by ChecksumState, then ChecksumPlace.ZeroField, of the tunnel's outer UDP checksum. */
  tunnelChecksums: number[] | undefined = undefined;

  constructor(engine: Engine, at: number) {
    super(engine, at);
    const first = at + C.directions;
    this.sides = [new DirectionState(engine, first, 0), new DirectionState(engine, first + P.recordBytes, 1)];
  }

  /** Something is remembered here that is not in the loop's memory. */
  get isRare(): boolean {
    return (
      this.synRetransmitNs !== undefined ||
      this.duplicates !== undefined ||
      this.tooBig !== undefined ||
      this.malformed !== undefined ||
      this.tunnelChecksums !== undefined ||
      this.sides[0].isRare ||
      this.sides[1].isRare
    );
  }

  /** Addresses of the flow's first end and second end: words, then ports. */
  get addresses(): readonly number[] {
    return wordsAt(this.engine.words, (this.at + C.addresses) >>> 2, 9);
  }

  /** Rows of its SYN and SYN-ACK. */
  get synRows(): readonly number[] {
    const { words } = this.engine;
    return wordsAt(words, (this.at + C.synRows) >>> 2, words[(this.at + C.synCount) >>> 2]!);
  }

  addSynRow(row: number): void {
    const { words } = this.engine;
    const count = words[(this.at + C.synCount) >>> 2]!;
    if (count === MOST_SYN_ROWS) return;
    words[(this.at + C.synRows + (count << 2)) >>> 2] = row;
    words[(this.at + C.synCount) >>> 2] = count + 1;
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
