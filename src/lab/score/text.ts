// Station "lab", the score: as text that a person reads, tables that a README quotes.
import type { CheckKind } from './check.ts';
import type { ConfusionTable, ErrorRow, Score } from './score.ts';

const NAMES: Readonly<Record<CheckKind, string>> = {
  connection: 'client and server',
  'capture-point': 'capture point',
  'tso-in-effect': 'TSO in effect',
  'receive-merge': 'merging at the receiver',
  'small-packets-reason': 'why packets are small',
  'receive-window-share': "receive window's share",
  'busy-time': 'busy time',
  'wire-data-packets': 'data packets on the wire',
  retransmissions: 'retransmissions',
  'udp-super-datagrams': 'UDP above the MTU',
};
/** The share of busy time is compared in percentage points, the rest in per cent of the value. */
const UNITS: Readonly<Partial<Record<CheckKind, string>>> = { 'receive-window-share': 'points' };
const MOST_DISAGREEMENTS = 40;

/** The whole score. */
export function scoreText(score: Score, verbose: boolean): string {
  const seed = score.seed === undefined ? '' : `, seed ${score.seed}`;
  const claims = score.agrees + score.noClaim + score.wrong;
  const blocks = [
    [
      `${score.transfers} transfers on Linux ${score.kernel}${seed}: explain agrees with the kernel on ${percent(score.agreement)} of ${claims} checks`,
      `(${score.wrong} wrong, ${score.noClaim} without a claim that the capture allows; ${score.silent} more where it cannot tell and says so)`,
      `wrong claims about TSO: ${score.wrongTsoClaims}`,
    ],
    agreementLines(score),
    errorLines(score.errors),
    ...score.confusion.map(confusionLines),
    disagreementLines(score, verbose),
    score.failed.length === 0 ? [] : ['Failed transfers:', ...score.failed.map((f) => `  ${f.name}: ${f.message}`)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function agreementLines({ rows }: Score): string[] {
  const header = ['check', 'tap', 'agrees', 'no claim', 'wrong', 'cannot tell'];
  const cells = rows.map((row) => [NAMES[row.kind], row.at, row.agrees, row.noClaim, row.wrong, row.silent]);
  return table([header, ...cells]);
}

function errorLines(errors: readonly ErrorRow[]): string[] {
  if (errors.length === 0) return [];
  const header = ['error', 'tap', 'count', 'median', '90%', 'largest', 'limit', 'over'];
  const cells = errors.map((row) => {
    const unit = UNITS[row.kind] ?? '%';
    const show = (value: number): string => `${(value * 100).toFixed(2)} ${unit}`;
    const figures = [row.median, row.p90, row.max, row.limit].map(show);
    return [NAMES[row.kind], row.at, row.count, ...figures, row.overLimit];
  });
  return table([header, ...cells]);
}

function confusionLines({ kind, at, counts }: ConfusionTable): string[] {
  const truths = Object.keys(counts).toSorted();
  const said = [...new Set(Object.values(counts).flatMap((row) => Object.keys(row)))].toSorted();
  const cells = truths.map((truth) => [truth, ...said.map((word) => counts[truth]?.[word] ?? '.')]);
  const title = `${NAMES[kind]}, taps at ${at === 'between' ? 'the wire' : at} (rows: the kernel; columns: explain)`;
  return [title, ...table([['', ...said], ...cells])];
}

function disagreementLines({ disagreements }: Score, verbose: boolean): string[] {
  const shown = verbose ? disagreements : disagreements.slice(0, MOST_DISAGREEMENTS);
  const lines = shown.map(
    (check) =>
      `  ${NAMES[check.kind]}: ${check.where}, ${check.direction === 0 ? 'client to server' : 'server to client'}: ` +
      `${check.found}, truly ${check.truth}`,
  );
  const more = disagreements.length - shown.length;
  if (more > 0) lines.push(`  and ${more} more (--verbose)`);
  return lines.length === 0 ? [] : ['Disagreements:', ...lines];
}

/** Columns: the first two words to the left, figures to the right. */
function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  const isText = widths.map((_, column) => rows.slice(1).every((row) => /^[^\d.]/.test(String(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isText[column] ? String(cell).padEnd(width) : String(cell).padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
