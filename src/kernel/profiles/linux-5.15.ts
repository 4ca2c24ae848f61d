import type { KernelProfile } from './profile.ts';

/** 5.15, the GA kernel of Ubuntu 22.04 (read in 5.15.100). */
export const linux515: KernelProfile = {
  id: '5.15',
  label: 'Linux 5.15 (Ubuntu 22.04 GA)',
  line: [5, 15],
  basis: 'source of 5.15.100; Ubuntu adds patches that were not read',
  measured: false,
  egress: {
    tap: 'after-software-gso', // xmit_one, net/core/dev.c
    tcpAlwaysBuildsSuperPackets: true,
    halfWindow: 'above-536',
    windowCut: 'whole-segments-only-for-nagle',
    halfCwnd: true, // tcp_cwnd_test
    minTsoSegs: 2,
    retransmits: 'super-packets',
    limitOutputBytes: 1048576,
    bigTcpIpv6: false,
    bigTcpIpv4: false,
  },
  gro: {
    id: 'df-set-fixed-or-incrementing',
    cwr: 'new-segment-with-cwr',
    mergesGsoFrames: false, // HW-GRO frames pass software GRO unmerged
    pppoe: false,
    heldPackets: 64,
  },
  receiver: {
    rcvMssFrom: 'gso-size-or-skb-length',
    rcvMssCap: 'advmss',
    windowOfSpace: 'half',
    growth: 'two-lengths',
    zeroBelowSixteenth: true,
    tcpRmemMaxBytes: 6291456,
    shrinkWindowSysctl: false,
  },
  suspectGro: 'length-above-advmss-and-mtu',
  tells: { limitedTimes: true, sndWnd: true, rcvWnd: false, ecnPacketCounters: true, auxdataGsoTcp: false },
};
