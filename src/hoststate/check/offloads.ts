// Station "hoststate": the offloads of each device at a glance. Single bits only: a group line says "on" if any member is.

import type { DeviceState, HostState, SourceLine } from '../host-state.ts';
import { isVetoed, networks } from '../readings.ts';

/** What decides how large packets are in captures, in the order of a packet's way out and in. */
export const SHAPING_FEATURES = [
  'tx-tcp-segmentation',
  'tx-tcp6-segmentation',
  'tx-generic-segmentation',
  'rx-gro',
  'rx-gro-hw',
  'rx-lro',
] as const;

export type ShapingFeature = (typeof SHAPING_FEATURES)[number];

export interface OffloadState {
  readonly active: boolean;
  readonly fixed: boolean;
  /** Not as requested. */
  readonly vetoed: boolean;
  readonly source: SourceLine;
}

export interface DeviceOffloads {
  readonly device: DeviceState;
  readonly namespace?: string;
  /** Undefined: the host did not say. */
  readonly offloads: Readonly<Record<ShapingFeature, OffloadState | undefined>>;
}

/** Every device that told of its features or driver. */
export function deviceOffloads(host: HostState): readonly DeviceOffloads[] {
  return networks(host).flatMap(([namespace, network]) =>
    [...network.devices.values()]
      .filter((device) => device.features.size > 0 || device.driver !== undefined)
      .map((device) => ({
        device,
        ...(namespace === undefined ? {} : { namespace }),
        offloads: offloadsOf(device),
      })),
  );
}

function offloadsOf(device: DeviceState): DeviceOffloads['offloads'] {
  const state = (name: ShapingFeature): OffloadState | undefined => {
    const fact = device.features.get(name);
    if (fact === undefined) return undefined;
    const { active, fixed } = fact.value;
    return { active, fixed: fixed === true, vetoed: isVetoed(fact.value), source: fact.source };
  };
  return {
    'tx-tcp-segmentation': state('tx-tcp-segmentation'),
    'tx-tcp6-segmentation': state('tx-tcp6-segmentation'),
    'tx-generic-segmentation': state('tx-generic-segmentation'),
    'rx-gro': state('rx-gro'),
    'rx-gro-hw': state('rx-gro-hw'),
    'rx-lro': state('rx-lro'),
  };
}
