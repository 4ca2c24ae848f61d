// Station "offload": how network cards merge what they receive, by driver. Restated from the drivers' source where that says it
// (6.18 unless another version is named); what only the firmware knows is a guess and is called one. None of it was measured:
// the lab has no such card.

/** How a driver's LRO (or RSC, TPA) hands merged frames to the stack. */
export interface LroDriver {
  readonly name: string;
  /** gso_size of the merged frame: missing, the largest segment, the payload divided by the count, or the first segment. */
  readonly segmentSize: 'missing' | 'largest' | 'average' | 'first';
  /** TCP checksum field: computed anew, the pseudo-header sum, or as the first segment had it (and so wrong). */
  readonly checksum: 'recomputed' | 'pseudo' | 'first-segment';
  /** TTL or hop limit. */
  readonly hops: 'first' | 'minimum';
  readonly mostSegments: number;
  /** Frames shorter than this begin no merge. */
  readonly leastFrameBytes: number;
  /** What of this is a guess. */
  readonly guessed: readonly string[];
  readonly source: string;
}

const unlimited = 65_535;

const base = { hops: 'first', mostSegments: unlimited, leastFrameBytes: 0 } as const;

/** Drivers whose LRO is known. */
export const lroDrivers: readonly LroDriver[] = [
  {
    ...base,
    name: 'inet_lro',
    segmentSize: 'largest',
    checksum: 'recomputed',
    guessed: [],
    source: 'net/ipv4/inet_lro.c, v2.6.32 to v4.8',
  },
  {
    ...base,
    name: 'mlx5',
    segmentSize: 'average',
    checksum: 'recomputed',
    hops: 'minimum',
    guessed: ['what ends a merge'],
    source: 'drivers/net/ethernet/mellanox/mlx5/core/en_rx.c, mlx5e_lro_update_hdr',
  },
  {
    ...base,
    name: 'bnxt',
    segmentSize: 'missing',
    checksum: 'pseudo',
    mostSegments: 63,
    leastFrameBytes: 512,
    guessed: ['the checksum in LRO mode', 'what ends a merge'],
    source: 'drivers/net/ethernet/broadcom/bnxt/bnxt.c, bnxt_tpa_end: gso_size is set in GRO mode only (v5.15, v6.18)',
  },
  {
    ...base,
    name: 'atlantic',
    segmentSize: 'missing',
    checksum: 'first-segment',
    guessed: ['the checksum', 'what ends a merge'],
    source: 'drivers/net/ethernet/aquantia/atlantic: no write of gso_size (v6.18)',
  },
  {
    ...base,
    name: 'hv_netvsc',
    segmentSize: 'missing',
    checksum: 'first-segment',
    guessed: ['what ends a merge'],
    source: 'drivers/net/hyperv/netvsc_drv.c (v6.18)',
  },
  {
    ...base,
    name: 'netxen_nic',
    segmentSize: 'missing',
    checksum: 'first-segment',
    guessed: ['what ends a merge'],
    source: 'drivers/net/netxen, v2.6.32; later firmware reports the size',
  },
  {
    ...base,
    name: 'ixgbe',
    segmentSize: 'average',
    checksum: 'first-segment',
    guessed: ['the checksum', 'what ends a merge'],
    source: 'drivers/net/ethernet/intel/ixgbe/ixgbe_main.c, ixgbe_set_rsc_gso_size',
  },
  {
    ...base,
    name: 'vmxnet3',
    segmentSize: 'first',
    checksum: 'first-segment',
    guessed: ['the checksum', 'what ends a merge'],
    source: 'drivers/net/vmxnet3/vmxnet3_drv.c: the size that the device reports',
  },
];

/** A driver's hardware GRO: the kernel's rules, in the card, with limits of its own. gso_size is set, as the contract asks. */
export interface GroHardwareDriver {
  readonly name: string;
  readonly mostSegments: number;
  readonly leastFrameBytes: number;
  readonly guessed: readonly string[];
  readonly source: string;
}

/** Drivers whose hardware GRO is known. */
export const groHardwareDrivers: readonly GroHardwareDriver[] = [
  {
    name: 'bnxt',
    mostSegments: 63,
    leastFrameBytes: 512,
    guessed: ['how the firmware compares headers'],
    source: 'drivers/net/ethernet/broadcom/bnxt/bnxt.c, bnxt_hwrm_vnic_set_tpa, v6.18',
  },
  {
    name: 'mlx5',
    mostSegments: unlimited,
    leastFrameBytes: 0,
    guessed: ['how the card compares headers'],
    source: 'drivers/net/ethernet/mellanox/mlx5/core/en_rx.c, SHAMPO, v6.18',
  },
  {
    name: 'qede',
    mostSegments: unlimited,
    leastFrameBytes: 0,
    guessed: ['how the firmware compares headers', 'its limits'],
    source: 'drivers/net/ethernet/qlogic/qede/qede_fp.c, v6.18',
  },
];
