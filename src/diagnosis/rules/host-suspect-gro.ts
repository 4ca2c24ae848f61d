// Question: did the kernel log "Driver has suspect GRO implementation", and does it matter here? The line proves that a
// segment larger than this host's MSS reached TCP without a size (or with an absurd one). It is printed once per boot; on
// kernels that cap rcv_mss it changes nothing measurable on a host that ends its connections.

import type { HostState, LogFinding } from '../../hoststate/host-state.ts';
import { persistence } from '../../kernel/persistence.ts';
import { confidence } from '../confidence.ts';
import { devicesOf, isOn } from '../host-rule.ts';
import { rcvMssRule } from '../kernel-effects.ts';
import { evidenceList, messages, say, told } from '../rule.ts';
import type { Fix, Verdict } from '../verdict.ts';

export function hostSuspectGro(host: HostState): readonly Verdict[] {
  const line = host.logs.find((finding) => finding.kind === 'suspect-gro');
  if (line === undefined) return [];
  const { kernel } = host;
  const rule = kernel === undefined ? 'unknown' : rcvMssRule(kernel.value);
  const hurts = rule === 'uncapped' || rule === 'length';
  const values = { dev: line.device ?? '?', host: host.name, kernel: kernel?.value.text };
  return [
    {
      code: 'host-suspect-gro',
      severity: hurts ? 'problem' : rule === 'unknown' ? 'notice' : 'info',
      confidence: rule === 'unknown' ? confidence.possible : confidence.likely,
      claim: say(hurts ? 'host-suspect-gro.claim.hurts' : claimKeys[rule], values),
      evidence: evidenceList(
        told(say('host-suspect-gro.for.line', values), line.source),
        kernel !== undefined && told(say('host-suspect-gro.for.kernel', values), kernel.source),
      ),
      against: messages(say('host-suspect-gro.against.false-positive'), say('host-suspect-gro.against.forwarding')),
      fixes: hurts ? lroOff(host, line) : [],
    },
  ];
}

const claimKeys = {
  capped: 'host-suspect-gro.claim.harmless',
  unknown: 'host-suspect-gro.claim.unknown-kernel',
} as const satisfies Record<string, string>;

/** Only where LRO of the named device (or of one below it) is on: that is what hands up such packets. */
function lroOff(host: HostState, line: LogFinding): readonly Fix[] {
  return devicesOf(host)
    .filter(({ device }) => isOn(device, 'rx-lro') === true)
    .filter(({ device }) => device.name === line.device || device.link?.master?.value === line.device)
    .map(({ device }) => ({
      command: `ethtool -K ${device.name} lro off`,
      effect: say('fix.lro-off.effect', { dev: device.name }),
      risk: say('fix.lro-off.risk'),
      undo: `ethtool -K ${device.name} lro on`,
      persist: persistence('lro', device.name, 'off', device.driver?.driver.value),
    }));
}
