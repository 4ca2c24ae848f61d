// Question: does a router, bridge or hypervisor on the path merge packets without gso_size? A forwarder cannot cut such a
// packet again: a router drops it and sends ICMP "fragmentation needed" with an MTU that the sender's packets already
// respect, a bridge drops it in silence (__is_skb_forwardable), so packets that arrive back to back are lost in bulk while
// single ones pass. Measured on v6.18: 1 MB took 5.09 s instead of 0.038 s, 178 retransmissions, 87 ICMP messages. Of all
// that was tried this alone gives "GRO on somewhere, only small packets, collapse" on current kernels.

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { type DiagnosisContext, ends, evidenceList, messages, rowsFilter, say, seen, share } from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Fix, Message, Verdict } from '../verdict.ts';

/**
 * Bulk loss. A receiver's capture shows the holes: neighbours missing together. A sender's shows none; there it takes a
 * share of losses and timeouts that no working path has (33 % and 16 of 84 in the lab's run, against 17 % and 7 of 36
 * with a link that loses at random until the window collapses).
 */
const bulk = {
  withHoles: { lostShare: 0.1, holes: 3, segmentsPerHole: 2, timeouts: 3 },
  withoutHoles: { lostShare: 0.25, packets: 50, timeouts: 8 },
} as const;

export function forwarderMergeWithoutGsoSize(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): Verdict | undefined {
  const [a, b] = connection.directions;
  const direction = a.payloadBytes >= b.payloadBytes ? a : b;
  const byIcmp = falseTooBig(connection);
  const byLoss = lostInBulk(direction);
  if (direction.payloadBytes === 0 || !(byIcmp || byLoss)) return undefined;
  const { icmpTooBig } = connection;
  const { retransmissions } = direction;
  const values = {
    ...ends(connection, direction.side),
    icmp: icmpTooBig.count,
    mtu: icmpTooBig.mtuBytes,
    from: icmpTooBig.fromIp,
    lost: retransmissions.packets,
    share: share(retransmissions.packets, direction.wireDataPackets),
  };
  return {
    code: 'forwarder-merge-without-gso-size',
    direction: direction.side,
    severity: 'problem',
    confidence: afterLoss(byIcmp ? (byLoss ? confidence.stated : confidence.measured) : confidence.possible, context),
    claim: say(byIcmp ? claimWithIcmp(values.from) : 'forwarder-merge-without-gso-size.claim.silent', values),
    evidence: evidenceList(
      byIcmp &&
        seen(
          say('forwarder-merge-without-gso-size.for.icmp', {
            ...values,
            fitted: icmpTooBig.alreadyFitted,
            segment: direction.segmentBytes,
          }),
          icmpTooBig,
          rowsFilter(icmpTooBig.rows),
        ),
      retransmissions.packets > 0 &&
        seen(
          say(bulkLossKey(retransmissions.holes), {
            lost: retransmissions.packets,
            holes: retransmissions.holes,
            largest: retransmissions.largestHoleBytes,
            timeouts: retransmissions.timeout,
          }),
          retransmissions.frames,
          sampleFilter(connection, direction, retransmissions.frames),
        ),
    ),
    against: against(byIcmp),
    fixes: byIcmp ? forwarderFixes() : [],
  };
}

function bulkLossKey(holes: number): string {
  return holes > 0
    ? 'forwarder-merge-without-gso-size.for.bulk-loss'
    : 'forwarder-merge-without-gso-size.for.many-timeouts';
}

function claimWithIcmp(from: string | undefined): string {
  return from === undefined
    ? 'forwarder-merge-without-gso-size.claim.icmp'
    : 'forwarder-merge-without-gso-size.claim.router';
}

/** "Too big" about packets that already fit the MTU it names. */
function falseTooBig(connection: ConnectionMeasurement): boolean {
  const { icmpTooBig } = connection;
  return icmpTooBig.count > 0 && icmpTooBig.mtuBytes !== undefined && icmpTooBig.alreadyFitted > 0;
}

function lostInBulk(direction: DirectionMeasurement): boolean {
  const { packets, holes, bytes, timeout } = direction.retransmissions;
  const segment = direction.segmentBytes ?? Number.POSITIVE_INFINITY;
  const lost = share(packets, direction.wireDataPackets);
  const { withHoles, withoutHoles } = bulk;
  if (holes >= withHoles.holes) {
    const neighbours = bytes / holes >= withHoles.segmentsPerHole * segment;
    return neighbours && lost >= withHoles.lostShare && timeout >= withHoles.timeouts;
  }
  return lost >= withoutHoles.lostShare && packets >= withoutHoles.packets && timeout >= withoutHoles.timeouts;
}

function against(byIcmp: boolean): readonly Message[] {
  return messages(
    byIcmp
      ? say('forwarder-merge-without-gso-size.against.real-mtu-excluded')
      : say('forwarder-merge-without-gso-size.against.queue'),
    !byIcmp && say('forwarder-merge-without-gso-size.against.black-hole'),
    say('forwarder-merge-without-gso-size.against.which'),
    say('forwarder-merge-without-gso-size.against.endpoints'),
  );
}

/** On the forwarder's receiving device, not on the endpoints. */
function forwarderFixes(): readonly Fix[] {
  const dev = '<receiving device of the forwarder>';
  return [
    {
      command: `ethtool -K ${dev} lro off`,
      effect: say('forwarder-merge-without-gso-size.fix.lro.effect'),
      risk: say('fix.lro-off.risk'),
      undo: `ethtool -K ${dev} lro on`,
      persist: {},
    },
    {
      command: `ethtool -K ${dev} rx-gro-hw off`,
      effect: say('forwarder-merge-without-gso-size.fix.gro-hw.effect'),
      risk: say('forwarder-merge-without-gso-size.fix.gro-hw.risk'),
      undo: `ethtool -K ${dev} rx-gro-hw on`,
      persist: {},
    },
  ];
}
