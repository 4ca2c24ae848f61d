// Station "report": several connections: the answer over all of them, and a table of the largest.

import { cutText, padLeft, padRight, textWidth } from './columns.ts';
import { label, renderMessage } from './messages/render.ts';
import type { ConnectionRanking, ConnectionSummary } from './summary.ts';
import { hang, paint, severityWord, type TextOptions, usableWidth } from './text-style.ts';
import { answerLines } from './text-verdicts.ts';
import { formatBytes, formatCount, formatPercent } from './units.ts';

/** The first lines of a report on several connections: the gravest verdict and how many connections share its severity. */
export function overallAnswer(ranking: ConnectionRanking<unknown>, options: TextOptions): string[] {
  const { language } = options;
  const gravest = ranking.gravest;
  if (gravest === undefined) return answerLines('info', label('answer.no-connection', language), options);
  const claim = renderMessage(gravest.claim ?? { key: 'answer.no-verdict' }, language);
  const lines = answerLines(gravest.severity, `#${gravest.id} ${gravest.ends}: ${claim}`, options);
  const { problem, notice } = ranking.bySeverity;
  const values = { connections: ranking.count, problem, notice, fine: ranking.count - problem - notice };
  return [...lines, ...hang('', label('summary.counts', language, values), 0, options)];
}

interface Column {
  readonly head: string;
  readonly numeric: boolean;
  readonly cells: readonly string[];
}

/** Columns that a verdict's name needs to be told from others. */
const verdictColumns = 24;

/** The largest connections by bytes, one line each. */
export function summaryTable(ranking: ConnectionRanking<unknown>, options: TextOptions): string[] {
  const { language } = options;
  const rows = ranking.largest().map(({ row }) => row);
  const columns = fittingColumns(rows, options);
  const widths = columns.map(({ head, cells }) => Math.max(textWidth(head), ...cells.map((cell) => textWidth(cell))));
  const room = usableWidth(options) - widths.reduce((sum, width) => sum + width + 2, 0);
  const line = (texts: readonly string[]): string =>
    texts.map((text, index) => (columns[index]?.numeric ? padLeft : padRight)(text, widths[index] ?? 0)).join('  ');
  const heads = columns.map(({ head }) => head);
  const title = paint(`${line(heads)}  ${label('summary.verdict', language)}`, 'bold', options);
  const body = rows.map((row, index) => {
    const cells = columns.map((column) => column.cells[index] ?? '');
    return `${line(cells)}  ${verdictCell(row, room, options)}`.trimEnd();
  });
  return [title, ...body, ...moreLines(ranking, rows, options)];
}

/** All columns but the verdict's; the less telling ones give way in a narrow terminal. */
function fittingColumns(rows: readonly ConnectionSummary[], options: TextOptions): readonly Column[] {
  const column = (key: string, numeric: boolean, cell: (row: ConnectionSummary) => string): Column => ({
    head: label(`summary.${key}`, options.language),
    numeric,
    cells: rows.map(cell),
  });
  const id: Column = { head: '#', numeric: true, cells: rows.map((row) => String(row.id)) };
  const ends = column('ends', false, (row) => row.ends);
  const data = column('data', true, (row) => formatBytes(row.payloadBytes));
  const wire = column('wire', true, (row) => formatCount(row.wirePackets));
  const lost = column('lost', true, (row) => formatCount(row.retransmittedPackets));
  const limit = column('limit', false, (row) => limitCell(row, options));
  const choices = [
    [id, ends, data, wire, lost, limit],
    [id, ends, data, lost, limit],
    [id, ends, data, limit],
  ];
  const fits = (columns: readonly Column[]): boolean => {
    const used = columns.map(
      ({ head, cells }) => 2 + Math.max(textWidth(head), ...cells.map((cell) => textWidth(cell))),
    );
    return used.reduce((sum, width) => sum + width, verdictColumns) <= usableWidth(options);
  };
  return choices.find(fits) ?? [id, ends, data];
}

function limitCell(row: ConnectionSummary, options: TextOptions): string {
  if (row.limit === null) return '-';
  return `${label(`limit.${row.limit.name}`, options.language)} ${formatPercent(row.limit.share)}`;
}

/** The severity, where it asks for attention, and the gravest verdict's name. */
function verdictCell(row: ConnectionSummary, room: number, options: TextOptions): string {
  const code = row.code ?? '';
  if (row.severity === 'healthy' || row.severity === 'info') return cutText(code, Math.max(verdictColumns, room));
  const word = label(`severity.${row.severity}`, options.language);
  return `${severityWord(row.severity, options)} ${cutText(code, Math.max(verdictColumns, room) - textWidth(word) - 1)}`;
}

/** What the table leaves out, and which of that has a problem. */
function moreLines(
  ranking: ConnectionRanking<unknown>,
  rows: readonly ConnectionSummary[],
  options: TextOptions,
): string[] {
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
