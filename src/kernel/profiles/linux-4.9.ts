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
