// The whole program without the command line, in this process: bytes in, report out. For tests that run it thousands of times.

import type { CaptureError } from '../../src/capture/capture-error.ts';
import {
  buildCapture,
  buildConnection,
  buildFinding,
  buildUdpFlow,
  connectionText,
  createCaptureReader,
  createExplainer,
  diagnoseCapture,
  diagnoseConnection,
  diagnosisContext,
  findingsText,
  udpText,
} from '../../src/index.ts';
import type { CaptureReport, ConnectionReport, FindingReport, UdpFlowReport } from '../../src/report/model.ts';

export interface Explained {
  readonly capture: CaptureReport;
  readonly connections: readonly ConnectionReport[];
  readonly findings: readonly FindingReport[];
  readonly udpFlows: readonly UdpFlowReport[];
  readonly text: string;
  readonly damage: CaptureError | undefined;
}

/** Explains the bytes of a capture, given in chunks of that size; throws a CaptureError when not even a header can be read. */
export function explainBytes(bytes: Uint8Array, chunkBytes: number = 65_536): Explained {
  const explainer = createExplainer({ captureIndex: 0 });
  const reader = createCaptureReader(explainer.sink, { file: 'test.pcap' });
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.write(bytes.subarray(at, at + chunkBytes));
  const end = reader.end();
  const measured = explainer.finish(end);
  const context = diagnosisContext(measured, []);
  const capture = buildCapture(
    {
      path: 'test.pcap',
      compression: null,
      end,
      linkTypes: measured.interfaces.map(({ linkType }) => linkType),
      ...(measured.firstTime === undefined ? {} : { firstTime: measured.firstTime }),
      durationNs: measured.durationNs,
      otherPackets: measured.otherPackets,
      interrupted: false,
    },
    'en',
  );
  const connections = [...measured.connections].map((connection) => {
    const { verdicts, beliefs } = diagnoseConnection(connection, context);
    return buildConnection(connection, verdicts, beliefs, { language: 'en', idOffset: 0 });
  });
  const findings = diagnoseCapture(measured, context).map((verdict) => buildFinding(verdict, undefined, 'en'));
  const udpFlows = measured.udpFlows.map((flow) => buildUdpFlow(flow));
  const options = { language: 'en', width: 100, colour: false, verbose: true } as const;
  const lines = [
    ...connections.flatMap((connection) => connectionText(connection, capture, options)),
    ...findingsText(findings, options),
    ...udpText(udpFlows, options),
  ];
  return { capture, connections, findings, udpFlows, text: lines.join('\n'), damage: end.damage };
}

/** Numbers of a report that cannot be: not finite, negative, or a share above one. Names each by its path. */
export function impossibleNumbers(value: unknown, path: string = 'report'): string[] {
  if (typeof value === 'number') {
    const isShare = /\.(shareOfBytes|confidence|receiveWindow|sender|network|recovery|capturePointConfidence)$/.test(
      path,
    );
    if (!Number.isFinite(value)) return [`${path} is ${value}`];
    // Weights are log-odds: what speaks against is below zero. A clock that was set back puts a start before the first packet.
    if (value < 0 && !/\.(weight|startNs|fromNs|toNs)$/.test(path)) return [`${path} is negative: ${value}`];
    return isShare && value > 1.000_001 ? [`${path} is a share above 1: ${value}`] : [];
  }
  if (value === undefined) return [`${path} is undefined`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => impossibleNumbers(part, `${path}.${key}`));
}
