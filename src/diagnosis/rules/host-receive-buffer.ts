// Question: do this host's settings keep receive windows small? Window scaling off caps them at 65,535 bytes (RFC 7323);
// tcp_moderate_rcvbuf off keeps buffers at their initial size; a small tcp_rmem[2] bounds what autotuning may reach.

import type { Fact, HostState, NetworkState } from '../../hoststate/host-state.ts';
import { confidence } from '../confidence.ts';
import { fixes, largerReceiveBuffer, sysctlFix } from '../fixes.ts';
import { networksOf } from '../host-rule.ts';
import { messages, say, told } from '../rule.ts';
import type { Fix, Message, Verdict } from '../verdict.ts';

/** Below 1 MiB a 10 Gbit/s path is limited from 0.4 ms of RTT on; Linux has had 6 MiB since 3.4. */
const smallMaximumBytes = 1_048_576;

export function hostReceiveBuffer(host: HostState): readonly Verdict[] {
  return networksOf(host).flatMap((network) => [
    ...scaling(host, network),
    ...moderation(host, network),
    ...maximum(host, network),
  ]);
}

function scaling(host: HostState, network: NetworkState): readonly Verdict[] {
  const fact = network.sysctls.get('net.ipv4.tcp_window_scaling');
  if (fact?.value !== '0') return [];
  return [finding(host, fact, 'host-receive-buffer.claim.scaling', turnOn('net.ipv4.tcp_window_scaling'))];
}

function moderation(host: HostState, network: NetworkState): readonly Verdict[] {
  const fact = network.sysctls.get('net.ipv4.tcp_moderate_rcvbuf');
  if (fact?.value !== '0') return [];
  return [finding(host, fact, 'host-receive-buffer.claim.moderation', turnOn('net.ipv4.tcp_moderate_rcvbuf'))];
}

function maximum(host: HostState, network: NetworkState): readonly Verdict[] {
  const fact = network.sysctls.get('net.ipv4.tcp_rmem');
  const most = Number(fact?.value.split(/\s+/)[2]);
  if (fact === undefined || !(most < smallMaximumBytes)) return [];
  return [finding(host, fact, 'host-receive-buffer.claim.maximum', largerReceiveBuffer(fact.value), most)];
}

function turnOn(name: string): Fix {
  return sysctlFix(name, '1', '0', {
    effect: say('host-receive-buffer.fix.on.effect', { name }),
    risk: say('host-receive-buffer.fix.on.risk'),
  });
}

function finding(host: HostState, fact: Fact<string>, claimKey: string, fix: Fix | undefined, bytes?: number): Verdict {
  const against: readonly Message[] = messages(
    say('host-receive-buffer.against.set-by-application'),
    say('host-receive-buffer.against.on-purpose'),
  );
  return {
    code: 'host-receive-buffer',
    severity: 'notice',
    confidence: confidence.measured,
    claim: say(claimKey, { host: host.name, bytes }),
    evidence: [told(say('host-receive-buffer.for.value', { value: fact.value }), fact.source)],
    against,
    fixes: fixes(fix),
  };
}
