// Question: is this driver, with the features it has on and on this kernel, known for a fault? The facts are data with their
// sources: kernel/drivers.ts. All faults that hit both ends and forwarders are merges without a segment size: on a host that
// ends its connections and whose kernel caps rcv_mss they change nothing, and then nothing is to be switched.

import type { DeviceState, HostState, NetworkState } from '../../hoststate/host-state.ts';
import { type DriverProblem, problemOn } from '../../kernel/driver.ts';
import { persistence } from '../../kernel/persistence.ts';
import { confidence } from '../confidence.ts';
import { devicesOf, driverOf, forwardingLine, isOn } from '../host-rule.ts';
import { rcvMssRule } from '../kernel-effects.ts';
import { evidenceList, messages, say, told } from '../rule.ts';
import type { Fix, Verdict } from '../verdict.ts';

export function hostDriverProblem(host: HostState): readonly Verdict[] {
  return devicesOf(host).flatMap(({ network, device }) =>
    (driverOf(device)?.problems ?? [])
      .map((problem) => judge(host, network, device, problem))
      .filter((verdict) => verdict !== undefined),
  );
}

function judge(
  host: HostState,
  network: NetworkState,
  device: DeviceState,
  problem: DriverProblem,
): Verdict | undefined {
  const exists = problemOn(problem, host.kernel?.value);
  if (exists === 'no') return undefined;
  const on = problem.needsFeature === undefined ? true : isOn(device, problem.needsFeature);
  if (on !== true) return undefined;
  const forwards = forwardingLine(network, device);
  if (problem.hits === 'forwarding' && forwards === undefined) return undefined;
  const sure = exists === 'yes';
  const kernel = host.kernel?.value;
  const rule = kernel === undefined ? 'unknown' : rcvMssRule(kernel);
  const harmless = problem.hits === 'both' && forwards === undefined && rule === 'capped';
  const certain = sure && (problem.hits !== 'both' || forwards !== undefined || rule !== 'unknown');
  const { driver } = device;
  const feature = problem.needsFeature === undefined ? undefined : device.features.get(problem.needsFeature);
  const values = { dev: device.name, host: host.name, driver: driver?.driver.value ?? '?', summary: problem.summary };
  return {
    code: 'host-driver-problem',
    severity: harmless ? 'info' : certain ? 'problem' : 'notice',
    confidence: sure ? confidence.measured : confidence.possible,
    claim: say(claimKeys[problem.id] ?? 'host-driver-problem.claim', values),
    evidence: evidenceList(
      driver !== undefined && told(say('host-driver-problem.for.driver', values), driver.driver.source),
      feature !== undefined &&
        told(
          say('host-driver-problem.for.feature', { feature: problem.needsFeature, dev: device.name }),
          feature.source,
        ),
      host.kernel !== undefined &&
        told(say('host-driver-problem.for.kernel', { kernel: host.kernel.value.text }), host.kernel.source),
      forwards !== undefined && told(say('host-driver-problem.for.forwards', values), forwards),
    ),
    against: messages(
      sure ? say('host-driver-problem.against.backport') : say('host-driver-problem.against.unknown-kernel'),
      harmless && say('host-driver-problem.against.harmless', { kernel: kernel?.text }),
      say('host-driver-problem.against.source', { source: problem.source }),
    ),
    fixes: sure && !harmless && problem.avoid !== undefined ? [avoid(device, problem.avoid)] : [],
  };
}

/** Sentences of their own; a fault without one is told in the words of kernel/drivers.ts. */
const claimKeys: Readonly<Record<string, string>> = {
  'bnxt-thor-gso-type': 'host-driver-problem.claim.bnxt-thor-gso-type',
  'bnxt-lro-without-gso-size': 'host-driver-problem.claim.bnxt-lro-without-gso-size',
  'bnx2x-lro-mss': 'host-driver-problem.claim.bnx2x-lro-mss',
  'ixgbe-rsc-without-gso-size': 'host-driver-problem.claim.ixgbe-rsc-without-gso-size',
  'netxen-lro-without-gso-size': 'host-driver-problem.claim.netxen-lro-without-gso-size',
  'atlantic-lro-without-gso-size': 'host-driver-problem.claim.atlantic-lro-without-gso-size',
  'hv-netvsc-rsc-without-gso-size': 'host-driver-problem.claim.hv-netvsc-rsc-without-gso-size',
};

function avoid(device: DeviceState, change: { readonly feature: string; readonly state: 'on' | 'off' }): Fix {
  const dev = device.name;
  const back = change.state === 'on' ? 'off' : 'on';
  return {
    command: `ethtool -K ${dev} ${change.feature} ${change.state}`,
    effect: say('host-driver-problem.fix.avoid.effect', { feature: change.feature, state: change.state }),
    risk:
      device.driver?.driver.value === 'bnxt_en'
        ? say('host-driver-problem.fix.avoid.risk.re-opens')
        : say('host-driver-problem.fix.avoid.risk'),
    undo: `ethtool -K ${dev} ${change.feature} ${back}`,
    persist: persistence(change.feature, dev, change.state, device.driver?.driver.value),
  };
}
