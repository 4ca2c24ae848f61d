// The report as JSON on standard output, in pieces.

import { reportJson } from '../../report/json.ts';
import type { ConnectionReport } from '../../report/model.ts';
import { ConnectionRanking, summarize } from '../../report/summary.ts';
import { Output } from '../terminal.ts';
import { version } from '../version.ts';
import type { DiagnosedConnection, ExplainedCaptures } from './explain-files.ts';

/** Writes all connections as they come, or the `top` largest (in the order of the capture) when that is asked for. */
export async function writeJson(explained: ExplainedCaptures, top: number | undefined): Promise<void> {
  const chosen = top === undefined ? explained.connections : largest(explained.connections, top);
  const output = new Output();
  for (const piece of reportJson({ toolVersion: version, ...explained, connections: inWords(chosen) })) {
    const waiting = output.write(piece);
    if (waiting !== undefined) await waiting;
  }
  await output.flush();
}

function* inWords(connections: Iterable<DiagnosedConnection>): Generator<ConnectionReport, void, undefined> {
  for (const connection of connections) yield connection.build();
}

function largest(connections: Iterable<DiagnosedConnection>, count: number): readonly DiagnosedConnection[] {
  const ranking = new ConnectionRanking<DiagnosedConnection>(count);
  for (const connection of connections) {
    ranking.add(summarize(connection.measurement, connection.verdicts, connection.id), connection);
  }
  return ranking
    .largest()
    .map(({ detail }) => detail)
    .toSorted((a, b) => a.id - b.id);
}
