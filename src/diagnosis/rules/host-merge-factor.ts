// Question: does this host merge what it receives, by its own counters? IpInReceives counts packets after merging, the ECN
// counters count segments: their quotient is the mean merge factor since boot, without a capture.

import type { HostState } from '../../hoststate/host-state.ts';
import { confidence } from '../confidence.ts';
import { inputMergeFactor } from '../host-counters.ts';
import { networksOf } from '../host-rule.ts';
import { messages, say, told } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

/** Below this many packets a quotient says little. */
const enoughPackets = 100;
/** Above this the host merges; below it, it does not, or its merges are not declared. */
const mergingFactor = 1.1;

export function hostMergeFactor(host: HostState): readonly Verdict[] {
  return networksOf(host).flatMap((network) => {
    const factor = inputMergeFactor(network, 4) ?? inputMergeFactor(network, 6);
    if (factor === undefined || factor.segments < enoughPackets) return [];
    const merging = factor.factor >= mergingFactor;
    const values = {
      host: host.name,
      factor: Math.round(factor.factor * 100) / 100,
      receives: factor.receives,
      segments: factor.segments,
    };
    const verdict: Verdict = {
      code: 'host-merge-factor',
      severity: merging ? 'healthy' : 'info',
      confidence: merging ? confidence.stated : confidence.likely,
      claim: say(merging ? 'host-merge-factor.claim' : 'host-merge-factor.claim.single', values),
      evidence: [told(say('host-merge-factor.for.counters', values), factor.source)],
      against: messages(
        merging ? say('host-merge-factor.against.virtual') : say('host-merge-factor.against.undeclared'),
        say('host-merge-factor.against.mean'),
      ),
      fixes: [],
    };
    return [verdict];
  });
}
