// Station "report": one connection on one screen, for an engineer at 3 a.m.: the answer first, then why and what to do, then
// the numbers, where the capture was taken, and the three usual beliefs.

import { textWidth } from './columns.ts';
import { label } from './messages/render.ts';
import type { CaptureReport, ConnectionReport, FindingReport, UdpFlowReport, VerdictReport } from './model.ts';
import { answeringVerdict } from './summary.ts';
import { limitLines } from './text-limits.ts';
import { numbersTable, rttLine } from './text-numbers.ts';
import { certainty, hang, paint, type TextOptions } from './text-style.ts';
import { answerLines, compactVerdictLines, mainVerdictLines, verdictLines } from './text-verdicts.ts';
import { formatBytes, formatDuration, formatEndpoint } from './units.ts';

/** Lines of one screen; a connection's report aims to stay within it unless `verbose`. */
const screenLines = 40;

/** One connection: answer, verdicts, numbers, limits, capture point, beliefs. */
export function connectionText(
  connection: ConnectionReport,
  capture: CaptureReport | undefined,
  options: TextOptions,
): string[] {
  const main = answeringVerdict(connection.verdicts);
  const others = connection.verdicts.filter((verdict) => verdict !== main);
  const top = [
    ...answerLines(main?.severity ?? 'info', main?.claim ?? label('answer.no-verdict', options.language), options),
    ...identityLines(connection, options),
    ...(capture === undefined ? [] : captureLines(capture, options)),
    '',
  ];
  const facts = factLines(connection, options);
  const room = screenLines - top.length - facts.length - 1;
  return [...top, ...whyLines(main, others, room, options), ...facts];
}

/** Further verdicts that ask for attention and get their sentence whatever the room. */
const leastAlarms = 1;

/**
 * The gravest verdict in as much detail as there is room for. The next that asks for attention gets its sentence; the others
 * get theirs where there is room, and are named where there is not.
 */
function whyLines(
  main: VerdictReport | undefined,
  others: readonly VerdictReport[],
  room: number,
  options: TextOptions,
): string[] {
  if (main === undefined) return [];
  if (options.verbose) {
    const further = others.flatMap((verdict) => ['', ...verdictLines(verdict, options)]);
    return [...mainVerdictLines(main, room, options), ...further, ''];
  }
  const compact = others.map((verdict) => compactVerdictLines(verdict, options));
  const sureAlarms = Math.min(others.filter((verdict) => isAlarm(verdict)).length, leastAlarms);
  const reserved = compact.slice(0, sureAlarms).reduce((sum, lines) => sum + lines.length, 0);
  const mainLines = mainVerdictLines(main, room - reserved - 4, options);
  const further: string[] = [];
  for (const [index, lines] of compact.entries()) {
    const namesAfter = index + 1 < compact.length ? 1 : 0;
    if (index >= sureAlarms && mainLines.length + further.length + lines.length + namesAfter + 2 > room) {
      further.push(...alsoLines(others.slice(index), options));
      break;
    }
    further.push(...lines);
  }
  return [...mainLines, '', ...further, ...(further.length > 0 ? [''] : [])];
}

function isAlarm({ severity }: VerdictReport): boolean {
  return severity === 'problem' || severity === 'notice';
}

/** The names of verdicts that there is no room for. */
function alsoLines(verdicts: readonly VerdictReport[], options: TextOptions): string[] {
  const list = verdicts
    .map(
      (verdict) =>
        (isAlarm(verdict) ? `${label(`severity.${verdict.severity}`, options.language)} ` : '') + verdict.code,
    )
    .join(', ');
  return hang('', label('verdict.also', options.language, { list }), 2, options);
}

/** Numbers, limits, capture point and beliefs. */
function factLines(connection: ConnectionReport, options: TextOptions): string[] {
  const { language } = options;
  const heads = ['limits.title', 'rtt.title', 'point.title'].map((key) => textWidth(label(key, language)));
  const indent = Math.max(...heads) + 2;
  const rtt = rttLine(connection, options);
  return [
    ...numbersTable(connection, options),
    ...(rtt === undefined ? [] : hang(label('rtt.title', language), rtt, indent, options, 'bold')),
    ...limitLines(connection, indent, options),
    ...capturePointLines(connection, indent, options),
    '',
    ...beliefLines(connection, options),
  ];
}

/** `10.0.0.1:40000 > 10.0.0.2:5201, connection 1 (tcp.stream 0), packets 1 to 12,345, ...`. */
function identityLines(connection: ConnectionReport, options: TextOptions): string[] {
  const { language } = options;
  const parts = [
    `${formatEndpoint(connection.client)} > ${formatEndpoint(connection.server)}`,
    label('identity.connection', language, { id: connection.id, stream: connection.tcpStream }),
    label('identity.packets', language, { first: connection.firstPacket, last: connection.lastPacket }),
    formatDuration(connection.durationNs),
  ];
  if (!connection.handshakeSeen) parts.push(label('identity.no-handshake', language));
  if (connection.encapsulation.length > 0)
    parts.push(label('identity.inside', language, { list: connection.encapsulation.join(', ') }));
  return hang('', parts.join(', '), 0, options);
}

