// Station "kernel": NIC drivers. How each merges received packets, whether the merged frame keeps its segment size
// (gso_size), which switch really controls it, and what is known to go wrong. Read in the trees that `source` names.

import type { DriverFacts, DriverProblem } from './driver.ts';

const RED_HAT_20278 = 'Red Hat solution 20278';

const thorGsoType: DriverProblem = {
  id: 'bnxt-thor-gso-type',
  summary:
    'On 5750x (Thor) chips hardware-merged IPv4 frames carry the gso_type of IPv6, so they are lost when they are cut again',
  needsFeature: 'rx-gro-hw',
  hits: 'forwarding',
  // Wrong in 5.15.100 and Debian 6.1.192, right in Debian 6.12.117 and 6.18; fixed by merge ff9b30531510, December 2024 (6.13).
  kernels: [
    { flavour: 'upstream', before: '5.15.101' },
    { flavour: 'upstream', from: '6.1', before: '6.1.193' },
    { flavour: 'upstream', from: '5.15.101', before: '6.12.117', perhaps: true },
  ],
  avoid: { feature: 'rx-gro-hw', state: 'off' },
  source: 'bnxt.c, v5.15.100, v6.1.192, v6.12.117, v6.18; merge ff9b30531510',
};

const bnxt: DriverFacts = {
  name: 'bnxt_en',
  hardware: 'Broadcom NetXtreme-C/E (BCM573xx, 574xx, 575xx Thor)',
  merge: 'lro-or-gro-hw',
  gsoSize: 'missing-in-lro-mode',
  mergeSwitches: ['rx-gro-hw', 'rx-lro', 'rx-gro'],
  sideEffect:
    'gro off also takes rx-gro-hw off; on P5 (575xx) chips any change of the merge engine closes and re-opens the NIC: a short outage, so compare new connections only',
  moduleOptions: [], // disable_tpa belongs to bnx2x
  problems: [
    {
      id: 'bnxt-lro-without-gso-size',
      summary:
        'In LRO mode merged frames arrive without gso_size; software GRO may merge them again and set a false one',
      needsFeature: 'rx-lro',
      hits: 'both',
      kernels: [],
      avoid: { feature: 'lro', state: 'off' },
      source: 'bnxt_tpa_end, bnxt.c, v5.15.100 and v6.18.2',
    },
    thorGsoType,
  ],
  statistics: {
    merge: /(?:^|\s|_)(?:rx_)?tpa_(?:eligible_)?(?:pkt|packets|bytes|events|aborts|errors)$/,
    drops: /(?:discards?|drops?)(?:_|$)/,
  },
  source: 'bnxt.c and bnxt_ethtool.c, v5.15.100 and v6.18.2',
};

const bnx2x: DriverFacts = {
  name: 'bnx2x',
  hardware: 'Broadcom/QLogic NetXtreme II 10G (BCM577xx, 578xx)',
  merge: 'lro-or-gro-hw',
  gsoSize: 'set',
  mergeSwitches: ['rx-lro', 'rx-gro-hw'],
  sideEffect: 'gro off leaves LRO on: captures still show merged frames',
  moduleOptions: ['disable_tpa'],
  problems: [
    {
      id: 'bnx2x-lro-mss',
      summary: 'The gso_size of merged frames is up to 4096 bytes, whatever the segment size was',
      needsFeature: 'rx-lro',
      hits: 'both',
      kernels: [
        { flavour: 'rhel', before: '2.6.18-274.el5' },
        { flavour: 'upstream', before: '2.6.39' }, // "properly calculate lro_mss", 2011-02-28
      ],
      avoid: { feature: 'lro', state: 'off' },
      source: `bnx2x, v2.6.32; ${RED_HAT_20278}`,
    },
  ],
  statistics: { merge: /tpa_(?:aggregations|aggregated_frames|bytes)$/, drops: /(?:discards?|drops?)(?:_|$)/ },
  note: 'NETIF_F_GRO_HW since 4.16: LRO is on by default, rx-gro-hw off',
  source: 'bnx2x_cmn.c, v2.6.32 and v5.15',
};

