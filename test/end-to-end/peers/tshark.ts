// What tshark says of a capture, connection by connection, from its per-packet TCP analysis.

import { execFileSync } from 'node:child_process';
import { type ConnectionFigures, type DirectionFigures, endpoint, type Figures, quantile } from './figures.ts';

const FIELDS = [
  ...['tcp.stream', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'tcp.srcport', 'tcp.dstport', 'tcp.len', 'tcp.flags'],
  ...[
    'tcp.analysis.retransmission',
    'tcp.analysis.out_of_order',
    'tcp.analysis.duplicate_ack',
    'tcp.analysis.zero_window',
  ],
  ...['tcp.analysis.ack_rtt', 'tcp.analysis.acks_frame', 'tcp.analysis.initial_rtt', 'tcp.analysis.keep_alive'],
  ...[
    'tcp.analysis.zero_window_probe',
    'tcp.window_size_value',
    'frame.number',
    'frame.len',
    'frame.cap_len',
    'tcp.seq',
    'tcp.ack',
  ],
] as const;
type Row = Readonly<Record<(typeof FIELDS)[number], string>>;

function readRows(path: string): Row[] {
  // The filter leaves out what ICMP errors quote and TCP headers that the snap length cut before their flags.
  // `-o` settings are named because a user's own preferences would otherwise change the outcome.
  const preferences = [
    '-o',
    'tcp.analyze_sequence_numbers:TRUE',
    '-o',
    'tcp.relative_sequence_numbers:TRUE',
    '-o',
    'ip.defragment:FALSE',
  ];
  const args = [
    '-n',
    '-r',
    path,
    ...preferences,
    '-Y',
    'tcp.flags && !icmp && !icmpv6',
    '-T',
    'fields',
    '-E',
    'separator=/t',
    '-E',
    'occurrence=l',
  ];
  const text = execFileSync('tshark', [...args, ...FIELDS.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(FIELDS.map((field, i) => [field, cells[i] ?? ''])) as unknown as Row;
    });
}

const FIN = 0x01;
const SYN = 0x02;
const ACK = 0x10;

interface Stream {
  readonly ends: readonly [string, string];
  readonly rows: readonly [Row[], Row[]];
}

/** Tunnelled packets have several IP layers; the innermost of either version is TCP's: the last one that is filled in. */
function ends(row: Row): [string, string] {
  const isV6 = row['ip.src'] === '' || (row['ipv6.src'] !== '' && row['tcp.srcport'] !== '' && row['ip.src'] === '');
  const [from, to] = isV6 ? [row['ipv6.src'], row['ipv6.dst']] : [row['ip.src'], row['ip.dst']];
  return [endpoint(from, row['tcp.srcport']), endpoint(to, row['tcp.dstport'])];
}

function collectStreams(rows: readonly Row[]): Map<string, Stream> {
  const streams = new Map<string, Stream>();
  for (const row of rows) {
    const [from, to] = ends(row);
    let stream = streams.get(row['tcp.stream']);
    if (stream === undefined) {
      const isFromServer = flag(row, SYN) && flag(row, ACK);
      stream = { ends: isFromServer ? [to, from] : [from, to], rows: [[], []] };
      streams.set(row['tcp.stream'], stream);
    }
    stream.rows[from === stream.ends[0] ? 0 : 1].push(row);
  }
  return streams;
}

function flag(row: Row, bit: number): boolean {
  return (Number(row['tcp.flags']) & bit) !== 0;
}

