// Station "diagnosis": the measurement of a connection in, verdicts out, the gravest first. Rules are called by name, in the
// order of the questions an engineer would ask; none knows of another but `nothing-wrong`, which is asked last.

import type { CaptureMeasurement, ConnectionMeasurement } from '../analysis/measurement.ts';
import type { HostState } from '../hoststate/host-state.ts';
import { answerBeliefs, type Beliefs } from './beliefs.ts';
import type { HostRule } from './host-rule.ts';
import type { DiagnosisContext, Rule } from './rule.ts';
import { bigTcp } from './rules/big-tcp.ts';
import { captureLostPackets } from './rules/capture-lost-packets.ts';
import { checksumOffloadTraces } from './rules/checksum-offload-traces.ts';
import { countsDifferFromSwitch } from './rules/counts-differ-from-switch.ts';
import { forwarderMergeWithoutGsoSize } from './rules/forwarder-merge-without-gso-size.ts';
import { hostContradictsCapture } from './rules/host-contradicts-capture.ts';
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
import { limitedByNetwork } from './rules/limited-by-network.ts';
import { limitedByReceiveWindow } from './rules/limited-by-receive-window.ts';
import { limitedByRecovery } from './rules/limited-by-recovery.ts';
import { limitedBySender } from './rules/limited-by-sender.ts';
import { mergedWithoutGsoSize } from './rules/merged-without-gso-size.ts';
import { noHandshake } from './rules/no-handshake.ts';
import { notEstablished } from './rules/not-established.ts';
import { nothingWrong } from './rules/nothing-wrong.ts';
import { packetLoss } from './rules/packet-loss.ts';
import { receiveMerge } from './rules/receive-merge.ts';
import { smallPacketsApplication } from './rules/small-packets-application.ts';
import { smallPacketsCauseUnknown } from './rules/small-packets-cause-unknown.ts';
import { smallPacketsCongestionWindow } from './rules/small-packets-congestion-window.ts';
import { smallPacketsPacing } from './rules/small-packets-pacing.ts';
import { smallPacketsPathMtu } from './rules/small-packets-path-mtu.ts';
import { smallPacketsReceiveWindow } from './rules/small-packets-receive-window.ts';
import { smallPacketsRetransmission } from './rules/small-packets-retransmission.ts';
import { smallPacketsSendBuffer } from './rules/small-packets-send-buffer.ts';
import { smallPacketsSplitBelowTcp } from './rules/small-packets-split-below-tcp.ts';
import { tsoInEffect } from './rules/tso-in-effect.ts';
import { tsoNotUsed } from './rules/tso-not-used.ts';
import { twoTapsInOneFile } from './rules/two-taps-in-one-file.ts';
import { udpLargerThanMtu } from './rules/udp-larger-than-mtu.ts';
import { vxlan63Seconds } from './rules/vxlan-63-seconds.ts';
import { windowClamped } from './rules/window-clamped.ts';
import { zeroWindow } from './rules/zero-window.ts';
import type { Verdict } from './verdict.ts';

/** Every rule about a connection. */
export const connectionRules: readonly Rule[] = [
  notEstablished,
  forwarderMergeWithoutGsoSize,
  windowClamped,
  zeroWindow,
  packetLoss,
  limitedByReceiveWindow,
  limitedByRecovery,
  limitedBySender,
  limitedByNetwork,
  smallPacketsReceiveWindow,
  smallPacketsApplication,
  smallPacketsSendBuffer,
  smallPacketsCongestionWindow,
  smallPacketsPacing,
  smallPacketsPathMtu,
  smallPacketsSplitBelowTcp,
  smallPacketsRetransmission,
  smallPacketsCauseUnknown,
  tsoNotUsed,
  tsoInEffect,
  receiveMerge,
  mergedWithoutGsoSize,
  hostContradictsCapture,
  bigTcp,
  vxlan63Seconds,
  twoTapsInOneFile,
  checksumOffloadTraces,
  countsDifferFromSwitch,
  noHandshake,
];

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

export interface ConnectionDiagnosis {
  /** Gravest first, then surest first. */
  readonly verdicts: readonly Verdict[];
  readonly beliefs: Beliefs;
}

/** What is to be said of one connection. */
export function diagnoseConnection(connection: ConnectionMeasurement, context: DiagnosisContext): ConnectionDiagnosis {
  const found: Verdict[] = [];
  for (const rule of connectionRules) addTo(found, rule(connection, context));
  addTo(found, nothingWrong(connection, context, found));
  const verdicts = ordered(found);
  return { verdicts, beliefs: answerBeliefs(connection, context, verdicts) };
}

/** What is to be said of the capture file as a whole, and of the hosts, connections aside. */
export function diagnoseCapture(
  capture: Pick<CaptureMeasurement, 'captureDrops' | 'ackedUnseen' | 'udpFlows'>,
  context: DiagnosisContext,
): readonly Verdict[] {
  const found: Verdict[] = [];
  addTo(found, captureLostPackets(capture));
  addTo(found, udpLargerThanMtu(capture.udpFlows));
  return ordered([...found, ...context.hosts.flatMap(diagnoseHost)]);
}

/** What is to be said of a host by its own state, without a capture. */
export function diagnoseHost(host: HostState): readonly Verdict[] {
  const found = hostRules.flatMap((rule) => rule(host));
  return ordered([...found, ...hostNothingWrong(host, found)]);
}

/** The context of all rules, from what the capture and the hosts gave. */
export function diagnosisContext(
  capture: Pick<CaptureMeasurement, 'captureDrops' | 'ackedUnseen' | 'interfaces'>,
  hosts: readonly HostState[],
): DiagnosisContext {
  return { capture, hosts };
}

function addTo(found: Verdict[], said: Verdict | readonly Verdict[] | undefined): void {
  if (said === undefined) return;
  if (Array.isArray(said)) found.push(...(said as readonly Verdict[]));
  else found.push(said as Verdict);
}

const gravity: Readonly<Record<Verdict['severity'], number>> = { problem: 0, notice: 1, info: 2, healthy: 3 };

/** Verdicts that name a cause, with the symptoms that it brings: where both are found the cause is told first. */
const symptomsOf: Readonly<Record<string, readonly string[]>> = {
  'forwarder-merge-without-gso-size': [
    'packet-loss',
    'limited-by-recovery',
    'small-packets-retransmission',
    'small-packets-congestion-window',
  ],
  'vxlan-63-seconds': ['packet-loss', 'limited-by-recovery'],
  'window-clamped': ['limited-by-receive-window', 'small-packets-receive-window', 'zero-window'],
  'two-taps-in-one-file': ['packet-loss'],
  'capture-lost-packets': ['packet-loss'],
};

/** How sure a verdict need be to go before a surer symptom of it. */
const SURE_ENOUGH = 0.5;

/** By severity, causes before their symptoms, then by confidence; equals keep the order of the rules. */
function ordered(verdicts: readonly Verdict[]): readonly Verdict[] {
  const explained: string[] = [];
  for (const { code, confidence } of verdicts) {
    if (confidence >= SURE_ENOUGH) explained.push(...(symptomsOf[code] ?? []));
  }
  const rank = ({ code }: Verdict) => (explained.includes(code) ? 1 : 0);
  return [...verdicts].sort(
    (a, b) => gravity[a.severity] - gravity[b.severity] || rank(a) - rank(b) || b.confidence - a.confidence,
  );
}
