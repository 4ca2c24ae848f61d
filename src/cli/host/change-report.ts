// What `host apply` and `host undo` did, as data ("wiretruth.host-change/1") and as text: before, after, and what was not as planned.

import type { RecordedFeature } from '../../hoststate/check/plan.ts';
import { padRight, textWidth } from '../../report/columns.ts';
import { label } from '../../report/messages/render.ts';
import { hang, paint, type TextOptions, verbatim } from '../../report/text-style.ts';

export interface ChangedFeature {
  readonly feature: string;
  readonly before: boolean;
  readonly after: boolean;
  /** What was planned; null where no move was. */
  readonly planned: boolean | null;
}

export interface ChangeReport {
  readonly schema: 'wiretruth.host-change/1';
  readonly what: 'apply' | 'undo';
  /** The record: what `host undo` takes. */
  readonly id: string;
  readonly host: string;
  readonly device: string;
  readonly command: string;
  /** Everything that moved or should have. */
  readonly features: readonly ChangedFeature[];
  readonly asPlanned: boolean;
}

type States = Readonly<Record<string, RecordedFeature>>;

/** Holds the states before and after against what was planned to be active afterwards. */
export function changedFeatures(
  before: States,
  after: States,
  planned: ReadonlyMap<string, boolean>,
): readonly ChangedFeature[] {
  const names = [...new Set([...planned.keys(), ...Object.keys(before)])];
  return names.flatMap((feature) => {
    const was = before[feature]?.active;
    const is = after[feature]?.active;
    if (was === undefined || is === undefined) return [];
    const wish = planned.get(feature) ?? null;
    return was === is && (wish === null || wish === is) ? [] : [{ feature, before: was, after: is, planned: wish }];
  });
}

/** Whether every feature ended as planned, and no other moved. */
export function isAsPlanned(features: readonly ChangedFeature[]): boolean {
  return features.every(({ after, planned }) => planned === after);
}

/** Lines for a terminal, without line breaks. */
export function changeText(report: ChangeReport, options: TextOptions): readonly string[] {
  const { language } = options;
  const heads = ['change.feature', 'change.before', 'change.after'].map((key) => label(key, language));
  const rows = report.features.map((feature) => [
    feature.feature,
    word(feature.before),
    word(feature.after),
    remark(feature, options),
  ]);
  const widths = heads.map(
    (head, column) => Math.max(...[head, ...rows.map((row) => row[column] ?? '')].map(textWidth)) + 2,
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => padRight(cell, widths[column] ?? 0))
      .join('')
      .trimEnd();
  const lines = [...verbatim('', report.command, 0, options)];
  if (rows.length === 0) lines.push(...hang('', label('change.nothing-moved', language), 0, options));
  else lines.push('', paint(line(heads), 'bold', options), ...rows.map(line));
  if (!report.asPlanned)
    lines.push('', ...hang('! ', label('change.not-as-planned', language), 2, options, 'yellowBold'));
  const last = report.what === 'apply' ? `wiretruth host undo ${report.id} --yes` : '';
  if (last !== '') lines.push('', ...verbatim(`${label('plan.undo', language)}  `, last, 0, options, 'bold'));
  return lines;
}

function word(on: boolean): string {
  return on ? 'on' : 'off';
}

function remark({ planned, after, before }: ChangedFeature, { language }: TextOptions): string {
  if (planned === null) return label('change.unplanned', language);
  if (planned === after) return '';
  return label(after === before ? 'change.did-not-move' : 'change.otherwise', language);
}
