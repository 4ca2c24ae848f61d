// Question: were packets merged on the receiving host before the capture saw them, and by what? Evidence: frames of several
// wire packets at a tap above the receiving card (GRO and LRO run before __netif_receive_skb_core, where the tap is). Their
// checksums tell the mechanisms apart: software GRO and the hardware GRO of bnxt, bnx2x and qede leave the bare pseudo-header
// sum (tcp4_gro_complete); mlx5 LRO and the old inet_lro recompute a valid one; netxen, qlcnic and hv_netvsc LRO leave the
// first segment's, which is simply wrong. Merging is what it should be: leave it on.

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence, weakest } from '../confidence.ts';
import { receiveFeature } from '../host-features.ts';
import { type DiagnosisContext, ends, evidenceList, messages, perDirection, say, seen, share, told } from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Evidence, Message, Verdict } from '../verdict.ts';

export type MergeKind = 'gro' | 'lro' | 'unknown';

export function receiveMerge(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (direction.receiveMergeInEffect !== true || direction.superPackets.count === 0) return undefined;
    const kind = mergeKind(direction);
    const { sender, receiver } = ends(connection, direction.side);
    const values = {
      sender,
      receiver,
      wire: direction.wireDataPackets,
      data: direction.dataFrames,
      max: direction.maxPayloadBytes,
    };
    return {
      code: 'receive-merge',
      direction: direction.side,
      severity: kind === 'lro' ? 'info' : 'healthy',
      confidence: afterLoss(
        weakest(direction.capturePointConfidence, kind === 'unknown' ? confidence.likely : confidence.measured),
        context,
      ),
      claim: say(claimKeys[kind], values),
      evidence: evidenceFor(connection, direction, context),
      against: against(direction, kind),
      fixes: [],
    };
  });
}

const claimKeys: Readonly<Record<MergeKind, string>> = {
  gro: 'receive-merge.claim.gro',
  lro: 'receive-merge.claim.lro',
  unknown: 'receive-merge.claim.unknown',
};

/** What merged, as far as the checksums of the merged frames say; else what the analysis found. */
export function mergeKind(direction: DirectionMeasurement): MergeKind {
  const { partial, valid, wrong } = direction.checksums.multi;
  if (partial > valid + wrong) return 'gro';
  if (valid + wrong > partial) return 'lro';
  const kind = direction.superPacketKind;
  return kind === 'gro' || kind === 'lro' ? kind : 'unknown';
}

function evidenceFor(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): readonly Evidence[] {
  const sample = direction.superPackets;
  const above = direction.segmentBytes === undefined ? [] : [`tcp.len>${direction.segmentBytes}`];
  const filter = sampleFilter(connection, direction, sample, ...above);
  const { multi } = direction.checksums;
  const hardware = receiveFeature(connection, direction.side, context, 'rx-gro-hw');
  const lro = receiveFeature(connection, direction.side, context, 'rx-lro');
  return evidenceList(
    seen(
      say('receive-merge.for.merged', {
        frames: sample.count,
        share: share(direction.superPacketBytes, direction.payloadBytes),
      }),
      sample,
      filter,
    ),
    multi.partial > 0 && seen(say('receive-merge.for.partial-checksum', { frames: multi.partial }), sample, filter),
    multi.valid > 0 && seen(say('receive-merge.for.valid-checksum', { frames: multi.valid }), sample, filter),
    multi.wrong > 0 && seen(say('receive-merge.for.wrong-checksum', { frames: multi.wrong }), sample, filter),
    direction.ipIdAgree > 0 &&
      seen(
        say('receive-merge.for.ip-id', { agree: direction.ipIdAgree, compared: direction.ipIdCompared }),
        sample,
        filter,
      ),
    hardware?.fact.value.active === true &&
      told(say('receive-merge.for.host-gro-hw', { dev: hardware.device }), hardware.fact.source),
    lro?.fact.value.active === true && told(say('receive-merge.for.host-lro', { dev: lro.device }), lro.fact.source),
  );
}

function against(direction: DirectionMeasurement, kind: MergeKind): readonly Message[] {
  const { single } = direction.checksums;
  return messages(
    single.valid > 0 && single.partial === 0
      ? say('receive-merge.against.crossed-excluded', { singles: single.valid })
      : say('receive-merge.against.crossed'),
    kind === 'gro' && say('receive-merge.against.hardware'),
    kind === 'lro' && say('receive-merge.against.lro-loses'),
    kind === 'unknown' && say('receive-merge.against.no-checksums'),
  );
}
