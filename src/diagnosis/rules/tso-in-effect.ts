// Question: did TCP hand segments of several packets to the network card? Evidence: frames that stand for more than one
// wire packet at a tap above the sending card. The tap sits after software GSO (validate_xmit_skb before dev_queue_xmit_nit,
// net/core/dev.c, v3.8 and later), so such a frame proves that nothing above the driver cut it. A frame need not exceed the
// MTU: at a window of 720 bytes Linux 6.18 sends 2 x 360 in one frame (tcp_bound_to_half_wnd, include/net/tcp.h).

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { profileFor } from '../../kernel/profile-for.ts';
import { afterLoss, confidence, weakest } from '../confidence.ts';
import { segmentationFeature, segmentationState } from '../host-features.ts';
import { hostAt } from '../host-match.ts';
import { type DiagnosisContext, ends, evidenceList, messages, perDirection, say, seen, share, told } from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Evidence, Message, Verdict } from '../verdict.ts';

export function tsoInEffect(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (direction.tsoInEffect !== true || direction.superPackets.count === 0) return undefined;
    const { sender, receiver } = ends(connection, direction.side);
    const values = {
      sender,
      receiver,
      max: direction.maxPayloadBytes,
      frames: direction.superPackets.count,
      segment: direction.segmentBytes,
      wire: direction.wireDataPackets,
      data: direction.dataFrames,
    };
    return {
      code: 'tso-in-effect',
      direction: direction.side,
      severity: 'healthy',
      confidence: afterLoss(
        weakest(
          Math.max(direction.capturePointConfidence, confidence.possible),
          direction.wireExactness === 'known' ? confidence.stated : confidence.likely,
        ),
        context,
      ),
      claim: fitsOnePacket(direction) ? say('tso-in-effect.claim.small', values) : say('tso-in-effect.claim', values),
      evidence: evidenceFor(connection, direction, context),
      against: against(connection, direction, context),
      fixes: [],
    };
  });
}

/** The super-packets are no larger than one packet could be: only their IDs give them away. */
function fitsOnePacket(direction: DirectionMeasurement): boolean {
  const { handshakeSegmentBytes, maxPayloadBytes } = direction;
  return (
    handshakeSegmentBytes !== undefined && maxPayloadBytes !== undefined && maxPayloadBytes <= handshakeSegmentBytes
  );
}

function evidenceFor(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): readonly Evidence[] {
  const state = segmentationState(connection, direction.side, context);
  const sample = direction.superPackets;
  const above = direction.segmentBytes === undefined ? [] : [`tcp.len>${direction.segmentBytes}`];
  const filter = sampleFilter(connection, direction, sample, ...above);
  return evidenceList(
    seen(
      say('tso-in-effect.for.super-packets', {
        frames: sample.count,
        segment: direction.segmentBytes,
        share: share(direction.superPacketBytes, direction.payloadBytes),
      }),
      sample,
      filter,
    ),
    direction.ipIdAgree > 0 &&
      seen(
        say('tso-in-effect.for.ip-id', { agree: direction.ipIdAgree, compared: direction.ipIdCompared }),
        sample,
        filter,
      ),
    direction.checksums.multi.partial > 0 &&
      seen(say('tso-in-effect.for.partial-checksum', { frames: direction.checksums.multi.partial }), sample, filter),
    state?.fact.value.active === true &&
      told(
        say('tso-in-effect.for.host-says-on', { feature: segmentationFeature(connection), dev: state.device }),
        state.fact.source,
      ),
  );
}

function against(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): readonly Message[] {
  const kernel = hostAt(connection, direction.side, context)?.host.kernel?.value;
  const oldTap = kernel !== undefined && profileFor(kernel).profile.egress.tap === 'before-software-gso';
  const superShare = share(direction.superPacketBytes, direction.payloadBytes);
  return messages(
    direction.wireExactness === 'known' && direction.ipIdAgree > 0
      ? say('tso-in-effect.against.jumbo-excluded')
      : say('tso-in-effect.against.jumbo', { segment: direction.segmentBytes ?? 0 }),
    superShare < 0.5 && say('tso-in-effect.against.minority', { share: 1 - superShare }),
    oldTap && say('tso-in-effect.against.old-tap', { kernel: kernel.text }),
    say('tso-in-effect.against.who-cuts'),
  );
}
