// Station "analysis": batches of rows in, measurements of connections out. One streaming pass; what stays is per connection.

import { ipv4Text, ipv6Text } from '../flow/address.ts';
import { FlowTable } from '../flow/flow-table.ts';
import type { FrameDecoder } from '../packets/frame-decoder.ts';
import {
  ChecksumPlace,
  Col,
  encapsulationOf,
  ipIdOf,
  kindOf,
  Note,
  type PacketBatch,
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
import { ConnectionState } from './connection-state.ts';
import { RecordPages } from './direction-record.ts';
import { finishConnection } from './finish-connection.ts';
import type { ConnectionMeasurement, UdpFlowMeasurement } from './measurement.ts';
import { now } from './now.ts';
import { MOST_ROWS, Sample } from './sample.ts';
import { trackTcp } from './track.ts';
import { UdpFlows } from './udp-flows.ts';

const TCP = 6;
const NO_ROW = -1;

/** How many packets of a capture were what. */
export interface PacketTally {
  tcp: number;
  udp: number;
  icmp: number;
  other: number;
  undecoded: number;
}

/** Rows of one direction that acknowledge what was never captured; `firstRow` is its connection's. */
export interface UnseenSample {
  readonly firstRow: number;
  readonly rows: readonly number[];
  count: number;
}

/** Analyses one capture. Feed batches, then read the connections one by one. */
export class CaptureAnalysis {
  readonly tally: PacketTally = { tcp: 0, udp: 0, icmp: 0, other: 0, undecoded: 0 };
  /** Frames whose checksum or headers could not be read, by the first rows. */
  readonly undecoded: Sample = new Sample();
  private readonly captureIndex: number;
  private readonly table: FlowTable = new FlowTable();
  private readonly connections: ConnectionState[] = [];
  private readonly pages: RecordPages = new RecordPages();
  private readonly udp: UdpFlows = new UdpFlows();
  private decoder: FrameDecoder | undefined;
  // Rows of the batch at hand as one list per connection.
  private nextRow: Int32Array = new Int32Array(0);
  private heads: Int32Array = new Int32Array(1024).fill(NO_ROW);
  private tails: Int32Array = new Int32Array(1024).fill(NO_ROW);
  private readonly touched: number[] = [];
  private touchedCount = 0;
  private interfaces: readonly CaptureInterface[] = [];

  constructor(captureIndex: number) {
    this.captureIndex = captureIndex;
  }

  /** The interfaces of the capture, by index, as far as they are known. */
  setInterfaces(interfaces: readonly CaptureInterface[]): void {
    this.interfaces = interfaces;
  }

  /**
   * Takes the rows of a batch: finds the connection of each, then tracks connection by connection. A connection's state is
   * some kilobytes; visited once a batch it is fetched into the cache once, visited row by row it is fetched for every
   * packet (2.8 µs a packet with 1,000 interleaved connections instead of 0.3).
   */
  consume(batch: PacketBatch, decoder: FrameDecoder): void {
    this.decoder = decoder;
    const { words, times, length } = batch;
    if (length > this.nextRow.length) this.nextRow = new Int32Array(batch.capacity);
    this.touchedCount = 0;
    for (let index = 0; index < length; index++) {
      const base = index << ROW_SHIFT;
      if (kindOf(words, base) === PacketKind.Tcp) this.enqueue(words, base, times, index);
      else this.takeOther(words, base, index);
    }
    const { touched, nextRow, heads } = this;
    for (let visit = 0; visit < this.touchedCount; visit++) {
      const number = touched[visit]!;
      const connection = this.connections[number]!;
      for (let link = heads[number]!; link >= 0; link = nextRow[link >> 1]!) {
        const index = link >> 1;
        const base = index << ROW_SHIFT;
        now.ns = times[(base >> 1) + TIME_AT]!;
        const side = (link & 1) as 0 | 1;
        if (kindOf(words, base) === PacketKind.Tcp) this.takeTcp(connection, side, words, base, words[base + Col.row]!);
        else takeTooBig(connection, side, words, base, words[base + Col.row]!);
      }
      heads[number] = NO_ROW;
    }
  }

  /** Connections in order of their first packet, each measured when it is asked for. */
  *measurements(): Generator<ConnectionMeasurement> {
    for (const [number, connection] of this.connections.entries()) {
      // Its state is not needed any more: with many connections that is most of the memory.
      delete this.connections[number];
      yield finishConnection(connection, {
        capture: this.captureIndex,
        names: (encapsulation) => this.decoder?.encapsulations.names(encapsulation) ?? [],
        linkTypeOfTap: (tap) => this.linkTypeOfTap(tap),
      });
    }
  }

  get connectionCount(): number {
    return this.connections.length;
  }

  udpFlows(): UdpFlowMeasurement[] {
    return this.udp.measurements();
  }

  /** Acknowledged data that was never captured: what the capture itself lost. */
  ackedUnseen(): UnseenSample[] {
    const samples: UnseenSample[] = [];
    let rows = 0;
    for (const { firstRow, sides } of this.connections) {
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
    return Float64Array.from(this.connections, ({ firstRow }) => firstRow);
  }

  private linkTypeOfTap(tap: number): number | undefined {
    const interfaceIndex = this.decoder?.taps[tap]?.interfaceIndex;
    return interfaceIndex === undefined ? undefined : this.interfaces[interfaceIndex]?.linkType;
  }

  /** Puts a row at the end of its connection's list. A link is the row's index in the batch, times two, plus its side. */
  private enqueue(words: Int32Array, base: number, times: Float64Array, index: number): void {
    const row = words[base + Col.row]!;
    this.tally.tcp++;
    const table = this.table;
    let flow = table.lookup(words, base, TCP);
    let number = table.created
      ? this.open(flow, words, base, times[(base >> 1) + TIME_AT]!, row)
      : this.connectionOfFlow[flow]!;
    if (number < 0) number = this.open(flow, words, base, times[(base >> 1) + TIME_AT]!, row);
    const flags = tcpFlagsOf(words, base);
    if ((flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn && !table.created) {
      if (reusesPorts(this.connections[number]!, words, base)) {
        flow = table.replace(words, base, TCP);
        number = this.open(flow, words, base, times[(base >> 1) + TIME_AT]!, row);
      }
    }
    this.append(number, index, table.reversed ? 1 : 0);
  }

  private takeTcp(connection: ConnectionState, side: 0 | 1, words: Int32Array, base: number, row: number): void {
    const notes = words[base + Col.notes]!;
    if ((notes & Note.Malformed) !== 0) {
      connection.malformed ??= new Sample();
      connection.malformed.add(row);
    }
    const tunnel = tunnelChecksumOf(words, base);
    if (tunnel !== ChecksumPlace.NoTunnel) {
      connection.tunnelChecksums ??= [0, 0, 0, 0, 0];
      connection.tunnelChecksums[tunnel]!++;
    }
    trackTcp(connection, side, words, base, row);
  }

  /** Connection index by flow number: flow numbers are shared with UDP. */
  private readonly connectionOfFlow: number[] = [];

  private open(flow: number, words: Int32Array, base: number, nowNs: number, row: number): number {
    const six = (words[base + Col.notes]! & Note.Ipv6) !== 0;
    // Source words, destination words, ports: as they lie in the row.
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
    const connection = new ConnectionState(
      this.connections.length + 1,
      six,
      row,
      nowNs,
      tapOf(words, base),
      encapsulationOf(words, base),
      addresses,
      this.pages,
    );
    connection.loopback = (words[base + Col.notes]! & Note.LoopbackLink) !== 0 || isLoopbackAddress(addresses, six);
    if ((tcpFlagsOf(words, base) & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn)
      connection.openingSeq = words[base + Col.seq]!;
    const number = this.connections.push(connection) - 1;
    this.connectionOfFlow[flow] = number;
    if (number >= this.heads.length) {
      this.heads = grown(this.heads);
      this.tails = grown(this.tails);
    }
    return number;
  }

  private takeOther(words: Int32Array, base: number, index: number): void {
    const row = words[base + Col.row]!;
    switch (kindOf(words, base)) {
      case PacketKind.Udp: {
        this.tally.udp++;
        const flow = this.table.lookup(words, base, 17);
        this.udp.take(flow, this.table.reversed, words, base, row);
        break;
      }
      case PacketKind.IcmpTooBig:
        this.tally.icmp++;
        this.enqueueTooBig(words, base, index);
        break;
      case PacketKind.Icmp:
        this.tally.icmp++;
        break;
      case PacketKind.Undecoded:
        this.tally.undecoded++;
        this.undecoded.add(row);
        break;
      default:
        this.tally.other++;
    }
  }

  /** Puts a message about a connection of the capture behind that connection's rows. */
  private enqueueTooBig(words: Int32Array, base: number, index: number): void {
    const { table } = this;
    const before = table.count;
    const flow = table.lookup(words, base, TCP);
    if (table.count !== before) {
      // A message about a connection that is not in the capture: it opens none.
      this.connectionOfFlow[flow] = -1;
      return;
    }
    const number = this.connectionOfFlow[flow] ?? -1;
    if (number >= 0) this.append(number, index, table.reversed ? 1 : 0);
  }

  private append(number: number, index: number, side: 0 | 1): void {
    const link = (index << 1) | side;
    this.nextRow[index] = NO_ROW;
    if (this.heads[number] === NO_ROW) {
      this.heads[number] = link;
      this.touched[this.touchedCount++] = number;
    } else this.nextRow[this.tails[number]!] = link;
    this.tails[number] = index;
  }
}

/** Takes an ICMP "too big" message about a packet of `side`. */
function takeTooBig(connection: ConnectionState, side: 0 | 1, words: Int32Array, base: number, row: number): void {
  connection.tooBig ??= { sample: new Sample(), mtuBytes: 0, fromV4: 0, alreadyFitted: 0 };
  const state = connection.tooBig;
  state.sample.add(row);
  state.mtuBytes = ipIdOf(words, base);
  state.fromV4 = words[base + Col.seq]!;
  const { mssOption } = connection.sides[side];
  const headers = connection.six ? 60 : 40;
  if (mssOption > 0 && mssOption + headers <= state.mtuBytes) state.alreadyFitted++;
}

/** A SYN with another initial sequence number on known ports is a new connection, as Wireshark counts streams. */
function reusesPorts(connection: ConnectionState, words: Int32Array, base: number): boolean {
  return connection.openingSeq !== words[base + Col.seq]!;
}

function grown(links: Int32Array): Int32Array {
  const result = new Int32Array(links.length * 2).fill(NO_ROW);
  result.set(links);
  return result;
}

function isLoopbackAddress(addresses: readonly number[], six: boolean): boolean {
  if (!six) return addresses[0]! >>> 24 === 127 || addresses[0] === addresses[4];
  for (let word = 0; word < 4; word++) if (addresses[word] !== addresses[4 + word]) return false;
  return true;
}

/** Address text of the source (0) or destination (1) of a stored tuple. */
export function addressText(addresses: readonly number[], which: 0 | 1, six: boolean): string {
  const at = which * 4;
  if (!six) return ipv4Text(addresses[at]!);
  return ipv6Text([addresses[at]!, addresses[at + 1]!, addresses[at + 2]!, addresses[at + 3]!]);
}
