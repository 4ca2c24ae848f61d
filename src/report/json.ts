// Station "report": the report as JSON, piece by piece, so that a capture of 100,000 connections never makes one string.

import type { CaptureReport, ConnectionReport, FindingReport, UdpFlowReport } from './model.ts';

/** A report whose connections come one by one. Findings are asked for last: they may depend on all connections. */
export interface ReportParts {
  readonly toolVersion: string;
  readonly captures: readonly CaptureReport[];
  readonly connections: Iterable<ConnectionReport>;
  readonly findings: () => readonly FindingReport[];
  readonly udpFlows: Iterable<UdpFlowReport>;
}

/**
 * The JSON text in pieces; joined they are one valid document ending in a newline. One capture, connection, finding or flow a
 * line, keys always in the same order. The model has null, never undefined, for what is not known: no key is ever left out.
 */
export function reportJson(parts: ReportParts): Generator<string, void, undefined> {
  return reportJsonOfTexts({ ...parts, connections: texts(parts.connections) });
}

/** As reportJson, of connections that are JSON already: text, or anything else that whoever writes the pieces knows to be text. */
export function* reportJsonOfTexts<Text>(
  parts: Omit<ReportParts, 'connections'> & { readonly connections: Iterable<Text> },
): Generator<string | Text, void, undefined> {
  const tool = { name: 'wiretruth', version: parts.toolVersion };
  yield `{"schema":"wiretruth.report/1",\n"tool":${JSON.stringify(tool)},\n"captures":`;
  yield* jsonArray(texts(parts.captures));
  yield ',\n"connections":';
  yield* jsonArray(parts.connections);
  yield ',\n"findings":';
  yield* jsonArray(texts(parts.findings()));
  yield ',\n"udpFlows":';
  yield* jsonArray(texts(parts.udpFlows));
  yield '}\n';
}

function* texts(items: Iterable<unknown>): Generator<string, void, undefined> {
  for (const item of items) yield JSON.stringify(item);
}

function* jsonArray<Text>(items: Iterable<Text>): Generator<string | Text, void, undefined> {
  let separator = '[\n';
  for (const item of items) {
    yield separator;
    yield item;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]' : '\n]';
}
