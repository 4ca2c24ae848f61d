// Question: did the transfer spend its time recovering from loss? Evidence: the share of the busy time between a loss and
// the acknowledgement that ended its recovery.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { copiesAgainst } from '../duplicates.ts';
import { limitEvidence, mainLimit } from '../limits.ts';
import { type DiagnosisContext, ends, evidenceList, messages, perDirection, say, seen } from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

export function limitedByRecovery(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const limited = mainLimit(direction, 'recovery');
    if (limited === undefined) return undefined;
    const { retransmissions } = direction;
    return {
      code: 'limited-by-recovery',
      direction: direction.side,
      severity: 'problem',
      confidence: afterLoss(confidence.measured, context),
      claim: say('limited-by-recovery.claim', {
        ...ends(connection, direction.side),
        limited,
        packets: retransmissions.packets,
        timeouts: retransmissions.timeout,
      }),
      evidence: evidenceList(
        limitEvidence(connection, direction, 'recovery'),
        retransmissions.frames.count > 0 &&
          seen(
            say('limited-by-recovery.for.retransmissions', {
              fast: retransmissions.fast,
              timeout: retransmissions.timeout,
              tailProbe: retransmissions.tailProbe,
            }),
            retransmissions.frames,
            sampleFilter(connection, direction, retransmissions.frames),
          ),
      ),
      against: messages(
        say('limited-by-recovery.against.cause'),
        copiesAgainst(connection, 'packet-loss.against.duplicates'),
        (context.capture.captureDrops ?? 0) > 0 &&
          say('packet-loss.against.capture-drops', { drops: context.capture.captureDrops }),
      ),
      fixes: [],
    };
  });
}
