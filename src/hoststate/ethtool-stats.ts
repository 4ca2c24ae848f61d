// Station "hoststate": `ethtool -S`: counters under each driver's own names, and what they say about merging, packets on
// the wire and drops once the driver is known (names per driver: kernel/drivers.ts).

import { driverFacts } from '../kernel/drivers.ts';
import type { DeviceState, Fact, HostStateError } from './host-state.ts';
import { factAt, isNotSupported, isToolError, problemAt, type TextLines } from './lines.ts';

export interface ParsedStatistics {
  readonly statistics: ReadonlyMap<string, Fact<number>>;
  readonly problems: readonly HostStateError[];
}

// vmxnet3 heads each queue: "  Tx Queue#: 0".
const QUEUE_HEADER = /^\s*((?:Tx|Rx) Queue)#:\s*(\d+)\s*$/;

/** Reads `ethtool -S` of one device. A name that comes again (vmxnet3's queues) is made unique by its queue, or by #2. */
export function parseEthtoolStats(text: TextLines): ParsedStatistics {
  const statistics = new Map<string, Fact<number>>();
  const problems: HostStateError[] = [];
  let queue = '';
  for (const [index, line] of text.lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || /^(?:NIC|FEC|Standard|PHY) statistics/i.test(trimmed) || isNotSupported(line)) continue;
    const header = QUEUE_HEADER.exec(line);
    if (header !== null) {
      queue = `${header[1]} ${header[2]}: `;
      continue;
    }
    const counter = nameAndNumber(trimmed);
    if (counter === undefined) {
      if (isToolError(line)) problems.push(problemAt(text, index, 'command-failed', 'statistics of a device'));
      // Section titles without a value ("Traffic Class 0:") are not worth a complaint.
      else if (!trimmed.endsWith(':'))
        problems.push(problemAt(text, index, 'not-understood', '"counter-name: number"'));
      continue;
    }
    const name = uniqueName(statistics, `${queue}${counter.name}`);
    statistics.set(name, factAt(text, index, counter.value));
  }
  return { statistics, problems };
}

/** Names can hold blanks, brackets and colons: "[0]: rx_tpa_pkt" (bnxt_en), "LRO pkts rx" (vmxnet3), "Queue[0] InPackets" (atlantic). */
function nameAndNumber(line: string): { readonly name: string; readonly value: number } | undefined {
  const colon = line.lastIndexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trimEnd();
  const value = line.slice(colon + 1).trim();
  return name !== '' && /^-?\d{1,20}$/.test(value) ? { name, value: Number(value) } : undefined;
}

function uniqueName(taken: ReadonlyMap<string, unknown>, name: string): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count++) if (!taken.has(`${name}#${count}`)) return `${name}#${count}`;
}

export interface NamedCounter {
  readonly name: string;
  readonly fact: Fact<number>;
}

export interface StatisticsReading {
  /** Counters of the NIC's or driver's own merging that are not 0. Empty: none, or the names are not known. */
  readonly merge: readonly NamedCounter[];
  /** Whether this driver has merge counters that are known and present at all. */
  readonly mergeCountersPresent: boolean;
  readonly tso: readonly NamedCounter[];
  readonly wireRxPackets?: NamedCounter;
  readonly wireTxPackets?: NamedCounter;
  /** Counters of drops that are not 0. */
  readonly drops: readonly NamedCounter[];
}

const ANY_DROPS = /(?:drop|discard|missed|no_buffer|out_of_buffer|fifo_error|timeout)/i;

/** What a device's counters say, read with its driver's names; without a known driver only drops are told. */
export function readStatistics(device: DeviceState): StatisticsReading {
  const names = driverFacts(device.driver?.driver.value ?? '')?.statistics;
  const matching = (pattern: RegExp | undefined): readonly NamedCounter[] =>
    pattern === undefined
      ? []
      : [...device.statistics].filter(([name]) => pattern.test(name)).map(([name, fact]) => ({ name, fact }));
  const counting = (counters: readonly NamedCounter[]): readonly NamedCounter[] =>
    counters.filter((counter) => counter.fact.value > 0);
  const merge = matching(names?.merge);
  const wireRx = matching(names?.wireRxPackets)[0];
  const wireTx = matching(names?.wireTxPackets)[0];
  return {
    merge: counting(merge),
    mergeCountersPresent: merge.length > 0,
    tso: counting(matching(names?.tso)),
    ...(wireRx === undefined ? {} : { wireRxPackets: wireRx }),
    ...(wireTx === undefined ? {} : { wireTxPackets: wireTx }),
    drops: counting(matching(names?.drops ?? ANY_DROPS)),
  };
}
