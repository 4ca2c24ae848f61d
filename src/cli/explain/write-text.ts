// The report as text on standard output: the answer first; one connection in detail, or a table and the largest in detail.

import { label } from '../../report/messages/render.ts';
import type { ConnectionReport } from '../../report/model.ts';
import type { ConnectionRanking } from '../../report/summary.ts';
import { captureLines, connectionText, findingsText, notTcpLines, udpText } from '../../report/text.ts';
import { paint, type TextOptions, usableWidth } from '../../report/text-style.ts';
import { overallAnswer, summaryTable } from '../../report/text-summary.ts';
import type { ExplainOptions } from '../commands/explain.ts';
import { Output, terminalWidth, wantsColour } from '../terminal.ts';
import type { ExplainedCaptures } from './explain-files.ts';
import { rankedReports } from './rank.ts';

/** Connections in detail when --top does not say. */
const defaultTop = 3;
const leastRows = 10;

/** Writes the text report. */
export async function writeText(explained: ExplainedCaptures, options: ExplainOptions): Promise<void> {
  const style: TextOptions = {
    language: options.lang,
    width: terminalWidth(),
    colour: wantsColour(options.color),
    verbose: options.verbose === true,
  };
  const top = options.top ?? defaultTop;
  const ranking = rankedReports(explained, Math.max(top, leastRows));
  const output = new Output();
  const findings = findingsText(explained.findings(), style);
  const udp = udpText(explained.udpFlows, style);
  const blocks = [...mainBlocks(explained, ranking, top, style), spaced(findings), spaced(udp)];
  for (const block of blocks) {
    if (block.length > 0) await output.write(`${block.join('\n')}\n`);
  }
  await output.flush();
}

function mainBlocks(
  explained: ExplainedCaptures,
  ranking: ConnectionRanking<ConnectionReport>,
  top: number,
  style: TextOptions,
): (readonly string[])[] {
  const details = ranking
    .largest()
    .slice(0, top)
    .map(({ detail }) => detail);
  const captureOf = (connection: ConnectionReport) => explained.captures[connection.capture];
  const [only] = details;
  if (ranking.count === 1 && only !== undefined) {
    return [connectionText(only, captureOf(only), style)];
  }
  const captures = explained.captures.flatMap((capture) => captureLines(capture, style));
  const blocks: (readonly string[])[] = [[...overallAnswer(ranking, style), ...captures]];
  if (ranking.count === 0) return [...blocks, ...explained.captures.map((capture) => notTcpLines(capture, style))];
  blocks.push(['', ...summaryTable(ranking, style)]);
  for (const connection of details) {
    const title = `-- ${label('identity.connection', style.language, { id: connection.id, stream: connection.tcpStream })} `;
    const rule = paint(title.padEnd(usableWidth(style), '-'), 'dim', style);
    blocks.push(['', rule, ...connectionText(connection, undefined, style)]);
  }
  return blocks;
}

function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? lines : ['', ...lines];
}
