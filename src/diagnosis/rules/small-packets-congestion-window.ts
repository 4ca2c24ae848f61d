// Question: are packets small because of the congestion window? Evidence: frames that leave on acknowledgements, at most
// half of the bytes in flight each: one super-packet never takes more than half the congestion window (tcp_cwnd_test,
// net/ipv4/tcp_output.c, v6.18), so a window of 2 packets means single packets, and the first flights of every connection
// are small with TSO fully working.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
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

const reason = 'congestion-window';

export function smallPacketsCongestionWindow(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    const sample = direction.smallPackets.samples[reason];
    const values = smallValues(connection, direction, reason);
    const lost = Math.max(0, direction.retransmissions.packets - direction.retransmissions.spurious);
    return {
      code: 'small-packets-congestion-window',
      direction: direction.side,
      severity: lost > 0 ? 'notice' : 'info',
      confidence: afterLoss(reasonConfidence(direction), context),
      claim: say('small-packets-congestion-window.claim', values),
      evidence: evidenceList(
        seen(
          say('small-packets-congestion-window.for.frames', values),
          sample,
          sampleFilter(connection, direction, sample, smallCondition(direction)),
        ),
        direction.limits.network !== undefined &&
          seen(
            say('small-packets-congestion-window.for.limited', {
              limited: direction.limits.network,
              busy: direction.busyNs,
            }),
            dataRows(direction),
            sentFilter(connection, direction.side, 'tcp.len>0'),
          ),
        lost > 0 &&
          seen(
            say('small-packets-congestion-window.for.losses', { lost }),
            direction.retransmissions.frames,
            sampleFilter(connection, direction, direction.retransmissions.frames),
          ),
      ),
      against: messages(
        ...otherReasons(direction, reason),
        say('small-packets-congestion-window.against.pacing'),
        direction.tsoInEffect === true
          ? say('small-packets-congestion-window.against.tso-seen')
          : say('small-packets-congestion-window.against.tso-unseen'),
      ),
      fixes: [],
    };
  });
}