/** The capture in one line, then its damage and warnings. */
export function captureLines(capture: CaptureReport, options: TextOptions): string[] {
  const { language } = options;
  const kind = capture.compression === null ? capture.format : `${capture.format}, ${capture.compression}`;
  const parts = [
    kind,
    label('numbers.packets', language, { packets: capture.packets }),
    formatBytes(capture.originalBytes),
    capture.linkTypes.join(', '),
  ];
  if (capture.firstTime !== null) parts.push(`${capture.firstTime.slice(0, 19).replace('T', ' ')} UTC`);
  const lines = hang('', `${capture.path}: ${parts.filter((part) => part !== '').join(', ')}`, 0, options);
  const alarm = (text: string): string[] => hang('! ', text, 2, options, 'yellowBold');
  if (capture.damage !== null) lines.push(...alarm(damageText(capture.damage, options)));
  for (const warning of capture.warnings) lines.push(...alarm(warning.message));
  const { undecoded, undecodedCut: cut } = capture.otherPackets;
  if (cut > 0) lines.push(...alarm(label('capture.undecoded.cut', language, { undecoded, cut })));
  else if (undecoded > 0) lines.push(...alarm(label('capture.undecoded', language, { undecoded })));
  return lines;
}

function damageText(damage: NonNullable<CaptureReport['damage']>, options: TextOptions): string {
  const { language } = options;
  const packet = damage.packet === null ? '' : label('damage.packet', language, { packet: damage.packet });
  const offset = damage.offset === null ? '' : label('damage.offset', language, { offset: damage.offset.toString(16) });
  const place = [packet, offset].filter((part) => part !== '').join(' ');
  return label('damage.sentence', language, { place: place === '' ? '' : ` (${place})`, problem: damage.message });
}

/** What a capture without a TCP connection holds instead. */
export function notTcpLines(capture: CaptureReport, options: TextOptions): string[] {
  return hang('', label('capture.not-tcp', options.language, { ...capture.otherPackets }), 0, options);
}

/** Per direction with data: where it was tapped, how sure that is, and the strongest evidence. */
function capturePointLines(connection: ConnectionReport, indent: number, options: TextOptions): string[] {
  const { language } = options;
  const shown = ([0, 1] as const).filter((side) => {
    const { packets, payloadBytes } = connection.directions[side];
    return payloadBytes > 0 || (options.verbose && packets > 0);
  });
  return shown.flatMap((side, index) => {
    const direction = connection.directions[side];
    const sure =
      direction.capturePoint === 'unknown' ? '' : `, ${certainty(direction.capturePointConfidence, language)}`;
    const place = label(`point.${direction.capturePoint}`, language);
    const wanted = options.verbose ? Infinity : 1;
    const evidence = direction.capturePointEvidence
      .filter(({ pointsTo, weight }) => pointsTo === direction.capturePoint && weight > 0)
      .slice(0, wanted)
      .map(({ text }) => text);
    const because = evidence.length === 0 ? '' : `: ${evidence.join('; ')}`;
    const head = index === 0 ? label('point.title', language) : '';
    return hang(head, `${label(`direction.${side}`, language)}: ${place}${sure}${because}`, indent, options, 'bold');
  });
}

function beliefLines(connection: ConnectionReport, options: TextOptions): string[] {
  const { language } = options;
  const beliefs = ['tsoIsOff', 'captureToolIsWrong', 'sameEverywhere'] as const;
  const width = Math.max(...beliefs.map((belief) => textWidth(label(`belief.${belief}`, language)))) + 2;
  return beliefs.flatMap((belief) => {
    const answer = label(`answer.${connection.beliefs[belief]}`, language);
    const reason = connection.beliefReasons[belief];
    return hang(label(`belief.${belief}`, language), reason === '' ? answer : `${answer}: ${reason}`, width, options);
  });
}

/** Verdicts about a host, a device or the file. */
export function findingsText(findings: readonly FindingReport[], options: TextOptions): string[] {
  if (findings.length === 0) return [];
  const title = paint(label('findings.title', options.language), 'bold', options);
  return [title, ...findings.flatMap((finding) => verdictLines(finding, options))];
}

/** UDP in one line per flow with datagrams larger than the MTU, and a count of the others. */
export function udpText(flows: readonly UdpFlowReport[], options: TextOptions): string[] {
  if (flows.length === 0) return [];
  const { language } = options;
  const large = flows.filter((flow) => flow.largerThanMtu > 0);
  const bytes = flows.reduce((sum, flow) => sum + flow.payloadBytes, 0);
  const lines = hang(
    '',
    label('udp.summary', language, { flows: flows.length, large: large.length, bytes }),
    0,
    options,
  );
  for (const flow of large.slice(0, options.verbose ? Infinity : 3)) {
    const ends = `${formatEndpoint(flow.client)} > ${formatEndpoint(flow.server)}`;
    const values = { count: flow.largerThanMtu, packets: flow.packets, max: flow.maxPayloadBytes };
    lines.push(...hang('  ', `${ends}: ${label('udp.large', language, values)}`, 4, options));
  }
  return lines;
}
