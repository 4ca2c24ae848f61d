// Station "analysis": the state of a connection, when its packets have passed, as a measurement.

import { ipv4Text, ipv6Text } from '../flow/address.ts';
import { LinkType } from '../wire/frame.ts';
import { findCapturePoint } from './capture-point.ts';
import type { ConnectionState } from './connection-state.ts';
import type { DirectionState } from './direction-state.ts';
import { finishDirection } from './finish-direction.ts';
import { quantilesAt } from './measured-parts.ts';
import type { ConnectionMeasurement, DirectionMeasurement } from './measurement.ts';
import { sampleOf } from './sample.ts';

/** What a connection cannot know of the capture it is in. */
export interface FinishContext {
  readonly capture: number;
  /** Its number in the capture, from 0, by its number in this analysis. */
  readonly numberOf: (number: number) => number;
  readonly names: (encapsulation: number) => string[];
  readonly linkTypeOfTap: (tap: number) => number | undefined;
}

/** Measures a connection. Ends its state: call once. */
export function finishConnection(connection: ConnectionState, context: FinishContext): ConnectionMeasurement {
  decideEnds(connection);
  const [first, second] = connection.sides;
  first.peerSynMss = second.synMss;
  second.peerSynMss = first.synMss;
  const linkType = context.linkTypeOfTap(connection.firstTap);
  if (linkType === LinkType.Null || linkType === LinkType.Loop) connection.loopback = true;
  const points = findCapturePoint(connection);
  const clientSide = connection.serverFirst ? 1 : 0;
  const serverSide = clientSide === 0 ? 1 : 0;
  const client = connection.sides[clientSide];
  const server = connection.sides[serverSide];
  const ecn = ecnNegotiated(connection);
  const directions: [DirectionMeasurement, DirectionMeasurement] = [
    finishDirection(connection, client, points, 0, ecn),
    finishDirection(connection, server, points, 1, ecn),
  ];
  const main = first.payloadBytes >= second.payloadBytes ? 0 : 1;
  const number = context.numberOf(connection.number);
  return {
    id: number + 1,
    tcpStream: number,
    capture: context.capture,
    ipVersion: connection.six ? 6 : 4,
    client: endOf(connection, clientSide),
    server: endOf(connection, serverSide),
    encapsulation: context.names(connection.encapsulation),
    firstRow: connection.firstRow,
    lastRow: connection.lastRow,
    firstNs: connection.firstNs,
    lastNs: connection.lastNs,
    capturePoint: points.connection === 'both' ? 'both' : points.directions[main],
    handshake: {
      seen: connection.synRow >= 0 && connection.synAckRow >= 0,
      ...(client.synMss > 0 ? { clientMssOption: client.synMss } : {}),
      ...(server.synMss > 0 ? { serverMssOption: server.synMss } : {}),
      ...(client.synSeen && client.synScale !== 255 ? { clientScaleShift: client.synScale } : {}),
      ...(server.synSeen && server.synScale !== 255 ? { serverScaleShift: server.synScale } : {}),
      timestamps: connection.timestamps,
      sackPermitted: client.sackPermitted,
      synRetransmitNs: connection.synRetransmitNs ?? [],
      synRows: connection.synRows,
      established: connection.established,
      reset: connection.reset,
    },
    rttNs: roundTrip(connection, connection.sides[main], directions[main === clientSide ? 0 : 1]),
    directions,
    duplicates: duplicateFields(connection),
    icmpTooBig: tooBigFields(connection),
    ...tunnelFields(connection),
    malformed: sampleOf(connection.malformed),
  };
}

/** Without a SYN: the lower port is the server's, as servers' ports are; equal ports leave the first sender as client. */
function decideEnds(connection: ConnectionState): void {
  if (connection.clientKnown) return;
  const ports = connection.addresses[8]!;
  connection.serverFirst = ports >>> 16 < (ports & 0xffff);
}

