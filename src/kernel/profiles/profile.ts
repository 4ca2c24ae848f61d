// Station "kernel": what one kernel line does with TCP and its offloads, as far as a capture or a host's state shows it.
// Each profile file names the source tree it was read in; a value that was not read there is left out, not guessed.

/** How IPv4 IDs must run for GRO to merge (inet_gro_receive and, from 6.10, inet_gro_flush). */
export type GroIdRule =
  | 'df-set-incrementing' // 2.6.29 - 4.6: DF must be set and each ID one more; packets without DF are never merged
  | 'df-set-fixed-or-incrementing' // 4.7 - 6.17: with DF the second packet decides; without DF incrementing only
  | 'fixed-or-incrementing'; // 6.18: with and without DF the second packet decides

export interface GroRules {
  readonly id: GroIdRule;
  /** Whether the outer IPv4 ID of a tunnel packet with DF is looked at. */
  readonly outerIdWithDf?: 'checked' | 'ignored';
  /** What ends a merge for CWR. */
  readonly cwr?: 'new-segment-with-cwr' | 'new-segment-with-cwr-or-difference' | 'difference';
  /** Packets that are merged already (HW-GRO): merged further when their gso_size is equal, or never. */
  readonly mergesGsoFrames?: boolean;
  readonly pppoe?: boolean;
  /** Held packets: one list of 8, or 8 hash buckets of 8. */
  readonly heldPackets?: number;
}

export interface KernelProfile {
  /** The line: `6.18`, `3.10-rhel7`. */
  readonly id: string;
  readonly label: string;
  readonly line: readonly [major: number, minor: number];
  readonly rhelMajor?: number;
  /** Source trees that the values were read in, and whether one was run. */
  readonly basis: string;
  readonly measured: boolean;

  readonly egress: {
    /** Where AF_PACKET sees a sent packet: after or before software GSO (dev_hard_start_xmit, xmit_one). */
    readonly tap: 'after-software-gso' | 'before-software-gso';
    /** TCP builds super-packets even where the device has no TSO. */
    readonly tcpAlwaysBuildsSuperPackets?: boolean;
    /** tcp_bound_to_half_wnd: half of the largest window ever, always or only when that window is above 536 bytes. */
    readonly halfWindow?: 'always' | 'above-536';
    /** A super-packet that the window cuts is rounded down to whole segments always, or only where Nagle would hold the rest. */
    readonly windowCut?: 'whole-segments' | 'whole-segments-only-for-nagle';
    /** Never more than half of the congestion window in one super-packet. */
    readonly halfCwnd?: boolean;
    /** Least segments of an autosized super-packet (tcp_min_tso_segs). */
    readonly minTsoSegs?: number;
    /** log2 of the RTT term's unit (tcp_tso_rtt_log); undefined where autosizing has no RTT term. */
    readonly tsoRttLog?: number;
    /** Retransmissions are cut to one segment, or may be super-packets. */
    readonly retransmits?: 'one-segment' | 'super-packets';
    readonly limitOutputBytes?: number;
    /** gso_max_size above 65536 for IPv6, for IPv4 (BIG TCP). */
    readonly bigTcpIpv6?: boolean;
    readonly bigTcpIpv4?: boolean;
  };

  readonly gro?: GroRules;

  readonly receiver: {
    /** What tcp_measure_rcv_mss takes as the length of a segment. */
    readonly rcvMssFrom: 'skb-length' | 'gso-size-or-skb-length';
    /** What bounds rcv_mss. With `none` a merged frame without gso_size inflates it. */
    readonly rcvMssCap: 'none' | 'advmss';
    /** Share of buffer memory that counts as window: 3/4 (tcp_adv_win_scale 2), 1/2 (1), or measured per socket. */
    readonly windowOfSpace: 'three-quarters' | 'half' | 'per-socket';
    /** Growth of rcv_ssthresh by a large segment counts its length (4d846f02392a, 3.4) or two advmss only. */
    readonly growth?: 'two-advmss' | 'two-lengths';
    /** No window is offered while free space is below rcv_mss; and, later, below 1/16 of the buffer. */
    readonly zeroBelowSixteenth?: boolean;
    /** Largest receive buffer by autotuning: tcp_rmem[2], bytes. */
    readonly tcpRmemMaxBytes?: number;
    /** Initial receive window in segments. */
    readonly shrinkWindowSysctl?: boolean;
  };

  /** "Driver has suspect GRO implementation": when TCP prints it, once per boot. */
  readonly suspectGro: 'never' | 'length-above-advmss' | 'length-above-advmss-and-mtu';

  readonly tells: {
    /** TCP_INFO: busy, rwnd_limited and sndbuf_limited times (4.10). */
    readonly limitedTimes?: boolean;
    readonly sndWnd?: boolean;
    readonly rcvWnd?: boolean;
    /** IpExtInNoECTPkts and its kin count segments: their sum over IpInReceives is the merge factor. */
    readonly ecnPacketCounters?: boolean;
    /** AF_PACKET status bit 0x100, GSO_TCP. */
    readonly auxdataGsoTcp?: boolean;
  };
}
