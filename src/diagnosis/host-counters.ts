// Station "diagnosis": quotients of a host's counters that no single counter shows.

import type { NetworkState, SourceLine } from '../hoststate/host-state.ts';

export interface MergeFactor {
  /** Wire packets per received packet as the host's IP layer saw it; 1 means nothing was merged, or merges were not declared. */
  readonly factor: number;
  readonly receives: number;
  readonly segments: number;
  readonly source: SourceLine;
}

/**
 * The host's mean merge factor since boot. IpInReceives counts packets after merging, the four ECN counters count segments
 * (max(1, gso_segs), ip_rcv_core, net/ipv4/ip_input.c, v5.15): measured 56 / 2075 with merging, 2077 / 2077 without (v6.18).
 */
export function inputMergeFactor(network: NetworkState, ipVersion: 4 | 6): MergeFactor | undefined {
  const prefix = ipVersion === 4 ? 'IpExt' : 'Ip6';
  const receives = network.counters.get(ipVersion === 4 ? 'IpInReceives' : 'Ip6InReceives');
  const parts = ['InNoECTPkts', 'InECT0Pkts', 'InECT1Pkts', 'InCEPkts'].map((name) =>
    network.counters.get(prefix + name),
  );
  const [noEct] = parts;
  if (receives === undefined || receives.value === 0 || noEct === undefined) return undefined;
  const segments = parts.reduce((sum, fact) => sum + (fact?.value ?? 0), 0);
  return { factor: segments / receives.value, receives: receives.value, segments, source: receives.source };
}
