// Station "hoststate": which tool's output a text is: by its file's name (sos report names, plain names, the command
// itself), else by what it holds. One file can hold several outputs one after another, with or without shell prompts.

import type { HostFileKind } from './host-state.ts';
import { sliceLines, type TextLines } from './lines.ts';

export interface OutputName {
  readonly kind: HostFileKind;
  readonly device?: string;
  readonly namespace?: string;
}

/** Commands as file names or behind a prompt, blanks and underscores alike; device names keep their dots and dashes. */
const ETHTOOL_KINDS: Readonly<Record<string, HostFileKind>> = {
  k: 'ethtool-features',
  'show-features': 'ethtool-features',
  'show-offload': 'ethtool-features',
  features: 'ethtool-features',
  i: 'ethtool-driver',
  driver: 'ethtool-driver',
  S: 'ethtool-stats',
  statistics: 'ethtool-stats',
  stats: 'ethtool-stats',
};

const ETHTOOL_NAME =
  /^ethtool[ _.-]*(?<json>--json[ _.-]+|-j[ _.-]+|json[ _.-]+)?(?:--?)?(?<flag>show-features|show-offload|statistics|features|driver|stats|k|i|S)(?:[ _.-]+(?<device>\S+))?$/;
const DEVICE_FIRST = /^(?<device>\S+?)[ _.-]+ethtool[ _.-]*-{0,2}(?<flag>features|driver|stats|statistics|k|i|S)$/;

const PLAIN_NAMES: readonly { readonly pattern: RegExp; readonly kind: HostFileKind }[] = [
  { pattern: /^ss(?:[ _.-].*)?$/, kind: 'ss' },
  { pattern: /^nstat(?:[ _.-].*)?$/, kind: 'nstat' },
  { pattern: /^snmp6$|^proc[ _.-]net[ _.-]snmp6$/, kind: 'nstat' },
  { pattern: /^(?:proc[ _.-]net[ _.-])(?:netstat|snmp)$/, kind: 'proc-netstat' },
  { pattern: /^netstat[ _.-]+-?s$/, kind: 'netstat-s' },
  { pattern: /^(?:dmesg|kern\.log|messages|journalctl)(?:[ _.-].*)?$/, kind: 'dmesg' },
  { pattern: /^ip[ _.-](?:-\w+[ _.-]+)*?-o[ _.-]+(?:-\w+[ _.-]+)*(?:addr|address|a)(?:[ _.-].*)?$/, kind: 'ip-addr' },
  // Not `-o link`, which writes each device on one line.
  {
    pattern: /^ip[ _.-](?:-(?!o[ _.-])\w+[ _.-]+)*(?:link|l|addr|address|a)(?:[ _.-](?:show|ls|list))?(?:[ _.-].*)?$/,
    kind: 'ip-link',
  },
  { pattern: /^sysctl(?:[ _.-].*)?$/, kind: 'sysctl' },
  { pattern: /^uname(?:[ _.-].*)?$/, kind: 'uname' },
  { pattern: /^tc[ _.-](?:-\w+[ _.-]+)*qdisc(?:[ _.-].*)?$/, kind: 'tc-qdisc' },
  { pattern: /^hostname(?:[ _.-]-f)?$/, kind: 'hostname' },
];

/** What the name of a file says it is, with device and namespace where they are in it. */
export function outputByName(path: string): OutputName | undefined {
  const proc = /(?:^|\/)proc\/net\/(netstat|snmp6?)$/.exec(path);
  if (proc !== null) return { kind: proc[1] === 'snmp6' ? 'nstat' : 'proc-netstat' };
  if (/(?:^|\/)proc\/version$/.test(path)) return { kind: 'uname' };
  const directoryNamespace = /(?:^|\/)namespaces\/([^/]+)\//.exec(path)?.[1];
  const base = path.slice(path.lastIndexOf('/') + 1);
  const inNamespace = namespaceOfCommand(base, directoryNamespace);
  const name = commandName(inNamespace?.command ?? base);
  if (name === undefined) return undefined;
  const namespace = inNamespace?.namespace ?? directoryNamespace;
  return namespace === undefined ? name : { ...name, namespace };
}

/** `ip_netns_exec_NS_ethtool_-k_eth0`: the namespace's name can hold underscores, so the folder's is taken when there is one. */
function namespaceOfCommand(
  base: string,
  known: string | undefined,
): { namespace: string; command: string } | undefined {
  const prefix = /^ip[ _]netns[ _]exec[ _]/.exec(base);
  if (prefix === null) return undefined;
  const rest = base.slice(prefix[0].length);
  if (known !== undefined && rest.startsWith(known)) return { namespace: known, command: rest.slice(known.length + 1) };
  const match = /^(.+?)[ _]((?:ethtool|ss|nstat|ip|tc|sysctl|netstat)[ _].*)$/.exec(rest);
  return match === null ? undefined : { namespace: match[1] ?? '', command: match[2] ?? '' };
}

function commandName(base: string): OutputName | undefined {
  const name = base.replace(/\.(?:txt|log|out|json)$/, '');
  const ethtool = ETHTOOL_NAME.exec(name) ?? DEVICE_FIRST.exec(name);
  if (ethtool !== null) {
    const { flag = '', device, json } = ethtool.groups ?? {};
    const kind = ETHTOOL_KINDS[flag] ?? 'ethtool-features';
    const isJson = kind === 'ethtool-features' && (json !== undefined || base.endsWith('.json'));
    return { kind: isJson ? 'ethtool-features-json' : kind, ...(device === undefined ? {} : { device }) };
  }
  const plain = PLAIN_NAMES.find(({ pattern }) => pattern.test(name));
  return plain === undefined ? undefined : { kind: plain.kind };
}

