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

/** 6.12, Debian 13 (read in 6.12.117). */
export const linux612: KernelProfile = {
  ...linux61,
  id: '6.12',
  label: 'Linux 6.12 (Debian 13)',
  line: [6, 12],
  basis: 'source of Debian 6.12.117; its GRO selftest was run on 6.18',
  egress: { ...linux61.egress, bigTcpIpv4: true }, // gso_ipv4_max_size, 6.3
  gro: { ...linux61.gro, id: 'df-set-fixed-or-incrementing', outerIdWithDf: 'ignored' }, // check moved to L4 in 6.10
  receiver: { ...linux61.receiver, windowOfSpace: 'per-socket', shrinkWindowSysctl: true }, // dfa2f0483360, 6.6
  tells: { ...linux61.tells, rcvWnd: true, auxdataGsoTcp: true },
};

/** 6.18 (read in 6.18.2, run as 6.18.44). */
export const linux618: KernelProfile = {
  ...linux612,
  id: '6.18',
  label: 'Linux 6.18',
  line: [6, 18],
  basis: 'source of 6.18.2; measured on 6.18.44',
  measured: true,
  egress: { ...linux612.egress, limitOutputBytes: 4194304 },
  gro: {
    ...linux612.gro,
    id: 'fixed-or-incrementing', // both allowed without DF, too; outer and inner tracked apart
    outerIdWithDf: 'checked', // ipip, outer DF, outer IDs 8, 9, 9: 200, 100 (selftest, measured)
    cwr: 'new-segment-with-cwr-or-difference', // measured: 100, 100, 100, 200
  },
  receiver: { ...linux612.receiver, tcpRmemMaxBytes: 33554432 },
};

/** 7.2: 6.18 with the differences in GRO that the kernel's own selftest of that line expects. Nothing else of it was read. */
export const linux72: KernelProfile = {
  ...linux618,
  id: '7.2',
  label: 'Linux 7.2',
  line: [7, 2],
  basis: 'GRO from the source and selftest of 7.2; everything else taken over from 6.18, not read',
  measured: false,
  gro: { ...linux618.gro, id: 'fixed-or-incrementing', cwr: 'difference', pppoe: true },
};
