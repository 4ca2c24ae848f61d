// Station "lab", the matrix: as a Markdown table.
import { FEATURES, type Switch } from './matrix-plan.ts';
import type { MatrixRow, Seen } from './reduce.ts';
import type { MatrixBlock } from './run-matrix.ts';

const TAPS = ['sender', 'wire', 'receiver'] as const;
const SWITCHES = (['sender', 'receiver'] as const).flatMap((end) =>
  FEATURES.map((feature): Switch => `${end} ${feature}`),
);

/** The page docs/matrix-KERNEL.md. */
export function matrixPage(blocks: readonly MatrixBlock[], kernel: string): string {
  const transfers = blocks.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.transfers, 0);
  const header = ['path', 'IP', 'tbf', ...SWITCHES, 'transfers', ...TAPS.map((tap) => `${tap}'s tap`)];
  const cells = blocks.flatMap(({ setting, rows }) =>
    rows.map((row) => [
      setting.path,
      String(setting.family),
      setting.tbf ? 'yes' : 'no',
      ...SWITCHES.map((name) => position(row, name, setting.path)),
      String(row.transfers),
      ...TAPS.map((tap) => seenCell(row.seen[tap])),
    ]),
  );
  return [
    `# What a capture shows: TSO, GSO and GRO at both ends, Linux ${kernel}`,
    '',
    `Made by \`wiretruth lab matrix\`: ${transfers} transfers of 3 MB over TCP (CUBIC), each with the switches in another position.`,
    'Every switch was tried in both positions with every position of the others; "any" is a switch that changed nothing at any tap.',
    'A cell is the largest payload of a frame there, and how many of the data frames held more than one packet.',
    '',
    '- **veth**: sender, a bridge that forwards wire-sized frames only, receiver. The tap "wire" is on the bridge, towards the receiver.',
    '- **TAP**: a user-space network card at each end and a wire of 0.1 ms between them; the tap "wire" is the wire itself.',
    '- **loopback**: one device is both ends, so it has one set of switches.',
    '- **tbf**: a token bucket on the sending device whose burst holds one packet.',
    '',
    row(header),
    row(header.map(() => '---')),
    ...cells.map(row),
    '',
  ].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function position(matrixRow: MatrixRow, name: Switch, path: string): string {
  if (path.startsWith('loopback') && name.startsWith('receiver')) return '';
  const on = matrixRow.switches[name];
  return on === undefined ? 'any' : on ? '**on**' : '**off**';
}

function seenCell(seen: Seen | undefined): string {
  if (!seen) return '';
  const { maxPayloadBytes, superFrames, dataFrames } = seen;
  if (superFrames === 0) return `${maxPayloadBytes}`;
  return `${maxPayloadBytes}, ${Math.max(1, Math.round((superFrames / dataFrames) * 100))}%`;
}
