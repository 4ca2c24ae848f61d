// Question: what can this capture not say because it starts in the middle of the connection? The window scale is only in the
// SYNs (RFC 7323 section 2.2), and so are the MSS options. A raw window of 720 is 720 bytes without scaling and 92,160 bytes
// with the usual shift of 7: no reading of it without the handshake is sure.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { connectionFilter, messages, rowsFilter, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function noHandshake(connection: ConnectionMeasurement): Verdict | undefined {
  if (connection.handshake.seen) return undefined;
  const windows = connection.directions.map((direction) => direction.window);
  const raw = windows.map((window) => window.rawMax ?? 0);
  const inferred = windows.find((window) => window.scaleFrom === 'bytes-in-flight');
  const half = connection.handshake.synRows.length > 0;
  return {
    code: 'no-handshake',
    severity: 'info',
    confidence: confidence.stated,
    claim: say(half ? 'no-handshake.claim.half' : 'no-handshake.claim', { raw: Math.max(...raw) }),
    evidence: [
      half
        ? seen(
            say('no-handshake.for.half'),
            connection.handshake.synRows,
            connectionFilter(connection, 'tcp.flags.syn==1'),
          )
        : seen(
            say('no-handshake.for.first', { packet: connection.firstRow + 1 }),
            [connection.firstRow],
            rowsFilter([connection.firstRow]),
          ),
    ],
    against: messages(
      inferred?.scaleShift === undefined
        ? say('no-handshake.against.cannot')
        : say('no-handshake.against.inferred', { shift: inferred.scaleShift }),
    ),
    fixes: [],
  };
}
