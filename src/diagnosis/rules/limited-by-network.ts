// Question: did the network limit the transfer, through the congestion window or through pacing? That is what TCP is for:
// the sender had data and window, and held back for the path.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { limitEvidence, mainLimit } from '../limits.ts';
import { type DiagnosisContext, ends, messages, perDirection, say } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function limitedByNetwork(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const limited = mainLimit(direction, 'network');
    if (limited === undefined) return undefined;
    const paced = direction.networkLimitKind === 'pacing';
    const { sender, receiver } = ends(connection, direction.side);
    const values = {
      sender,
      receiver,
      limited,
      rate: direction.rateBitsPerSec ?? 0,
      flight: direction.maxInFlightBytes,
    };
    return {
      code: 'limited-by-network',
      direction: direction.side,
      severity: 'info',
      confidence: afterLoss(confidence.likely, context),
      claim: say(paced ? 'limited-by-network.claim.pacing' : 'limited-by-network.claim.congestion-window', values),
      evidence: [limitEvidence(connection, direction, 'network')],
      against: messages(
        paced ? say('limited-by-network.against.application') : say('limited-by-network.against.send-buffer'),
        direction.capturePoint !== 'sender' && say('limited-by-network.against.tap'),
        direction.retransmissions.packets === 0 && say('limited-by-network.against.no-loss'),
      ),
      fixes: [],
    };
  });
}
