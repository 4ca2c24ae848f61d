import type { KernelProfile } from './profile.ts';

/** 2.6.18 and RHEL 5. The only line in which the core itself ignored gso_size: every merge inflates rcv_mss. */
export const linux2618: KernelProfile = {
  id: '2.6.18',
  label: 'Linux 2.6.18 (RHEL 5)',
  line: [2, 6],
  rhelMajor: 5,
  basis: 'source of vanilla 2.6.18; RHEL 5 has backports (GRO among them) that were not read',
  measured: false,
  egress: { tap: 'before-software-gso' },
  receiver: {
    rcvMssFrom: 'skb-length', // tcp_measure_rcv_mss, net/ipv4/tcp_input.c: len = skb->len
    rcvMssCap: 'none',
    windowOfSpace: 'three-quarters', // tcp_adv_win_scale 2
    growth: 'two-advmss',
  },
  suspectGro: 'never',
  tells: { limitedTimes: false, sndWnd: false, rcvWnd: false, ecnPacketCounters: false, auxdataGsoTcp: false },
};