/** First lines by which an output is known. `restarts`: each one opens an output of its own. */
const OPENERS: readonly { readonly pattern: RegExp; readonly kind: HostFileKind; readonly restarts?: true }[] = [
  { pattern: /^(?:Features for|Offload parameters for) (?<device>\S+):\s*$/, kind: 'ethtool-features', restarts: true },
  { pattern: /^\[ ?\{\s*$/, kind: 'ethtool-features-json', restarts: true },
  { pattern: /^driver: \S+\s*$/, kind: 'ethtool-driver', restarts: true },
  { pattern: /^NIC statistics:\s*$/, kind: 'ethtool-stats', restarts: true },
  { pattern: /^(?:Netid\s+)?(?:State\s+)?Recv-Q\s+Send-Q\s+Local Address/, kind: 'ss' },
  {
    pattern:
      /^(?:tcp\s+)?(?:ESTAB|LISTEN|TIME-WAIT|CLOSE-WAIT|SYN-SENT|FIN-WAIT-[12])\s+\d+\s+\d+\s+\S{1,80}:\S{1,40}\s+\S{1,80}:\S{1,40}/,
    kind: 'ss',
  },
  { pattern: /^#(?:kernel|\d+\.\d+(?:\s|$))/, kind: 'nstat' },
  { pattern: /^(?:Ip|Tcp|TcpExt|IpExt)[A-Z]\w+\s+\d+\s+\d+\.\d+\s*$/, kind: 'nstat' },
  { pattern: /^(?:Ip|TcpExt): [A-Z]\w+ [A-Z]\w+ /, kind: 'proc-netstat' },
  { pattern: /^(?:Ip|Tcp):\s*$/, kind: 'netstat-s' },
  { pattern: /^\d+: [^\s:]+: <[A-Z0-9_,-]*> mtu \d+/, kind: 'ip-link' },
  { pattern: /^\d+: [^\s:]+\s+inet6? [\da-f.:]+\//, kind: 'ip-addr' },
  { pattern: /^qdisc \S+ \S+ (?:\[[\w-]+\] )?(?:dev |root)/, kind: 'tc-qdisc' },
  { pattern: /^(?:net|kernel|vm|fs|dev|abi|debug|user|crypto)\.[\w.@/:-]+ ?= ?/, kind: 'sysctl' },
  { pattern: /^Linux (?:version )?\S+ (?:\(|\d+\.\d+)/, kind: 'uname', restarts: true },
  { pattern: /^(?:<\d+>)?\[\s*\d+\.\d{6}\]/, kind: 'dmesg' },
  { pattern: /^\[[A-Z][a-z]{2} [A-Z][a-z]{2}\s+\d+ [\d:]+ \d{4}\] /, kind: 'dmesg' },
  { pattern: /^[A-Z][a-z]{2}\s+\d+ [\d:]+ \S+ kernel: /, kind: 'dmesg' },
  { pattern: /^TCP: \S+: Driver has suspect GRO implementation/, kind: 'dmesg' },
];

// "root@host:~# ethtool -i eth0", "$ ss -tmi", "+ nstat -az" (set -x).
const PROMPT =
  /^(?:[^#$%>]{0,80}[#$%>] ?|\+{1,3} )(?:sudo )?(?:\/(?:usr\/)?s?bin\/)?(?<command>(?:ethtool|ss|nstat|ip|tc|sysctl|dmesg|uname|netstat|hostname)\b.*)$/;

export interface OutputSection extends OutputName {
  readonly text: TextLines;
}

/** The outputs in a text, told by what they hold. Lines before the first of them are passed over. */
export function outputsByContent(text: TextLines): readonly OutputSection[] {
  const bare = bareRelease(text);
  if (bare !== undefined) return [bare];
  const sections: OutputSection[] = [];
  let open: (OutputName & { from: number }) | undefined;
  const close = (end: number): void => {
    if (open !== undefined && end > open.from) {
      const { from, ...name } = open;
      sections.push({ ...name, text: sliceLines(text, from, end) });
    }
  };
  for (const [index, line] of text.lines.entries()) {
    const command = PROMPT.exec(line)?.groups?.['command'];
    if (command !== undefined) {
      close(index);
      const name = outputByName(command.slice(0, 200).trim().replaceAll('/', '_'));
      open = name === undefined ? undefined : { ...name, from: index + 1 };
      continue;
    }
    const opener = OPENERS.find(({ pattern }) => pattern.test(line));
    if (opener === undefined || (open?.kind === opener.kind && (opener.restarts === undefined || open.from === index)))
      continue;
    close(index);
    const device = opener.pattern.exec(line)?.groups?.['device'];
    open = { kind: opener.kind, ...(device === undefined ? {} : { device }), from: index };
  }
  close(text.lines.length);
  return sections.filter((section) => section.kind !== 'ethtool-features-json' || isFeatureJson(section.text));
}

function isFeatureJson(text: TextLines): boolean {
  return text.lines.slice(0, 3).some((line) => line.includes('"ifname"'));
}

/** A file of one line that is a kernel release: what `uname -r` printed. */
function bareRelease(text: TextLines): OutputSection | undefined {
  const lines = text.lines.filter((line) => line.trim() !== '');
  return lines.length === 1 && /^\s*\d\.\d{1,3}\.\d{1,4}[-+.\w]*\s*$/.test(lines[0] ?? '')
    ? { kind: 'uname', text }
    : undefined;
}
