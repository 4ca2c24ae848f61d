// Question: were packets lost, how were they recovered, and did it cost? Counts are wire packets sent again, by how the
// sender noticed: duplicate or selective acknowledgements (fast), its timer (timeout), a tail-loss probe (RFC 8985 section
// 7), or for nothing (spurious: the original had arrived).

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { type DiagnosisContext, ends, evidenceList, messages, perDirection, say, seen, share } from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Evidence, Message, Verdict } from '../verdict.ts';

const problem = { recovery: 0.25, lost: 0.02, packets: 5 } as const;
const notice = { recovery: 0.05, lost: 0.001 } as const;

export function packetLoss(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const { retransmissions } = direction;
    if (retransmissions.packets === 0) return undefined;
    const spurious = retransmissions.spurious > retransmissions.packets / 2;
    const lost = share(retransmissions.packets, direction.wireDataPackets);
    return {
      code: 'packet-loss',
      direction: direction.side,
      severity: spurious
        ? spuriousSeverity(lost)
        : severityOf(retransmissions.packets, lost, direction.limits.recovery ?? 0),
      confidence: afterLoss(connection.duplicates.count > 0 ? confidence.likely : confidence.measured, context),
      claim: say(spurious ? 'packet-loss.claim.spurious' : 'packet-loss.claim', {
        ...ends(connection, direction.side),
        packets: retransmissions.packets,
        data: direction.wireDataPackets,
        share: lost,
        recovery: direction.limits.recovery ?? 0,
        spurious: retransmissions.spurious,
      }),
      evidence: evidenceFor(connection, direction),
      against: against(connection, direction, context),
      fixes: [],
    };
  });
}

/** One lost packet in fifteen is no problem of its own; five are, or any that recovery waited for. */
function severityOf(packets: number, lost: number, recovery: number): Verdict['severity'] {
  if ((packets >= problem.packets && lost >= problem.lost) || recovery >= problem.recovery) return 'problem';
  return lost >= notice.lost || recovery >= notice.recovery ? 'notice' : 'info';
}

/** Sent for nothing costs little unless it is often. */
function spuriousSeverity(share: number): Verdict['severity'] {
  return share >= problem.lost ? 'notice' : 'info';
}

function evidenceFor(connection: ConnectionMeasurement, direction: DirectionMeasurement): readonly Evidence[] {
  const { retransmissions: r, duplicateAcks, limits } = direction;
  const filter = sampleFilter(connection, direction, r.frames);
  return evidenceList(
    seen(
      say('packet-loss.for.kinds', { fast: r.fast, timeout: r.timeout, tailProbe: r.tailProbe, spurious: r.spurious }),
      r.frames,
      filter,
    ),
    r.holes > 0 &&
      seen(say('packet-loss.for.holes', { holes: r.holes, largest: r.largestHoleBytes }), r.frames, filter),
    duplicateAcks.count > 0 &&
      seen(
        say('packet-loss.for.duplicate-acks', { count: duplicateAcks.count }),
        duplicateAcks,
        sampleFilter(connection, direction, duplicateAcks),
      ),
    limits.recovery !== undefined &&
      limits.recovery > 0 &&
      seen(say('packet-loss.for.recovery', { recovery: limits.recovery, busy: direction.busyNs }), r.frames, filter),
  );
}

function against(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): readonly Message[] {
  const { originalUnseen, packets } = direction.retransmissions;
  return messages(
    (context.capture.captureDrops ?? 0) > 0 &&
      say('packet-loss.against.capture-drops', { drops: context.capture.captureDrops }),
    originalUnseen > 0
      ? say('packet-loss.against.before-tap', { unseen: originalUnseen, packets })
      : say('packet-loss.against.after-tap'),
    connection.duplicates.count > 0
      ? say('packet-loss.against.duplicates', { count: connection.duplicates.count })
      : say('packet-loss.against.no-duplicates'),
    direction.outOfOrder.count > 0 && say('packet-loss.against.reordering', { count: direction.outOfOrder.count }),
  );
}
