import { linux515 } from './linux-5.15.ts';
import type { KernelProfile } from './profile.ts';

/** 6.1, Debian 12 (read in 6.1.192). */
export const linux61: KernelProfile = {
  ...linux515,
  id: '6.1',
  label: 'Linux 6.1 (Debian 12)',
  line: [6, 1],
  basis: 'source of Debian 6.1.192',
  egress: {
    ...linux515.egress,
    tsoRttLog: 9, // tcp_tso_rtt_log, 5.18 (65466904b015)
    bigTcpIpv6: true, // 5.19
  },
  gro: { ...linux515.gro, id: 'df-set-fixed-or-incrementing', mergesGsoFrames: true }, // 5eddb24901ee, 6.1: equal gso_size
  receiver: { ...linux515.receiver, windowOfSpace: 'half' },
};
