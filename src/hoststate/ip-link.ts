// Station "hoststate": `ip -s -d link` (and `ip -s -d addr`, `ip link`): what each device is, what it stands on, and its
// limits for super-packets and merged frames.

import type { Fact, HostStateError, InterfaceAddress, LinkState, LinkStatistics } from './host-state.ts';
import { factAt, isToolError, problemAt, type TextLines, wholeNumber } from './lines.ts';

export interface ParsedLink {
  readonly name: string;
  readonly link: LinkState;
  readonly addresses: readonly Fact<InterfaceAddress>[];
}

export interface ParsedLinks {
  readonly links: readonly ParsedLink[];
  readonly problems: readonly HostStateError[];
}

interface OpenDevice {
  readonly name: string;
  readonly link: OpenLink;
  readonly addresses: Fact<InterfaceAddress>[];
}

type OpenLink = { -readonly [K in keyof LinkState]: LinkState[K] };

const HEADER = /^(\d+): ([^\s:@]+)(?:@([^\s:]+))?: <([^>]*)> ?(.*)$/;

/** Reads the output of `ip link` with any of -s, -d. */
export function parseIpLink(text: TextLines): ParsedLinks {
  const links: OpenDevice[] = [];
  const problems: HostStateError[] = [];
  let current: OpenDevice | undefined;
  for (let index = 0; index < text.lines.length; index++) {
    const line = text.lines[index] ?? '';
    if (line.trim() === '') continue;
    const header = HEADER.exec(line);
    if (header !== null) {
      current = { name: header[2] ?? '', link: openLink(text, index, header), addresses: [] };
      links.push(current);
      continue;
    }
    if (!/^\s/.test(line) || current === undefined) {
      current = undefined;
      const code = isToolError(line) ? 'command-failed' : 'not-understood';
      problems.push(problemAt(text, index, code, '"1: eth0: <FLAGS> mtu ..." or its indented details'));
      continue;
    }
    const titles = /^\s+(RX|TX):\s+(bytes\s.*)$/.exec(line);
    if (titles !== null)
      index += readStatistics(current.link, text, index, titles[1] === 'RX', titles[2] ?? '', problems);
    else if (/^\s+inet6? /.test(line)) readAddress(current.addresses, text, index, line.trim());
    else readDetail(current.link, text, index, line.trim());
  }
  return { links, problems };
}

/** `inet 10.9.0.1/24 brd ...`, `inet 10.0.0.1 peer 10.0.0.2/32`, `inet6 fe80::1/64 scope link`. */
function readAddress(addresses: Fact<InterfaceAddress>[], text: TextLines, index: number, words: string): void {
  const match = /^inet6? ([\da-fA-F.:]+)(?:\/(\d{1,3}))?(?:\s|$)/.exec(words);
  if (match === null) return;
  const prefixLength = wholeNumber(match[2]);
  addresses.push(factAt(text, index, { ip: match[1] ?? '', ...(prefixLength === undefined ? {} : { prefixLength }) }));
}

export interface ParsedAddresses {
  readonly devices: ReadonlyMap<string, readonly Fact<InterfaceAddress>[]>;
  readonly problems: readonly HostStateError[];
}

/** Reads `ip -o addr`: one address a line, behind its device. */
export function parseIpAddresses(text: TextLines): ParsedAddresses {
  const devices = new Map<string, Fact<InterfaceAddress>[]>();
  const problems: HostStateError[] = [];
  for (const [index, line] of text.lines.entries()) {
    if (line.trim() === '') continue;
    const match = /^\d+: ([^\s:@]+)(?:@\S+)?\s+(inet6? .*)$/.exec(line);
    if (match === null) {
      const code = isToolError(line) ? 'command-failed' : 'not-understood';
      problems.push(problemAt(text, index, code, '"2: eth0    inet 192.0.2.10/24 ..."'));
      continue;
    }
    const name = match[1] ?? '';
    const addresses = devices.get(name) ?? [];
    devices.set(name, addresses);
    readAddress(addresses, text, index, match[2] ?? '');
  }
  return { devices, problems };
}

function openLink(text: TextLines, index: number, header: RegExpExecArray): OpenLink {
  const [, number, , lower, flags = '', rest = ''] = header;
  const link: OpenLink = {
    source: factAt(text, index, 0).source,
    index: Number(number),
    flags: flags.split(',').filter((flag) => flag !== ''),
    ...(lower === undefined ? {} : { lower }),
  };
  const words = rest.split(/\s+/);
  const after = (key: string): string | undefined => {
    const at = words.indexOf(key);
    return at === -1 ? undefined : words[at + 1];
  };
  setText(link, 'qdisc', text, index, after('qdisc'));
  setText(link, 'operState', text, index, after('state'));
  setText(link, 'master', text, index, after('master'));
  setNumber(link, 'mtuBytes', text, index, after('mtu'));
  const xdp = words.find((word) => /^xdp(?:generic|offload|multi|drv)?(?:\/id:\d+)?$/.test(word));
  setText(link, 'xdp', text, index, xdp?.replace(/\/.*/, ''));
  return link;
}

