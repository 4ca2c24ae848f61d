// The same figures out of our own report and, for the delay of acknowledgements, which the report only gives where it is a round
// trip, out of the measurement behind it.

import type { CaptureMeasurement } from '../../../src/analysis/measurement.ts';
import { createExplainer } from '../../../src/explain.ts';
import { openCapture } from '../../../src/node/open-capture.ts';
import type { DirectionReport, Report } from '../../../src/report/model.ts';
import { type ConnectionFigures, type DirectionFigures, endpoint, type Figures } from './figures.ts';

/** What the library measured, in this process. */
export async function measure(path: string): Promise<CaptureMeasurement> {
  const explainer = createExplainer({ captureIndex: 0 });
  const { end } = await openCapture(path, explainer.sink);
  const measured = explainer.finish(end);
  // Connections are produced as they are asked for, once: kept here, because several tests look at them.
  return { ...measured, connections: [...measured.connections] };
}

function figuresOfDirection(
  direction: DirectionReport,
  ackDelay: { readonly min: number; readonly median: number } | undefined,
): DirectionFigures {
  const { retransmissions, outOfOrderPackets, repeatedFins } = direction;
  // They count a FIN that was sent again among the retransmissions.
  const retransmittedFrames = retransmissions.frames + repeatedFins;
  return {
    packets: direction.packets,
    payloadBytes: direction.payloadBytes,
    retransmittedFrames,
    outOfOrderFrames: outOfOrderPackets,
    oldFrames: retransmittedFrames + outOfOrderPackets,
    duplicateAcks: direction.duplicateAcks,
    zeroWindowSeen: direction.window.zeroWindowPeriods > 0,
    ...(ackDelay === undefined ? {} : { ackRttMinMs: ackDelay.min / 1e6, ackRttMedianMs: ackDelay.median / 1e6 }),
  };
}

export function wiretruthFigures(report: Report, measurement: CaptureMeasurement): Figures {
  const measured = [...measurement.connections];
  const figures = new Map<string, ConnectionFigures>();
  for (const [index, connection] of report.connections.entries()) {
    const { client, server } = connection;
    const key = `${endpoint(client.ip, client.port)}-${endpoint(server.ip, server.port)}`;
    if (figures.has(key)) continue;
    const delays = measured[index]?.directions.map((direction) => direction.ackDelayNs) ?? [];
    const [first, second] = connection.directions;
    const { handshake } = connection.rttNs;
    figures.set(key, {
      ...(handshake === null ? {} : { handshakeRttMs: handshake / 1e6 }),
      directions: [figuresOfDirection(first, delays[0]), figuresOfDirection(second, delays[1])],
    });
  }
  return figures;
}
