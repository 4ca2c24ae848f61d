// Station "kernel": the stations that a packet passes on its way out and in, in order, with the place of the capture tap.
// Data: documentation, CLI and page draw it from here and keep no list of their own.

export type PathEra =
  | 'tap-before-gso' // vanilla kernels before 3.8, RHEL 5
  | 'tap-after-gso'; // 3.8 and later, RHEL 6.8 and RHEL 7

export interface PathStation {
  readonly id: string;
  /** A few words, as a label in a drawing. */
  readonly label: string;
  readonly where: 'application' | 'tcp' | 'ip' | 'qdisc' | 'core' | 'driver' | 'nic' | 'wire';
  /** What happens to the size of packets here. */
  readonly size: 'builds' | 'cuts' | 'merges' | 'keeps';
  /** AF_PACKET (tcpdump, Wireshark) sees the packet here. */
  readonly tap?: true;
  /** The ethtool feature that decides it, kernel name. */
  readonly feature?: string;
  /** What happens, one sentence. */
  readonly what: string;
  readonly source: string;
}

const EGRESS: readonly PathStation[] = [
  {
    id: 'write',
    label: 'write()',
    where: 'application',
    size: 'keeps',
    what: 'The application hands over bytes; the end of a write sets PSH on its last packet',
    source: 'tcp_sendmsg_locked, net/ipv4/tcp.c',
  },
  {
    id: 'tcp-build',
    label: 'TCP builds super-packets',
    where: 'tcp',
    size: 'builds',
    what: 'Up to 65,160 bytes at MSS 1448, bounded by cwnd/2, the receive window, pacing and what is queued',
    source: 'tcp_write_xmit, net/ipv4/tcp_output.c, v6.18',
  },
  {
    id: 'ip-out',
    label: 'IP, netfilter',
    where: 'ip',
    size: 'keeps',
    what: 'One header for the whole super-packet; its IPv4 ID counts on by the number of segments',
    source: 'ip_select_ident_segs, include/net/ip.h',
  },
  {
    id: 'tc-egress',
    label: 'tc egress',
    where: 'qdisc',
    size: 'keeps',
    what: 'Filters see the super-packet',
    source: '__dev_queue_xmit, net/core/dev.c',
  },
  {
    id: 'qdisc',
    label: 'qdisc',
    where: 'qdisc',
    size: 'cuts',
    what: 'Queues; tbf, cake, taprio and netem may cut super-packets here',
    source: 'tbf_segment, net/sched/sch_tbf.c',
  },
  {
    id: 'software-gso',
    label: 'software GSO',
    where: 'core',
    size: 'cuts',
    feature: 'tx-tcp-segmentation',
    what: 'Cuts what the device cannot cut itself: when TSO is off, or not usable for this packet',
    source: 'validate_xmit_skb, net/core/dev.c, v6.18',
  },
  {
    id: 'tap',
    label: 'capture tap',
    where: 'core',
    size: 'keeps',
    tap: true,
    what: 'tcpdump and Wireshark see the packet here',
    source: 'dev_queue_xmit_nit from xmit_one, net/core/dev.c, v6.18',
  },
  {
    id: 'driver-tx',
    label: 'driver',
    where: 'driver',
    size: 'keeps',
    what: 'Puts the packet into the NIC queue with its gso_size',
    source: 'ndo_start_xmit',
  },
  {
    id: 'tso',
    label: 'NIC: TSO, checksum',
    where: 'nic',
    size: 'cuts',
    feature: 'tx-tcp-segmentation',
    what: 'Cuts into segments of gso_size bytes, counts sequence numbers and IDs on, fills in checksums',
    source: 'Documentation/networking/segmentation-offloads.rst',
  },
  {
    id: 'wire-tx',
    label: 'wire',
    where: 'wire',
    size: 'keeps',
    what: 'What a switch or a SPAN port sees',
    source: 'IEEE 802.3',
  },
];

const INGRESS: readonly PathStation[] = [
  {
    id: 'wire-rx',
    label: 'wire',
    where: 'wire',
    size: 'keeps',
    what: 'What a switch or a SPAN port sees',
    source: 'IEEE 802.3',
  },
  {
    id: 'nic-merge',
    label: 'NIC: LRO or HW-GRO',
    where: 'nic',
    size: 'merges',
    feature: 'rx-gro-hw',
    what: 'The NIC or its driver merges segments of one connection, with gso_size (HW-GRO) or perhaps without (LRO)',
    source: 'drivers.ts',
  },
  {
    id: 'xdp',
    label: 'XDP',
    where: 'driver',
    size: 'keeps',
    what: 'Programs see frames as the NIC delivered them',
    source: 'Documentation/networking',
  },
  {
    id: 'gro',
    label: 'software GRO',
    where: 'core',
    size: 'merges',
    feature: 'rx-gro',
    what: 'Merges segments that arrived in one poll and whose headers agree',
    source: 'dev_gro_receive, net/core/gro.c, v6.18',
  },
  {
    id: 'tap',
    label: 'capture tap',
    where: 'core',
    size: 'keeps',
    tap: true,
    what: 'tcpdump and Wireshark see the packet here',
    source: '__netif_receive_skb_core, net/core/dev.c, v6.18',
  },
  {
    id: 'tc-ingress',
    label: 'tc ingress, netfilter',
    where: 'core',
    size: 'keeps',
    what: 'Filters see the merged frame',
    source: '__netif_receive_skb_core, net/core/dev.c',
  },
  {
    id: 'upper',
    label: 'VLAN, bridge, bond',
    where: 'core',
    size: 'keeps',
    what: 'Another round with the upper device: its tap sees the same frame again',
    source: '__netif_receive_skb_core, net/core/dev.c',
  },
  {
    id: 'ip-in',
    label: 'IP',
    where: 'ip',
    size: 'keeps',
    what: 'Forwarding drops merged frames without gso_size that exceed the MTU',
    source: 'ip_exceeds_mtu, net/ipv4/ip_forward.c',
  },
  {
    id: 'tcp-in',
    label: 'TCP',
    where: 'tcp',
    size: 'keeps',
    what: 'Estimates the segment size (rcv_mss), acknowledges, chooses the window to offer',
    source: 'tcp_measure_rcv_mss, net/ipv4/tcp_input.c',
  },
  {
    id: 'read',
    label: 'read()',
    where: 'application',
    size: 'keeps',
    what: 'Reading frees buffer memory and so opens the window',
    source: 'tcp_cleanup_rbuf, net/ipv4/tcp.c',
  },
];

/** Stations of a packet that is sent, application first. In the old era the tap comes before software GSO. */
export function egressPath(era: PathEra = 'tap-after-gso'): readonly PathStation[] {
  if (era === 'tap-after-gso') return EGRESS;
  const tap = EGRESS.filter((station) => station.tap);
  const gso = EGRESS.findIndex((station) => station.id === 'software-gso');
  const rest = EGRESS.filter((station) => !station.tap);
  return [
    ...rest.slice(0, gso),
    ...tap.map((station) => ({ ...station, source: 'dev_hard_start_xmit, net/core/dev.c, v2.6.32' })),
    ...rest.slice(gso),
  ];
}

/** Stations of a packet that is received, wire first. */
export function ingressPath(): readonly PathStation[] {
  return INGRESS;
}
