import type { KernelProfile } from './profile.ts';

/** Vanilla 3.10 (read in 3.10.65). */
export const linux310: KernelProfile = {
  id: '3.10',
  label: 'Linux 3.10',
  line: [3, 10],
  basis: 'source of 3.10.65',
  measured: false,
  egress: {
    tap: 'after-software-gso', // since 3.8, "more accurate network taps in transmit path"
    tcpAlwaysBuildsSuperPackets: false,
    halfWindow: 'above-536',
    windowCut: 'whole-segments',
    minTsoSegs: 2,
    bigTcpIpv6: false,
    bigTcpIpv4: false,
  },
  gro: { id: 'df-set-incrementing', mergesGsoFrames: false, pppoe: false, heldPackets: 8 },
  receiver: {
    rcvMssFrom: 'gso-size-or-skb-length',
    rcvMssCap: 'none',
    windowOfSpace: 'half', // tcp_adv_win_scale 1 since 3.4
    growth: 'two-lengths', // 4d846f02392a, 3.4
    tcpRmemMaxBytes: 6291456,
  },
  suspectGro: 'never',
  tells: { limitedTimes: false, sndWnd: false, rcvWnd: false, ecnPacketCounters: false, auxdataGsoTcp: false },
};

/** RHEL 7.3's kernel and its like (read in 3.10.0-514): the 1/16 rule, but still no cap on rcv_mss. */
export const rhel7: KernelProfile = {
  ...linux310,
  id: '3.10-rhel7',
  label: 'RHEL 7 (3.10.0), before 7.9',
  rhelMajor: 7,
  basis: 'source of 3.10.0-514.el7 (7.3); builds between it and -1160 were not read',
  receiver: { ...linux310.receiver, zeroBelowSixteenth: true },
};

/** RHEL 7.9 (read in 3.10.0-1160): rcv_mss capped at advmss and the later form of the suspect-GRO message, as in 4.12. */
export const rhel79: KernelProfile = {
  ...rhel7,
  id: '3.10-rhel7.9',
  label: 'RHEL 7.9 (3.10.0-1160)',
  basis: 'source of 3.10.0-1160.el7 (7.9)',
  receiver: { ...rhel7.receiver, rcvMssCap: 'advmss' },
  suspectGro: 'length-above-advmss-and-mtu',
};
