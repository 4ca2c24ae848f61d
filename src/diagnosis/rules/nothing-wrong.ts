// Question: is anything wrong? Asked last: no other rule found a problem or anything to look into.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { connectionFilter, type DiagnosisContext, messages, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

/** Less data than this shows little of what could go wrong. */
const enoughBytes = 14_480;

export function nothingWrong(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
  others: readonly Verdict[],
): Verdict | undefined {
  if (others.some(({ severity }) => severity === 'problem' || severity === 'notice')) return undefined;
  const [a, b] = connection.directions;
  const bytes = a.uniquePayloadBytes + b.uniquePayloadBytes;
  const little = bytes < enoughBytes;
  const values = {
    bytes,
    duration: connection.lastNs - connection.firstNs,
    retransmissions: a.retransmissions.packets + b.retransmissions.packets,
  };
  return {
    code: 'nothing-wrong',
    severity: 'healthy',
    confidence: afterLoss(little || !seesWindows(connection) ? confidence.possible : confidence.measured, context),
    claim: say(seesWindows(connection) ? 'nothing-wrong.claim' : 'nothing-wrong.claim.no-windows', values),
    evidence: [
      seen(
        say('nothing-wrong.for.clean', { retransmissions: values.retransmissions }),
        [connection.firstRow, connection.lastRow],
        connectionFilter(connection),
      ),
    ],
    against: messages(
      little && say('nothing-wrong.against.little', { bytes }),
      connection.handshake.reset && say('nothing-wrong.against.reset'),
      say('nothing-wrong.against.application'),
    ),
    fixes: [],
  };
}

/** Of every direction with data a window was seen: a short snap length cuts them off, and a tap may see one way only. */
function seesWindows({ directions }: ConnectionMeasurement): boolean {
  return directions.every(({ payloadBytes, window }) => payloadBytes === 0 || window.rawMax !== undefined);
}
