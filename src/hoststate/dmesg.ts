// Station "hoststate": the kernel's log: `dmesg`, `dmesg -T`, `journalctl -k`, /var/log/messages. Lines that concern
// offloads, links and drivers become findings; everything else is passed over. There is no line that is wrong.

import type { LogFinding, LogFindingKind } from './host-state.ts';
import { factAt, type TextLines } from './lines.ts';

interface LogPattern {
  readonly kind: LogFindingKind;
  readonly pattern: RegExp;
}

/** First match wins. Groups: `device`, `driver`, `speed` with `unit`. */
const PATTERNS: readonly LogPattern[] = [
  // tcp_gro_dev_warn, net/ipv4/tcp_input.c: once per boot; the device is the one that TCP saw, perhaps a bond or VLAN.
  { kind: 'suspect-gro', pattern: /TCP: (?<device>\S+): Driver has suspect GRO implementation/ },
  { kind: 'suspect-gro', pattern: /Driver has suspect GRO implementation/ },
  { kind: 'tx-timeout', pattern: /NETDEV WATCHDOG: (?<device>[^\s:]+) \((?<driver>[^)]+)\): transmit queue/ },
  {
    kind: 'tx-timeout',
    pattern: /(?:(?<driver>[\w-]+) [\da-f:.]+ )?(?<device>[\w.-]+): NETDEV WATCHDOG: .*transmit queue/i,
  },
  {
    kind: 'tx-timeout',
    pattern:
      /(?:(?<driver>[\w-]+) [\da-f]{4}:[\da-f:.]+ )?(?:(?<device>[a-z][\w.-]*): )?.*(?:TX timeout detected|tx hang|Tx Unit Hang)/i,
  },
  {
    kind: 'hardware-hang',
    pattern: /(?:(?<driver>[\w-]+) [\da-f:.]+ )?(?<device>[\w.-]+): Detected Hardware Unit Hang/,
  },
  { kind: 'checksum-failure', pattern: /(?:^|\s)(?<device>[\w.-]+): hw csum failure/ },
  { kind: 'bad-offload', pattern: /skb_warn_bad_offload/ },
  { kind: 'bad-offload', pattern: /(?<driver>[\w.-]+): caps=\(0x[\da-f]+, 0x[\da-f]+\) len=\d+/ },
  { kind: 'unknown-parameter', pattern: /(?<driver>[\w-]+): unknown parameter '[^']*' ignored/ },
  {
    kind: 'tcp-memory',
    pattern: /TCP: (?:out of memory|too many orphaned sockets)|TCP: request_sock_TCP: Possible SYN flooding/,
  },
  {
    kind: 'link-up',
    pattern:
      /(?:(?<driver>[a-z][\w-]*) [\da-f]{4}:[\da-f:.]+:? )?(?<device>[\w.-]+): (?:NIC )?Link (?:is )?Up(?:[, -]+(?<speed>\d+(?:\.\d+)?)\s?(?<unit>[MG])b(?:it)?(?:ps|\/s)?)?/i,
  },
  {
    kind: 'link-up',
    pattern: /\(slave (?<device>[^)\s]+)\): link status definitely up(?:, (?<speed>\d+) (?<unit>M)bps)?/,
  },
  { kind: 'link-down', pattern: /\(slave (?<device>[^)\s]+)\): link status definitely down/ },
  {
    kind: 'link-up',
    pattern: /link status definitely up for interface (?<device>[^\s,]+)(?:, (?<speed>\d+) (?<unit>M)bps)?/,
  },
  {
    kind: 'link-down',
    pattern:
      /(?:(?<driver>[a-z][\w-]*) [\da-f]{4}:[\da-f:.]+:? )?(?<device>[\w.-]+): (?:NIC )?(?:\w+ )?Link (?:is )?Down/i,
  },
  { kind: 'link-down', pattern: /link status definitely down for interface (?<device>[^\s,]+)/ },
  { kind: 'lro-disabled', pattern: /(?:(?<device>[\w.-]+): )?.*(?:disabl\w+ (?:LRO|RSC)|(?:LRO|RSC)\b.*\bdisabled)/i },
  { kind: 'lro-warning', pattern: /(?:(?<device>[\w.-]+): )?.*(?:\bLRO\b|large receive offload)/i },
  { kind: 'gro-warning', pattern: /(?:(?<device>[\w.-]+): )?.*(?:\bGRO\b|\bHW[- _]GRO\b|generic receive offload)/i },
  {
    kind: 'driver-reset',
    pattern:
      /(?:(?<driver>[a-z][\w-]*) [\da-f]{4}:[\da-f:.]+:? )?(?<device>[\w.-]+): (?:Reset adapter|Resetting|reset task|.*adapter reset)/i,
  },
];

