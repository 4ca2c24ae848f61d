// Station "hoststate": questions that several rules ask of a host's state, answered in one place.

import { type FeatureRule, vetoesOf } from '../kernel/features.ts';
import type { DeviceState, Fact, FeatureState, NetworkState } from './host-state.ts';

/** A feature of a device by its kernel name. */
export function feature(device: DeviceState, name: string): Fact<FeatureState> | undefined {
  return device.features.get(name);
}

export interface TsoState {
  readonly fact: Fact<FeatureState>;
  /** Read from the group line, because an old ethtool printed no members: it speaks for neither family alone. */
  readonly fromGroupLine: boolean;
}

/** TSO of one IP version: tx-tcp-segmentation or tx-tcp6-segmentation. The group line only where there are no members. */
export function tsoState(device: DeviceState, ipVersion: 4 | 6): TsoState | undefined {
  const fact = device.features.get(ipVersion === 4 ? 'tx-tcp-segmentation' : 'tx-tcp6-segmentation');
  if (fact !== undefined) return { fact, fromGroupLine: false };
  const anyMember = [...device.features.keys()].some((name) => /^tx-tcp.*-segmentation$/.test(name));
  const group = device.featureGroups.get('tcp-segmentation-offload');
  return anyMember || group === undefined ? undefined : { fact: group, fromGroupLine: true };
}

/** Active differs from what was asked for: something vetoed it. */
export function isVetoed(state: FeatureState): boolean {
  return state.requested !== undefined && state.requested !== state.active;
}

export interface VetoedFeature {
  readonly feature: string;
  readonly fact: Fact<FeatureState>;
  /** Rules of kernel/features.ts that explain it; empty when none does. */
  readonly because: readonly FeatureRule[];
}

/** Features whose state is not the one that was requested, with the rules that explain it. */
export function vetoedFeatures(device: DeviceState): readonly VetoedFeature[] {
  const isOn = (name: string): boolean => device.features.get(name)?.value.active === true;
  const driver = device.driver?.driver.value;
  return [...device.features]
    .filter(([, fact]) => isVetoed(fact.value))
    .map(([name, fact]) => ({ feature: name, fact, because: vetoesOf(name, isOn, driver) }));
}

/** The group line says on while TSO of both families is off, or off for one of them: the line that misleads, and the truth. */
export function misleadingTsoGroup(
  device: DeviceState,
): { readonly group: Fact<FeatureState>; readonly off: readonly Fact<FeatureState>[] } | undefined {
  const group = device.featureGroups.get('tcp-segmentation-offload');
  if (group?.value.active !== true) return undefined;
  const off = ['tx-tcp-segmentation', 'tx-tcp6-segmentation'].flatMap((name) => {
    const fact = device.features.get(name);
    return fact !== undefined && !fact.value.active ? [fact] : [];
  });
  return off.length === 0 ? undefined : { group, off };
}

export interface MergeFactor {
  /** Frames that IP received: IpInReceives. */
  readonly frames: Fact<number>;
  /** Segments in them: the sum of the four ECN counters. */
  readonly segments: number;
  readonly segmentFacts: readonly Fact<number>[];
  /** segments / frames: 1 without merging; 20 means a mean of 20 segments a frame. */
  readonly factor: number;
}

/**
 * The host's mean merge factor of received IPv4 or IPv6. IpInReceives counts frames, Ip*In{NoECT,ECT0,ECT1,CE}Pkts count
 * max(1, gso_segs) (measured: 56 / 2075 with merging, 2077 / 2077 without). Undefined where a counter is missing (kernels
 * before these counters) or nothing was received. Frames merged without gso_segs count as 1 in both.
 */
export function mergeFactor(network: NetworkState, ipVersion: 4 | 6): MergeFactor | undefined {
  const frames = network.counters.get(ipVersion === 4 ? 'IpInReceives' : 'Ip6InReceives');
  const prefix = ipVersion === 4 ? 'IpExt' : 'Ip6';
  const segmentFacts = ['InNoECTPkts', 'InECT0Pkts', 'InECT1Pkts', 'InCEPkts'].flatMap(
    (name) => network.counters.get(prefix + name) ?? [],
  );
  if (frames === undefined || frames.value === 0 || !network.counters.has(`${prefix}InNoECTPkts`)) return undefined;
  const segments = segmentFacts.reduce((sum, fact) => sum + fact.value, 0);
  return { frames, segments, segmentFacts, factor: segments / frames.value };
}

/** Whether the host forwards, and the line that says so: IP forwarding, or a bridge with ports. */
export function forwards(network: NetworkState): readonly Fact<string>[] {
  const found: Fact<string>[] = [];
  for (const name of ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding', 'net.ipv6.conf.all.forwarding']) {
    const fact = network.sysctls.get(name);
    if (fact?.value === '1') found.push({ value: `${name} = 1`, source: fact.source });
  }
  for (const device of network.devices.values()) {
    const { link } = device;
    if (link?.portKind?.value === 'bridge_slave')
      found.push({ value: `${device.name} is a port of ${link.master?.value ?? 'a bridge'}`, source: link.source });
  }
  return found;
}

/** All namespaces of a host, the initial one first (its name undefined). */
export function networks(
  host: NetworkState & { readonly namespaces: ReadonlyMap<string, NetworkState> },
): readonly (readonly [string | undefined, NetworkState])[] {
  return [[undefined, host], ...host.namespaces];
}
