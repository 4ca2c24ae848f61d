// Question: is anything wrong with this host's state? Asked last, and only where the host said enough to judge by.

import type { HostState } from '../../hoststate/host-state.ts';
import { confidence } from '../confidence.ts';
import { devicesOf } from '../host-rule.ts';
import { messages, say, told } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function hostNothingWrong(host: HostState, others: readonly Verdict[]): readonly Verdict[] {
  if (others.some(({ severity }) => severity === 'problem' || severity === 'notice')) return [];
  const judged = devicesOf(host).filter(({ device }) => device.features.size > 0);
  const source = [...(judged[0]?.device.features.values() ?? [])][0]?.source;
  if (source === undefined) return [];
  return [
    {
      code: 'host-nothing-wrong',
      severity: 'healthy',
      confidence: host.kernel === undefined ? confidence.possible : confidence.likely,
      claim: say('host-nothing-wrong.claim', { host: host.name, devices: judged.length }),
      evidence: [told(say('host-nothing-wrong.for.features', { devices: judged.length }), source)],
      against: messages(
        host.kernel === undefined && say('host-nothing-wrong.against.no-kernel'),
        say('host-nothing-wrong.against.not-given'),
      ),
      fixes: [],
    },
  ];
}
