// Question: packets are small, and why? When the capture does not say, that is the answer, with what would say it.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { reasonConfidence } from '../confidence.ts';
import { ends, messages, perDirection, say, seen } from '../rule.ts';
import { otherReasons, sampleFilter, smallCondition, smallValues } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

const reason = 'unknown';

export function smallPacketsCauseUnknown(connection: ConnectionMeasurement): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const { smallPackets } = direction;
    if (!smallPackets.present || (smallPackets.reason !== undefined && smallPackets.reason !== reason))
      return undefined;
    const sample = smallPackets.samples[reason];
    const values = { ...ends(connection, direction.side), ...smallValues(direction, reason) };
    return {
      code: 'small-packets-cause-unknown',
      direction: direction.side,
      severity: 'info',
      confidence: reasonConfidence(direction),
      claim: say('small-packets-cause-unknown.claim', values),
      evidence: [
        seen(
          say('small-packets-cause-unknown.for.frames', values),
          sample,
          sampleFilter(connection, direction, sample, smallCondition(direction)),
        ),
      ],
      against: messages(...otherReasons(direction, reason), say('small-packets-cause-unknown.against.needed', values)),
      fixes: [],
    };
  });
}
