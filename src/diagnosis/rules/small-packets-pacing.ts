// Question: are packets small because TCP paces them and sizes its super-packets to the rate? tcp_tso_autosize
// (net/ipv4/tcp_output.c) builds no more than about a millisecond of the pacing rate (rate >> 10), at least 2 segments
// (tcp_min_tso_segs; BBR: 1 below 1.2 Mbit/s); since v5.18 a short RTT adds up to 64 KB. Measured on v6.18 at 20 ms RTT:
// 8 and 16 Mbit/s give 2 segments a frame, 60 Mbit/s 4, BBR at 1 Mbit/s 1. TSO works all the same.

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, reasonConfidence } from '../confidence.ts';
import {
  type DiagnosisContext,
  dataRows,
  evidenceList,
  messages,
  perDirection,
  say,
  seen,
  sentFilter,
} from '../rule.ts';
import { otherReasons, sampleFilter, smallBecauseOf, smallCondition, smallValues } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

const reason = 'pacing';

/** sk_pacing_shift: 2^10 parts of a second, the default since v4.16. */
const pacingPartsOfSecond = 1024;

export function smallPacketsPacing(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    const sample = direction.smallPackets.samples[reason];
    const values = {
      ...smallValues(connection, direction, reason),
      rate: direction.rateBitsPerSec,
      spacing: direction.smallPackets.spacingMedianNs,
      worth: millisecondWorth(direction),
    };
    return {
      code: 'small-packets-pacing',
      direction: direction.side,
      severity: 'healthy',
      confidence: afterLoss(reasonConfidence(direction), context),
      claim:
        values.rate === undefined
          ? say('small-packets-pacing.claim.no-rate', values)
          : say('small-packets-pacing.claim', values),
      evidence: evidenceList(
        seen(
          values.spacing === undefined
            ? say('small-packets-pacing.for.frames', values)
            : say('small-packets-pacing.for.spacing', values),
          sample,
          sampleFilter(connection, direction, sample, smallCondition(direction)),
        ),
        values.worth !== undefined &&
          seen(
            say('small-packets-pacing.for.autosize', values),
            dataRows(direction),
            sentFilter(connection, direction.side, 'tcp.len>0'),
          ),
      ),
      against: messages(
        ...otherReasons(direction, reason),
        say('small-packets-pacing.against.application'),
        say('small-packets-pacing.against.bottleneck'),
      ),
      fixes: [],
    };
  });
}

function millisecondWorth(direction: DirectionMeasurement): number | undefined {
  const { rateBitsPerSec } = direction;
  return rateBitsPerSec === undefined ? undefined : Math.round(rateBitsPerSec / 8 / pacingPartsOfSecond);
}
