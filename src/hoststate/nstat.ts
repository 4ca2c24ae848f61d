// Station "hoststate": SNMP and MIB counters: `nstat -az` (text and -j), /proc/net/{snmp,netstat,snmp6}, `netstat -s`.
// All under nstat's names: the table's prefix and the counter's name together, as IpInReceives or TcpExtTCPWinProbe.

import type { Fact, HostStateError } from './host-state.ts';
import { factAt, isToolError, problemAt, type TextLines } from './lines.ts';

export interface ParsedCounters {
  readonly counters: ReadonlyMap<string, Fact<number>>;
  readonly problems: readonly HostStateError[];
}

/** Reads `nstat -az` or `nstat -zas`, its JSON, and /proc/net/snmp6 (two columns). Without -a or -s nstat prints differences since its last run. */
export function parseNstat(text: TextLines): ParsedCounters {
  const counters = new Map<string, Fact<number>>();
  const problems: HostStateError[] = [];
  for (const [index, line] of text.lines.entries()) {
    const trimmed = line.trim();
    if (
      trimmed === '' ||
      trimmed.startsWith('#') ||
      /^[{}\],[]+$/.test(trimmed) ||
      /^\{?"kernel"\s*:\s*\{$/.test(trimmed)
    )
      continue;
    const columns = /^([A-Za-z]\w*)\s+(-?\d+)(?:\s+-?\d+(?:\.\d+)?)?$/.exec(trimmed);
    if (columns !== null) {
      add(counters, columns[1] ?? '', factAt(text, index, Number(columns[2])));
      continue;
    }
    const entries = [...trimmed.matchAll(/"(\w+)"\s*:\s*(-?\d+)/g)];
    for (const entry of entries) add(counters, entry[1] ?? '', factAt(text, index, Number(entry[2])));
    if (entries.length > 0) continue;
    const code = isToolError(line) ? 'command-failed' : 'not-understood';
    problems.push(problemAt(text, index, code, '"CounterName value rate"'));
  }
  return { counters, problems };
}

function add(counters: Map<string, Fact<number>>, name: string, fact: Fact<number>): void {
  if (!counters.has(name)) counters.set(name, fact);
}

/** Reads /proc/net/netstat and /proc/net/snmp: a line of names, then a line of values, both behind the table's prefix. */
export function parseProcNetstat(text: TextLines): ParsedCounters {
  const counters = new Map<string, Fact<number>>();
  const problems: HostStateError[] = [];
  let names: { readonly prefix: string; readonly names: readonly string[]; readonly index: number } | undefined;
  for (const [index, line] of text.lines.entries()) {
    if (line.trim() === '') continue;
    const match = /^([A-Za-z]\w*):\s+(\S.*)$/.exec(line.trim());
    if (match === null) {
      problems.push(problemAt(text, index, 'not-understood', '"Table: names" or "Table: values"'));
      continue;
    }
    const [, prefix = '', rest = ''] = match;
    const words = rest.split(/\s+/);
    const numeric = words.every((word) => /^-?\d+$/.test(word));
    if (!numeric) {
      if (names !== undefined)
        problems.push(problemAt(text, names.index, 'cut-short', `a line of values of ${names.prefix} after its names`));
      names = { prefix, names: words, index };
      continue;
    }
    if (names === undefined || names.prefix !== prefix) {
      problems.push(problemAt(text, index, 'not-understood', `a line of names of ${prefix} before its values`));
      continue;
    }
    if (names.names.length !== words.length) {
      problems.push(
        problemAt(text, index, 'not-understood', `${names.names.length} values of ${prefix}`, `${words.length} values`),
      );
    } else {
      for (const [i, name] of names.names.entries())
        add(counters, prefix + name, factAt(text, index, Number(words[i])));
    }
    names = undefined;
  }
  if (names !== undefined)
    problems.push(problemAt(text, names.index, 'cut-short', `a line of values of ${names.prefix} after its names`));
  return { counters, problems };
}

/** Sentences of `netstat -s` (net-tools), by section, that stand for counters this program reads. */
const SENTENCES: Readonly<Record<string, string>> = {
  'Ip total packets received': 'IpInReceives',
  'Ip forwarded': 'IpForwDatagrams',
  'Ip incoming packets delivered': 'IpInDelivers',
  'Ip requests sent out': 'IpOutRequests',
  'Ip incoming packets discarded': 'IpInDiscards',
  'Ip outgoing packets dropped': 'IpOutDiscards',
  'Tcp segments received': 'TcpInSegs',
  'Tcp segments sent out': 'TcpOutSegs',
  'Tcp segments send out': 'TcpOutSegs', // net-tools before 1.60-26
  'Tcp segments retransmitted': 'TcpRetransSegs',
  'Tcp segments retransmited': 'TcpRetransSegs', // as old versions spelled it
  'Tcp bad segments received': 'TcpInErrs',
  'TcpExt packet headers predicted': 'TcpExtTCPHPHits',
  'TcpExt acknowledgments not containing data payload received': 'TcpExtTCPPureAcks',
  'TcpExt predicted acknowledgments': 'TcpExtTCPHPAcks',
  'TcpExt delayed acks sent': 'TcpExtDelayedACKs',
  'TcpExt delayed acks further delayed because of locked socket': 'TcpExtDelayedACKLocked',
  'TcpExt packets pruned from receive queue because of socket buffer overrun': 'TcpExtPruneCalled',
  'TcpExt packets pruned from receive queue': 'TcpExtRcvPruned',
  'TcpExt packets collapsed in receive queue due to low socket buffer': 'TcpExtTCPRcvCollapsed',
  'TcpExt other TCP timeouts': 'TcpExtTCPTimeouts',
  'TcpExt fast retransmits': 'TcpExtTCPFastRetrans',
  'TcpExt retransmits in slow start': 'TcpExtTCPSlowStartRetrans',
  'TcpExt DSACKs received': 'TcpExtTCPDSACKRecv',
};

/** Reads `netstat -s`: the sentences known here, and every line that names its counter (`InNoECTPkts: 3696`). */
export function parseNetstatS(text: TextLines): ParsedCounters {
  const counters = new Map<string, Fact<number>>();
  const problems: HostStateError[] = [];
  let section: string | undefined;
  for (const [index, line] of text.lines.entries()) {
    const header = /^([A-Z]\w*):\s*$/.exec(line);
    if (header !== null) {
      section = header[1];
      continue;
    }
    if (line.trim() === '') continue;
    if (section === undefined) {
      problems.push(
        problemAt(
          text,
          index,
          isToolError(line) ? 'command-failed' : 'not-understood',
          'a section, as "Ip:" or "TcpExt:"',
        ),
      );
      continue;
    }
    const named = /^\s+(\w+): (\d+)\s*$/.exec(line);
    if (named !== null) {
      add(counters, section + named[1], factAt(text, index, Number(named[2])));
      continue;
    }
    const sentence = /^(\d+) (\S.*)$/.exec(line.trim());
    const key = `${section} ${sentence?.[2] ?? ''}`;
    if (sentence !== null && Object.hasOwn(SENTENCES, key))
      add(counters, SENTENCES[key] ?? '', factAt(text, index, Number(sentence[1])));
  }
  return { counters, problems };
}
