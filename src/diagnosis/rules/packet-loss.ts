// Question: were packets lost, how were they recovered, and did it cost? Counts are wire packets sent again, by how the
// sender noticed: duplicate or selective acknowledgements (fast), its timer (timeout), a tail-loss probe (RFC 8985 section
// 7), or for nothing (spurious: the original had arrived).

import type {
  ConnectionMeasurement,
  DirectionMeasurement,
  RetransmissionMeasurement,
} from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { copiesAgainst } from '../duplicates.ts';
import {
  connectionFilter,
  type DiagnosisContext,
  ends,
  evidenceList,
  messages,
  perDirection,
  say,
  seen,
  share,
} from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Evidence, Message, Verdict } from '../verdict.ts';

const problem = { recovery: 0.25, lost: 0.02, packets: 5 } as const;
const notice = { recovery: 0.05, lost: 0.001 } as const;

export function packetLoss(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const { retransmissions } = direction;
    if (retransmissions.packets === 0) return undefined;
    if (retransmissions.packets === retransmissions.handshake && !connection.handshake.established) return undefined;
    const spurious = retransmissions.spurious > retransmissions.packets / 2;
    const ofData = retransmissions.packets - retransmissions.handshake;
    const lost = share(ofData, direction.wireDataPackets);
    return {
      code: 'packet-loss',
      direction: direction.side,
      severity: spurious ? spuriousSeverity(lost) : severityOf(retransmissions, lost, direction.limits.recovery ?? 0),
      confidence: afterLoss(connection.duplicates.count > 0 ? confidence.likely : confidence.measured, context),
      claim: say(claimOf(spurious, ofData), {
        ...ends(connection, direction.side),
        packets: ofData === 0 ? retransmissions.handshake : ofData,
        last: connection.handshake.synRetransmitNs.at(-1),
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

function claimOf(spurious: boolean, ofData: number): string {
  if (ofData === 0) return 'packet-loss.claim.handshake';
  return spurious ? 'packet-loss.claim.spurious' : 'packet-loss.claim';
}

/**
 * One lost packet in fifteen is no problem of its own; five are, or any that recovery waited for. A lost SYN costs a second of
 * waiting (TCP_TIMEOUT_INIT, include/net/tcp.h, v6.18).
 */
function severityOf(
  { packets, handshake }: RetransmissionMeasurement,
  lost: number,
  recovery: number,
): Verdict['severity'] {
  if ((packets >= problem.packets && lost >= problem.lost) || recovery >= problem.recovery) return 'problem';
  return lost >= notice.lost || recovery >= notice.recovery || handshake > 0 ? 'notice' : 'info';
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
    r.handshake > 0 &&
      r.handshake < r.packets &&
      seen(
        say('packet-loss.for.handshake', { handshake: r.handshake, last: connection.handshake.synRetransmitNs.at(-1) }),
        connection.handshake.synRows,
        connectionFilter(connection, 'tcp.flags.syn==1'),
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
    copiesAgainst(connection, 'packet-loss.against.duplicates') ?? say('packet-loss.against.no-duplicates'),
    direction.outOfOrder.count > 0 && say('packet-loss.against.reordering', { count: direction.outOfOrder.count }),
  );
}
