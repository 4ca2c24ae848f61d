// Question: why do packet and byte counts of the capture not match the switch's? Every super-packet or merged frame is one
// row here and several packets there, each with its own headers, FCS, preamble and gap.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { connectionFilter, type DiagnosisContext, messages, rowsFilter, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function countsDifferFromSwitch(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): Verdict | undefined {
  const [a, b] = connection.directions;
  const frames = a.frames + b.frames;
  const wire = a.wirePackets + b.wirePackets;
  const supers = a.superPackets.count + b.superPackets.count;
  if (supers === 0 || wire <= frames) return undefined;
  const known = [a, b].every((direction) => direction.superPackets.count === 0 || direction.wireExactness === 'known');
  const rows = [...a.superPackets.rows, ...b.superPackets.rows].slice(0, 8);
  const segment = Math.max(
    a.superPackets.count > 0 ? (a.segmentBytes ?? 0) : 0,
    b.superPackets.count > 0 ? (b.segmentBytes ?? 0) : 0,
  );
  return {
    code: 'counts-differ-from-switch',
    severity: 'info',
    confidence: afterLoss(known ? confidence.stated : confidence.likely, context),
    claim: say('counts-differ-from-switch.claim', {
      frames,
      wire,
      hidden: wire - frames,
      wireBytes: a.wireBytes + b.wireBytes,
    }),
    evidence: [
      seen(
        say('counts-differ-from-switch.for.super-packets', { supers, hidden: wire - frames }),
        rows,
        segment > 0 && supers > rows.length ? connectionFilter(connection, `tcp.len>${segment}`) : rowsFilter(rows),
      ),
    ],
    against: messages(
      known ? say('counts-differ-from-switch.against.known') : say('counts-differ-from-switch.against.inferred'),
      say('counts-differ-from-switch.against.virtual'),
    ),
    fixes: [],
  };
}
