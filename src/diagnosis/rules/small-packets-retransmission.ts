// Question: are the small packets retransmissions? A retransmission is cut to what is missing, often one segment at a time
// (__tcp_retransmit_skb, net/ipv4/tcp_output.c; always one segment in v2.6.32): single-segment frames with repeated sequence
// numbers are loss recovery, not "TSO off".

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, reasonConfidence } from '../confidence.ts';
import { copiesAgainst } from '../duplicates.ts';
import { type DiagnosisContext, evidenceList, messages, perDirection, say, seen, share } from '../rule.ts';
import { otherReasons, sampleFilter, smallBecauseOf, smallValues } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

const reason = 'retransmission';

export function smallPacketsRetransmission(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    const { retransmissions } = direction;
    const sample = retransmissions.frames.count > 0 ? retransmissions.frames : direction.smallPackets.samples[reason];
    return {
      code: 'small-packets-retransmission',
      direction: direction.side,
      severity: share(retransmissions.packets, direction.wireDataPackets) >= 0.05 ? 'problem' : 'notice',
      confidence: afterLoss(reasonConfidence(direction), context),
      claim: say('small-packets-retransmission.claim', {
        ...smallValues(connection, direction, reason),
        packets: retransmissions.packets,
      }),
      evidence: evidenceList(
        seen(
          say('small-packets-retransmission.for.frames', {
            frames: retransmissions.frames.count,
            packets: retransmissions.packets,
            bytes: retransmissions.bytes,
          }),
          sample,
          sampleFilter(connection, direction, sample),
        ),
      ),
      against: messages(
        ...otherReasons(direction, reason),
        copiesAgainst(connection, 'small-packets-retransmission.against.duplicates') ??
          say('small-packets-retransmission.against.no-duplicates'),
      ),
      fixes: [],
    };
  });
}
