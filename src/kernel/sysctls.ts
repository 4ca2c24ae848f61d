// Station "kernel": sysctls that shape what a capture shows, with their defaults by kernel line and what they decide.

export interface SysctlFacts {
  readonly name: string;
  readonly unit:
    | 'boolean'
    | 'bytes'
    | 'segments'
    | 'percent'
    | 'shift'
    | 'text'
    | 'bytes-triple'
    | 'nanoseconds'
    | 'count'
    | 'microseconds';
  /** What it decides, in one sentence. */
  readonly decides: string;
  /** Default, as sysctl prints it, from this kernel line on. Only lines that were read. */
  readonly defaults: readonly { readonly since: readonly [number, number]; readonly value: string }[];
}

/** tcp_rmem's and tcp_wmem's defaults depend on memory size; what is given is a machine with several GiB. */
export const SYSCTLS: readonly SysctlFacts[] = [
  {
    name: 'net.ipv4.tcp_window_scaling',
    unit: 'boolean',
    decides: 'Whether windows above 65,535 bytes can be offered at all',
    defaults: [{ since: [2, 6], value: '1' }],
  },
  {
    name: 'net.ipv4.tcp_rmem',
    unit: 'bytes-triple',
    decides: 'Receive buffer: least, initial, and most that autotuning may reach; bounds the window',
    defaults: [
      { since: [3, 10], value: '4096 87380 6291456' },
      { since: [4, 20], value: '4096 131072 6291456' },
      { since: [6, 18], value: '4096 131072 33554432' },
    ],
  },
  {
    name: 'net.ipv4.tcp_wmem',
    unit: 'bytes-triple',
    decides: 'Send buffer: least, initial, and most that autotuning may reach; bounds unacknowledged data',
    defaults: [{ since: [3, 10], value: '4096 16384 4194304' }],
  },
  {
    name: 'net.ipv4.tcp_moderate_rcvbuf',
    unit: 'boolean',
    decides: 'Whether the receive buffer grows with the connection (tcp_rcv_space_adjust)',
    defaults: [{ since: [2, 6], value: '1' }],
  },
  {
    name: 'net.ipv4.tcp_adv_win_scale',
    unit: 'shift',
    decides: 'Share of the buffer that is offered as window; 6.6 and later measure it per socket instead',
    defaults: [
      { since: [2, 6], value: '2' },
      { since: [3, 4], value: '1' },
    ],
  },
  {
    name: 'net.ipv4.tcp_shrink_window',
    unit: 'boolean',
    decides: 'Whether an offered window may be taken back',
    defaults: [{ since: [6, 6], value: '0' }],
  },
  {
    name: 'net.core.rmem_max',
    unit: 'bytes',
    decides: 'Most that SO_RCVBUF may ask for; a fixed buffer ends autotuning',
    defaults: [],
  },
  { name: 'net.core.wmem_max', unit: 'bytes', decides: 'Most that SO_SNDBUF may ask for', defaults: [] },
  {
    name: 'net.ipv4.tcp_min_tso_segs',
    unit: 'segments',
    decides: 'Least segments of an autosized super-packet',
    defaults: [{ since: [3, 12], value: '2' }],
  },
  {
    name: 'net.ipv4.tcp_tso_rtt_log',
    unit: 'shift',
    decides: 'How fast super-packets shrink with the round-trip time (tcp_tso_autosize)',
    defaults: [{ since: [5, 18], value: '9' }],
  },
  {
    name: 'net.ipv4.tcp_tso_win_divisor',
    unit: 'count',
    decides: 'Share of the window below which a super-packet waits for more room (tcp_tso_should_defer)',
    defaults: [{ since: [2, 6], value: '3' }],
  },
  {
    name: 'net.ipv4.tcp_limit_output_bytes',
    unit: 'bytes',
    decides: 'Bytes of one socket below TCP before it waits (TCP small queues)',
    defaults: [
      { since: [5, 15], value: '1048576' },
      { since: [6, 18], value: '4194304' },
    ],
  },
  {
    name: 'net.ipv4.tcp_pacing_ss_ratio',
    unit: 'percent',
    decides: 'Pacing rate in slow start',
    defaults: [{ since: [4, 4], value: '200' }],
  },
  {
    name: 'net.ipv4.tcp_pacing_ca_ratio',
    unit: 'percent',
    decides: 'Pacing rate after slow start',
    defaults: [{ since: [4, 4], value: '120' }],
  },
  {
    name: 'net.ipv4.tcp_congestion_control',
    unit: 'text',
    decides: 'Congestion control of new connections',
    defaults: [{ since: [2, 6], value: 'cubic' }],
  },
  {
    name: 'net.ipv4.tcp_autocorking',
    unit: 'boolean',
    decides: 'Whether small writes wait for transmit completions',
    defaults: [{ since: [3, 14], value: '1' }],
  },
  {
    name: 'net.ipv4.tcp_mtu_probing',
    unit: 'count',
    decides: 'Whether TCP searches for a larger path MTU itself',
    defaults: [{ since: [2, 6], value: '0' }],
  },
  {
    name: 'net.ipv4.ip_forward',
    unit: 'boolean',
    decides: 'Routing of IPv4; switches LRO off on every device (dev_disable_lro)',
    defaults: [{ since: [2, 6], value: '0' }],
  },
  {
    name: 'net.ipv6.conf.all.forwarding',
    unit: 'boolean',
    decides: 'Routing of IPv6; switches LRO off',
    defaults: [{ since: [2, 6], value: '0' }],
  },
  {
    name: 'net.core.gro_normal_batch',
    unit: 'count',
    decides: 'Packets that GRO hands up at once; merges nothing',
    defaults: [{ since: [5, 4], value: '8' }],
  },
  {
    name: 'net.core.netdev_budget',
    unit: 'count',
    decides: 'Packets of one softirq round, and so of one chance to merge',
    defaults: [{ since: [2, 6], value: '300' }],
  },
];

/** Facts about a sysctl by its dotted name. */
export function sysctlFacts(name: string): SysctlFacts | undefined {
  return SYSCTLS.find((sysctl) => sysctl.name === name);
}

/** The default of a sysctl on a kernel line, as far as it was read. */
export function sysctlDefault(name: string, major: number, minor: number): string | undefined {
  let value: string | undefined;
  for (const entry of sysctlFacts(name)?.defaults ?? []) {
    if (entry.since[0] < major || (entry.since[0] === major && entry.since[1] <= minor)) value = entry.value;
  }
  return value;
}
