// Question: packets are small, and why? When the capture does not say, that is the answer, with what would say it.

import type { ConnectionMeasurement, DirectionCapturePoint, DirectionMeasurement } from '../../analysis/measurement.ts';
import { confidence, reasonConfidence, weakest } from '../confidence.ts';
import { cutInSoftware } from '../cut-in-software.ts';
import { type DiagnosisContext, messages, perDirection, say, seen } from '../rule.ts';
import { otherReasons, sampleFilter, smallCondition, smallValues } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

const reason = 'unknown';

/** Where frames arrive in wire size, small ones are no riddle; what TCP built is just not to be seen there. */
const claimKeys: Readonly<Record<DirectionCapturePoint, string>> = {
  sender: 'small-packets-cause-unknown.claim',
  between: 'small-packets-cause-unknown.claim.between',
  receiver: 'small-packets-cause-unknown.claim.receiver',
  unknown: 'small-packets-cause-unknown.claim',
};

export function smallPacketsCauseUnknown(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const { smallPackets } = direction;
    if (!smallPackets.present || !undecided(connection, direction, context)) return undefined;
    const samples = smallPackets.samples[smallPackets.reason ?? reason];
    const values = smallValues(connection, direction, smallPackets.reason ?? reason);
    const decided = smallPackets.reason !== undefined && smallPackets.reason !== reason;
    return {
      code: 'small-packets-cause-unknown',
      direction: direction.side,
      severity: 'info',
      confidence: decided ? weakest(confidence.possible, reasonConfidence(direction)) : reasonConfidence(direction),
      claim: say(claimKeys[direction.capturePoint], values),
      evidence: [
        seen(
          say('small-packets-cause-unknown.for.frames', values),
          samples,
          sampleFilter(connection, direction, samples, smallCondition(direction)),
        ),
      ],
      against: messages(...otherReasons(direction, reason), say('small-packets-cause-unknown.against.needed', values)),
      fixes: [],
    };
  });
}

/** No reason given, or "cut in software" without the bursts that would show it. */
function undecided(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): boolean {
  const given = direction.smallPackets.reason ?? reason;
  return given === reason || (given === 'segmentation-off' && !cutInSoftware(connection, direction, context));
}
