// Question: did something between TCP and the tap cut super-packets into smaller ones, though the device could have taken
// them? Known cutters (facts of v6.18): tbf cuts a packet larger than its burst at enqueue (tbf_segment), cake splits by
// default (split-gso), taprio, netem when it corrupts; gso_max_size / gso_max_segs of the device (netif_skb_features); an
// upper device without TSO. Evidence: bursts of frames at one instant, all of the same few segments.

import type { ConnectionMeasurement, Side } from '../../analysis/measurement.ts';
import type { Fact, QdiscState } from '../../hoststate/host-state.ts';
import { afterLoss, confidence, reasonConfidence } from '../confidence.ts';
import { someDevice } from '../fixes.ts';
import { hostAt } from '../host-match.ts';
import { type DiagnosisContext, evidenceList, messages, perDirection, say, seen, told } from '../rule.ts';
import { otherReasons, sampleFilter, smallBecauseOf, smallCondition, smallValues } from '../small-packets.ts';
import type { Fix, Verdict } from '../verdict.ts';

const reason = 'split-below-tcp';

export function smallPacketsSplitBelowTcp(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    const sample = direction.smallPackets.samples[reason];
    const { cutBursts, longestCutBurst } = direction.smallPackets;
    const values = {
      ...smallValues(connection, direction, reason),
      max: direction.maxPayloadBytes,
    };
    const cutter = cutterAt(connection, direction.side, context, direction.largestSuperPacketBytes ?? 65_160);
    return {
      code: 'small-packets-split-below-tcp',
      direction: direction.side,
      severity: 'notice',
      confidence: cutter === undefined ? afterLoss(reasonConfidence(direction), context) : confidence.measured,
      claim: say('small-packets-split-below-tcp.claim', values),
      evidence: evidenceList(
        seen(
          say('small-packets-split-below-tcp.for.bursts', { ...values, bursts: cutBursts, longest: longestCutBurst }),
          sample,
          sampleFilter(connection, direction, sample, smallCondition(direction)),
        ),
        cutter !== undefined &&
          told(
            say('small-packets-split-below-tcp.for.qdisc', {
              kind: cutter.qdisc.value.kind,
              dev: cutter.dev,
              burst: cutter.qdisc.value.burstBytes,
              options: cutter.qdisc.value.options,
            }),
            cutter.qdisc.source,
          ),
      ),
      against: messages(
        ...otherReasons(direction, reason),
        cutter === undefined && say('small-packets-split-below-tcp.against.tso-off'),
        say('small-packets-split-below-tcp.against.limits', { dev: cutter?.dev ?? someDevice }),
      ),
      fixes: cutter === undefined ? [] : fixFor(cutter),
    };
  });
}

interface Cutter {
  readonly dev: string;
  readonly qdisc: Fact<QdiscState>;
}

/** A qdisc on the way out that cuts packets of the size TCP builds here. */
function cutterAt(
  connection: ConnectionMeasurement,
  side: Side,
  context: DiagnosisContext,
  builtBytes: number,
): Cutter | undefined {
  const device = hostAt(connection, side, context)?.device;
  const qdisc = device?.qdiscs.find(({ value }) => cuts(value, builtBytes));
  return device === undefined || qdisc === undefined ? undefined : { dev: device.name, qdisc };
}

function cuts(qdisc: QdiscState, builtBytes: number): boolean {
  if (qdisc.kind === 'tbf') return qdisc.burstBytes !== undefined && qdisc.burstBytes < builtBytes;
  if (qdisc.kind === 'cake') return qdisc.splitGso !== false;
  return qdisc.kind === 'taprio';
}

/** The burst that lets the largest super-packet (65,160 bytes and headers) pass; 128 KB did in the lab. */
const roomyBurst = '128k';

function fixFor(cutter: Cutter): readonly Fix[] {
  const { dev, qdisc } = cutter;
  const { kind, options, burstBytes } = qdisc.value;
  const at = qdisc.value.root ? 'root' : `parent ${qdisc.value.parent ?? '<parent>'}`;
  if (kind === 'tbf' && burstBytes !== undefined) {
    return [
      {
        command: `tc qdisc change dev ${dev} ${at} tbf ${options.replace(/burst \S+/, `burst ${roomyBurst}`)}`,
        effect: say('small-packets-split-below-tcp.fix.tbf.effect', { dev }),
        risk: say('small-packets-split-below-tcp.fix.tbf.risk'),
        undo: `tc qdisc change dev ${dev} ${at} tbf ${options}`,
        persist: {},
      },
    ];
  }
  if (kind === 'cake') {
    return [
      {
        command: `tc qdisc change dev ${dev} ${at} cake no-split-gso`,
        effect: say('small-packets-split-below-tcp.fix.cake.effect', { dev }),
        risk: say('small-packets-split-below-tcp.fix.cake.risk'),
        undo: `tc qdisc change dev ${dev} ${at} cake split-gso`,
        persist: {},
      },
    ];
  }
  return [];
}