function endOf(connection: ConnectionState, side: 0 | 1): { ip: string; port: number } {
  const { addresses, six } = connection;
  const at = side * 4;
  const ip = six
    ? ipv6Text([addresses[at]!, addresses[at + 1]!, addresses[at + 2]!, addresses[at + 3]!])
    : ipv4Text(addresses[at]!);
  const ports = addresses[8]!;
  return { ip, port: side === 0 ? ports >>> 16 : ports & 0xffff };
}

/** RTT of the direction with more data. Away from the sender the sender's own turn is the other half of it. */
function roundTrip(
  connection: ConnectionState,
  main: DirectionState,
  measured: DirectionMeasurement,
): ConnectionMeasurement['rttNs'] {
  const clean = connection.synRetransmitNs === undefined;
  const handshake =
    clean && connection.synNs >= 0 && connection.handshakeAckNs >= 0
      ? connection.handshakeAckNs - connection.synNs
      : undefined;
  const delay = measured.ackDelayNs;
  const turn = turnOf(main);
  const near = main.near || measured.capturePoint === 'sender';
  const result: { handshake?: number; min?: number; median?: number; p95?: number } = {};
  if (handshake !== undefined && handshake >= 0) result.handshake = handshake;
  if (delay === undefined) return result;
  const rest = near ? noTurn : turn;
  if (rest === undefined) return result;
  result.min = delay.min + rest.min;
  result.median = delay.median + rest.median;
  result.p95 = delay.p95 + rest.p95;
  return result;
}

const noTurn = { min: 0, median: 0, p95: 0 } as const;

function turnOf(side: DirectionState): { min: number; median: number; p95: number } | undefined {
  if (side.turns !== undefined) {
    const { turns } = side;
    return {
      min: Math.min(turns.min, side.turnMinNs),
      median: turns.quantile(0.5) ?? turns.min,
      p95: turns.quantile(0.95) ?? turns.max,
    };
  }
  if (!Number.isFinite(side.turnMinNs)) return undefined;
  return { min: side.turnMinNs, median: side.turnMinNs, p95: side.turnMinNs };
}

/** Both SYNs asked for it (RFC 3168 section 6.1.1), as far as the marks show; undefined when nothing tells. */
function ecnNegotiated(connection: ConnectionState): boolean | undefined {
  if (connection.sides.some((side) => side.ect > 0)) return true;
  return connection.synRow >= 0 && connection.synAckRow >= 0 ? connection.ecnAgreed : undefined;
}

function duplicateFields(connection: ConnectionState): ConnectionMeasurement['duplicates'] {
  const state = connection.duplicates;
  if (state === undefined) return { count: 0, rows: [], taps: 1, sameInterface: false };
  const { engine } = connection;
  const median = quantilesAt(engine, engine.words[state.delaySlot >>> 2]!)?.quantile(0.5);
  return {
    count: state.sample.count,
    rows: state.sample.rows,
    taps: Math.max(2, state.taps.size),
    sameInterface: state.taps.size === 1,
    ...(median === undefined ? {} : { delayMedianNs: median }),
  };
}

function tooBigFields(connection: ConnectionState): ConnectionMeasurement['icmpTooBig'] {
  const state = connection.tooBig;
  if (state === undefined) return { count: 0, rows: [], alreadyFitted: 0 };
  return {
    count: state.sample.count,
    rows: state.sample.rows,
    mtuBytes: state.mtuBytes,
    ...(connection.six ? {} : { fromIp: ipv4Text(state.fromV4) }),
    alreadyFitted: state.alreadyFitted,
  };
}

function tunnelFields(connection: ConnectionState): Pick<ConnectionMeasurement, 'tunnelChecksums'> {
  const counts = connection.tunnelChecksums;
  if (counts === undefined) return {};
  return { tunnelChecksums: { valid: counts[1]!, partial: counts[2]!, wrong: counts[3]!, zero: counts[4]! } };
}
