import { linux618 } from './linux-6.18.ts';
import type { KernelProfile } from './profile.ts';

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
