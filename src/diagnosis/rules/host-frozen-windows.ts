// Question: did this host want to close windows that it had already offered? TCPWantZeroWindowAdv counts how often
// tcp_select_window wanted 0 and could not take back the offer: the best sign of a frozen right edge, and of readers that do
// not read.

import type { HostState } from '../../hoststate/host-state.ts';
import { confidence } from '../confidence.ts';
import { networksOf } from '../host-rule.ts';
import { evidenceList, messages, say, share, told } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

/** One in a hundred thousand received segments is more than chance. */
const noticeShare = 1e-5;

export function hostFrozenWindows(host: HostState): readonly Verdict[] {
  return networksOf(host).flatMap((network) => {
    const wanted = network.counters.get('TcpExtTCPWantZeroWindowAdv');
    if (wanted === undefined || wanted.value === 0) return [];
    const closed = network.counters.get('TcpExtTCPToZeroWindowAdv');
    const received = network.counters.get('TcpInSegs')?.value ?? 0;
    const verdict: Verdict = {
      code: 'host-frozen-windows',
      severity: share(wanted.value, received) >= noticeShare ? 'notice' : 'info',
      confidence: confidence.measured,
      claim: say('host-frozen-windows.claim', { host: host.name, count: wanted.value }),
      evidence: evidenceList(
        told(say('host-frozen-windows.for.want', { count: wanted.value }), wanted.source),
        closed !== undefined && told(say('host-frozen-windows.for.closed', { count: closed.value }), closed.source),
      ),
      against: messages(say('host-frozen-windows.against.since-boot'), say('host-frozen-windows.against.reader')),
      fixes: [],
    };
    return [verdict];
  });
}
