// Station "report": what is said of a capture file as a whole.

import type { UdpFlowMeasurement } from '../analysis/measurement.ts';
import { type EpochTime, isoTime } from '../bytes/time.ts';
import type { CaptureEnd, CaptureWarning } from '../capture/capture-reader.ts';
import { LinkType } from '../wire/frame.ts';
import { type Language, renderMessage } from './messages/render.ts';
import type { CaptureReport, ReportWarning, UdpFlowReport } from './model.ts';

/** What reading and measuring one capture gave, apart from its connections. */
export interface CaptureFacts {
  readonly path: string;
  readonly compression: 'gzip' | 'zstd' | null;
  readonly end: CaptureEnd;
  /** pcap link type numbers, one per interface. */
  readonly linkTypes: readonly number[];
  readonly firstTime?: EpochTime;
  /** Last packet after first, in nanoseconds. */
  readonly durationNs: number;
  readonly otherPackets: CaptureReport['otherPackets'];
  /** Reading was stopped from outside (SIGINT): the report covers what had been read. */
  readonly interrupted: boolean;
}

/** The names that https://www.tcpdump.org/linktypes.html gives, without LINKTYPE_. */
const linkTypeNames: ReadonlyMap<number, string> = new Map([
  [LinkType.Null, 'NULL'],
  [LinkType.Ethernet, 'ETHERNET'],
  [LinkType.Raw, 'RAW'],
  [LinkType.Loop, 'LOOP'],
  [LinkType.LinuxSll, 'LINUX_SLL'],
  [LinkType.Ipv4, 'IPV4'],
  [LinkType.Ipv6, 'IPV6'],
  [LinkType.LinuxSll2, 'LINUX_SLL2'],
]);

/** One capture of the report. */
export function buildCapture(facts: CaptureFacts, language: Language): CaptureReport {
  const { end } = facts;
  const damage = end.damage;
  const warnings = end.warnings.map((warning) => buildWarning(warning, language));
  if (facts.interrupted) {
    const message = renderMessage({ key: 'warning.interrupted', values: { packets: end.packetCount } }, language);
    warnings.push({ code: 'interrupted', count: 1, message });
  }
  return {
    path: facts.path,
    format: end.format,
    compression: facts.compression,
    linkTypes: [...new Set(facts.linkTypes)].map((type) => linkTypeNames.get(type) ?? `LINKTYPE_${type}`),
    packets: end.packetCount,
    capturedBytes: end.capturedBytes,
    originalBytes: end.originalBytes,
    firstTime: facts.firstTime === undefined ? null : (isoTime(facts.firstTime) ?? null),
    durationNs: facts.durationNs,
    damage:
      damage === undefined
        ? null
        : { packet: damage.place.packet ?? null, offset: damage.place.offset ?? null, message: damage.problem },
    warnings,
    otherPackets: facts.otherPackets,
  };
}

/** In English the reader's own sentence; in other languages ours, with the reader's sentence behind it for its packet number. */
function buildWarning(warning: CaptureWarning, language: Language): ReportWarning {
  const { code, count } = warning;
  if (language === 'en') return { code, count, message: warning.message };
  const values = { count, detail: warning.message };
  return { code, count, message: renderMessage({ key: `warning.${code}`, values }, language) };
}

/** One UDP flow of the report. */
export function buildUdpFlow(flow: UdpFlowMeasurement): UdpFlowReport {
  return {
    client: { ip: flow.client.ip, port: flow.client.port },
    server: { ip: flow.server.ip, port: flow.server.port },
    firstPacket: flow.firstRow + 1,
    packets: flow.packets,
    payloadBytes: flow.payloadBytes,
    largerThanMtu: flow.largerThanMtu.count,
    maxPayloadBytes: flow.maxPayloadBytes,
  };
}
