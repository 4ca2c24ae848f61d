// Station "analysis": batches of rows in, measurements of connections out. One streaming pass; what stays is per connection.

import type { Seq32 } from '../bytes/seq32.ts';
import { Engine, type LoopCallbacks } from '../engine/engine.ts';
import { fromSecondSide } from '../engine/layout/row-places.ts';
import { RecordReader } from '../engine/record-reader.ts';
import type { FrameDecoder } from '../packets/frame-decoder.ts';
import type { RowOwner, RowReader } from '../packets/load.ts';
import {
  ChecksumPlace,
  Col,
  encapsulationOf,
  ipIdOf,
  kindOf,
  Note,
  PacketBatch,
  PacketKind,
  Rare,
  ROW_SHIFT,
  rareOf,
  TIME_AT,
  tapOf,
  tcpFlagsOf,
  tunnelChecksumOf,
} from '../packets/packet-batch.ts';
import type { CaptureInterface } from '../wire/frame.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { forgetAckedHoles, takeUnseen } from './acknowledgements.ts';
import { ConnectionList } from './connection-list.ts';
import { ConnectionState, startConnection } from './connection-state.ts';
import { frameAtHand, noteProbe, takeBehind } from './data.ts';
import type { DirectionState } from './direction-state.ts';
import { type FinishContext, finishConnection } from './finish-connection.ts';
import { takeOptionsAgain, takeSyn, takeThird } from './handshake.ts';
import { openBeforeCapture, openHole } from './holes.ts';
import { noteRepeatedFin } from './loss.ts';
import type { ConnectionMeasurement, UdpFlowMeasurement } from './measurement.ts';
import { MOST_ROWS, Sample } from './sample.ts';
import { UdpFlows } from './udp-flows.ts';

const UDP = 17;

/** How many packets of a capture were what. */
export interface PacketTally {
  tcp: number;
  udp: number;
  icmp: number;
  other: number;
  undecoded: number;
  /** Of these, cut by the snap length. */
  undecodedCut: number;
}

/** Rows of one direction that acknowledge what was never captured; `firstRow` is its connection's. */
export interface UnseenSample {
  readonly firstRow: number;
  readonly rows: readonly number[];
  count: number;
}

/** Analyses one capture. Feed batches, then read the connections one by one. */
export class CaptureAnalysis {
  readonly tally: PacketTally = { tcp: 0, udp: 0, icmp: 0, other: 0, undecoded: 0, undecodedCut: 0 };
  /** Frames whose checksum or headers could not be read, by the first rows. */
  readonly undecoded: Sample = new Sample();
  private readonly captureIndex: number;
  private readonly connections: ConnectionList;
  private readonly udp: UdpFlows = new UdpFlows();
  private readonly engine: Engine;
  private decoder: FrameDecoder | undefined;
  private interfaces: readonly CaptureInterface[] = [];
  /** Rows in the memory of the packet loop: fill it, and have it consumed. */
  readonly batch: PacketBatch;

  constructor(captureIndex: number, batchRows?: number) {
    this.captureIndex = captureIndex;
    this.engine = Engine.take(this.callbacks());
    this.connections = new ConnectionList(this.engine);
    this.batch = new PacketBatch(batchRows, (capacity) => this.engine.makeRows(capacity));
    this.engine.onGrown = () => this.batch.renew(this.engine.words.buffer);
  }

  /** The interfaces of the capture, by index, as far as they are known. */
  setInterfaces(interfaces: readonly CaptureInterface[]): void {
    this.interfaces = interfaces;
  }

  /** What reads records into the batch. */
  readerFor(owner: RowOwner): RowReader {
    return new RecordReader(this.engine.loop, owner);
  }

  /** Takes the rows of the batch; what is not usual comes back through the callbacks. */
  consume(decoder: FrameDecoder): void {
    this.decoder = decoder;
    this.tally.tcp += this.engine.loop.consume(this.batch.length);
  }

