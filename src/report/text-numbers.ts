// Station "report": the numbers of one connection as a table, a column per direction.

import { cutText, padRight, textWidth } from './columns.ts';
import { type Language, label } from './messages/render.ts';
import type { ConnectionReport, DirectionReport } from './model.ts';
import { paint, type TextOptions, usableWidth } from './text-style.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from './units.ts';

interface TableRow {
  readonly head: string;
  readonly cells: readonly [string, string];
}

/** The table, without lines that say nothing for this connection. */
export function numbersTable(connection: ConnectionReport, options: TextOptions): string[] {
  const { language } = options;
  const [toServer, toClient] = connection.directions;
  const row = (key: string, cell: (direction: DirectionReport) => string): TableRow => ({
    head: label(`numbers.${key}`, language),
    cells: [cell(toServer), cell(toClient)],
  });
  const rows = [
    row('payload', (direction) => payloadCell(direction, language)),
    row('captured', (direction) => formatCount(direction.packets)),
    row('on-the-wire', (direction) => wireCell(direction, language)),
    row('segment', (direction) => segmentCell(direction, language)),
    row('frame', (direction) => frameCell(direction, language)),
    row('super-packets', (direction) => superCell(direction, language)),
    row('window', (direction) => windowCell(direction, language)),
    row('retransmitted', (direction) => retransmissionCell(direction, language)),
    row('acks', (direction) => ackCell(direction, language)),
  ].filter(({ cells }) => cells[0] !== '' || cells[1] !== '');
  const titles: readonly [string, string] = [label('direction.0', language), label('direction.1', language)];
  return layout(label('numbers.title', language), titles, rows, options);
}

function layout(
  title: string,
  titles: readonly [string, string],
  rows: readonly TableRow[],
  options: TextOptions,
): string[] {
  const headWidth = Math.max(...rows.map(({ head }) => textWidth(head)), textWidth(title)) + 2;
  const space = usableWidth(options) - headWidth;
  const wanted = Math.max(textWidth(titles[0]), ...rows.map(({ cells }) => textWidth(cells[0]))) + 2;
  const second = Math.max(textWidth(titles[1]), ...rows.map(({ cells }) => textWidth(cells[1])));
  const first = Math.min(wanted, Math.max(space - second, Math.floor(space / 2)));
  const line = (head: string, cells: readonly [string, string]): string =>
    padRight(head, headWidth) + padRight(cutText(cells[0], first - 1), first) + cutText(cells[1], space - first);
  const heading = paint(line(title, titles).trimEnd(), 'bold', options);
  return [heading, ...rows.map(({ head, cells }) => line(head, [cells[0] || '-', cells[1] || '-']).trimEnd())];
}

function payloadCell(direction: DirectionReport, language: Language): string {
  if (direction.payloadBytes === 0) return '';
  const parts = [formatBytes(direction.uniquePayloadBytes)];
  if (direction.rateBitsPerSec !== null) {
    parts.push(label('numbers.at-rate', language, { rate: formatRate(direction.rateBitsPerSec) }));
  }
  return parts.join(' ');
}

function wireCell(direction: DirectionReport, language: Language): string {
  const { count, exactness, how } = direction.wirePackets;
  if (direction.packets === 0) return '';
  const ways = how.filter((way) => way !== 'single' || how.length === 1).map((way) => label(`how.${way}`, language));
  const values = {
    count: formatCount(count),
    certainty: label(`certainty.${exactness}`, language),
    how: ways.join(', '),
    bytes: formatBytes(direction.wireBytes),
  };
  return label('numbers.wire-cell', language, values);
}

function segmentCell(direction: DirectionReport, language: Language): string {
  if (direction.segmentSizeBytes === null || direction.payloadBytes === 0) return '';
  const from = label(`segment-from.${direction.segmentSizeFrom ?? 'observed'}`, language);
  return `${formatBytes(direction.segmentSizeBytes)} (${from})`;
}

function frameCell(direction: DirectionReport, language: Language): string {
  if (direction.medianPayloadBytes === null || direction.maxPayloadBytes === null) return '';
  const values = { median: direction.medianPayloadBytes, max: direction.maxPayloadBytes };
  return label('numbers.frame-cell', language, values);
}

function superCell(direction: DirectionReport, language: Language): string {
  const { count, kind, shareOfBytes } = direction.superPackets;
  if (direction.payloadBytes === 0) return '';
  if (count === 0) return label('numbers.none', language);
  const values = { count: formatCount(count), share: formatPercent(shareOfBytes) };
  return label(`super.${kind ?? 'unknown'}`, language, values);
}

/** The window that bounded this direction. Without a scale only the raw field can be shown, and is called that. */
function windowCell(direction: DirectionReport, language: Language): string {
  const { window } = direction;
  if (window.rawMax === null && window.maxBytes === null) return '';
  if (window.minBytes === null || window.maxBytes === null) {
    if (window.rawMin === null || window.rawMax === null) return '';
    return label('numbers.window-raw', language, { min: window.rawMin, max: window.rawMax });
  }
  const values = { min: window.minBytes, max: window.maxBytes };
  const parts = [
    label(values.min === values.max ? 'numbers.window-constant' : 'numbers.window-range', language, values),
  ];
  if (window.scaleFrom === 'bytes-in-flight') parts.push(label('numbers.scale-inferred', language));
  if (window.zeroWindowPeriods > 0) {
    const zero = { count: window.zeroWindowPeriods, duration: window.zeroWindowNs };
    parts.push(label('numbers.zero-windows', language, zero));
  }
  if (window.clamped) parts.push(label('numbers.clamped', language));
  return parts.join(', ');
}

function retransmissionCell(direction: DirectionReport, language: Language): string {
  const { packets, fast, timeout, tailProbe, spurious } = direction.retransmissions;
  if (direction.payloadBytes === 0 && packets === 0) return '';
  if (packets === 0) return label('numbers.none', language);
  const kinds = Object.entries({ fast, timeout, tailProbe, spurious })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => label(`retransmitted.${kind}`, language, { count }));
  const text = label('numbers.packets', language, { packets });
  return kinds.length === 0 ? text : `${text} (${kinds.join(', ')})`;
}

function ackCell(direction: DirectionReport, language: Language): string {
  const counts = {
    outOfOrder: direction.outOfOrderPackets,
    duplicate: direction.duplicateAcks,
    stretch: direction.stretchAcks,
    probes: direction.windowProbes,
    keepAlives: direction.keepAlives,
    repeatedFins: direction.repeatedFins,
    ce: direction.ecn.ce,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => label(`acks.${kind}`, language, { count }))
    .join(', ');
}

/** One line of round-trip times; undefined when none is known. */
export function rttLine(connection: ConnectionReport, options: TextOptions): string | undefined {
  const parts = (['handshake', 'min', 'median', 'p95'] as const).flatMap((kind) => {
    const ns = connection.rttNs[kind];
    return ns === null ? [] : [`${label(`rtt.${kind}`, options.language)} ${formatDuration(ns)}`];
  });
  if (parts.length === 0) return undefined;
  return parts.join(', ');
}
