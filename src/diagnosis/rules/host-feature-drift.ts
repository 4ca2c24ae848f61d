// Question: are features of a device not as they were asked for? `ethtool -k` says "[requested on]" where the core or the driver
// vetoed a wish (netdev_fix_features, net/core/dev.c, v6.18). TSO and hardware GRO have rules of their own; this is the rest.

import { type Drift, driftOf, shapesPackets } from '../../hoststate/check/drift.ts';
import type { DeviceState, HostState } from '../../hoststate/host-state.ts';
import { confidence } from '../confidence.ts';
import { carriesTraffic, devicesOf, isOn } from '../host-rule.ts';
import { messages, say, told } from '../rule.ts';
import type { Evidence, Verdict } from '../verdict.ts';

export function hostFeatureDrift(host: HostState): readonly Verdict[] {
  return devicesOf(host).flatMap(({ device }) => {
    const drift = driftOf(device).filter(({ feature }) => !hasItsOwnRule(device, feature));
    return drift.length === 0 ? [] : [verdictFor(host, device, drift)];
  });
}

/** Told by host-tso-off or host-gro-hw-coupling. */
function hasItsOwnRule(device: DeviceState, feature: string): boolean {
  if (/^tx-tcp6?-segmentation$/.test(feature)) return carriesTraffic(device);
  return feature === 'rx-gro-hw' && isOn(device, 'rx-gro') === false;
}

function verdictFor(host: HostState, device: DeviceState, drift: readonly Drift[]): Verdict {
  const dev = device.name;
  // Stacked devices take over what those below them have: there a wish that is not met is no surprise.
  const plain = device.link?.kind === undefined;
  const surprising = drift.some(({ feature, explained }) => plain && !explained && shapesPackets(feature));
  return {
    code: 'host-feature-drift',
    severity: surprising ? 'notice' : 'info',
    confidence: confidence.stated,
    claim: say('host-feature-drift.claim', {
      dev,
      host: host.name,
      features: drift.map(({ feature }) => feature).join(', '),
    }),
    evidence: drift.map((one) => evidenceOf(dev, one)),
    against: messages(
      say('host-feature-drift.against.harmless'),
      drift.some(({ explained }) => !explained) && say('host-feature-drift.against.unexplained'),
    ),
    fixes: [],
  };
}

function evidenceOf(dev: string, drift: Drift): Evidence {
  const { feature, active, needsAnyOf, excludedBy, fact } = drift;
  const values = { dev, feature, state: active ? 'on' : 'off', requested: active ? 'off' : 'on' };
  if (needsAnyOf.length > 0) {
    return told(say('host-feature-drift.for.needs', { ...values, needs: needsAnyOf.join(' / ') }), fact.source);
  }
  if (excludedBy.length > 0) {
    return told(say('host-feature-drift.for.excluded', { ...values, by: excludedBy.join(', ') }), fact.source);
  }
  return told(say('host-feature-drift.for.unexplained', values), fact.source);
}
