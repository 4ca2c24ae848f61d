// What tcptrace says of a capture (`tcptrace -l -r -n --csv`). It rounds times to 0.1 ms and knows neither tunnels nor SLL2.

import { spawnSync } from 'node:child_process';
import { type ConnectionFigures, type DirectionFigures, endpoint, type Figures } from './figures.ts';

type Columns = ReadonlyMap<string, string>;

function readTable(path: string): Columns[] {
  const result = spawnSync('tcptrace', ['-l', '-r', '-n', '--csv', path], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (result.status !== 0) return [];
  const lines = result.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const header = lines[0]?.split(',').map((name) => name.trim()) ?? [];
  return lines.slice(1).map((line) => {
    const cells = line.split(',').map((cell) => cell.trim());
    return new Map(header.map((name, i) => [name, cells[i] ?? '']));
  });
}

function figuresOfDirection(columns: Columns, side: 0 | 1): DirectionFigures {
  const [own, reverse] = side === 0 ? ['_a2b', '_b2a'] : ['_b2a', '_a2b'];
  const number = (name: string): number => Number(columns.get(name) ?? Number.NaN);
  const samples = number(`RTT_samples${own}`);
  return {
    packets: number(`total_packets${own}`),
    payloadBytes: number(`actual_data_bytes${own}`),
    retransmittedFrames: number(`rexmt_data_pkts${own}`),
    outOfOrderFrames: number(`outoforder_pkts${own}`),
    oldFrames: number(`rexmt_data_pkts${own}`) + number(`outoforder_pkts${own}`),
    // tcptrace counts the duplicate acknowledgements that arrived under the direction whose data they are about.
    duplicateAcks: number(`duplicate_acks${own}`),
    zeroWindowSeen: number(`zero_win_adv${reverse}`) > 0,
    ...(samples > 1 && number(`actual_data_pkts${own}`) > 0 ? { ackRttMinMs: number(`RTT_min${own}`) } : {}),
  };
}

/** tcptrace writes the IPv6 loopback address with one colon too few. */
function address(text = ''): string {
  return text.startsWith(':') && !text.startsWith('::') ? `:${text}` : text;
}

/** Undefined when tcptrace cannot read the file at all. */
export function tcptraceFigures(path: string): Figures | undefined {
  const table = readTable(path);
  if (table.length === 0) return undefined;
  const figures = new Map<string, ConnectionFigures>();
  for (const columns of table) {
    const a = endpoint(address(columns.get('host_a')), columns.get('port_a') ?? '');
    const b = endpoint(address(columns.get('host_b')), columns.get('port_b') ?? '');
    if (figures.has(`${a}-${b}`)) continue;
    const [first, second] = [figuresOfDirection(columns, 0), figuresOfDirection(columns, 1)];
    figures.set(`${a}-${b}`, { directions: [first, second] });
  }
  return figures;
}
