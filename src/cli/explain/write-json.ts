// The report as JSON on standard output, in pieces.

import { reportJson } from '../../report/json.ts';
import type { ConnectionReport } from '../../report/model.ts';
import { ConnectionRanking } from '../../report/summary.ts';
import { Output } from '../terminal.ts';
import { version } from '../version.ts';
import type { ExplainedCaptures } from './explain-files.ts';

/** Writes all connections as they come, or the `top` largest (in the order of the capture) when that is asked for. */
export async function writeJson(explained: ExplainedCaptures, top: number | undefined): Promise<void> {
  const connections = top === undefined ? explained.connections : largest(explained.connections, top);
  const output = new Output();
  for (const piece of reportJson({ toolVersion: version, ...explained, connections })) await output.write(piece);
  await output.flush();
}

function largest(connections: Iterable<ConnectionReport>, count: number): readonly ConnectionReport[] {
  const ranking = new ConnectionRanking({ rows: 0, details: count });
  for (const connection of connections) ranking.add(connection);
  return ranking.largest().details.toSorted((a, b) => a.id - b.id);
}
