// Question: did turning GRO off take hardware GRO along? On bnxt_en and bnx2x rx-gro-hw needs rx-gro (bnxt_fix_features), so
// `gro off` stops both, and on 575xx chips re-opens the card: a before/after comparison over it compares two things at once.

import type { DeviceState, HostState } from '../../hoststate/host-state.ts';
import { persistence } from '../../kernel/persistence.ts';
import { confidence } from '../confidence.ts';
import { devicesOf, isOn } from '../host-rule.ts';
import { evidenceList, messages, say, told } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

const coupledDrivers: readonly string[] = ['bnxt_en', 'bnx2x'];

export function hostGroHwCoupling(host: HostState): readonly Verdict[] {
  return devicesOf(host).flatMap(({ device }) => {
    const hardware = device.features.get('rx-gro-hw');
    const software = device.features.get('rx-gro');
    if (!coupledDrivers.includes(device.driver?.driver.value ?? '') || software === undefined) return [];
    if (isOn(device, 'rx-gro') !== false || hardware?.value.requested !== true || hardware.value.active) return [];
    return [verdictFor(host, device, hardware.source, software.source)];
  });
}

function verdictFor(
  host: HostState,
  device: DeviceState,
  hardware: Parameters<typeof told>[1],
  software: Parameters<typeof told>[1],
): Verdict {
  const dev = device.name;
  const driver = device.driver?.driver.value ?? '?';
  return {
    code: 'host-gro-hw-coupling',
    severity: 'notice',
    confidence: confidence.stated,
    claim: say('host-gro-hw-coupling.claim', { dev, driver, host: host.name }),
    evidence: evidenceList(
      told(say('host-gro-hw-coupling.for.gro', { dev }), software),
      told(say('host-gro-hw-coupling.for.gro-hw', { dev }), hardware),
    ),
    against: messages(say('host-gro-hw-coupling.against.on-purpose')),
    fixes: [
      {
        command: `ethtool -K ${dev} gro on`,
        effect: say('host-gro-hw-coupling.fix.on.effect', { dev }),
        risk: say('host-gro-hw-coupling.fix.on.risk'),
        undo: `ethtool -K ${dev} gro off`,
        persist: persistence('gro', dev, 'on', driver),
      },
    ],
  };
}
