// Station "diagnosis": the state of hosts in, verdicts out. Apart from the rules about connections, for most captures come
// without the state of a host, and then none of this need be loaded.

import type { CaptureMeasurement } from '../analysis/measurement.ts';
import type { HostState } from '../hoststate/host-state.ts';
import { diagnoseFile } from './diagnose.ts';
import type { HostRule } from './host-rule.ts';
import { ordered } from './order.ts';
import type { DiagnosisContext } from './rule.ts';
import { hostDeviceReset } from './rules/host-device-reset.ts';
import { hostDriverProblem } from './rules/host-driver-problem.ts';
import { hostFeatureDrift } from './rules/host-feature-drift.ts';
import { hostFrozenWindows } from './rules/host-frozen-windows.ts';
import { hostGroHwCoupling } from './rules/host-gro-hw-coupling.ts';
import { hostLroOnForwarder } from './rules/host-lro-on-forwarder.ts';
import { hostMergeFactor } from './rules/host-merge-factor.ts';
import { hostNothingWrong } from './rules/host-nothing-wrong.ts';
import { hostPacketDrops } from './rules/host-packet-drops.ts';
import { hostReceiveBuffer } from './rules/host-receive-buffer.ts';
import { hostSuspectGro } from './rules/host-suspect-gro.ts';
import { hostTsoOff } from './rules/host-tso-off.ts';
import type { Verdict } from './verdict.ts';

/** Every rule about a host. */
export const hostRules: readonly HostRule[] = [
  hostLroOnForwarder,
  hostDriverProblem,
  hostDeviceReset,
  hostSuspectGro,
  hostTsoOff,
  hostGroHwCoupling,
  hostFeatureDrift,
  hostReceiveBuffer,
  hostPacketDrops,
  hostFrozenWindows,
  hostMergeFactor,
];

/** What is to be said of the capture file as a whole, and of the hosts, connections aside. */
export function diagnoseCapture(
  capture: Pick<CaptureMeasurement, 'captureDrops' | 'ackedUnseen' | 'udpFlows'>,
  context: DiagnosisContext,
): readonly Verdict[] {
  return ordered([...diagnoseFile(capture), ...context.hosts.flatMap(diagnoseHost)]);
}

/** What is to be said of a host by its own state, without a capture. */
export function diagnoseHost(host: HostState): readonly Verdict[] {
  const found = hostRules.flatMap((rule) => rule(host));
  return ordered([...found, ...hostNothingWrong(host, found)]);
}
