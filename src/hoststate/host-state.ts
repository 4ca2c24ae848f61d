// Station "hoststate": what a host says about itself, beside the capture. Text in, facts out; every fact keeps the file
// and line it was read from, so that a verdict can quote `host:FILE:LINE`. Undefined is "the host did not say".

import type { KernelRelease } from '../kernel/release.ts';

/** Where a fact was read: the file's path inside what was given, and the line, from 1. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** A value and where it was read. */
export interface Fact<T> {
  readonly value: T;
  readonly source: SourceLine;
}

/** The `host:FILE:LINE` that evidence quotes. */
export function hostSource(source: SourceLine): `host:${string}` {
  return `host:${source.file}:${source.line}`;
}

/** What kind of output a file holds. */
export type HostFileKind =
  | 'ethtool-features'
  | 'ethtool-features-json'
  | 'ethtool-driver'
  | 'ethtool-stats'
  | 'ss'
  | 'nstat'
  | 'proc-netstat'
  | 'netstat-s'
  | 'dmesg'
  | 'ip-link'
  | 'ip-addr'
  | 'sysctl'
  | 'uname'
  | 'tc-qdisc'
  | 'hostname';

export interface HostFile {
  readonly path: string;
  /** Undefined: not known to this reader; listed, not an error. */
  readonly kind?: HostFileKind;
  /** How it was told: by its name, by what it holds, or given by the caller. */
  readonly toldBy?: 'name' | 'content' | 'caller';
  readonly device?: string;
  readonly namespace?: string;
  /** First line of this output in the file, from 1, where several outputs stand in one file. */
  readonly fromLine: number;
  readonly lineCount: number;
}

export interface FeatureState {
  readonly active: boolean;
  /** The bit cannot be changed. Undefined for group lines of several bits. */
  readonly fixed?: boolean;
  /** The wanted state. Differs from `active` when a dependency or the driver vetoed it; undefined when fixed or not told. */
  readonly requested?: boolean;
}

export interface DriverState {
  readonly driver: Fact<string>;
  readonly version?: Fact<string>;
  readonly firmware?: Fact<string>;
  readonly busInfo?: Fact<string>;
}

export interface LinkStatistics {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
  /** RX: missed (rx_missed_errors); TX: undefined. */
  readonly missed?: number;
  /** RX: overrun of old iproute2. */
  readonly overrun?: number;
}

/** `ip -s -d link` of one device. Sizes in bytes. */
export interface LinkState {
  readonly source: SourceLine;
  readonly index: number;
  readonly flags: readonly string[];
  readonly mtuBytes?: Fact<number>;
  readonly qdisc?: Fact<string>;
  readonly operState?: Fact<string>;
  /** Device this one is enslaved to: bridge, bond, team, vrf. */
  readonly master?: Fact<string>;
  /** Lower or peer device after the `@`: eth0 of `eth0.7@eth0`; `if5` when it is in another namespace. */
  readonly lower?: string;
  /** veth, bridge, vlan, vxlan, bond, tun, macvlan...: the word that opens the detail line. Undefined for a plain NIC. */
  readonly kind?: Fact<string>;
  /** Kind of the master as the port's own detail says it (`bridge_slave`, `bond_slave`). */
  readonly portKind?: Fact<string>;
  readonly vlanId?: Fact<number>;
  readonly vni?: Fact<number>;
  readonly bondMode?: Fact<string>;
  readonly tunType?: Fact<string>;
  /** An XDP program is attached: `xdp`, `xdpgeneric`, `xdpoffload`, `xdpmulti`. */
  readonly xdp?: Fact<string>;
  readonly gsoMaxSizeBytes?: Fact<number>;
  readonly gsoMaxSegs?: Fact<number>;
  readonly gsoIpv4MaxSizeBytes?: Fact<number>;
  readonly groMaxSizeBytes?: Fact<number>;
  readonly groIpv4MaxSizeBytes?: Fact<number>;
  readonly tsoMaxSizeBytes?: Fact<number>;
  readonly tsoMaxSegs?: Fact<number>;
  readonly rxQueues?: Fact<number>;
  readonly txQueues?: Fact<number>;
  readonly rx?: Fact<LinkStatistics>;
  readonly tx?: Fact<LinkStatistics>;
}

/** An address that a device has: the peer's is not kept. */
export interface InterfaceAddress {
  readonly ip: string;
  readonly prefixLength?: number;
}

