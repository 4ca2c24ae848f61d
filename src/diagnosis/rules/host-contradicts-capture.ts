// Question: do the host's switches and the capture tell the same story? Super-packets that left a host whose TSO bit is off,
// or merged packets on a host with GRO, LRO and hardware GRO all off, mean that the state was taken at another time or of
// another host, or that the path is virtual.

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { receiveFeature, segmentationFeature, segmentationState } from '../host-features.ts';
import { type DiagnosisContext, ends, evidenceList, messages, perDirection, say, seen, told } from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Evidence, Message, Verdict } from '../verdict.ts';

export function hostContradictsCapture(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  if (context.hosts.length === 0) return [];
  return perDirection(
    connection,
    (direction) => sending(connection, direction, context) ?? receiving(connection, direction, context),
  );
}

function sending(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): Verdict | undefined {
  const state = segmentationState(connection, direction.side, context);
  if (direction.tsoInEffect !== true || state === undefined || state.fact.value.active) return undefined;
  const feature = segmentationFeature(connection);
  return verdictFor(
    direction,
    say('host-contradicts-capture.claim.tso', { ...ends(connection, direction.side), feature, dev: state.device }),
    [told(say('host-contradicts-capture.for.off', { feature, dev: state.device }), state.fact.source)],
    superPackets(connection, direction),
    messages(
      state.end.assumed && say('host.against.assumed', { host: state.end.host.name }),
      say('host-contradicts-capture.against.changed'),
      say('host-contradicts-capture.against.other-device', { dev: state.device }),
    ),
  );
}

function receiving(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): Verdict | undefined {
  if (direction.receiveMergeInEffect !== true) return undefined;
  const states = ['rx-gro', 'rx-gro-hw', 'rx-lro'].map((feature) => ({
    feature,
    state: receiveFeature(connection, direction.side, context, feature),
  }));
  const [gro] = states;
  if (gro?.state === undefined || states.some(({ state }) => state?.fact.value.active === true)) return undefined;
  const off = states.flatMap(({ feature, state }) =>
    state === undefined
      ? []
      : [told(say('host-contradicts-capture.for.off', { feature, dev: state.device }), state.fact.source)],
  );
  return verdictFor(
    direction,
    say('host-contradicts-capture.claim.merge', { ...ends(connection, direction.side), dev: gro.state.device }),
    off,
    superPackets(connection, direction),
    messages(
      gro.state.end.assumed && say('host.against.assumed', { host: gro.state.end.host.name }),
      say('host-contradicts-capture.against.crossed'),
      say('host-contradicts-capture.against.changed'),
    ),
  );
}

function verdictFor(
  direction: DirectionMeasurement,
  claim: Message,
  host: readonly Evidence[],
  capture: Evidence,
  against: readonly Message[],
): Verdict {
  return {
    code: 'host-contradicts-capture',
    direction: direction.side,
    severity: 'notice',
    confidence: confidence.likely,
    claim,
    evidence: evidenceList(...host, capture),
    against,
    fixes: [],
  };
}

function superPackets(connection: ConnectionMeasurement, direction: DirectionMeasurement): Evidence {
  const above = direction.segmentBytes === undefined ? [] : [`tcp.len>${direction.segmentBytes}`];
  return seen(
    say('host-contradicts-capture.for.super-packets', { frames: direction.superPackets.count }),
    direction.superPackets,
    sampleFilter(connection, direction, direction.superPackets, ...above),
  );
}
