// Question: did the sender itself limit the transfer, by its application's writes or by its send buffer? Evidence: window
// and congestion window had room, and nothing was sent.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { sendBufferFix } from '../buffer-fixes.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { fixes } from '../fixes.ts';
import { hostAt } from '../host-match.ts';
import { limitEvidence, mainLimit } from '../limits.ts';
import { type DiagnosisContext, ends, evidenceList, messages, perDirection, say, told } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function limitedBySender(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const limited = mainLimit(direction, 'sender');
    if (limited === undefined) return undefined;
    const buffer = direction.senderLimitKind === 'send-buffer';
    const host = hostAt(connection, direction.side, context);
    const { sender, receiver } = ends(connection, direction.side);
    const values = { sender, receiver, limited, flight: direction.maxInFlightBytes };
    return {
      code: 'limited-by-sender',
      direction: direction.side,
      severity: buffer ? 'notice' : 'info',
      confidence: afterLoss(direction.senderLimitKind === undefined ? confidence.possible : confidence.likely, context),
      claim: say(buffer ? 'limited-by-sender.claim.send-buffer' : 'limited-by-sender.claim.application', values),
      evidence: evidenceList(
        limitEvidence(connection, direction, 'sender'),
        host?.socket?.appLimited === true &&
          told(say('limited-by-sender.for.app-limited'), host.socket.infoSource ?? host.socket.source),
      ),
      against: messages(
        buffer ? say('limited-by-sender.against.cwnd-plateau') : say('limited-by-sender.against.buffer', values),
        direction.capturePoint !== 'sender' && say('limited-by-sender.against.tap'),
        !buffer && say('limited-by-sender.against.offload'),
      ),
      fixes: fixes(buffer ? sendBufferFix(direction, host) : undefined),
    };
  });
}