// "[   12.345678] ", "[Mon Nov 23 06:52:36 2026] ", "Nov 23 06:52:36 host kernel: ", an ISO time, "<6>" in front.
const PREFIX =
  /^(?:<\d+>)?(?:(?:[A-Z][a-z]{2}\s+\d+ [\d:]+|\d{4}-\d\d-\d\dT\S+) \S+ kernel: )?(?:\[\s*(?<boot>\d+\.\d+)\](?:\[\s*[TC]\d+\])? ?|\[[A-Z][a-z]{2} [A-Z][a-z]{2}\s+\d+ [\d:]+ \d{4}\] )?/;

/** A syslog line of something that is not the kernel. */
const OTHER_DAEMON = /^(?:[A-Z][a-z]{2}\s+\d+ [\d:]+|\d{4}-\d\d-\d\dT\S+) \S+ (?!kernel:)/;

/** Lines without one of these words match no pattern: most of a log is passed over at once. */
const WORTH_A_LOOK = /GRO|LRO|RSC|link|WATCHDOG|timeout|hang|csum|offload|caps=|parameter|TCP:|reset/i;

/** The kernel's own lines are shorter; patterns with gaps must not run over more. */
const MOST_CHARACTERS = 1024;

/** Reads a kernel log. Keeps at most `mostPerKind` findings of a kind, the first ones (a flapping link fills a log). */
export function parseDmesg(text: TextLines, mostPerKind = 100): readonly LogFinding[] {
  const findings: LogFinding[] = [];
  const counts = new Map<LogFindingKind, number>();
  for (const [index, whole] of text.lines.entries()) {
    const line = whole.slice(0, MOST_CHARACTERS);
    if (!WORTH_A_LOOK.test(line) || OTHER_DAEMON.test(line)) continue;
    const finding = readLine(text, index, line);
    if (finding === undefined) continue;
    const count = (counts.get(finding.kind) ?? 0) + 1;
    counts.set(finding.kind, count);
    if (count <= mostPerKind) findings.push(finding);
  }
  return findings;
}

function readLine(text: TextLines, index: number, line: string): LogFinding | undefined {
  const prefix = PREFIX.exec(line);
  const message = line.slice(prefix?.[0].length ?? 0);
  for (const { kind, pattern } of PATTERNS) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const groups: Readonly<Record<string, string | undefined>> = match.groups ?? {};
    const speed = speedOf(groups['speed'], groups['unit']);
    const boot = prefix?.groups?.['boot'];
    const { device, driver } = groups;
    return {
      kind,
      source: factAt(text, index, 0).source,
      text: message.trim().slice(0, 400),
      ...(device === undefined ? {} : { device }),
      ...(driver === undefined ? {} : { driver }),
      ...(boot === undefined ? {} : { bootSeconds: Number(boot) }),
      ...(speed === undefined ? {} : { speedBitsPerSec: speed }),
    };
  }
  return undefined;
}

function speedOf(speed: string | undefined, unit: string | undefined): number | undefined {
  if (speed === undefined || unit === undefined) return undefined;
  return Math.round(Number(speed) * (unit.toUpperCase() === 'G' ? 1e9 : 1e6));
}
