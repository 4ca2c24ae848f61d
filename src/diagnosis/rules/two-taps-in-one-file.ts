// Question: is every packet in the file twice? A capture on `-i any`, on a bridge and its port, or two files merged shows the
// same packet at two taps: same sequence numbers, same IPv4 ID. Wireshark calls the second one a retransmission (14,522 false
// ones in one merged pair). A real retransmission of Linux takes a new IPv4 ID.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { isCopiedByPath } from '../duplicates.ts';
import { messages, rowsFilter, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function twoTapsInOneFile(connection: ConnectionMeasurement): Verdict | undefined {
  const { duplicates } = connection;
  if (duplicates.count === 0 || isCopiedByPath(connection)) return undefined;
  return {
    code: 'two-taps-in-one-file',
    severity: 'notice',
    confidence: duplicates.sameInterface ? confidence.likely : confidence.stated,
    claim: say('two-taps-in-one-file.claim', { count: duplicates.count, taps: Math.max(2, duplicates.taps) }),
    evidence: [
      seen(
        duplicates.delayMedianNs === undefined
          ? say('two-taps-in-one-file.for.same', { count: duplicates.count })
          : say('two-taps-in-one-file.for.delay', { count: duplicates.count, delay: duplicates.delayMedianNs }),
        duplicates,
        rowsFilter(duplicates.rows),
      ),
    ],
    against: messages(
      say('two-taps-in-one-file.against.retransmission'),
      duplicates.sameInterface && say('two-taps-in-one-file.against.same-interface'),
    ),
    fixes: [
      {
        command: 'tcpdump -i <dev> -s 128 -w <file>',
        effect: say('two-taps-in-one-file.fix.one-tap.effect'),
        risk: say('two-taps-in-one-file.fix.one-tap.risk'),
        undo: 'tcpdump -i any -s 128 -w <file>',
        persist: {},
      },
    ],
  };
}
