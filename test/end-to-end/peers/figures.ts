// What is compared with other analysers, in one shape for all of them. Undefined: that program does not say.

/** What is said of the data of one direction and of the acknowledgements and windows that answered it. */
export interface DirectionFigures {
  readonly packets?: number;
  readonly payloadBytes?: number;
  readonly retransmittedFrames?: number;
  readonly outOfOrderFrames?: number;
  /** Frames whose bytes all lie below what was already seen: sent again or late, whatever the analyser calls them. */
  readonly oldFrames?: number;
  /** Duplicate acknowledgements that the receiver of this direction's data sent. */
  readonly duplicateAcks?: number;
  /** Whether the receiver of this direction's data ever closed its window. */
  readonly zeroWindowSeen?: boolean;
  /** Shortest time from a data frame to the acknowledgement that covers it, at the tap, in ms. */
  readonly ackRttMinMs?: number;
  readonly ackRttMedianMs?: number;
  /** Facts that explain differences; never compared. */
  readonly because?: Because;
}

export interface Because {
  /** Times to the acknowledgements of this direction's SYN and FIN, in ms. */
  readonly synFinAckRttsMs?: readonly number[];
  /** Acknowledgements of this direction's data whose TCP options the snap length cut. */
  readonly cutAcks?: number;
  /** The middle half of the peer's round-trip samples, in ms. */
  readonly ackRttQuartilesMs?: readonly [number, number];
  /** The FIN of this direction's receiver offered no window. */
  readonly finClosesWindow?: boolean;
  /** Packets of this direction's receiver that repeat an acknowledgement and are no duplicate: FINs, probes, answers to probes. */
  readonly repeatedNotDuplicate?: number;
  /** Those that Wireshark does call duplicates although nothing was outstanding. */
  readonly idleDuplicates?: number;
}

export interface ConnectionFigures {
  readonly handshakeRttMs?: number;
  /** From the side that sent the SYN, or else as `client` says in our report. */
  readonly directions: readonly [DirectionFigures, DirectionFigures];
}

/** By `ip:port-ip:port`, client first. */
export type Figures = ReadonlyMap<string, ConnectionFigures>;

export const directionMetrics = [
  'packets',
  'payloadBytes',
  'retransmittedFrames',
  'outOfOrderFrames',
  'oldFrames',
  'duplicateAcks',
  'zeroWindowSeen',
  'ackRttMinMs',
  'ackRttMedianMs',
] as const satisfies readonly (keyof DirectionFigures)[];

export type Metric = (typeof directionMetrics)[number] | 'handshakeRttMs' | 'connection';

export interface Difference {
  readonly capture: string;
  readonly peer: 'tshark' | 'tcptrace';
  readonly metric: Metric;
  /** 0 client to server, 1 server to client; undefined for the connection. */
  readonly side?: 0 | 1;
  readonly ours: number | boolean | string | undefined;
  readonly theirs: number | boolean | string | undefined;
}

export function endpoint(ip: string, port: number | string): string {
  return `${ip.includes(':') ? `[${longIpv6(ip)}]` : ip}:${port}`;
}

/** An IPv6 address with all its groups, so that no two spellings of one address differ. */
function longIpv6(ip: string): string {
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** The value that the given share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)];
}

/** How far two figures may be apart and still be the same; times carry each program's rounding. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Each figure that one analyser gives and that ours does not match. */
export function compareConnection(
  ours: ConnectionFigures,
  theirs: ConnectionFigures,
  timeTolerance: Tolerance,
  medianTolerance: number,
): Pick<Difference, 'metric' | 'side' | 'ours' | 'theirs'>[] {
  const differences: Pick<Difference, 'metric' | 'side' | 'ours' | 'theirs'>[] = [];
  const differ = (metric: Metric, a: number | boolean | undefined, b: number | boolean | undefined): boolean => {
    if (b === undefined) return false;
    // Where our tool sees no round trip it says nothing: there are none, or another analyser pairs what belongs to two segments.
    if (a === undefined && metric.startsWith('ackRtt')) return false;
    if (typeof a !== 'number' || typeof b !== 'number' || !metric.endsWith('Ms')) return a !== b;
    const relative = metric === 'ackRttMedianMs' ? medianTolerance : timeTolerance.relative;
    return Math.abs(a - b) > Math.max(timeTolerance.absolute, relative * Math.max(a, b));
  };
  if (differ('handshakeRttMs', ours.handshakeRttMs, theirs.handshakeRttMs)) {
    differences.push({ metric: 'handshakeRttMs', ours: ours.handshakeRttMs, theirs: theirs.handshakeRttMs });
  }
  for (const side of [0, 1] as const) {
    for (const metric of directionMetrics) {
      const [a, b] = [ours.directions[side][metric], theirs.directions[side][metric]];
      if (differ(metric, a, b)) differences.push({ metric, side, ours: a, theirs: b });
    }
  }
  return differences;
}
