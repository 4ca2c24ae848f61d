// Station "diagnosis": the three things people believe when a capture looks odd, always answered: "TSO is off", "the capture
// tool is wrong", "it is like this everywhere".

import type { ConnectionMeasurement, DirectionMeasurement } from '../analysis/measurement.ts';
import { isCopiedByPath } from './duplicates.ts';
import { segmentationFeature, segmentationState } from './host-features.ts';
import { type DiagnosisContext, endpointName, say } from './rule.ts';
import type { Message, Verdict } from './verdict.ts';

export type BeliefAnswer = 'yes' | 'no' | 'cannot-tell';
export type BeliefName = 'tsoIsOff' | 'captureToolIsWrong' | 'sameEverywhere';

/** An answer, and why. */
export interface Answer {
  readonly answer: BeliefAnswer;
  readonly reason: Message;
}

export type Beliefs = Readonly<Record<BeliefName, Answer>>;

export function answerBeliefs(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
  verdicts: readonly Verdict[],
): Beliefs {
  return {
    tsoIsOff: tsoIsOff(connection, context, verdicts),
    captureToolIsWrong: captureToolIsWrong(connection, context),
    sameEverywhere: sameEverywhere(connection, verdicts),
  };
}

/** A cut in software is taken for "TSO is off" from this confidence on. */
const sure = 0.7;

function tsoIsOff(connection: ConnectionMeasurement, context: DiagnosisContext, verdicts: readonly Verdict[]): Answer {
  const used = connection.directions.find((direction) => direction.tsoInEffect === true);
  const cut = verdicts.find((verdict) => verdict.code === 'tso-not-used');
  if (used !== undefined && cut === undefined) {
    return no('beliefs.tso-is-off.in-effect', {
      sender: endpointName(connection, used.side),
      frames: used.superPackets.count,
    });
  }
  for (const { side } of context.hosts.length === 0 ? [] : bySize(connection)) {
    const state = segmentationState(connection, side, context);
    if (state === undefined) continue;
    const values = { dev: state.device, feature: segmentationFeature(connection), host: state.end.host.name };
    return state.fact.value.active
      ? no('beliefs.tso-is-off.host-on', values)
      : yes('beliefs.tso-is-off.host-off', values);
  }
  if (cut !== undefined)
    return cut.confidence >= sure ? yes('beliefs.tso-is-off.cut') : unsure('beliefs.tso-is-off.cut');
  const [main] = bySize(connection);
  if (main.tsoInEffect === false) return unsure('beliefs.tso-is-off.nothing-to-cut');
  return unsure('beliefs.tso-is-off.not-visible');
}

/** The directions, the one with more data first. */
function bySize(connection: ConnectionMeasurement): readonly [DirectionMeasurement, DirectionMeasurement] {
  const [first, second] = connection.directions;
  return second.payloadBytes > first.payloadBytes ? [second, first] : [first, second];
}

/** Super-packets of both directions. */
function superPackets({ directions: [first, second] }: ConnectionMeasurement): number {
  return first.superPackets.count + second.superPackets.count;
}

function captureToolIsWrong(connection: ConnectionMeasurement, context: DiagnosisContext): Answer {
  const { captureDrops = 0, ackedUnseen } = context.capture;
  if (connection.duplicates.count > 0 && !isCopiedByPath(connection))
    return yes('beliefs.capture-tool.duplicates', { count: connection.duplicates.count });
  const inHere = ackedUnseen.rows.some((row) => row >= connection.firstRow && row <= connection.lastRow);
  if (inHere) return yes('beliefs.capture-tool.unseen', { unseen: ackedUnseen.count });
  if (captureDrops > 0) return unsure('beliefs.capture-tool.drops', { drops: captureDrops });
  const supers = superPackets(connection);
  return supers > 0 ? no('beliefs.capture-tool.honest-super', { frames: supers }) : no('beliefs.capture-tool.honest');
}

/** Verdicts that hold for this host's or this path's state, and would not elsewhere. */
const localCodes: ReadonlySet<string> = new Set([
  'tso-not-used',
  'small-packets-receive-window',
  'small-packets-send-buffer',
  'small-packets-application',
  'small-packets-split-below-tcp',
  'small-packets-path-mtu',
  'forwarder-merge-without-gso-size',
  'merged-without-gso-size',
  'window-clamped',
  'zero-window',
  'vxlan-63-seconds',
]);

function sameEverywhere(connection: ConnectionMeasurement, verdicts: readonly Verdict[]): Answer {
  const supers = superPackets(connection);
  if (supers > 0) return no('beliefs.same-everywhere.tap', { frames: supers });
  const local = verdicts.find((verdict) => localCodes.has(verdict.code));
  if (local !== undefined) return no('beliefs.same-everywhere.local', { code: local.code });
  return unsure('beliefs.same-everywhere.one-place');
}

type Values = Readonly<Record<string, number | string>>;

function yes(key: string, values?: Values): Answer {
  return { answer: 'yes', reason: say(key, values) };
}

function no(key: string, values?: Values): Answer {
  return { answer: 'no', reason: say(key, values) };
}

function unsure(key: string, values?: Values): Answer {
  return { answer: 'cannot-tell', reason: say(key, values) };
}
