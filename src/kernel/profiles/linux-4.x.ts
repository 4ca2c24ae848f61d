import type { KernelProfile } from './profile.ts';

/** 4.9, the first with rcv_mss capped at advmss (dcb17d22e1c2): a merged frame without gso_size no longer inflates it. */
export const linux49: KernelProfile = {
  id: '4.9',
  label: 'Linux 4.9',
  line: [4, 9],
  basis: 'source of a 4.9 stable tree and of 4.10.17',
  measured: false,
  egress: {
    tap: 'after-software-gso',
    tcpAlwaysBuildsSuperPackets: false, // from 4.17
    halfWindow: 'above-536',
    windowCut: 'whole-segments-only-for-nagle', // "tcp: refine TSO splits", about 3.14 by memory
    minTsoSegs: 2,
    bigTcpIpv6: false,
    bigTcpIpv4: false,
  },
  gro: { id: 'df-set-fixed-or-incrementing', mergesGsoFrames: false, pppoe: false, heldPackets: 8 }, // 1530545ed64b, 4.7
  receiver: {
    rcvMssFrom: 'gso-size-or-skb-length',
    rcvMssCap: 'advmss',
    windowOfSpace: 'half',
    growth: 'two-lengths',
    zeroBelowSixteenth: true,
    tcpRmemMaxBytes: 6291456,
  },
  suspectGro: 'length-above-advmss',
  tells: { sndWnd: false, rcvWnd: false, auxdataGsoTcp: false },
};

/** RHEL 8 and 4.18. No tree of it was read: what both 4.9/4.10 and 5.15 do, which RHEL 8 lies between. */
export const linux418: KernelProfile = {
  ...linux49,
  id: '4.18',
  label: 'Linux 4.18 (RHEL 8)',
  line: [4, 18],
  rhelMajor: 8,
  basis: 'not read: only what 4.10.17 and 5.15.100 have in common, and changes with a known date between them',
  egress: { ...linux49.egress, tcpAlwaysBuildsSuperPackets: true },
  suspectGro: 'length-above-advmss-and-mtu', // 0b9aefea8600, April 2017 (4.12)
  tells: { limitedTimes: true, rcvWnd: false, auxdataGsoTcp: false },
};
