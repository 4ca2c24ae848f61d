// Question: why are there UDP datagrams larger than the MTU without IP fragments? UDP segmentation offload (UDP_SEGMENT, one
// send of many datagrams, cut below the tap) and UDP GRO are to UDP what TSO and GRO are to TCP.

import type { UdpFlowMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { messages, rowsFilter, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function udpLargerThanMtu(flows: readonly UdpFlowMeasurement[]): Verdict | undefined {
  const large = flows.filter((flow) => flow.largerThanMtu.count > 0);
  if (large.length === 0) return undefined;
  const count = large.reduce((sum, flow) => sum + flow.largerThanMtu.count, 0);
  const rows = large.flatMap((flow) => flow.largerThanMtu.rows).slice(0, 8);
  const segment = large.length === 1 ? large[0]?.segmentBytes : undefined;
  return {
    code: 'udp-larger-than-mtu',
    severity: 'healthy',
    confidence: segment === undefined ? confidence.likely : confidence.measured,
    claim: say('udp-larger-than-mtu.claim', {
      count,
      flows: large.length,
      max: Math.max(...large.map((flow) => flow.maxPayloadBytes)),
    }),
    evidence: [
      seen(
        segment === undefined
          ? say('udp-larger-than-mtu.for.size', { count })
          : say('udp-larger-than-mtu.for.segment', { count, segment }),
        rows,
        rowsFilter(rows),
      ),
    ],
    against: messages(say('udp-larger-than-mtu.against.jumbo')),
    fixes: [],
  };
}