function figuresOfDirection(own: readonly Row[], reverse: readonly Row[]): DirectionFigures {
  const count = (rows: readonly Row[], field: keyof Row): number => rows.filter((row) => row[field] !== '').length;
  // SYN and FIN are acknowledged too; their round trips are not the data's.
  const data = new Set(own.filter((row) => Number(row['tcp.len']) > 0).map((row) => row['frame.number']));
  const synsAndFins = new Set(
    own.filter((row) => flag(row, SYN | FIN) && !data.has(row['frame.number'])).map((row) => row['frame.number']),
  );
  const answering = (frames: ReadonlySet<string>): number[] =>
    reverse
      .filter((row) => row['tcp.analysis.ack_rtt'] !== '' && frames.has(row['tcp.analysis.acks_frame']))
      .map((row) => Number(row['tcp.analysis.ack_rtt']) * 1000);
  const rtts = answering(data);
  const retransmittedFrames = count(own, 'tcp.analysis.retransmission');
  const outOfOrderFrames = count(own, 'tcp.analysis.out_of_order');
  const ackRttMedianMs = quantile(rtts, 0.5);
  const [lower, upper] = [quantile(rtts, 0.25), quantile(rtts, 0.75)];
  const idleDuplicates = countIdleDuplicates(own, reverse);
  return {
    packets: own.length,
    payloadBytes: own.reduce((sum, row) => sum + Number(row['tcp.len']), 0),
    retransmittedFrames,
    outOfOrderFrames,
    oldFrames: retransmittedFrames + outOfOrderFrames,
    duplicateAcks: count(reverse, 'tcp.analysis.duplicate_ack'),
    zeroWindowSeen: count(reverse, 'tcp.analysis.zero_window') > 0,
    ...(ackRttMedianMs === undefined
      ? {}
      : { ackRttMinMs: rtts.reduce((least, rtt) => Math.min(least, rtt)), ackRttMedianMs }),
    because: {
      synFinAckRttsMs: answering(synsAndFins),
      cutAcks: reverse.filter(
        (row) => row['tcp.len'] === '0' && Number(row['frame.cap_len']) < Number(row['frame.len']),
      ).length,
      finClosesWindow: reverse.some((row) => flag(row, FIN) && row['tcp.window_size_value'] === '0'),
      repeatedNotDuplicate:
        reverse.filter((row) => flag(row, FIN)).length +
        count(reverse, 'tcp.analysis.keep_alive') +
        count(reverse, 'tcp.analysis.zero_window_probe') +
        count(reverse, 'tcp.analysis.zero_window') +
        idleDuplicates,
      idleDuplicates,
      ...(lower === undefined || upper === undefined ? {} : { ackRttQuartilesMs: [lower, upper] }),
    },
  };
}

/** Packets that tshark calls duplicate acknowledgements while all data that the tap had seen was acknowledged. */
function countIdleDuplicates(own: readonly Row[], reverse: readonly Row[]): number {
  const inOrder = [...own, ...reverse].sort((a, b) => Number(a['frame.number']) - Number(b['frame.number']));
  const isOwn = new Set(own);
  let highest = 0;
  let idle = 0;
  for (const row of inOrder) {
    if (isOwn.has(row))
      highest = Math.max(highest, Number(row['tcp.seq']) + Number(row['tcp.len']) + (flag(row, SYN | FIN) ? 1 : 0));
    else if (row['tcp.analysis.duplicate_ack'] !== '' && Number(row['tcp.ack']) >= highest) idle += 1;
  }
  return idle;
}

/** One entry a `tcp.stream`; of two streams between the same ports the first is kept. */
export function tsharkFigures(path: string): Figures {
  const figures = new Map<string, ConnectionFigures>();
  for (const { ends: names, rows } of collectStreams(readRows(path)).values()) {
    const key = names.join('-');
    if (figures.has(key)) continue;
    const initial = [...rows[0], ...rows[1]].find((row) => row['tcp.analysis.initial_rtt'] !== '');
    figures.set(key, {
      ...(initial === undefined ? {} : { handshakeRttMs: Number(initial['tcp.analysis.initial_rtt']) * 1000 }),
      directions: [figuresOfDirection(rows[0], rows[1]), figuresOfDirection(rows[1], rows[0])],
    });
  }
  return figures;
}
