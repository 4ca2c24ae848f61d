// Station "hoststate": which devices stand on which: VLANs on their carrier, bonds and bridges on their ports, veth on its other
// end where both are here.

import type { NetworkState } from '../host-state.ts';

/** The devices that carry what goes through `name`, itself first: all the way down. Unknown names give themselves alone. */
export function devicesBelow(network: NetworkState, name: string): readonly string[] {
  return closure(name, (device) => directlyBelow(network, device));
}

/** The devices whose traffic goes through `name`, itself first: all the way up. */
export function devicesAbove(network: NetworkState, name: string): readonly string[] {
  return closure(name, (device) =>
    [...network.devices.keys()].filter((upper) => directlyBelow(network, upper).includes(device)),
  );
}

function directlyBelow(network: NetworkState, name: string): readonly string[] {
  const lower = network.devices.get(name)?.link?.lower;
  const ports = [...network.devices.values()].filter((device) => device.link?.master?.value === name);
  return [...(lower !== undefined && network.devices.has(lower) ? [lower] : []), ...ports.map((device) => device.name)];
}

function closure(start: string, next: (name: string) => readonly string[]): readonly string[] {
  const found = new Set([start]);
  for (const name of found) for (const other of next(name)) found.add(other);
  return [...found];
}
