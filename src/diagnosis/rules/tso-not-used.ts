// Question: was TSO off, or not used for these packets? Evidence: bursts of single-segment frames at one instant with
// consecutive IPv4 IDs at a tap above the sending card: TCP built one large segment and software cut it before the tap
// (validate_xmit_skb, net/core/dev.c, v3.8 and later; the cut depends on the device's features for that very packet,
// netif_skb_features: IPv4 and IPv6 have a bit each, and VLAN, tunnel and driver masks can veto).

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { persistence } from '../../kernel/persistence.ts';
import { afterLoss, confidence, reasonConfidence, weakest } from '../confidence.ts';
import { cutInSoftware } from '../cut-in-software.ts';
import { someDevice } from '../fixes.ts';
import { segmentationState } from '../host-features.ts';
import { type DiagnosisContext, evidenceList, messages, perDirection, say, seen, told } from '../rule.ts';
import { otherReasons, sampleFilter, smallCondition, smallValues } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

/** Without the host's word a queueing discipline that cuts to single segments would look the same. */
const mostByCaptureAlone = 0.8;

export function tsoNotUsed(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!cutInSoftware(connection, direction, context)) return undefined;
    const feature = connection.ipVersion === 4 ? 'tx-tcp-segmentation' : 'tx-tcp6-segmentation';
    const values = { ...smallValues(connection, direction, 'segmentation-off'), feature };
    const sample = direction.smallPackets.samples['segmentation-off'];
    const state = segmentationState(connection, direction.side, context);
    const off = state !== undefined && !state.fact.value.active;
    const dev = state?.device ?? someDevice;
    const { cutBursts, longestCutBurst } = direction.smallPackets;
    return {
      code: 'tso-not-used',
      direction: direction.side,
      severity: 'notice',
      confidence: off
        ? confidence.stated
        : afterLoss(
            weakest(mostByCaptureAlone, reasonConfidence(direction), direction.capturePointConfidence),
            context,
          ),
      claim: say('tso-not-used.claim', { ...values, bursts: cutBursts, longest: longestCutBurst }),
      evidence: evidenceList(
        seen(
          say('tso-not-used.for.bursts', {
            bursts: cutBursts,
            longest: longestCutBurst,
            segment: direction.segmentBytes,
          }),
          sample,
          sampleFilter(connection, direction, sample, smallCondition(direction)),
        ),
        off && told(say('tso-not-used.for.host-says-off', { feature, dev }), state.fact.source),
      ),
      against: messages(
        ...otherReasons(direction, 'segmentation-off'),
        off
          ? say('tso-not-used.against.split-excluded', { feature })
          : state === undefined
            ? say('tso-not-used.against.split')
            : say('tso-not-used.against.host-says-on', { feature, dev }),
        say('tso-not-used.against.built-small'),
        connection.ipVersion === 6 && say('tso-not-used.against.ipv6-bit'),
      ),
      fixes:
        state !== undefined && !off
          ? []
          : [
              {
                command: `ethtool -K ${dev} ${feature} on`,
                effect: say('tso-not-used.fix.on.effect', { feature }),
                risk: say('tso-not-used.fix.on.risk'),
                undo: `ethtool -K ${dev} ${feature} off`,
                persist: persistence(feature, dev, 'on'),
              },
            ],
    };
  });
}
