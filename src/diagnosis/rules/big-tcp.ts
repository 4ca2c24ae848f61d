// Question: are there packets larger than an IP packet can be? BIG TCP lets TSO and GRO build up to 512 KB: IPv6 with a
// hop-by-hop jumbo option (v5.19 and later), IPv4 with total length 0 (v6.3 and later). On the wire they are ordinary packets.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { ends, messages, perDirection, rowsFilter, say, seen, sentFilter } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

/** The largest frame that is not BIG TCP: an IP packet of 65,535 bytes behind an Ethernet header with two VLAN tags. */
const largestPlainFrameBytes = 65_535 + 22;

export function bigTcp(connection: ConnectionMeasurement): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const sample = direction.bigTcp;
    if (sample.count === 0) return undefined;
    const few = sample.count <= sample.rows.length;
    return {
      code: 'big-tcp',
      direction: direction.side,
      severity: 'info',
      confidence: confidence.stated,
      claim: say('big-tcp.claim', {
        ...ends(connection, direction.side),
        count: sample.count,
        max: direction.maxPayloadBytes,
      }),
      evidence: [
        seen(
          say(connection.ipVersion === 6 ? 'big-tcp.for.jumbo' : 'big-tcp.for.zero-length', { count: sample.count }),
          sample,
          few ? rowsFilter(sample.rows) : sentFilter(connection, direction.side, `frame.len>${largestPlainFrameBytes}`),
        ),
      ],
      against: messages(connection.ipVersion === 4 && say('big-tcp.against.old-tso'), say('big-tcp.against.tools')),
      fixes: [],
    };
  });
}
