// The report as JSON on standard output, in pieces.

import type { JsonAnswer } from '../../explain/answers.ts';
import { reportJson, reportJsonOfTexts } from '../../report/json.ts';
import type { ConnectionReport } from '../../report/model.ts';
import { Output } from '../terminal.ts';
import { version } from '../version.ts';
import type { ExplainedCaptures } from './explain-files.ts';
import { rankedReports } from './rank.ts';

/** Writes all connections as they come, or the `top` largest (in the order of the capture) when that is asked for. */
export async function writeJson(explained: ExplainedCaptures, top: number | undefined): Promise<void> {
  const parts = { toolVersion: version, ...explained };
  const pieces =
    top === undefined
      ? reportJsonOfTexts({ ...parts, connections: jsonOf(explained.ask('json', 0)) })
      : reportJson({ ...parts, connections: largest(explained, top) });
  const output = new Output();
  for (const piece of pieces) {
    const waiting = output.write(piece);
    if (waiting !== undefined) await waiting;
  }
  await output.flush();
}

function* jsonOf(answers: Iterable<JsonAnswer>): Generator<string | Uint8Array, void, undefined> {
  for (const { json } of answers) yield json;
}

function largest(explained: ExplainedCaptures, count: number): readonly ConnectionReport[] {
  return rankedReports(explained, count)
    .largest()
    .map(({ detail }) => detail)
    .toSorted((a, b) => a.id - b.id);
}