  /**
   * Connections in order of their first packet, each measured when it is asked for. `numbers` says what number each has, from 0,
   * where this analysis has seen a part of the capture only.
   */
  *measurements(numbers?: Uint32Array): Generator<ConnectionMeasurement> {
    const { connections } = this;
    this.engine.loop.takeWaiting();
    const context: FinishContext = {
      capture: this.captureIndex,
      numberOf: (number) => numbers?.[number] ?? number,
      names: (encapsulation) => this.decoder?.encapsulations.names(encapsulation) ?? [],
      linkTypeOfTap: (tap) => this.linkTypeOfTap(tap),
    };
    const finish = (connection: ConnectionState) => finishConnection(connection, context);
    for (let number = 0; number < connections.count; number++) {
      const measurement = connections.change(number, finish);
      connections.forget(number);
      yield measurement;
    }
    this.engine.putBack();
  }

  udpFlows(): UdpFlowMeasurement[] {
    return this.udp.measurements();
  }

  /** Acknowledged data that was never captured: what the capture itself lost. */
  ackedUnseen(): UnseenSample[] {
    this.engine.loop.takeWaiting();
    const samples: UnseenSample[] = [];
    let rows = 0;
    for (const { firstRow, sides } of this.connections.kept()) {
      for (const { ackedUnseen } of sides) {
        if (ackedUnseen === undefined) continue;
        if (rows < MOST_ROWS) samples.push({ firstRow, rows: ackedUnseen.rows, count: ackedUnseen.count });
        else samples.at(-1)!.count += ackedUnseen.count;
        rows += ackedUnseen.rows.length;
      }
    }
    return samples;
  }

  /** First row of each connection, in the order of `measurements`. */
  firstRows(): Float64Array {
    return this.connections.firstRows();
  }

  /** What the packet loop calls out for. Views of the memory are looked up at every call: they are made anew when it grows. */
  private callbacks(): LoopCallbacks {
    const change = <Result>(number: number, what: (connection: ConnectionState) => Result): Result =>
      this.connections.change(number, what);
    const data = (number: number, side: number, what: (data: DirectionState) => void): void =>
      change(number, ({ sides }) => what(sides[side as 0 | 1]));
    return {
      opened: (index) => this.open(index),
      other: (index) => this.takeOther(index),
      tooBig: (number, side, row) =>
        change(number, (connection) => takeTooBig(connection, side as 0 | 1, this.engine.words, row >>> 2)),
      unusual: (number, row) => change(number, (connection) => takeUnusual(connection, this.engine.words, row >>> 2)),
      duplicate: (number, row, delayNs) => {
        const { words } = this.engine;
        const base = row >>> 2;
        change(number, (one) => {
          one.noteDuplicate(words[base + Col.row]!, tapOf(words, base), delayNs);
          if ((tcpFlagsOf(words, base) & TcpFlag.Syn) === 0) return;
          takeOptionsAgain(one, one.sides[(words[base]! & fromSecondSide) === 0 ? 0 : 1], words, base);
        });
      },
      synOrReset: (number, side, row) =>
        change(number, (connection) => takeSynOrReset(connection, side as 0 | 1, this.engine.words, row >>> 2)),
      third: (number, side) => change(number, (connection) => takeThird(connection, connection.sides[side as 0 | 1])),
      behind: (number, side, row) =>
        change(number, (one) => takeBehind(one, one.sides[side as 0 | 1], this.engine.words, row >>> 2)),
      hole: (number, side) =>
        data(number, side, (own) => {
          const { start, ipId } = frameAtHand(this.engine);
          openHole(own, own.next, start, ipId);
        }),
      beforeCapture: (number, side) =>
        data(number, side, (own) => {
          const { start, ipId } = frameAtHand(this.engine);
          openBeforeCapture(own, start, ipId);
        }),
      repeatedFin: (number, side, row) => data(number, side, (own) => noteRepeatedFin(own, row)),
      probe: (number, side, row) => data(number, side, (own) => noteProbe(own, row)),
      unseen: (number, side, ack, row) => data(number, side, (own) => takeUnseen(own, ack as Seq32, row)),
      acknowledgedHoles: (number, side, ack, row) =>
        data(number, side, (own) => forgetAckedHoles(own, ack as Seq32, row)),
    };
  }