export interface QdiscState {
  readonly kind: string;
  readonly handle: string;
  readonly root: boolean;
  readonly parent?: string;
  /** Options as printed, after root/parent. */
  readonly options: string;
  readonly sentBytes?: number;
  readonly sentPackets?: number;
  readonly dropped?: number;
  readonly overlimits?: number;
  readonly requeues?: number;
  readonly backlogBytes?: number;
  readonly backlogPackets?: number;
  /** tbf: size of the bucket in bytes; a GSO packet above it is cut at enqueue (tbf_segment, net/sched/sch_tbf.c). */
  readonly burstBytes?: number;
  /** cake: `split-gso` (its default) or `no-split-gso`. */
  readonly splitGso?: boolean;
}

/** One network device, put together from ip, ethtool and tc. */
export interface DeviceState {
  readonly name: string;
  readonly namespace?: string;
  readonly driver?: DriverState;
  /** By kernel name: tx-tcp-segmentation, tx-tcp6-segmentation, rx-gro, rx-gro-hw, rx-lro... One-bit groups are here too. */
  readonly features: ReadonlyMap<string, Fact<FeatureState>>;
  /** Lines of several bits (tcp-segmentation-offload...). "on" if any member is: never read them for a member's state. */
  readonly featureGroups: ReadonlyMap<string, Fact<FeatureState>>;
  /** `ethtool -S`, by the driver's own names; numbers only. Values above 2^53 lose their last digits. */
  readonly statistics: ReadonlyMap<string, Fact<number>>;
  readonly link?: LinkState;
  /** IP addresses of `ip addr` or `ip -o addr`; undefined when neither was given. */
  readonly addresses?: readonly Fact<InterfaceAddress>[];
  readonly qdiscs: readonly Fact<QdiscState>[];
}

export interface SocketMemory {
  /** skmem letters: r (rmem_alloc), rb (rcvbuf), t (wmem_alloc), tb (sndbuf), f, w, o, bl (backlog), d (drops). Bytes; d is a count. */
  readonly rmemAllocBytes: number;
  readonly rcvbufBytes: number;
  readonly wmemAllocBytes: number;
  readonly sndbufBytes: number;
  readonly forwardAllocBytes: number;
  readonly wmemQueuedBytes: number;
  readonly optmemBytes?: number;
  readonly backlogBytes?: number;
  readonly drops?: number;
}

export interface SocketAddress {
  /** Without brackets and without the zone. */
  readonly ip: string;
  /** Undefined for `*`. */
  readonly port?: number;
  /** Service name where ss printed one that is not known here. */
  readonly portName?: string;
  readonly zone?: string;
}

/** The time a connection was limited by something, and ss's own share of the busy time (0..1). */
export interface LimitedTime {
  readonly ns: number;
  readonly share?: number;
}

/** One TCP socket of `ss -tmi` and its kin. Bytes, nanoseconds, bits per second. */
export interface SocketState {
  readonly source: SourceLine;
  readonly namespace?: string;
  /** Line of the details (`cubic wscale:...`); undefined without -i. */
  readonly infoSource?: SourceLine;
  readonly state: string;
  readonly local: SocketAddress;
  readonly peer: SocketAddress;
  readonly recvQueueBytes?: number;
  readonly sendQueueBytes?: number;
  readonly process?: string;
  /** `on`, `persist`, `keepalive`, `timewait`, with what ss prints behind it. */
  readonly timer?: { readonly name: string; readonly expires: string; readonly retries: number };
  readonly memory?: SocketMemory;
  readonly congestionControl?: string;
  /** Scale of the windows that the peer sends (multiply what is received), and of ours. */
  readonly peerWindowScaleShift?: number;
  readonly ownWindowScaleShift?: number;
  readonly timestamps: boolean;
  readonly sack: boolean;
  readonly ecn: boolean;
  readonly ecnSeen: boolean;
  readonly rtoNs?: number;
  /** Exponent of the retransmission timer's backoff. */
  readonly backoff?: number;
  readonly rttNs?: number;
  readonly rttVarNs?: number;
  readonly atoNs?: number;
  readonly mssBytes?: number;
  readonly pmtuBytes?: number;
  readonly rcvMssBytes?: number;
  readonly advMssBytes?: number;
  readonly cwndSegments?: number;
  readonly ssthreshSegments?: number;
  readonly bytesSent?: number;
  readonly bytesRetransmitted?: number;
  readonly bytesAcked?: number;
  readonly bytesReceived?: number;
  readonly segsOut?: number;
  readonly segsIn?: number;
  readonly dataSegsOut?: number;
  readonly dataSegsIn?: number;
  readonly sendBitsPerSec?: number;
  readonly pacingBitsPerSec?: number;
  readonly maxPacingBitsPerSec?: number;
  readonly deliveryBitsPerSec?: number;
  readonly lastSendNs?: number;
  readonly lastReceiveNs?: number;
  readonly lastAckNs?: number;
  readonly delivered?: number;
  readonly deliveredCe?: number;
  readonly appLimited: boolean;
  readonly busyNs?: number;
  readonly rwndLimited?: LimitedTime;
  readonly sndbufLimited?: LimitedTime;
  readonly unackedSegments?: number;
  /** `retrans:now/total`. */
  readonly retransmitsNow?: number;
  readonly retransmitsTotal?: number;
  readonly lostSegments?: number;
  readonly sackedSegments?: number;
  readonly dsackDups?: number;
  readonly reordering?: number;
  readonly reorderSeen?: number;
  readonly rcvRttNs?: number;
  readonly rcvSpaceBytes?: number;
  readonly rcvSsthreshBytes?: number;
  readonly notSentBytes?: number;
  readonly minRttNs?: number;
  readonly outOfOrderPackets?: number;
  /** The peer's window in bytes. ss leaves it out when it is 0, and on kernels before 5.4: see `sndWndIsZero`. */
  readonly sndWndBytes?: number;
  /** snd_wnd is absent and that means 0: the kernel has the item, or the persist timer runs. */
  readonly sndWndIsZero: boolean;
  readonly rcvWndBytes?: number;
  /** Keys that this reader has no field for, as printed. */
  readonly other: ReadonlyMap<string, string>;
}

