// Station "report": verdicts in the text report: claim, certainty, what speaks for and against, the fix and its undo.

import { label } from './messages/render.ts';
import type { EvidenceReport, FindingReport, FixReport, VerdictReport } from './model.ts';
import { certainty, hang, severityColumns, severityWord, type TextOptions, verbatim } from './text-style.ts';

/** How much of a verdict is written. */
interface Amount {
  readonly evidence: number;
  readonly against: number;
  readonly fixes: number;
}

const everything: Amount = { evidence: Infinity, against: Infinity, fixes: Infinity };
const mainAmounts: readonly Amount[] = [
  { evidence: 3, against: 2, fixes: 2 },
  { evidence: 3, against: 2, fixes: 1 },
  { evidence: 2, against: 1, fixes: 1 },
  { evidence: 1, against: 1, fixes: 1 },
];
const smallAmount: Amount = { evidence: 1, against: 1, fixes: 1 };

/** Columns before the details of a verdict. */
const detailIndent = 2;

type AnyVerdict = VerdictReport | FindingReport;

/** The line that answers: severity and claim. */
export function answerLines(severity: VerdictReport['severity'], claim: string, options: TextOptions): string[] {
  const indent = severityColumns(options);
  const word = label(`severity.${severity}`, options.language);
  const lines = hang(word, claim, indent, options);
  const first = lines[0] ?? '';
  return [severityWord(severity, options) + first.slice(word.length), ...lines.slice(1)];
}

/** The gravest verdict, whose claim is already written as the answer: as much of it as `lineBudget` has room for. */
export function mainVerdictLines(verdict: AnyVerdict, lineBudget: number, options: TextOptions): string[] {
  if (options.verbose) return detailLines(verdict, everything, options);
  let lines: string[] = [];
  for (const amount of mainAmounts) {
    lines = detailLines(verdict, amount, options);
    if (lines.length <= lineBudget) break;
  }
  return lines;
}

/** A verdict on its own: its claim and the details; all of them when verbose. */
export function verdictLines(verdict: AnyVerdict, options: TextOptions): readonly string[] {
  const answer = answerLines(verdict.severity, verdict.claim, options);
  return [...answer, ...detailLines(verdict, options.verbose ? everything : smallAmount, options)];
}

/** A verdict in a line or two: its claim, its name, and how sure it is. */
export function compactVerdictLines(verdict: AnyVerdict, options: TextOptions): readonly string[] {
  const sure = certainty(verdict.confidence, options.language);
  return answerLines(verdict.severity, `${verdict.claim} [${verdict.code}, ${sure}]`, options);
}

function nameLine(verdict: AnyVerdict, options: TextOptions): string {
  const { language } = options;
  const parts = [verdict.code];
  if ('direction' in verdict && verdict.direction !== null)
    parts.push(label(`direction.${verdict.direction}`, language));
  if ('host' in verdict && verdict.host !== null) parts.push(verdict.host);
  parts.push(certainty(verdict.confidence, language));
  return ' '.repeat(detailIndent) + parts.join(', ');
}

function detailLines(verdict: AnyVerdict, amount: Amount, options: TextOptions): string[] {
  const { language } = options;
  const lines = [nameLine(verdict, options)];
  for (const evidence of verdict.evidence.slice(0, amount.evidence)) lines.push(...evidenceLines(evidence, options));
  for (const against of verdict.against.slice(0, amount.against)) {
    lines.push(...row(label('verdict.against', language), against, options));
  }
  for (const fix of verdict.fixes.slice(0, amount.fixes)) lines.push(...fixLines(fix, options));
  const isCalm = verdict.severity === 'healthy' || verdict.severity === 'info';
  if (verdict.fixes.length === 0 && isCalm && !verdict.code.endsWith('nothing-wrong')) {
    lines.push(...row(label('verdict.fix', language), label('verdict.no-change', language), options));
  }
  const more = moreText(verdict, amount, options);
  if (more !== '') lines.push(...row('', more, options));
  return lines;
}

/** What --verbose would add to the verdict; empty when nothing. */
function moreText(verdict: AnyVerdict, amount: Amount, options: TextOptions): string {
  const { language } = options;
  const left =
    Math.max(0, verdict.evidence.length - amount.evidence) +
    Math.max(0, verdict.against.length - amount.against) +
    Math.max(0, verdict.fixes.length - amount.fixes);
  const mechanisms = options.verbose ? [] : Object.keys(verdict.fixes[0]?.persist ?? {});
  const parts = [
    ...(left > 0 ? [label('verdict.more', language, { count: left })] : []),
    ...(mechanisms.length > 0 ? [label('verdict.persist-names', language, { list: mechanisms.join(', ') })] : []),
  ];
  return parts.length === 0 ? '' : label('verdict.verbose', language, { list: parts.join('; ') });
}

function evidenceLines(evidence: EvidenceReport, options: TextOptions): string[] {
  const { language } = options;
  const where = evidence.source === 'capture' ? packetList(evidence.packets, options) : evidence.source;
  const text = where === '' ? evidence.text : withPlace(evidence.text, where);
  const lines = row(label('verdict.for', language), text, options);
  if (evidence.filter !== null) {
    lines.push(...verbatimRow(label('verdict.show', language), evidence.filter, options));
  }
  return lines;
}

/** The place goes before the full stop. */
function withPlace(text: string, place: string): string {
  return text.endsWith('.') ? `${text.slice(0, -1)} (${place}).` : `${text} (${place})`;
}

/** `packets 12, 13, 15, ...`: the first few of them. */
export function packetList(packets: readonly number[], options: TextOptions): string {
  if (packets.length === 0) return '';
  const shown = options.verbose ? packets : packets.slice(0, 4);
  const list = shown.join(', ') + (shown.length < packets.length ? ', …' : '');
  return label(packets.length === 1 ? 'packets.one' : 'packets.list', options.language, { list });
}

function fixLines(fix: FixReport, options: TextOptions): string[] {
  const { language } = options;
  const lines = verbatimRow(label('verdict.fix', language), fix.command, options);
  lines.push(...row('', label('verdict.effect-risk', language, { effect: fix.effect, risk: fix.risk }), options));
  lines.push(...verbatimRow(label('verdict.undo', language), fix.undo, options));
  if (!options.verbose) return lines;
  for (const [mechanism, text] of Object.entries(fix.persist)) {
    lines.push(...row(label('verdict.persist', language), `${mechanism}:`, options));
    lines.push(...verbatimRow('', text, options));
  }
  return lines;
}

function row(head: string, text: string, options: TextOptions): string[] {
  return indented(hang(head, text, headColumns, { ...options, width: options.width - detailIndent }, 'dim'));
}

function verbatimRow(head: string, text: string, options: TextOptions): string[] {
  return indented(verbatim(head, text, headColumns, options, 'dim'));
}

/** Columns of the words "for", "against", "fix", "undo", "show" and two spaces. */
const headColumns = 9;

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => ' '.repeat(detailIndent) + line);
}
