import { linux612 } from './linux-6.12.ts';
import type { KernelProfile } from './profile.ts';

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
