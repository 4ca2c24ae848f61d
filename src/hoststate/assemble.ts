// Station "hoststate": all the texts of a host put together into one HostState. The last station of this folder: what
// reads folders, archives and the live machine hands its texts to `assembleHost`.

import { compareToLine, type KernelRelease } from '../kernel/release.ts';
import { type OutputName, type OutputSection, outputByName, outputsByContent } from './detect.ts';
import { DeviceTable } from './device-table.ts';
import { parseDmesg } from './dmesg.ts';
import { parseEthtoolDriver } from './ethtool-driver.ts';
import { parseEthtoolFeatures, parseEthtoolFeaturesJson } from './ethtool-features.ts';
import { parseEthtoolStats } from './ethtool-stats.ts';
import type {
  Fact,
  HostFile,
  HostFileKind,
  HostState,
  HostStateError,
  LogFinding,
  NetworkState,
  SocketState,
} from './host-state.ts';
import { parseIpAddresses, parseIpLink } from './ip-link.ts';
import { textLines } from './lines.ts';
import { parseNetstatS, parseNstat, parseProcNetstat } from './nstat.ts';
import { parseSs } from './ss.ts';
import { parseSysctl } from './sysctl.ts';
import { parseTcQdisc } from './tc.ts';
import { type ParsedUname, parseHostName, parseUname } from './uname.ts';

/** A text of a host. What is not given is told from the path, then from the text. */
export interface HostText extends Partial<OutputName> {
  readonly path: string;
  readonly text: string;
}

export interface HostNaming {
  /** Used when no output names the host. */
  readonly name: string;
  /** Files that were seen and not read. */
  readonly unread?: readonly string[];
  /** What went wrong before the texts came here. */
  readonly problems?: readonly HostStateError[];
}

interface OpenNetwork {
  readonly devices: DeviceTable;
  readonly sockets: SocketState[];
  readonly counters: Map<string, Fact<number>>;
  readonly sysctls: Map<string, Fact<string>>;
}

type PlacedSection = OutputSection & { readonly toldBy: HostFile['toldBy'] };

/**
 * The first reading of a fact is kept, so the order says which is preferred. The kernel before ss: what an absent snd_wnd
 * means depends on it. Text before JSON: its lines are what a person quotes. nstat before /proc and netstat: its counters
 * are of one moment.
 */
const READING_ORDER: readonly HostFileKind[] = [
  'uname',
  'hostname',
  'sysctl',
  'ip-link',
  'ip-addr',
  'ethtool-features',
  'ethtool-features-json',
  'ethtool-driver',
  'ethtool-stats',
  'tc-qdisc',
  'ss',
  'nstat',
  'proc-netstat',
  'netstat-s',
  'dmesg',
];

/** Puts a host together. Never throws for what the texts hold: what could not be read is in `problems`. */
export function assembleHost(texts: readonly HostText[], naming: HostNaming): HostState {
  const host = new HostAssembly(naming);
  const sections = texts.flatMap((text) => host.sectionsOf(text));
  const nameless = (section: OutputSection): boolean =>
    section.device === undefined && (section.kind === 'ethtool-driver' || section.kind === 'ethtool-stats');
  for (const kind of READING_ORDER)
    for (const section of sections) if (section.kind === kind && !nameless(section)) host.read(section);
  // Last what does not name its device: by now it is known whether there is only one.
  for (const section of sections) if (nameless(section)) host.read(section);
  return host.finish();
}

class HostAssembly {
  private readonly files: HostFile[] = [];
  private readonly problems: HostStateError[] = [];
  private readonly logs: LogFinding[] = [];
  private readonly networks = new Map<string, OpenNetwork>();
  private readonly initial: OpenNetwork = openNetwork(undefined);
  private kernel: Fact<KernelRelease> | undefined;
  private hostName: string | undefined;
  private readonly naming: HostNaming;

  constructor(naming: HostNaming) {
    this.naming = naming;
    this.problems.push(...(naming.problems ?? []));
  }

  /** The outputs in a text; a text without any is listed as unknown. */
  sectionsOf(given: HostText): readonly PlacedSection[] {
    const text = textLines(given.path, given.text);
    const named: OutputName | undefined =
      given.kind === undefined ? outputByName(given.path) : { ...given, kind: given.kind };
    const namespace = given.namespace ?? named?.namespace;
    const placed = (section: OutputSection, toldBy: HostFile['toldBy']): PlacedSection => ({
      ...section,
      ...(namespace === undefined ? {} : { namespace }),
      toldBy,
    });
    const sections =
      named === undefined
        ? followDevices(outputsByContent(text)).map((section) => placed(section, 'content'))
        : [
            placed(
              { kind: named.kind, ...(named.device === undefined ? {} : { device: named.device }), text },
              given.kind === undefined ? 'name' : 'caller',
            ),
          ];
    for (const section of sections) {
      const { kind, device, toldBy } = section;
      this.files.push({
        path: given.path,
        kind,
        ...(toldBy === undefined ? {} : { toldBy }),
        ...(device === undefined ? {} : { device }),
        ...(section.namespace === undefined ? {} : { namespace: section.namespace }),
        fromLine: section.text.firstLine,
        lineCount: section.text.lines.length,
      });
    }
    if (sections.length === 0) this.files.push({ path: given.path, fromLine: 1, lineCount: text.lines.length });
    return sections;
  }