const ixgbe: DriverFacts = {
  name: 'ixgbe',
  hardware: 'Intel 82599, X540, X550 10G',
  merge: 'lro', // RSC counts as LRO
  gsoSize: 'set', // ceil(payload / RSC count)
  mergeSwitches: ['rx-lro'],
  problems: [
    {
      id: 'ixgbe-rsc-without-gso-size',
      summary: 'Frames that RSC merged arrive without gso_size',
      needsFeature: 'rx-lro',
      hits: 'both',
      kernels: [
        { flavour: 'rhel', from: '2.6.18-238.el5', before: '2.6.18-99999.el5' }, // no fix on RHEL 5
        { flavour: 'rhel', from: '2.6.32-1.el6', before: '2.6.32-358.el6' },
        { flavour: 'upstream', before: '2.6.33' }, // read in 2.6.32; the kernel that fixed it was not determined
      ],
      avoid: { feature: 'lro', state: 'off' },
      source: `ixgbe, v2.6.32; ${RED_HAT_20278}`,
    },
  ],
  statistics: {
    merge: /^(?:lro_aggregated|lro_flushed|hw_rsc_aggregated|hw_rsc_flushed)$/,
    wireRxPackets: /^rx_pkts_nic$/,
    wireTxPackets: /^tx_pkts_nic$/,
    drops: /(?:no_buffer|missed|no_dma|drop)/,
  },
  source: 'ixgbe, v2.6.32 and RHEL 6',
};

const netxen: DriverFacts = {
  name: 'netxen_nic',
  hardware: 'QLogic/NetXen 10G',
  merge: 'lro',
  gsoSize: 'depends-on-firmware',
  mergeSwitches: ['rx-lro'],
  problems: [
    {
      id: 'netxen-lro-without-gso-size',
      summary: 'Frames that the firmware merged arrive without gso_size, and with a wrong truesize',
      needsFeature: 'rx-lro',
      hits: 'both',
      kernels: [
        { flavour: 'rhel', before: '2.6.18-348.el5' },
        { flavour: 'upstream', before: '2.6.33' },
      ],
      avoid: { feature: 'lro', state: 'off' },
      source: `netxen, v2.6.32; ${RED_HAT_20278}`,
    },
  ],
  source: 'netxen, v2.6.32 and RHEL 6',
};

const atlantic: DriverFacts = {
  name: 'atlantic',
  hardware: 'Aquantia/Marvell AQtion (AQC1xx)',
  merge: 'lro',
  gsoSize: 'missing',
  mergeSwitches: ['rx-lro'],
  problems: [
    {
      id: 'atlantic-lro-without-gso-size',
      summary: 'LRO is on by default and its frames never carry gso_size; TCP may print the suspect-GRO message',
      needsFeature: 'rx-lro',
      hits: 'both',
      kernels: [],
      avoid: { feature: 'lro', state: 'off' },
      source: 'atlantic, v6.18 (no write of gso_size in the driver); Aquantia/AQtion#67',
    },
  ],
  statistics: { merge: /(?:LRO|Lro)/, drops: /(?:Drops?|drop)/ },
  source: 'atlantic, v6.18',
};

const hvNetvsc: DriverFacts = {
  name: 'hv_netvsc',
  hardware: 'Microsoft Hyper-V / Azure synthetic NIC',
  merge: 'lro', // RSC in the virtual switch
  gsoSize: 'missing',
  mergeSwitches: ['rx-lro'],
  problems: [
    {
      id: 'hv-netvsc-rsc-without-gso-size',
      summary: 'Frames that the virtual switch merged (RSC) arrive without gso_size',
      needsFeature: 'rx-lro',
      hits: 'both',
      kernels: [{ flavour: 'upstream', from: '4.20' }], // RSC since 4.20 (from memory)
      avoid: { feature: 'lro', state: 'off' },
      source: 'hv_netvsc, v6.18; cilium/cilium#12172',
    },
  ],
  statistics: { drops: /(?:dropped|no_memory|no_space|too_big|wake_queue_drop)/ },
  source: 'hv_netvsc, v6.18',
};

const mlx5: DriverFacts = {
  name: 'mlx5_core',
  hardware: 'NVIDIA/Mellanox ConnectX-4 and later',
  merge: 'lro-or-gro-hw', // LRO, or SHAMPO as rx-gro-hw
  gsoSize: 'set',
  mergeSwitches: ['rx-lro', 'rx-gro-hw'],
  problems: [],
  statistics: {
    merge: /^(?:rx\d*_)?(?:lro_(?:packets|bytes)|gro_(?:packets|bytes|skbs|match_packets|large_hds))$/,
    wireRxPackets: /^rx_packets_phy$/,
    wireTxPackets: /^tx_packets_phy$/,
    tso: /^tx_tso_(?:inner_)?(?:packets|bytes)$/,
    drops: /(?:discards|dropped|out_of_buffer|drop)(?:_|$)/,
  },
  note: 'Merged frames carry a complete TCP checksum and the least TTL of their segments (LRO), unlike software GRO',
  source: 'mlx5, v6.18',
};

