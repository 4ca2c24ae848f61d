// Question: are packets small because the send buffer is? Evidence: bytes in flight stop at a plateau that is neither the
// window nor a congestion window (it does not move with acknowledgements or losses), and each acknowledgement frees room for
// just one small frame (tcp_sendmsg waits for send memory, SNDBUF_LIMITED). TCP_INFO's own sndbuf clock is no witness here:
// it showed 0 to 16 % where the send buffer was the limit (measured on v6.18).

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { sendBufferFix } from '../buffer-fixes.ts';
import { afterLoss, reasonConfidence } from '../confidence.ts';
import { fixes } from '../fixes.ts';
import { hostAt } from '../host-match.ts';
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

const reason = 'send-buffer';

export function smallPacketsSendBuffer(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    const sample = direction.smallPackets.samples[reason];
    const values = smallValues(connection, direction, reason);
    const sender = hostAt(connection, direction.side, context);
    return {
      code: 'small-packets-send-buffer',
      direction: direction.side,
      severity: 'notice',
      confidence: afterLoss(reasonConfidence(direction), context),
      claim: say('small-packets-send-buffer.claim', values),
      evidence: evidenceList(
        seen(
          say('small-packets-send-buffer.for.plateau', {
            flight: direction.maxInFlightBytes,
            window: direction.window.medianBytes,
            frames: sample.count,
          }),
          sample,
          sampleFilter(connection, direction, sample, smallCondition(direction)),
        ),
        direction.limits.sender !== undefined &&
          seen(
            say('small-packets-send-buffer.for.limited', { limited: direction.limits.sender, busy: direction.busyNs }),
            dataRows(direction),
            sentFilter(connection, direction.side, 'tcp.len>0'),
          ),
      ),
      against: messages(
        ...otherReasons(direction, reason),
        say('small-packets-send-buffer.against.cwnd'),
        say('small-packets-send-buffer.against.sndbuf-set', values),
      ),
      fixes: fixes(sendBufferFix(direction, sender)),
    };
  });
}
