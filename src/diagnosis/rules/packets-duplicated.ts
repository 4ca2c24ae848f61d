// Question: did the path deliver packets twice? A loop that is being repaired, a bond in transition, a retrying link or a NIC's driver
// copies single packets: same sequence number, same IPv4 ID, less than a round trip later. A receiver answers each with a duplicate
// acknowledgement (DSACK, RFC 2883), which can make the sender believe that it retransmitted for nothing. Analysers call it a retransmission.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { isCopiedByPath } from '../duplicates.ts';
import { messages, rowsFilter, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function packetsDuplicated(connection: ConnectionMeasurement): Verdict | undefined {
  const { duplicates, directions } = connection;
  if (duplicates.count === 0 || !isCopiedByPath(connection)) return undefined;
  const frames = directions[0].frames + directions[1].frames;
  return {
    code: 'packets-duplicated',
    severity: 'notice',
    confidence: confidence.likely,
    claim: say('packets-duplicated.claim', { count: duplicates.count }),
    evidence: [
      seen(
        duplicates.delayMedianNs === undefined
          ? say('packets-duplicated.for.same', { count: duplicates.count })
          : say('packets-duplicated.for.delay', { count: duplicates.count, delay: duplicates.delayMedianNs }),
        duplicates,
        rowsFilter(duplicates.rows),
      ),
      seen(
        say('packets-duplicated.for.few', { count: duplicates.count, frames }),
        duplicates,
        rowsFilter(duplicates.rows),
      ),
    ],
    against: messages(say('packets-duplicated.against.tap'), say('packets-duplicated.against.where')),
    fixes: [],
  };
}