export type LogFindingKind =
  | 'suspect-gro'
  | 'link-up'
  | 'link-down'
  | 'tx-timeout'
  | 'hardware-hang'
  | 'bad-offload' // skb_warn_bad_offload and checksum failures
  | 'checksum-failure'
  | 'lro-disabled'
  | 'lro-warning'
  | 'gro-warning'
  | 'driver-reset'
  | 'unknown-parameter'
  | 'tcp-memory';

export interface LogFinding {
  readonly kind: LogFindingKind;
  readonly source: SourceLine;
  /** The line without its time. */
  readonly text: string;
  readonly device?: string;
  readonly driver?: string;
  /** Seconds since boot, when the line says so. */
  readonly bootSeconds?: number;
  readonly speedBitsPerSec?: number;
}

export type HostStateErrorCode =
  | 'not-understood' // a line or file that should have been of a known form
  | 'cut-short' // the file ends where more had to follow
  | 'too-large'
  | 'not-readable'
  | 'missing-tool'
  | 'command-failed' // the collecting tool's own error message was recorded instead of its output
  | 'bad-archive'
  | 'duplicate'; // the same fact twice with different values; the first was kept

/** Host state that could not be read: file, line, what was found, what was expected. The rest was read all the same. */
export class HostStateError extends Error {
  readonly code: HostStateErrorCode;
  readonly place: { readonly file: string; readonly line?: number };
  readonly found: string;
  readonly expected: string;

  constructor(
    code: HostStateErrorCode,
    place: { readonly file: string; readonly line?: number },
    found: string,
    expected: string,
    options?: { readonly cause?: unknown },
  ) {
    const where = place.line === undefined ? place.file : `${place.file}:${place.line}`;
    super(`${where}: found ${found}; expected ${expected}`, options);
    this.name = 'HostStateError';
    this.code = code;
    this.place = place;
    this.found = found;
    this.expected = expected;
  }
}

/** What one network namespace holds. */
export interface NetworkState {
  readonly devices: ReadonlyMap<string, DeviceState>;
  readonly sockets: readonly SocketState[];
  /** SNMP and MIB counters by their nstat name: IpInReceives, IpExtInNoECTPkts, TcpExtTCPWantZeroWindowAdv. */
  readonly counters: ReadonlyMap<string, Fact<number>>;
  /** By dotted name, `net.ipv4.tcp_rmem`; blanks within a value are single spaces. */
  readonly sysctls: ReadonlyMap<string, Fact<string>>;
}

/** A host as its files describe it. The fields of NetworkState are those of the initial namespace. */
export interface HostState extends NetworkState {
  /** `uname -n`, /etc/hostname, or the name of what was given. */
  readonly name: string;
  readonly files: readonly HostFile[];
  readonly kernel?: Fact<KernelRelease>;
  readonly namespaces: ReadonlyMap<string, NetworkState>;
  readonly logs: readonly LogFinding[];
  readonly problems: readonly HostStateError[];
}
