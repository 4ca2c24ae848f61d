// Station "hoststate": what a host's counters say today, one reading a line. Judged or not: that is diagnosis; here is what was counted.

import { type NamedCounter, readStatistics } from '../ethtool-stats.ts';
import type { DeviceState, Fact, HostState, NetworkState, SourceLine } from '../host-state.ts';
import { mergeFactor, networks } from '../readings.ts';

export type CounterKind =
  | 'merge-factor' // segments a received IP packet stood for
  | 'retransmitted' // share of the TCP segments sent
  | 'window-wanted-zero' // TCPWantZeroWindowAdv: wanted to close a window and could not
  | 'window-closed' // TCPToZeroWindowAdv
  | 'receive-pruned' // PruneCalled: receive memory ran short
  | 'checksum-errors' // TcpInCsumErrors
  | 'card-merged' // the card's or driver's own merging, by ethtool -S
  | 'card-tso' // super-packets given to the card
  | 'card-drops' // drops by ethtool -S
  | 'suspect-gro'; // lines of the log

/** One reading since boot (cards: since the driver was loaded). */
export interface CounterReading {
  readonly kind: CounterKind;
  readonly namespace?: string;
  readonly device?: string;
  /** 4 or 6 for merge factors. */
  readonly ipVersion?: 4 | 6;
  /** The counter's own name, where the kind has several. */
  readonly name?: string;
  readonly value: number;
  /** What it is a share of, or was counted among. */
  readonly of?: number;
  readonly source: SourceLine;
}

/** Every reading that the host's outputs allow; zeros included, for a zero is an answer. */
export function counterReadings(host: HostState): readonly CounterReading[] {
  const readings: CounterReading[] = [];
  for (const [namespace, network] of networks(host)) {
    const placed = namespace === undefined ? {} : { namespace };
    for (const reading of networkReadings(network)) readings.push({ ...reading, ...placed });
    for (const device of network.devices.values()) {
      for (const reading of cardReadings(device)) readings.push({ ...reading, ...placed });
    }
  }
  return [...readings, ...suspectGro(host)];
}

function networkReadings(network: NetworkState): readonly CounterReading[] {
  const readings: CounterReading[] = [];
  for (const ipVersion of [4, 6] as const) {
    const factor = mergeFactor(network, ipVersion);
    if (factor === undefined) continue;
    const { segments, frames } = factor;
    readings.push({ kind: 'merge-factor', ipVersion, value: segments, of: frames.value, source: frames.source });
  }
  const counter = (kind: CounterKind, name: string, of?: string): void => {
    const fact = network.counters.get(name);
    const whole = of === undefined ? undefined : network.counters.get(of)?.value;
    if (fact !== undefined)
      readings.push(readingOf(kind, fact, { name, ...(whole === undefined ? {} : { of: whole }) }));
  };
  counter('retransmitted', 'TcpRetransSegs', 'TcpOutSegs');
  counter('window-wanted-zero', 'TcpExtTCPWantZeroWindowAdv');
  counter('window-closed', 'TcpExtTCPToZeroWindowAdv');
  counter('receive-pruned', 'TcpExtPruneCalled');
  counter('checksum-errors', 'TcpInCsumErrors', 'TcpInSegs');
  return readings;
}

/** The largest few of each kind. */
const MOST_PER_KIND = 4;

/** Where a counter is kept per queue, the queue: "[3]: ", "Tx Queue 3: ", "Queue[3] ", "rx3_", "rx_queue_3_". */
const QUEUE = /^(?:\[\d+\]: |[TR]x Queue \d+: |Queue\[\d+\] )|(?<=^[rt]x)\d+(?=_)|(?<=^[rt]x_queue)_\d+(?=_)/;

function cardReadings(device: DeviceState): readonly CounterReading[] {
  const statistics = readStatistics(device);
  const kinds = [
    ['card-merged', statistics.merge],
    ['card-tso', statistics.tso],
    ['card-drops', statistics.drops],
  ] as const;
  return kinds.flatMap(([kind, counters]) =>
    overQueues(counters)
      .toSorted((a, b) => b.fact.value - a.fact.value)
      .slice(0, MOST_PER_KIND)
      .map(({ name, fact }) => readingOf(kind, fact, { name, device: device.name })),
  );
}

/** A card of 64 queues has hundreds of counters: one sum a name, quoted where the first of them stands. */
function overQueues(counters: readonly NamedCounter[]): readonly NamedCounter[] {
  const sums = new Map<string, NamedCounter>();
  for (const counter of counters) {
    const name = counter.name.replace(QUEUE, '');
    const { source, value } = (sums.get(name) ?? counter).fact;
    const sum = sums.has(name) ? value + counter.fact.value : value;
    sums.set(name, { name, fact: { value: sum, source } });
  }
  return [...sums.values()];
}

/** Only where a log was given does "none" mean none. */
function suspectGro(host: HostState): readonly CounterReading[] {
  const log = host.files.find((file) => file.kind === 'dmesg');
  if (log === undefined) return [];
  const lines = host.logs.filter(({ kind }) => kind === 'suspect-gro');
  const source = lines[0]?.source ?? { file: log.path, line: log.fromLine };
  const device = lines[0]?.device;
  return [{ kind: 'suspect-gro', value: lines.length, source, ...(device === undefined ? {} : { device }) }];
}

function readingOf(
  kind: CounterKind,
  fact: Fact<number>,
  more: Pick<CounterReading, 'name' | 'device' | 'of'>,
): CounterReading {
  return { kind, value: fact.value, source: fact.source, ...more };
}
