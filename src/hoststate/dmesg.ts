// Station "hoststate": the kernel's log: `dmesg`, `dmesg -T`, `journalctl -k`, /var/log/messages. Lines that concern
// offloads, links and drivers become findings; everything else is passed over. There is no line that is wrong.

import type { LogFinding, LogFindingKind } from './host-state.ts';
import { factAt, type TextLines } from './lines.ts';

interface LogPattern {
  readonly kind: LogFindingKind;
  /** Matched against what follows the line's origin. Groups: `device`, `driver`, `speed` with `unit`. */
  readonly pattern: RegExp;
  /** What stands where a device's name would is the driver's. */
  readonly originIsDriver?: true;
}

/** "bnxt_en 0000:3b:00.0 ens3f0np0: ", "ixgbe 0000:06:00.0: eth2: ", "eth0: ", "TCP: ". Device names have 15 characters at most. */
const ORIGIN =
  /^(?:(?<driver>[a-z][\w-]{0,30}) [\da-f]{1,8}(?:[:.-][\da-f]{1,12}){1,5}:? )?(?:(?<device>[A-Za-z][\w.-]{0,30}): )?/;

/** First match wins. Each is anchored or looks for a fixed word, so that a long line costs no more than its length. */
const PATTERNS: readonly LogPattern[] = [
  // tcp_gro_dev_warn, net/ipv4/tcp_input.c: once per boot; the device is the one that TCP saw, perhaps a bond or VLAN.
  { kind: 'suspect-gro', pattern: /^(?:(?<device>[^\s:]{1,40}): )?Driver has suspect GRO implementation/ },
  {
    kind: 'tx-timeout',
    pattern: /^NETDEV WATCHDOG: (?<device>[^\s:]{1,40}) \((?<driver>[^)]{1,40})\): transmit queue/,
  },
  { kind: 'tx-timeout', pattern: /^NETDEV WATCHDOG: (?:CPU: \d+: )?transmit queue/ },
  { kind: 'tx-timeout', pattern: /TX timeout detected|tx hang|Tx Unit Hang/i },
  { kind: 'hardware-hang', pattern: /Detected Hardware Unit Hang/ },
  { kind: 'checksum-failure', pattern: /^hw csum failure/ },
  { kind: 'bad-offload', pattern: /skb_warn_bad_offload/ },
  { kind: 'bad-offload', pattern: /^caps=\(0x[\da-f]+, 0x[\da-f]+\) len=\d+/, originIsDriver: true },
  { kind: 'unknown-parameter', pattern: /^unknown parameter '[^']*' ignored/, originIsDriver: true },
  {
    kind: 'tcp-memory',
    pattern:
      /^(?:out of memory -- consider tuning tcp_mem|too many orphaned sockets|request_sock_TCP: Possible SYN flooding)/,
  },
  { kind: 'link-up', pattern: /^(?:NIC )?Link (?:is )?Up(?:[, -]+(?<speed>\d{1,7}(?:\.\d)?)\s?(?<unit>[MG])b)?/i },
  {
    kind: 'link-up',
    pattern: /^\(slave (?<device>[^)\s]{1,40})\): link status definitely up(?:, (?<speed>\d{1,7}) (?<unit>M)bps)?/,
  },
  {
    kind: 'link-up',
    pattern: /^link status definitely up for interface (?<device>[^\s,]{1,40})(?:, (?<speed>\d{1,7}) (?<unit>M)bps)?/,
  },
  { kind: 'link-down', pattern: /^(?:NIC )?(?:\w{1,20} )?Link (?:is )?Down/i },
  { kind: 'link-down', pattern: /^\(slave (?<device>[^)\s]{1,40})\): link status definitely down/ },
  { kind: 'link-down', pattern: /^link status definitely down for interface (?<device>[^\s,]{1,40})/ },
  { kind: 'lro-disabled', pattern: /disabl\w{1,4} (?:LRO|RSC)\b|\b(?:LRO|RSC) (?:is |has been )?disabled/i },
  { kind: 'lro-warning', pattern: /\bLRO\b|large receive offload/i },
  { kind: 'gro-warning', pattern: /\bGRO\b|generic receive offload/i },
  { kind: 'driver-reset', pattern: /^(?:Reset adapter|Resetting\b|reset task|adapter reset)/i },
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
  const origin = ORIGIN.exec(message);
  const rest = message.slice(origin?.[0].length ?? 0);
  for (const { kind, pattern, originIsDriver } of PATTERNS) {
    const match = pattern.exec(rest);
    if (match === null) continue;
    const from: Groups = origin?.groups ?? {};
    const named: Groups = match.groups ?? {};
    const boot = prefix?.groups?.['boot'];
    const speed = speedOf(named['speed'], named['unit']);
    const device =
      named['device'] ?? (originIsDriver === true || from['device'] === 'TCP' ? undefined : from['device']);
    const driver = named['driver'] ?? (originIsDriver === true ? from['device'] : from['driver']);
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

type Groups = Readonly<Record<string, string | undefined>>;

function speedOf(speed: string | undefined, unit: string | undefined): number | undefined {
  if (speed === undefined || unit === undefined) return undefined;
  return Math.round(Number(speed) * (unit.toUpperCase() === 'G' ? 1e9 : 1e6));
}
