import type { KernelProfile } from './profile.ts';

/** Vanilla 2.6.32. Its transmit tap is before software GSO: "TSO off, GSO on" still shows super-packets. */
export const linux2632: KernelProfile = {
  id: '2.6.32',
  label: 'Linux 2.6.32',
  line: [2, 6],
  basis: 'source of 2.6.32.2',
  measured: false,
  egress: {
    tap: 'before-software-gso', // dev_hard_start_xmit, net/core/dev.c
    tcpAlwaysBuildsSuperPackets: false, // from 4.17
    halfWindow: 'always', // tcp_bound_to_half_wnd without the 536 exception
    windowCut: 'whole-segments', // tcp_mss_split_point
    retransmits: 'one-segment',
    bigTcpIpv6: false,
    bigTcpIpv4: false,
  },
  gro: { id: 'df-set-incrementing', mergesGsoFrames: false, pppoe: false, heldPackets: 8 },
  receiver: {
    rcvMssFrom: 'gso-size-or-skb-length',
    rcvMssCap: 'none',
    windowOfSpace: 'three-quarters',
    growth: 'two-advmss',
    zeroBelowSixteenth: false,
    tcpRmemMaxBytes: 4194304,
  },
  suspectGro: 'never',
  tells: { limitedTimes: false, sndWnd: false, rcvWnd: false, ecnPacketCounters: false, auxdataGsoTcp: false },
};

/** RHEL 6: 2.6.32 with the transmit tap moved after software GSO and the 1/16 rule of the window (read in -642, RHEL 6.8). */
export const rhel6: KernelProfile = {
  ...linux2632,
  id: '2.6.32-rhel6',
  label: 'RHEL 6 (2.6.32)',
  rhelMajor: 6,
  basis: 'source of 2.6.32-642.el6 (6.8) for the tap and the window; the rest from vanilla 2.6.32.2',
  egress: { ...linux2632.egress, tap: 'after-software-gso' },
  receiver: { ...linux2632.receiver, zeroBelowSixteenth: true },
};
