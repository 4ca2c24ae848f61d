import { linux61 } from './linux-6.1.ts';
import type { KernelProfile } from './profile.ts';

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