type TextField = 'qdisc' | 'operState' | 'master' | 'xdp' | 'kind' | 'portKind' | 'bondMode' | 'tunType';
type NumericField =
  | 'mtuBytes'
  | 'vlanId'
  | 'vni'
  | 'gsoMaxSizeBytes'
  | 'gsoMaxSegs'
  | 'gsoIpv4MaxSizeBytes'
  | 'groMaxSizeBytes'
  | 'groIpv4MaxSizeBytes'
  | 'tsoMaxSizeBytes'
  | 'tsoMaxSegs'
  | 'rxQueues'
  | 'txQueues';

function setText(link: OpenLink, field: TextField, text: TextLines, index: number, value: string | undefined): void {
  if (value !== undefined && link[field] === undefined) link[field] = factAt(text, index, value);
}

function setNumber(
  link: OpenLink,
  field: NumericField,
  text: TextLines,
  index: number,
  value: string | undefined,
): void {
  const number = wholeNumber(value);
  if (number !== undefined && link[field] === undefined) link[field] = factAt(text, index, number);
}

/** Keys of the detail lines that stand before a number. */
const DETAIL_NUMBERS: Readonly<Record<string, NumericField>> = {
  gso_max_size: 'gsoMaxSizeBytes',
  gso_max_segs: 'gsoMaxSegs',
  gso_ipv4_max_size: 'gsoIpv4MaxSizeBytes',
  gro_max_size: 'groMaxSizeBytes',
  gro_ipv4_max_size: 'groIpv4MaxSizeBytes',
  tso_max_size: 'tsoMaxSizeBytes',
  tso_max_segs: 'tsoMaxSegs',
  numrxqueues: 'rxQueues',
  numtxqueues: 'txQueues',
};

/** First words of lines that open no kind of device. */
const NOT_A_KIND =
  /^(?:link\/|inet|valid_lft|altname|alias|vf$|prog\/|RX|TX|promiscuity$|maxmtu$|minmtu$|addrgenmode$|numtxqueues$|parentbus$|parentdev$|\()/;

function readDetail(link: OpenLink, text: TextLines, index: number, line: string): void {
  const words = line.split(/\s+/);
  for (let i = 0; i + 1 < words.length; i++) {
    const word = words[i] ?? '';
    const field = Object.hasOwn(DETAIL_NUMBERS, word) ? DETAIL_NUMBERS[word] : undefined;
    if (field !== undefined) setNumber(link, field, text, index, words[i + 1]);
  }
  const first = words[0] ?? '';
  if (/_slave$/.test(first)) setText(link, 'portKind', text, index, first);
  else if (link.kind === undefined && /^[a-z][a-z0-9_]*$/.test(first) && !NOT_A_KIND.test(first))
    readKind(link, text, index, words);
}

/** `vlan protocol 802.1Q id 7`, `vxlan id 42 remote ...`, `bond mode 802.3ad miimon ...`, `tun type tap ...`, `veth`. */
function readKind(link: OpenLink, text: TextLines, index: number, words: readonly string[]): void {
  const kind = words[0] ?? '';
  const after = (key: string): string | undefined => {
    const at = words.indexOf(key);
    return at === -1 ? undefined : words[at + 1];
  };
  setText(link, 'kind', text, index, kind);
  if (kind === 'vlan') setNumber(link, 'vlanId', text, index, after('id'));
  if (kind === 'vxlan' || kind === 'geneve') setNumber(link, 'vni', text, index, after('id'));
  if (kind === 'bond') setText(link, 'bondMode', text, index, after('mode'));
  if (kind === 'tun') setText(link, 'tunType', text, index, after('type'));
}

/** The line of numbers below the titles; answers how many lines it took. */
function readStatistics(
  link: OpenLink,
  text: TextLines,
  index: number,
  received: boolean,
  titles: string,
  problems: HostStateError[],
): number {
  const names = titles.trim().split(/\s+/);
  const values = (text.lines[index + 1] ?? '').trim().split(/\s+/);
  const numbers = values.map(wholeNumber);
  if (numbers.length !== names.length || numbers.includes(undefined)) {
    const line = index + 1 < text.lines.length ? index + 1 : index;
    problems.push(
      problemAt(
        text,
        line,
        index + 1 < text.lines.length ? 'not-understood' : 'cut-short',
        `${names.length} numbers below their titles`,
      ),
    );
    return 0;
  }
  const named = (name: string): number | undefined => numbers[names.indexOf(name)];
  const missed = named('missed');
  const overrun = named('overrun');
  const statistics: Fact<LinkStatistics> = factAt(text, index + 1, {
    bytes: named('bytes') ?? 0,
    packets: named('packets') ?? 0,
    errors: named('errors') ?? 0,
    dropped: named('dropped') ?? 0,
    ...(missed === undefined ? {} : { missed }),
    ...(overrun === undefined ? {} : { overrun }),
  });
  if (received) link.rx ??= statistics;
  else link.tx ??= statistics;
  return 1;
}
