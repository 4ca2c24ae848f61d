// Question: is the segment itself small, whatever the frames? The payload of a full packet is the smaller of the peer's MSS
// option and the path MTU, less headers and options (tcp_sync_mss, net/ipv4/tcp_output.c). Evidence: the MSS options of the
// handshake, an ICMP "fragmentation needed" / "packet too big", or segments smaller than the handshake allowed.

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence, reasonConfidence } from '../confidence.ts';
import {
  connectionFilter,
  type DiagnosisContext,
  ends,
  evidenceList,
  messages,
  perDirection,
  rowsFilter,
  say,
  seen,
} from '../rule.ts';
import { otherReasons, sampleFilter, smallBecauseOf, smallCondition, smallValues } from '../small-packets.ts';
import type { Evidence, Message, Verdict } from '../verdict.ts';

const reason = 'path-mtu';

export function smallPacketsPathMtu(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    return {
      code: 'small-packets-path-mtu',
      direction: direction.side,
      severity: 'notice',
      confidence: afterLoss(
        connection.icmpTooBig.count > 0
          ? Math.max(confidence.measured, reasonConfidence(direction))
          : reasonConfidence(direction),
        context,
      ),
      claim: claim(connection, direction),
      evidence: evidenceFor(connection, direction),
      against: messages(
        ...otherReasons(direction, reason),
        say('small-packets-path-mtu.against.clamp', ends(connection, direction.side)),
        connection.handshake.seen ? undefined : say('small-packets-path-mtu.against.no-handshake'),
        say('small-packets-path-mtu.against.half-window'),
      ),
      fixes: [],
    };
  });
}

/** The MSS option of the side that receives this direction's data. */
function peerMss(connection: ConnectionMeasurement, direction: DirectionMeasurement): number | undefined {
  return direction.side === 0 ? connection.handshake.serverMssOption : connection.handshake.clientMssOption;
}

function claim(connection: ConnectionMeasurement, direction: DirectionMeasurement): Message {
  const values = {
    ...ends(connection, direction.side),
    segment: direction.segmentBytes ?? direction.maxPayloadBytes ?? 0,
    handshake: direction.handshakeSegmentBytes,
    mss: peerMss(connection, direction),
    mtu: connection.icmpTooBig.mtuBytes,
    from: connection.icmpTooBig.fromIp,
  };
  if (values.mtu !== undefined && values.from !== undefined) return say('small-packets-path-mtu.claim.icmp', values);
  if (values.handshake !== undefined && values.segment < values.handshake) {
    return say('small-packets-path-mtu.claim.shrank', values);
  }
  if (values.mss !== undefined) return say('small-packets-path-mtu.claim.mss', values);
  return say('small-packets-path-mtu.claim', values);
}

function evidenceFor(connection: ConnectionMeasurement, direction: DirectionMeasurement): readonly Evidence[] {
  const sample = direction.smallPackets.samples[reason];
  const { icmpTooBig, handshake } = connection;
  const { clientMssOption, serverMssOption } = handshake;
  return evidenceList(
    icmpTooBig.count > 0 &&
      seen(
        say('small-packets-path-mtu.for.icmp', { count: icmpTooBig.count, mtu: icmpTooBig.mtuBytes ?? 0 }),
        icmpTooBig,
        rowsFilter(icmpTooBig.rows),
      ),
    clientMssOption !== undefined &&
      serverMssOption !== undefined &&
      seen(
        say('small-packets-path-mtu.for.mss', { clientMss: clientMssOption, serverMss: serverMssOption }),
        handshake.synRows,
        connectionFilter(connection, 'tcp.flags.syn==1'),
      ),
    sample.count > 0 &&
      seen(
        say('small-packets-path-mtu.for.frames', smallValues(connection, direction, reason)),
        sample,
        sampleFilter(connection, direction, sample, smallCondition(direction)),
      ),
  );
}
