// Station "report": several connections: the answer over all of them, and a table of the largest.

import { cutText, padLeft, padRight, textWidth } from './columns.ts';
import { label } from './messages/render.ts';
import type { ConnectionRanking, ConnectionSummary } from './summary.ts';
import { hang, paint, severityWord, type TextOptions, usableWidth } from './text-style.ts';
import { answerLines } from './text-verdicts.ts';
import { formatBytes, formatCount, formatPercent } from './units.ts';

/** The first lines of a report on several connections: the gravest verdict and how many connections share its severity. */
export function overallAnswer(ranking: ConnectionRanking, options: TextOptions): string[] {
  const { language } = options;
  const gravest = ranking.gravest;
  if (gravest === undefined) return answerLines('info', label('answer.no-connection', language), options);
  const claim = gravest.claim ?? label('answer.no-verdict', language);
  const lines = answerLines(gravest.severity, `#${gravest.id} ${gravest.ends}: ${claim}`, options);
  const { problem, notice } = ranking.bySeverity;
  const values = { connections: ranking.count, problem, notice, fine: ranking.count - problem - notice };
  return [...lines, ...hang('', label('summary.counts', language, values), 0, options)];
}

/** The largest connections by bytes, one line each. */
export function summaryTable(ranking: ConnectionRanking, options: TextOptions): string[] {
  const { language } = options;
  const { rows } = ranking.largest();
  const heads = [
    '#',
    ...['ends', 'data', 'wire', 'lost', 'limit', 'verdict'].map((key) => label(`summary.${key}`, language)),
  ];
  const cells = rows.map((row) => cellsOf(row, options));
  const widths = heads.map((head, column) =>
    Math.max(textWidth(head), ...cells.map((line) => textWidth(line[column] ?? ''))),
  );
  const used = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const verdictWidth = Math.max(16, usableWidth(options) - used);
  const numeric = new Set([0, 2, 3, 4]);
  const line = (texts: readonly string[]): string[] =>
    texts.slice(0, -1).map((text, column) => (numeric.has(column) ? padLeft : padRight)(text, widths[column] ?? 0));
  const title = paint([...line(heads), heads.at(-1) ?? ''].join('  '), 'bold', options);
  const body = rows.map((row, index) => {
    const word = label(`severity.${row.severity}`, language);
    const code = cutText(row.code ?? '', verdictWidth - textWidth(word) - 1);
    return `${line(cells[index] ?? []).join('  ')}  ${severityWord(row.severity, options)} ${code}`.trimEnd();
  });
  return [title, ...body, ...moreLines(ranking, rows, options)];
}

function cellsOf(row: ConnectionSummary, options: TextOptions): string[] {
  const limit =
    row.limit === null
      ? '-'
      : `${label(`limit.${row.limit.name}`, options.language)} ${formatPercent(row.limit.share)}`;
  return [
    String(row.id),
    row.ends,
    formatBytes(row.payloadBytes),
    formatCount(row.wirePackets),
    formatCount(row.retransmittedPackets),
    limit,
    '',
  ];
}

/** What the table leaves out, and which of that has a problem. */
function moreLines(ranking: ConnectionRanking, rows: readonly ConnectionSummary[], options: TextOptions): string[] {
  const left = ranking.count - rows.length;
  if (left <= 0) return [];
  const { language } = options;
  const lines = hang('', label('summary.more', language, { connections: left }), 0, options);
  const shown = new Set(rows.map((row) => row.id));
  const ids = ranking.problemIds.filter((id) => !shown.has(id));
  if (ids.length === 0) return lines;
  const list =
    ids
      .slice(0, 8)
      .map((id) => `#${id}`)
      .join(', ') + (ids.length > 8 ? ', …' : '');
  return [...lines, ...hang('', label('summary.more-problems', language, { list }), 0, options)];
}
