// Question: is TCP segmentation offload off on a card that has it? The bits tx-tcp-segmentation (IPv4) and
// tx-tcp6-segmentation (IPv6) say so, never the group line. "off [requested on]" was vetoed: the core needs scatter-gather
// and a checksum offload for the same IP version (netdev_fix_features, net/core/dev.c, v6.18).

import type { DeviceState, HostState } from '../../hoststate/host-state.ts';
import { vetoesOf } from '../../kernel/features.ts';
import { persistence } from '../../kernel/persistence.ts';
import { confidence } from '../confidence.ts';
import { carriesTraffic, devicesOf, isOn } from '../host-rule.ts';
import { evidenceList, messages, say, told } from '../rule.ts';
import type { Fix, Verdict } from '../verdict.ts';

const segmentationBits = ['tx-tcp-segmentation', 'tx-tcp6-segmentation'] as const;

export function hostTsoOff(host: HostState): readonly Verdict[] {
  return devicesOf(host).flatMap(({ device }) => {
    const off = segmentationBits.filter((bit) => isOff(device, bit));
    return carriesTraffic(device) && off.length > 0 ? [verdictFor(host, device, off)] : [];
  });
}

/** Off, and not because the hardware cannot. */
function isOff(device: DeviceState, bit: string): boolean {
  const state = device.features.get(bit)?.value;
  return state !== undefined && !state.active && state.fixed !== true;
}

function verdictFor(host: HostState, device: DeviceState, off: readonly string[]): Verdict {
  const group = device.featureGroups.get('tcp-segmentation-offload');
  const misleads = group?.value.active === true;
  const needs = [...new Set(off.flatMap((bit) => missing(device, bit)))];
  const values = { dev: device.name, host: host.name, features: off.join(', ') };
  return {
    code: 'host-tso-off',
    severity: 'notice',
    confidence: confidence.stated,
    claim: say(needs.length > 0 ? 'host-tso-off.claim.vetoed' : 'host-tso-off.claim', {
      ...values,
      needs: needs.join(', '),
    }),
    evidence: evidenceList(
      ...off.map((bit) => {
        const fact = device.features.get(bit);
        return fact !== undefined && told(say('host-tso-off.for.bit', { feature: bit, dev: device.name }), fact.source);
      }),
      misleads && told(say('host-tso-off.for.group-misleads', { dev: device.name }), group.source),
    ),
    against: messages(say('host-tso-off.against.on-purpose'), say('host-tso-off.against.wire', values)),
    fixes: needs.length > 0 ? needs.map((need) => turnOn(device, need)) : off.map((bit) => turnOn(device, bit)),
  };
}

/** What the core would need on for a bit that is wanted and still off. */
function missing(device: DeviceState, bit: string): readonly string[] {
  if (device.features.get(bit)?.value.requested !== true) return [];
  const on = (feature: string): boolean => isOn(device, feature) === true;
  return vetoesOf(bit, on, device.driver?.driver.value).flatMap((rule) => rule.needsAnyOf?.slice(0, 1) ?? []);
}

function turnOn(device: DeviceState, feature: string): Fix {
  const dev = device.name;
  return {
    command: `ethtool -K ${dev} ${feature} on`,
    effect: say('host-tso-off.fix.on.effect', { feature, dev }),
    risk: say('host-tso-off.fix.on.risk'),
    undo: `ethtool -K ${dev} ${feature} off`,
    persist: persistence(feature, dev, 'on', device.driver?.driver.value),
  };
}
