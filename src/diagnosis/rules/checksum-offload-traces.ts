// Question: are the "bad checksums" that Wireshark shows real? A packet that is sent with checksum offload carries only the
// pseudo-header sum when the tap sees it (CHECKSUM_PARTIAL), and so does a packet merged by GRO (tcp4_gro_complete). That
// value can be computed from the addresses and lengths: where it matches, nothing is damaged.

import type { ConnectionMeasurement, DirectionMeasurement, RowSample } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { evidenceList, messages, rowsFilter, say, seen } from '../rule.ts';
import type { Evidence, Verdict } from '../verdict.ts';
import { mergeKind } from './receive-merge.ts';

export function checksumOffloadTraces(connection: ConnectionMeasurement): Verdict | undefined {
  const [a, b] = connection.directions;
  const partial = partialCount(a) + partialCount(b);
  if (partial === 0) return undefined;
  const damaged = unexplained(a) + unexplained(b);
  const rows = firstRows(a.checksums.partialSample, b.checksums.partialSample);
  return {
    code: 'checksum-offload-traces',
    severity: damaged > 0 ? 'notice' : 'healthy',
    confidence: damaged > 0 ? confidence.likely : confidence.stated,
    claim: say(damaged > 0 ? 'checksum-offload-traces.claim.mixed' : 'checksum-offload-traces.claim', {
      partial,
      damaged,
    }),
    evidence: evidenceList(
      seen(say('checksum-offload-traces.for.partial', { partial }), rows, rowsFilter(rows)),
      damaged > 0 && damagedEvidence(damaged, firstRows(a.checksums.wrongSample, b.checksums.wrongSample)),
    ),
    against: messages(
      damaged > 0
        ? say('checksum-offload-traces.against.wrong', { damaged })
        : say('checksum-offload-traces.against.chance'),
      say('checksum-offload-traces.against.virtual'),
    ),
    fixes: [],
  };
}

function damagedEvidence(damaged: number, rows: readonly number[]): Evidence {
  return seen(say('checksum-offload-traces.for.wrong', { damaged }), rows, rowsFilter(rows));
}

/** Eight rows are enough to look at. */
function firstRows(a: RowSample, b: RowSample): readonly number[] {
  return [...a.rows, ...b.rows].slice(0, 8);
}

function partialCount({ checksums }: DirectionMeasurement): number {
  return checksums.single.partial + checksums.multi.partial;
}

/** Wrong checksums that are no trace of LRO (which leaves the first segment's on a merged frame). */
function unexplained(direction: DirectionMeasurement): number {
  const { single, multi } = direction.checksums;
  const lro = direction.receiveMergeInEffect === true && mergeKind(direction) === 'lro';
  return single.wrong + (lro ? 0 : multi.wrong);
}
