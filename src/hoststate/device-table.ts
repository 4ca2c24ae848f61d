// Station "hoststate": the devices of one namespace while they are put together from ip, ethtool and tc.

import type { DeviceFeatures } from './ethtool-features.ts';
import type {
  DeviceState,
  DriverState,
  Fact,
  FeatureState,
  HostStateError,
  InterfaceAddress,
  LinkState,
  QdiscState,
} from './host-state.ts';
import type { ParsedLink } from './ip-link.ts';
import { problemAt, type TextLines } from './lines.ts';
import type { ParsedQdisc } from './tc.ts';

interface OpenDevice {
  driver?: DriverState;
  link?: LinkState;
  addresses?: Fact<InterfaceAddress>[];
  readonly features: Map<string, Fact<FeatureState>>;
  readonly featureGroups: Map<string, Fact<FeatureState>>;
  readonly statistics: Map<string, Fact<number>>;
  readonly qdiscs: Fact<QdiscState>[];
}

export class DeviceTable {
  private readonly devices = new Map<string, OpenDevice>();
  private readonly namespace: string | undefined;

  constructor(namespace: string | undefined) {
    this.namespace = namespace;
  }

  private device(name: string): OpenDevice {
    const known = this.devices.get(name);
    if (known !== undefined) return known;
    const device: OpenDevice = { features: new Map(), featureGroups: new Map(), statistics: new Map(), qdiscs: [] };
    this.devices.set(name, device);
    return device;
  }

  /** The device that an output without a name must mean: the only one besides lo. */
  onlyDevice(): string | undefined {
    const names = [...this.devices.keys()].filter((name) => name !== 'lo');
    return names.length === 1 ? names[0] : undefined;
  }

  addFeatures(
    parsed: readonly DeviceFeatures[],
    fallback: string | undefined,
    text: TextLines,
  ): readonly HostStateError[] {
    const problems: HostStateError[] = [];
    for (const { device: named, features, groups } of parsed) {
      const name = named ?? fallback;
      if (name === undefined) {
        problems.push(noDevice(text));
        continue;
      }
      const device = this.device(name);
      for (const [feature, fact] of features) {
        const known = device.features.get(feature);
        if (known === undefined) device.features.set(feature, fact);
        else if (known.value.active !== fact.value.active)
          problems.push(contradiction(text, name, feature, known, fact));
      }
      for (const [group, fact] of groups) if (!device.featureGroups.has(group)) device.featureGroups.set(group, fact);
    }
    return problems;
  }

  addDriver(driver: DriverState | undefined, name: string | undefined, text: TextLines): readonly HostStateError[] {
    if (driver === undefined) return [];
    if (name === undefined) return [noDevice(text)];
    this.device(name).driver ??= driver;
    return [];
  }

  addStatistics(
    statistics: ReadonlyMap<string, Fact<number>>,
    name: string | undefined,
    text: TextLines,
  ): readonly HostStateError[] {
    if (statistics.size === 0) return [];
    if (name === undefined) return [noDevice(text)];
    const device = this.device(name);
    for (const [counter, fact] of statistics) if (!device.statistics.has(counter)) device.statistics.set(counter, fact);
    return [];
  }

  addLinks(links: readonly ParsedLink[]): void {
    for (const { name, link, addresses } of links) {
      this.device(name).link ??= link;
      if (addresses.length > 0) this.addAddresses(name, addresses);
    }
  }

  addAddresses(name: string, addresses: readonly Fact<InterfaceAddress>[]): void {
    const device = this.device(name);
    device.addresses ??= [];
    for (const fact of addresses) {
      if (!device.addresses.some((known) => known.value.ip === fact.value.ip)) device.addresses.push(fact);
    }
  }

  addQdiscs(qdiscs: readonly ParsedQdisc[]): void {
    for (const { device, qdisc } of qdiscs) {
      const name = device ?? this.onlyDevice();
      if (name !== undefined) this.device(name).qdiscs.push(qdisc);
    }
  }

  finish(): ReadonlyMap<string, DeviceState> {
    return new Map(
      [...this.devices].map(([name, device]) => [
        name,
        { name, ...(this.namespace === undefined ? {} : { namespace: this.namespace }), ...device },
      ]),
    );
  }
}

function noDevice(text: TextLines): HostStateError {
  return problemAt(
    text,
    0,
    'not-understood',
    'the device in the file name (ethtool_-i_eth0), for this output does not name it',
  );
}

function contradiction(
  text: TextLines,
  device: string,
  feature: string,
  kept: Fact<FeatureState>,
  other: Fact<FeatureState>,
): HostStateError {
  const says = (fact: Fact<FeatureState>): string => (fact.value.active ? 'on' : 'off');
  return problemAt(
    text,
    other.source.line - text.firstLine,
    'duplicate',
    `${device} ${feature} ${says(kept)} as in ${kept.source.file}:${kept.source.line}, which was kept`,
    `${feature} ${says(other)}`,
  );
}
