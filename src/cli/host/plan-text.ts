// A plan as text: the command and the way back first, then what moves, the risk, and how to make it last.

import type { PlannedMove, Unmoved } from '../../hoststate/check/plan.ts';
import { padRight, textWidth } from '../../report/columns.ts';
import { label } from '../../report/messages/render.ts';
import { hang, paint, type TextOptions, verbatim } from '../../report/text-style.ts';
import type { HostPlan, LastingWay } from './plan-report.ts';
import { printable } from './printable.ts';

/** Lines for a terminal, without line breaks. */
export function planText(given: HostPlan, options: TextOptions): readonly string[] {
  const plan = printable(given);
  const { language } = options;
  return [
    ...head(plan, options),
    '',
    ...moveLines(plan.moves, options),
    ...unmovedLines(plan.unmoved, options),
    '',
    ...riskLines(plan.risks, options),
    ...(plan.moves.length === 0 ? [] : lastingLines(plan.persist, options)),
    ...(plan.moves.length === 0 ? [] : hang('', label('plan.apply', language), 0, options)),
  ];
}

function head(plan: HostPlan, options: TextOptions): readonly string[] {
  const { language } = options;
  const values = {
    dev: plan.device,
    host: plan.host,
    driver: plan.driver ?? '?',
    kernel: plan.kernel ?? label('check.kernel-unknown', language),
  };
  const titles = ['plan.command', 'plan.undo'].map((key) => label(key, language));
  const indent = Math.max(...titles.map((title) => textWidth(title))) + 2;
  const lines = [...hang('', label('plan.identity', language, values), 0, options)];
  lines.push(...verbatim(titles[0] ?? '', plan.command, indent, options, 'bold'));
  const undo = plan.undo === '' ? label('plan.nothing-to-undo', language) : plan.undo;
  lines.push(...verbatim(titles[1] ?? '', undo, indent, options, 'bold'));
  return lines;
}

/** `rx-gro-hw  on > off  follows: it needs rx-gro`. */
export function moveLines(moves: readonly PlannedMove[], options: TextOptions): readonly string[] {
  const { language } = options;
  if (moves.length === 0) return hang('', label('plan.moves-nothing', language), 0, options);
  const width = Math.max(...moves.map(({ feature }) => feature.length)) + 2;
  const rows = moves.map((move) => {
    const change = padRight(`${word(move.from)} > ${word(move.to)}`, 12);
    return `  ${padRight(move.feature, width)}${change}${whyMoved(move, options)}`.trimEnd();
  });
  return [paint(label('plan.moves', language), 'bold', options), ...rows];
}

function whyMoved({ asked, because, to }: PlannedMove, { language }: TextOptions): string {
  if (asked) return label('plan.asked', language);
  const { needsAnyOf = [], excludedBy = [] } = because ?? {};
  if (needsAnyOf.length > 0) return label('plan.follows.needs', language, { list: needsAnyOf.join(' / ') });
  if (excludedBy.length > 0) return label('plan.follows.excluded', language, { list: excludedBy.join(', ') });
  return label(to ? 'plan.follows.comes-on' : 'plan.follows', language);
}

function word(on: boolean): string {
  return on ? 'on' : 'off';
}

function unmovedLines(unmoved: readonly Unmoved[], options: TextOptions): readonly string[] {
  const { language } = options;
  return unmoved.flatMap(({ feature, why, needs = [], excludedBy = [] }) => {
    const key = needs.length > 0 ? 'needs' : excludedBy.length > 0 ? 'excluded' : why;
    const list = needs.length > 0 ? needs.join(' / ') : excludedBy.join(', ');
    return hang('  ', label(`plan.unmoved.${key}`, language, { feature, list }), 2, options);
  });
}

function riskLines(risks: readonly string[], options: TextOptions): readonly string[] {
  if (risks.length === 0) return [];
  const title = paint(label('plan.risk', options.language), 'bold', options);
  return [title, ...risks.flatMap((risk) => hang('  -', risk, 4, options)), ''];
}

function lastingLines(ways: readonly LastingWay[], options: TextOptions): readonly string[] {
  const { language } = options;
  const several = new Set(ways.map(({ change }) => change)).size > 1;
  const lines = [paint(label('plan.lasting', language), 'bold', options)];
  for (const way of ways) {
    const here = way.here === true ? ` ${label('plan.lasting.here', language)}` : '';
    lines.push(`  ${way.mechanism}${several ? ` (${way.change})` : ''}${here}`);
    lines.push(...verbatim('', way.text, 6, options));
    if (way.undo !== '') lines.push(...verbatim('', `${label('verdict.undo', language)}: ${way.undo}`, 6, options));
  }
  return [...lines, ''];
}
