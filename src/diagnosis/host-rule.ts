// Station "diagnosis": what the rules about a host share. They look at the host's own words alone, without a capture; the
// evidence is a file and a line.

import type { DeviceState, Fact, HostState, NetworkState, SourceLine } from '../hoststate/host-state.ts';
import type { DriverFacts } from '../kernel/driver.ts';
import { driverFacts } from '../kernel/drivers.ts';
import type { Verdict } from './verdict.ts';

/** One question about a host. */
export type HostRule = (host: HostState) => readonly Verdict[];

/** The initial namespace and all others. */
export function networksOf(host: HostState): readonly NetworkState[] {
  return [host, ...host.namespaces.values()];
}

export interface PlacedDevice {
  readonly network: NetworkState;
  readonly device: DeviceState;
}

/** Every device of every namespace. */
export function devicesOf(host: HostState): readonly PlacedDevice[] {
  return networksOf(host).flatMap((network) => [...network.devices.values()].map((device) => ({ network, device })));
}

/** Whether a feature is on; undefined when the host did not say. */
export function isOn(device: DeviceState, feature: string): boolean | undefined {
  return device.features.get(feature)?.value.active;
}

/** Kinds of virtual devices whose offloads decide what a capture on them shows. */
const deviceKinds: readonly string[] = ['veth', 'vlan', 'bond', 'team', 'macvlan'];

/** A network card, or a virtual device that hosts send their traffic through. Loopback, bridges and tunnels are none. */
export function carriesTraffic(device: DeviceState): boolean {
  if (device.name === 'lo') return false;
  const kind = device.link?.kind?.value;
  return kind === undefined || deviceKinds.includes(kind);
}

/** What is known of the device's driver. */
export function driverOf(device: DeviceState): DriverFacts | undefined {
  const name = device.driver?.driver.value;
  return name === undefined ? undefined : driverFacts(name);
}

/** The line that says that this device forwards or is a bridge port; undefined when nothing says so. */
export function forwardingLine(network: NetworkState, device: DeviceState): SourceLine | undefined {
  const names = [
    'net.ipv4.ip_forward',
    'net.ipv6.conf.all.forwarding',
    `net.ipv4.conf.${device.name}.forwarding`,
    `net.ipv6.conf.${device.name}.forwarding`,
  ];
  for (const name of names) {
    const fact = network.sysctls.get(name);
    if (fact?.value === '1') return fact.source;
  }
  return bridgePort(network, device)?.source;
}

function bridgePort(network: NetworkState, device: DeviceState): Fact<string> | undefined {
  const { link } = device;
  if (link?.portKind?.value === 'bridge_slave') return link.portKind;
  if (link?.master === undefined) return undefined;
  return network.devices.get(link.master.value)?.link?.kind?.value === 'bridge' ? link.master : undefined;
}
