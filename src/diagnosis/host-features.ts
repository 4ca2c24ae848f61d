// Station "diagnosis": the offload switches of the device that a connection leaves or enters through. Single bits only:
// the group line of `ethtool -k` says "on" when any member is (seen with ethtool 6.1 on kernel 6.18), so it proves nothing.

import type { ConnectionMeasurement, Side } from '../analysis/measurement.ts';
import type { Fact, FeatureState } from '../hoststate/host-state.ts';
import { type HostAtEnd, hostAt } from './host-match.ts';
import { type DiagnosisContext, otherSide } from './rule.ts';

export interface FeatureAtEnd {
  readonly device: string;
  readonly fact: Fact<FeatureState>;
  readonly end: HostAtEnd;
}

/** The TCP segmentation bit that counts for this connection's IP version, at the sender of a direction. */
export function segmentationState(
  connection: ConnectionMeasurement,
  side: Side,
  context: DiagnosisContext,
): FeatureAtEnd | undefined {
  return featureAt(connection, side, context, segmentationFeature(connection));
}

/** `tx-tcp-segmentation` for IPv4, `tx-tcp6-segmentation` for IPv6. */
export function segmentationFeature(connection: ConnectionMeasurement): string {
  return connection.ipVersion === 4 ? 'tx-tcp-segmentation' : 'tx-tcp6-segmentation';
}

/** A feature at the receiver of a direction. */
export function receiveFeature(
  connection: ConnectionMeasurement,
  side: Side,
  context: DiagnosisContext,
  feature: string,
): FeatureAtEnd | undefined {
  return featureAt(connection, otherSide(side), context, feature);
}

function featureAt(
  connection: ConnectionMeasurement,
  end: Side,
  context: DiagnosisContext,
  feature: string,
): FeatureAtEnd | undefined {
  const at = hostAt(connection, end, context);
  const fact = at?.device?.features.get(feature);
  if (at?.device === undefined || fact === undefined) return undefined;
  return { device: at.device.name, fact, end: at };
}
