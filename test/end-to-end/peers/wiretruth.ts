// The same figures out of our own report.

import type { ConnectionReport, DirectionReport, Report } from '../../../src/report/model.ts';
import { type ConnectionFigures, type DirectionFigures, endpoint, type Figures } from './figures.ts';

function figuresOfDirection(direction: DirectionReport): DirectionFigures {
  return {
    packets: direction.packets,
    payloadBytes: direction.payloadBytes,
    retransmittedFrames: direction.retransmissions.frames,
    outOfOrderFrames: direction.outOfOrderPackets,
    duplicateAcks: direction.duplicateAcks,
    zeroWindowSeen: direction.window.zeroWindowPeriods > 0,
  };
}

function figuresOfConnection(connection: ConnectionReport): ConnectionFigures {
  const { handshake } = connection.rttNs;
  const [first, second] = [figuresOfDirection(connection.directions[0]), figuresOfDirection(connection.directions[1])];
  return { ...(handshake === null ? {} : { handshakeRttMs: handshake / 1e6 }), directions: [first, second] };
}

export function wiretruthFigures(report: Report): Figures {
  const figures = new Map<string, ConnectionFigures>();
  for (const connection of report.connections) {
    const { client, server } = connection;
    const key = `${endpoint(client.ip, client.port)}-${endpoint(server.ip, server.port)}`;
    if (!figures.has(key)) figures.set(key, figuresOfConnection(connection));
  }
  return figures;
}
