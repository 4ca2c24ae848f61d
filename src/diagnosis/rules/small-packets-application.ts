// Question: are packets small because the application writes little at a time? Evidence: frames that end with a write (PSH
// marks the end of a write call, tcp_push, net/ipv4/tcp.c) while window and congestion window had room, and gaps that follow
// the application instead of the acknowledgements.

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

const reason = 'application';

export function smallPacketsApplication(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    const sample = direction.smallPackets.samples[reason];
    const values = smallValues(connection, direction, reason);
    return {
      code: 'small-packets-application',
      direction: direction.side,
      severity: 'info',
      confidence: afterLoss(reasonConfidence(direction), context),
      claim: say('small-packets-application.claim', values),
      evidence: evidenceList(
        seen(
          say('small-packets-application.for.frames', values),
          sample,
          sampleFilter(connection, direction, sample, smallCondition(direction)),
        ),
        direction.limits.sender !== undefined &&
          seen(
            say('small-packets-application.for.waiting', { limited: direction.limits.sender, busy: direction.busyNs }),
            dataRows(direction),
            sentFilter(connection, direction.side, 'tcp.len>0'),
          ),
      ),
      against: messages(
        ...otherReasons(direction, reason),
        direction.senderLimitKind === 'send-buffer' && say('small-packets-application.against.send-buffer'),
        say('small-packets-application.against.offload'),
        say('small-packets-application.against.check', values),
      ),
      fixes: [],
    };
  });
}
