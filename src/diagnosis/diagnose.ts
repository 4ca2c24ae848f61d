// Station "diagnosis": the measurement of a connection in, verdicts out, the gravest first. Rules are called by name, in the
// order of the questions an engineer would ask; none knows of another but `nothing-wrong`, which is asked last.

import type { CaptureMeasurement, ConnectionMeasurement } from '../analysis/measurement.ts';
import type { HostState } from '../hoststate/host-state.ts';
import { answerBeliefs, type Beliefs } from './beliefs.ts';
import { ordered } from './order.ts';
import type { DiagnosisContext, Rule } from './rule.ts';
import { bigTcp } from './rules/big-tcp.ts';
import { captureLostPackets } from './rules/capture-lost-packets.ts';
import { checksumOffloadTraces } from './rules/checksum-offload-traces.ts';
import { countsDifferFromSwitch } from './rules/counts-differ-from-switch.ts';
import { forwarderMergeWithoutGsoSize } from './rules/forwarder-merge-without-gso-size.ts';
import { hostContradictsCapture } from './rules/host-contradicts-capture.ts';
import { limitedByNetwork } from './rules/limited-by-network.ts';
import { limitedByReceiveWindow } from './rules/limited-by-receive-window.ts';
import { limitedByRecovery } from './rules/limited-by-recovery.ts';
import { limitedBySender } from './rules/limited-by-sender.ts';
import { mergedWithoutGsoSize } from './rules/merged-without-gso-size.ts';
import { noHandshake } from './rules/no-handshake.ts';
import { notEstablished } from './rules/not-established.ts';
import { nothingWrong } from './rules/nothing-wrong.ts';
import { packetLoss } from './rules/packet-loss.ts';
import { packetsDuplicated } from './rules/packets-duplicated.ts';
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
  packetsDuplicated,
  checksumOffloadTraces,
  countsDifferFromSwitch,
  noHandshake,
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

/** What is to be said of the capture file as a whole, connections and hosts aside. */
export function diagnoseFile(
  capture: Pick<CaptureMeasurement, 'captureDrops' | 'ackedUnseen' | 'udpFlows'>,
): readonly Verdict[] {
  const found: Verdict[] = [];
  addTo(found, captureLostPackets(capture));
  addTo(found, udpLargerThanMtu(capture.udpFlows));
  return ordered(found);
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