  read(section: OutputSection): void {
    const { text } = section;
    const network = this.networkOf(section.namespace);
    switch (section.kind) {
      case 'ethtool-features':
      case 'ethtool-features-json':
      case 'ethtool-driver':
      case 'ethtool-stats':
        this.readEthtool(section, network.devices);
        break;
      case 'ip-link':
        network.devices.addLinks(this.noting(parseIpLink(text)).links);
        break;
      case 'ip-addr':
        for (const [name, addresses] of this.noting(parseIpAddresses(text)).devices)
          network.devices.addAddresses(name, addresses);
        break;
      case 'tc-qdisc':
        network.devices.addQdiscs(this.noting(parseTcQdisc(text)).qdiscs);
        break;
      case 'ss':
        network.sockets.push(
          ...inNamespace(this.noting(parseSs(text, this.kernelHasSndWnd())).sockets, section.namespace),
        );
        break;
      case 'nstat':
        addMissing(network.counters, this.noting(parseNstat(text)).counters);
        break;
      case 'proc-netstat':
        addMissing(network.counters, this.noting(parseProcNetstat(text)).counters);
        break;
      case 'netstat-s':
        addMissing(network.counters, this.noting(parseNetstatS(text)).counters);
        break;
      case 'sysctl':
        this.addSysctls(network, this.noting(parseSysctl(text)).sysctls);
        break;
      case 'dmesg':
        this.logs.push(...parseDmesg(text));
        break;
      case 'uname':
        this.addName(this.noting(parseUname(text)));
        break;
      case 'hostname':
        this.hostName ??= parseHostName(text)?.value;
        break;
    }
  }

  private readEthtool(section: OutputSection, devices: DeviceTable): void {
    const { text } = section;
    const device = section.device ?? devices.onlyDevice();
    if (section.kind === 'ethtool-driver') {
      this.problems.push(...devices.addDriver(this.noting(parseEthtoolDriver(text)).driver, device, text));
    } else if (section.kind === 'ethtool-stats') {
      this.problems.push(...devices.addStatistics(this.noting(parseEthtoolStats(text)).statistics, device, text));
    } else {
      const parse = section.kind === 'ethtool-features' ? parseEthtoolFeatures : parseEthtoolFeaturesJson;
      this.problems.push(...devices.addFeatures(this.noting(parse(text)).devices, device, text));
    }
  }

  /** Keeps what went wrong while parsing. */
  private noting<T extends { readonly problems: readonly HostStateError[] }>(parsed: T): T {
    this.problems.push(...parsed.problems);
    return parsed;
  }

  private addName(parsed: ParsedUname): void {
    this.kernel ??= parsed.kernel;
    this.hostName ??= parsed.hostName?.value;
  }

  private addSysctls(network: OpenNetwork, sysctls: ReadonlyMap<string, Fact<string>>): void {
    for (const [name, fact] of sysctls) network.sysctls.set(name, fact);
    const release = sysctls.get('kernel.osrelease');
    if (release !== undefined && this.kernel === undefined) {
      const { kernel } = parseUname({
        ...textLines(release.source.file, release.value),
        firstLine: release.source.line,
      });
      this.kernel = kernel;
    }
    this.hostName ??= sysctls.get('kernel.hostname')?.value;
  }

  /** tcpi_snd_wnd came with 5.4 (from memory; read as present in 5.15, absent in 4.10); RHEL's numbers say nothing. */
  private kernelHasSndWnd(): boolean | undefined {
    const kernel = this.kernel?.value;
    if (kernel === undefined || kernel.flavour === 'rhel') return undefined;
    return compareToLine(kernel, 5, 4) >= 0;
  }

  private networkOf(namespace: string | undefined): OpenNetwork {
    if (namespace === undefined) return this.initial;
    const network = this.networks.get(namespace) ?? openNetwork(namespace);
    this.networks.set(namespace, network);
    return network;
  }

  finish(): HostState {
    for (const path of this.naming.unread ?? []) this.files.push({ path, fromLine: 1, lineCount: 0 });
    return {
      name: this.hostName ?? this.naming.name,
      files: this.files,
      ...(this.kernel === undefined ? {} : { kernel: this.kernel }),
      ...finished(this.initial),
      namespaces: new Map([...this.networks].map(([name, network]) => [name, finished(network)])),
      logs: this.logs,
      problems: this.problems,
    };
  }
}

function openNetwork(namespace: string | undefined): OpenNetwork {
  return { devices: new DeviceTable(namespace), sockets: [], counters: new Map(), sysctls: new Map() };
}

function finished(network: OpenNetwork): NetworkState {
  return {
    devices: network.devices.finish(),
    sockets: network.sockets,
    counters: network.counters,
    sysctls: network.sysctls,
  };
}

function inNamespace(sockets: readonly SocketState[], namespace: string | undefined): readonly SocketState[] {
  return namespace === undefined ? sockets : sockets.map((socket) => ({ ...socket, namespace }));
}

/** The first reading of a counter stays: others were taken at another moment. */
function addMissing<T>(into: Map<string, T>, from: ReadonlyMap<string, T>): void {
  for (const [name, value] of from) if (!into.has(name)) into.set(name, value);
}

/** `ethtool -i` and `-S` do not name their device; in one file with `ethtool -k` they belong to the device named last. */
function followDevices(sections: readonly OutputSection[]): readonly OutputSection[] {
  let last: string | undefined;
  return sections.map((section) => {
    if (section.device !== undefined) last = section.device;
    else if (section.kind === 'ethtool-features-json')
      last = /"ifname"\s*:\s*"([^"]+)"/.exec(section.text.lines.slice(0, 3).join(' '))?.[1];
    else if (last !== undefined && (section.kind === 'ethtool-driver' || section.kind === 'ethtool-stats'))
      return { ...section, device: last };
    return section;
  });
}
