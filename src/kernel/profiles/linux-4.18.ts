import { linux49 } from './linux-4.9.ts';
import type { KernelProfile } from './profile.ts';

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
