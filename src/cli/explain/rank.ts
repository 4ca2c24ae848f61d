// The largest connections of all captures, in words; of all others what a table needs.

import type { ConnectionReport } from '../../report/model.ts';
import { ConnectionRanking } from '../../report/summary.ts';
import type { ExplainedCaptures } from './explain-files.ts';

/** Walks all connections and ranks them; `count` of the largest are kept as reports. */
export function rankedReports(explained: ExplainedCaptures, count: number): ConnectionRanking<ConnectionReport> {
  const ranking = new ConnectionRanking<ConnectionReport>(count);
  for (const { row, report } of explained.ask('ranked', count)) ranking.add(row, report);
  return ranking;
}
