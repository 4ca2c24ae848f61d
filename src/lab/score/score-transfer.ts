// Station "lab", the score: `explain` on every capture of one labelled transfer.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CaptureMeasurement, ConnectionMeasurement } from '../../analysis/measurement.ts';
import { createExplainer } from '../../explain.ts';
import { openCapture } from '../../node/open-capture.ts';
import type { TapTruth, Truth } from '../truth.ts';
import { type Check, wordCheck } from './check.ts';
import { scoreDirection } from './score-direction.ts';

/** Reads truth.json of the directory and scores every capture beside it. */
export async function scoreTransfer(directory: string): Promise<readonly Check[]> {
  const truth = JSON.parse(await readFile(join(directory, 'truth.json'), 'utf8')) as Truth;
  const checks: Check[] = [];
  for (const tap of truth.taps) {
    const explainer = createExplainer({ captureIndex: 0 });
    const { end } = await openCapture(join(directory, tap.file), explainer.sink);
    const measured = explainer.finish(end);
    const where = `${basename(directory)}/${tap.file}`;
    checks.push(...(truth.udp ? scoreUdp(truth, tap, measured, where) : scoreTcp(truth, tap, measured, where)));
  }
  return checks;
}

function scoreTcp(truth: Truth, tap: TapTruth, measured: CaptureMeasurement, where: string): Check[] {
  return truth.connections.flatMap((expected) => {
    const { ip, port } = expected.server;
    const at = truth.dataFrom === 'client' ? tap.clientToServer : tap.serverToClient;
    const place = { at, where, direction: truth.dataFrom === 'client' ? 0 : 1 } as const;
    const connection = largestWithPort([...measured.connections], port);
    const found = connection && `${connection.server.ip} port ${connection.server.port}`;
    const checks = [wordCheck('connection', place, found, [`${ip} port ${port}`], !cutsInnerTcp(tap))];
    if (connection?.server.port !== port) return checks;
    for (const direction of [0, 1] as const) {
      const from = direction === 0 ? 'client' : 'server';
      const isMain = truth.dataFrom === from;
      checks.push(
        ...scoreDirection({
          place: { at: direction === 0 ? tap.clientToServer : tap.serverToClient, where, direction },
          tap,
          truth: expected.directions[direction],
          sender: truth.hosts[isMain ? 'sender' : 'receiver'],
          elapsedUs: expected.elapsedUs,
          isMain,
          connection,
          measured: connection.directions[direction],
        }),
      );
    }
    return checks;
  });
}

/** Ethernet, IPv4, UDP and VXLAN, then Ethernet, IPv4 and TCP with timestamps: 116 bytes. */
const VXLAN_HEADERS_BYTES = 14 + 20 + 8 + 8 + 14 + 20 + 32;

/** A short snaplen leaves too little of a connection inside a tunnel. */
const cutsInnerTcp = ({ encapsulation, snaplen }: TapTruth): boolean =>
  encapsulation === 'vxlan' && snaplen < VXLAN_HEADERS_BYTES;

/** The transfer itself: other connections of the port are warm-ups. */
function largestWithPort(
  connections: readonly ConnectionMeasurement[],
  port: number,
): ConnectionMeasurement | undefined {
  const bytes = ({ directions }: ConnectionMeasurement): number =>
    directions[0].payloadBytes + directions[1].payloadBytes;
  return connections
    .filter(({ client, server }) => client.port === port || server.port === port)
    .toSorted((a, b) => bytes(b) - bytes(a))[0];
}

/** Every send call made one datagram that is larger than the MTU; only taps above the card see it whole. */
function scoreUdp(truth: Truth, tap: TapTruth, measured: CaptureMeasurement, where: string): Check[] {
  const at = tap.clientToServer;
  const place = { at, where, direction: 0 } as const;
  const seen = measured.udpFlows.reduce((sum, flow) => sum + flow.largerThanMtu.count, 0);
  if (at === 'receiver') {
    const merged = truth.udp?.plan.receiverMerges === true;
    return [wordCheck('udp-super-datagrams', place, seen > 0 ? 'some' : 'none', [merged ? 'some' : 'none'], true)];
  }
  const calls = at === 'sender' ? (truth.udp?.sent.calls ?? 0) : 0;
  return [wordCheck('udp-super-datagrams', place, String(seen), [String(calls)], true)];
}