const virtio: DriverFacts = {
  name: 'virtio_net',
  hardware: 'virtio (KVM, cloud hypervisors)',
  merge: 'host',
  gsoSize: 'depends-on-host',
  mergeSwitches: ['rx-gro-hw', 'rx-lro'],
  problems: [],
  statistics: { drops: /(?:drops|timeouts)$/ },
  note: 'The host hands over frames merged or never cut, with gso_size from the virtio header and no segment count; shown as rx-gro-hw since 5.15, as LRO in some kernels before. Counters count frames, not wire packets',
  source: 'virtio_net, v6.18; dbcf24d15388',
};

const vmxnet3: DriverFacts = {
  name: 'vmxnet3',
  hardware: 'VMware ESXi paravirtual NIC',
  merge: 'lro',
  gsoSize: 'set', // reported MSS; else ceil(payload/segCnt); else mtu - headers
  mergeSwitches: ['rx-lro'],
  problems: [],
  statistics: {
    merge: /LRO (?:pkts|byte) rx/,
    tso: /TSO (?:pkts|bytes) tx/,
    drops: /(?:drv dropped|pkts rx OOB|pkts rx err|drop)/,
  },
  note: 'Pass-through (UPT) mode bypasses software GRO',
  source: 'vmxnet3, v6.18',
};

const others: readonly DriverFacts[] = [
  {
    name: 'qlcnic',
    hardware: 'QLogic 1/10G Converged',
    merge: 'lro',
    gsoSize: 'depends-on-firmware',
    mergeSwitches: ['rx-lro'],
    problems: [],
    source: 'qlcnic; bd69ba798e21 (February 2013) set its gso_type',
  },
  {
    name: 'qede',
    hardware: 'QLogic FastLinQ',
    merge: 'lro-or-gro-hw',
    gsoSize: 'set',
    mergeSwitches: ['rx-gro-hw', 'rx-lro'],
    problems: [],
    source: 'qede, v6.18',
  },
  {
    name: 'gve',
    hardware: 'Google virtual NIC',
    merge: 'lro',
    gsoSize: 'set',
    mergeSwitches: ['rx-lro', 'rx-gro-hw'],
    problems: [],
    source: 'gve (DQO), v6.18',
  },
  {
    name: 'xen-netfront',
    hardware: 'Xen guest',
    merge: 'host',
    gsoSize: 'set',
    mergeSwitches: [],
    problems: [],
    note: 'A frame whose extra info has no gso_size is dropped',
    source: 'xen-netfront, v6.18',
  },
  {
    name: 'veth',
    hardware: 'virtual Ethernet pair',
    merge: 'peer',
    gsoSize: 'set',
    mergeSwitches: ['rx-gro'],
    problems: [],
    sideEffect:
      'gro works only while the other end has every TSO feature off; else its super-packets cross uncut whatever gro says',
    source: 'veth_skb_is_eligible_for_gro, veth.c, v6.18, measured',
  },
  {
    name: 'tun',
    hardware: 'TUN/TAP',
    merge: 'host',
    gsoSize: 'depends-on-host',
    mergeSwitches: [],
    problems: [],
    note: 'TSO only after its program asked for it (TUNSETOFFLOAD)',
    source: 'tun.c, v6.18',
  },
];

/** Every driver known here. */
export const DRIVERS: readonly DriverFacts[] = [
  bnxt,
  bnx2x,
  ixgbe,
  netxen,
  atlantic,
  hvNetvsc,
  mlx5,
  virtio,
  vmxnet3,
  ...others,
];

const byName: ReadonlyMap<string, DriverFacts> = new Map(DRIVERS.map((driver) => [driver.name, driver]));

/** Names that the same driver has had, or that ethtool prints for representors and virtual functions. */
const ALIASES: Readonly<Record<string, string>> = { mlx5e_rep: 'mlx5_core', vif: 'xen-netfront', netxen: 'netxen_nic' };

/** Facts about the driver that `ethtool -i` names; undefined when it is not known here. */
export function driverFacts(name: string): DriverFacts | undefined {
  return byName.get(name) ?? byName.get(ALIASES[name] ?? '');
}