  /** Makes the record of the connection that a row begins; gives its address. */
  private open(index: number): number {
    const { words, times } = this.batch;
    const base = index << ROW_SHIFT;
    const six = (words[base + Col.notes]! & Note.Ipv6) !== 0;
    const addresses = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    addresses[0] = words[base + Col.source]!;
    addresses[4] = words[base + Col.destination]!;
    if (six) {
      const rare = rareOf(words, base);
      for (let word = 0; word < 3; word++) {
        addresses[1 + word] = words[rare + Rare.sourceTail + word]!;
        addresses[5 + word] = words[rare + Rare.destinationTail + word]!;
      }
    }
    addresses[8] = words[base + Col.ports]!;
    const at = startConnection(this.engine, {
      number: this.connections.count,
      six,
      row: words[base + Col.row]!,
      ns: times[(base >> 1) + TIME_AT]!,
      tap: tapOf(words, base),
      encapsulation: encapsulationOf(words, base),
      addresses,
      loopback: (words[base + Col.notes]! & Note.LoopbackLink) !== 0 || isLoopbackAddress(addresses, six),
    });
    this.connections.add(at);
    if ((tcpFlagsOf(words, base) & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn)
      new ConnectionState(this.engine, at).openedBySyn(words[base + Col.seq]!);
    return at;
  }

  private takeOther(index: number): void {
    const { words } = this.batch;
    const base = index << ROW_SHIFT;
    const row = words[base + Col.row]!;
    switch (kindOf(words, base)) {
      case PacketKind.Udp: {
        this.tally.udp++;
        const flow = this.engine.loop.flowOf(index, UDP);
        this.udp.take(flow >> 1, (flow & 1) !== 0, words, base, row);
        break;
      }
      case PacketKind.IcmpTooBig:
        this.tally.icmp++;
        this.engine.loop.enqueueTooBig(index);
        break;
      case PacketKind.Icmp:
        this.tally.icmp++;
        break;
      case PacketKind.Undecoded:
        this.tally.undecoded++;
        if ((words[base + Col.notes]! & Note.HeaderCut) !== 0) this.tally.undecodedCut++;
        this.undecoded.add(row);
        break;
      default:
        this.tally.other++;
    }
  }

  private linkTypeOfTap(tap: number): number | undefined {
    const interfaceIndex = this.decoder?.taps[tap]?.interfaceIndex;
    return interfaceIndex === undefined ? undefined : this.interfaces[interfaceIndex]?.linkType;
  }
}

/** Takes a row with headers that lie, or in a tunnel. */
function takeUnusual(connection: ConnectionState, words: Int32Array, base: number): void {
  if ((words[base + Col.notes]! & Note.Malformed) !== 0) {
    connection.malformed ??= new Sample();
    connection.malformed.add(words[base + Col.row]!);
  }
  const tunnel = tunnelChecksumOf(words, base);
  if (tunnel === ChecksumPlace.NoTunnel) return;
  connection.tunnelChecksums ??= [0, 0, 0, 0, 0];
  connection.tunnelChecksums[tunnel]!++;
}

function takeSynOrReset(connection: ConnectionState, side: 0 | 1, words: Int32Array, base: number): void {
  const own = connection.sides[side];
  const other = connection.sides[side === 0 ? 1 : 0];
  if ((tcpFlagsOf(words, base) & TcpFlag.Syn) === 0) connection.reset = true;
  else takeSyn(connection, own, other, words, base, words[base + Col.row]!);
}

/** Takes an ICMP "too big" message about a packet of `side`. */
/** What no path allows less of: net.ipv4.route.min_pmtu 552 less the headers (v6.18). */
const SMALLEST_PATH_MSS = 512;

function takeTooBig(connection: ConnectionState, side: 0 | 1, words: Int32Array, base: number): void {
  connection.tooBig ??= { sample: new Sample(), mtuBytes: 0, fromV4: 0, alreadyFitted: 0 };
  const state = connection.tooBig;
  state.sample.add(words[base + Col.row]!);
  state.mtuBytes = ipIdOf(words, base);
  state.fromV4 = words[base + Col.seq]!;
  const own = connection.sides[side];
  const largest = state.mtuBytes - (connection.six ? 60 : 40);
  if (own.mssOption === 0) return;
  if (own.mssOption <= largest) state.alreadyFitted++;
  else if (largest >= SMALLEST_PATH_MSS) own.fitPath(largest - own.timestampBytes);
}

function isLoopbackAddress(addresses: readonly number[], six: boolean): boolean {
  if (!six) return addresses[0]! >>> 24 === 127 || addresses[0] === addresses[4];
  for (let word = 0; word < 4; word++) if (addresses[word] !== addresses[4 + word]) return false;
  return true;
}
