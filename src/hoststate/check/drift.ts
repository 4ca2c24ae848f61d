// Station "hoststate": features that are not as someone asked for them, and what took them away.

import type { DeviceState, Fact, FeatureState } from '../host-state.ts';
import { vetoedFeatures } from '../readings.ts';

export interface Drift {
  /** Kernel name. */
  readonly feature: string;
  readonly active: boolean;
  readonly fact: Fact<FeatureState>;
  /** One of these would have to be on. Empty where no rule of kernel/features.ts asks for one. */
  readonly needsAnyOf: readonly string[];
  /** These are on and exclude it. */
  readonly excludedBy: readonly string[];
  /** A rule known here says why; else the driver, or the device below, said no for a reason of its own. */
  readonly explained: boolean;
}

/** Every feature of the device whose state is not the requested one. */
export function driftOf(device: DeviceState): readonly Drift[] {
  const isOn = (name: string): boolean => device.features.get(name)?.value.active === true;
  return vetoedFeatures(device).map(({ feature, fact, because }) => ({
    feature,
    active: fact.value.active,
    fact,
    needsAnyOf: [...new Set(because.flatMap((rule) => rule.needsAnyOf ?? []))],
    excludedBy: [...new Set(because.flatMap((rule) => rule.excludedBy?.filter(isOn) ?? []))],
    explained: because.length > 0,
  }));
}

/** Features that decide how large packets are: segmentation, merging, and the checksums and scatter-gather they rest on. */
export function shapesPackets(feature: string): boolean {
  return /^(?:tx-(?:.*-)?segmentation|tx-gso-|tx-checksum-|tx-scatter-gather|rx-checksum|rx-gro|rx-lro)/.test(feature);
}
