// `wiretruth host check` as text: the answer first, then why and what to do, then the switches and counters of every device.

import { SHAPING_FEATURES, type ShapingFeature } from '../../hoststate/check/offloads.ts';
import { padRight, textWidth } from '../../report/columns.ts';
import { label } from '../../report/messages/render.ts';
import type { FindingReport } from '../../report/model.ts';
import { hang, paint, type TextOptions } from '../../report/text-style.ts';
import { answerLines, compactVerdictLines, mainVerdictLines, verdictLines } from '../../report/text-verdicts.ts';
import type { CounterReport, DeviceReport, HostCheckReport, OffloadReport } from './check-report.ts';
import { printable } from './printable.ts';

/** Head of each column; the names that engineers say. */
const columnTitles: Readonly<Record<ShapingFeature, string>> = {
  'tx-tcp-segmentation': 'TSO4',
  'tx-tcp6-segmentation': 'TSO6',
  'tx-generic-segmentation': 'GSO',
  'rx-gro': 'GRO',
  'rx-gro-hw': 'GRO-HW',
  'rx-lro': 'LRO',
};

/** Lines for a terminal, without line breaks. */
export function hostCheckText(given: HostCheckReport, options: TextOptions): readonly string[] {
  const report = printable(given);
  const main = answering(report.findings);
  const others = report.findings.filter((finding) => finding !== main);
  const { language } = options;
  const answer =
    main === undefined
      ? answerLines('info', label('check.no-verdict', language, { host: report.host }), options)
      : answerLines(main.severity, main.claim, options);
  return [
    ...answer,
    ...identityLines(report, options),
    '',
    ...(main === undefined ? [] : [...mainVerdictLines(main, Infinity, options), '']),
    ...otherLines(others, options),
    ...deviceLines(report.devices, options),
    ...counterLines(report.counters, options),
    ...endLines(report, options),
  ];
}

/** The gravest finding that asks for attention; else the one that says that nothing is wrong. */
function answering(findings: readonly FindingReport[]): FindingReport | undefined {
  const alarm = findings.find(isAlarm);
  return alarm ?? findings.find(({ code }) => code === 'host-nothing-wrong') ?? findings[0];
}

function isAlarm({ severity }: FindingReport): boolean {
  return severity === 'problem' || severity === 'notice';
}

/** Alarms with their evidence and fix, the rest in a sentence each. */
function otherLines(findings: readonly FindingReport[], options: TextOptions): readonly string[] {
  return findings.flatMap((finding) => {
    if (options.verbose || isAlarm(finding)) return [...verdictLines(finding, options), ''];
    return [...compactVerdictLines(finding, options), ''];
  });
}

function identityLines(report: HostCheckReport, options: TextOptions): readonly string[] {
  const { language } = options;
  const kernel = report.kernel === null ? label('check.kernel-unknown', language) : `Linux ${report.kernel}`;
  const values = { host: report.host, kernel, devices: report.devices.length, outputs: report.outputs };
  return hang('', label('check.identity', language, values), 0, options);
}

function deviceLines(devices: readonly DeviceReport[], options: TextOptions): readonly string[] {
  if (devices.length === 0) return [];
  const { language } = options;
  const head = [label('check.devices', language), label('check.driver', language), ...Object.values(columnTitles)];
  const rows = devices.map((device) => [
    device.namespace === null ? device.device : `${device.namespace}/${device.device}`,
    driverCell(device),
    ...SHAPING_FEATURES.map((feature) => stateCell(device.offloads[feature])),
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => textWidth(row[column] ?? title))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => padRight(cell, (widths[column] ?? 0) + 2))
      .join('')
      .trimEnd();
  return [paint(line(head), 'bold', options), ...rows.map(line), ...legend(rows, options), ''];
}

function driverCell({ driver, firmware }: DeviceReport): string {
  if (driver === null) return '?';
  return firmware === null || firmware === '' || firmware === 'N/A' ? driver : `${driver} (${firmware})`;
}

function stateCell(state: OffloadReport | null): string {
  if (state === null) return '?';
  if (state.fixed && !state.active) return 'no';
  return `${state.active ? 'on' : 'off'}${state.drifts ? '*' : ''}`;
}

/** Explains only the signs that were used. */
function legend(rows: readonly (readonly string[])[], { language }: TextOptions): readonly string[] {
  const cells = new Set(rows.flatMap((row) => row.slice(2)));
  const parts = [
    ...([...cells].some((cell) => cell.endsWith('*')) ? [label('check.legend.vetoed', language)] : []),
    ...(cells.has('no') ? [label('check.legend.fixed', language)] : []),
    ...(cells.has('?') ? [label('check.legend.unknown', language)] : []),
  ];
  return parts.length === 0 ? [] : [`(${parts.join('; ')})`];
}

function counterLines(counters: readonly CounterReport[], options: TextOptions): readonly string[] {
  const shown = counters.filter((counter) => options.verbose || !isDull(counter));
  if (shown.length === 0) return [];
  const { language } = options;
  const title = `${paint(label('check.counters', language), 'bold', options)} (${label('check.counters.since', language)})`;
  const lines = shown.flatMap((counter) => {
    const where = counter.namespace === null ? '' : `${counter.namespace}: `;
    return hang('  ', `${where}${counter.text} [${counter.source}]`, 2, options);
  });
  return [title, ...lines, ''];
}

/** Zeros are an answer only where people ask: the merge factor, the windows, the suspect-GRO line. */
function isDull({ kind, value }: CounterReport): boolean {
  return value === 0 && !['merge-factor', 'window-wanted-zero', 'retransmitted', 'suspect-gro'].includes(kind);
}

function endLines(report: HostCheckReport, options: TextOptions): readonly string[] {
  const { language } = options;
  const lines: string[] = [];
  if (report.notGiven.length > 0) {
    lines.push(
      ...hang(
        '',
        label('check.not-given', language, {
          list: report.notGiven.map((command) => command.replaceAll(' ', '\u00a0')).join(', '),
        }),
        0,
        options,
      ),
    );
  }
  const [first] = report.unread;
  if (first !== undefined) {
    const shown = options.verbose ? report.unread.map(({ message }) => message).join('; ') : first.message;
    const text = label('check.unread', language, { count: report.unread.length, first: shown });
    lines.push(...hang('! ', text, 2, options, 'yellowBold'));
  }
  return lines;
}
