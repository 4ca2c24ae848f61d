import { describe, expect, test } from 'vitest';
import { connection, context } from '../../test/diagnosis/fixtures.ts';
import {
  damagedCapture,
  healthyConnection,
  sampleCapture,
  smallWindowConnection,
} from '../../test/reports/sample-report.ts';
import { diagnoseConnection } from '../diagnosis/diagnose.ts';
import { textWidth } from './columns.ts';
import { ConnectionRanking, summarize } from './summary.ts';
import { connectionText } from './text.ts';
import type { TextOptions } from './text-style.ts';
import { overallAnswer, summaryTable } from './text-summary.ts';

const plain: TextOptions = { language: 'en', width: 100, colour: false, verbose: false };
const folder = '../../test/reports';

/** Commands and display filters are never broken; every other line keeps to the width. */
function tooLong(lines: readonly string[], width: number): readonly string[] {
  return lines.filter((line) => textWidth(line) > width && !/tcp\.|sysctl/.test(line));
}

describe('the text report of one connection', () => {
  test.each([80, 100, 140])('reads well in %i columns', async (width) => {
    const lines = connectionText(smallWindowConnection('en'), sampleCapture, { ...plain, width });
    expect(tooLong(lines, width)).toEqual([]);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}/small-window-en-${width}.txt`);
  });

  test('reads well in Korean, whose characters take two columns', async () => {
    const lines = connectionText(smallWindowConnection('ko'), sampleCapture, { ...plain, language: 'ko' });
    expect(tooLong(lines, 100)).toEqual([]);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}/small-window-ko-100.txt`);
  });

  test('says which numbers cannot be known without the handshake, and what is wrong with the file', async () => {
    const lines = connectionText(healthyConnection(2, 21_000_000), damagedCapture, plain);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}/healthy-en-100.txt`);
  });

  test('fits one screen', () => {
    const lines = connectionText(smallWindowConnection('en'), sampleCapture, plain);
    expect(lines.length).toBeLessThanOrEqual(44);
  });

  test('shows everything when verbose', async () => {
    const lines = connectionText(smallWindowConnection('en'), sampleCapture, { ...plain, verbose: true });
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}/small-window-en-verbose.txt`);
  });

  test('has colours only when asked, and the same text under them', () => {
    const connection = smallWindowConnection('en');
    const bare = connectionText(connection, sampleCapture, plain).join('\n');
    const coloured = connectionText(connection, sampleCapture, { ...plain, colour: true }).join('\n');
    expect(bare).not.toContain('\u001b');
    expect(coloured).toContain('\u001b[1;31mPROBLEM\u001b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences start with ESC
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(bare);
  });
});

test('several connections get the gravest answer first and a table of the largest', async () => {
  const ranking = new ConnectionRanking<number>(4);
  for (let id = 1; id <= 40; id++) {
    const six = id % 2 === 0;
    const measured = connection({
      data: { uniquePayloadBytes: id * 1_000_000 },
      connection: {
        client: six ? { ip: '2001:db8::1', port: 40_000 + id } : { ip: '10.0.0.1', port: 40_000 + id },
        server: { ip: six ? '2001:db8::2' : '10.0.0.2', port: 443 },
      },
    });
    const { verdicts } = diagnoseConnection(measured, context());
    const [first] = verdicts;
    const judged = first === undefined || id !== 7 ? verdicts : [{ ...first, severity: 'problem' as const }];
    ranking.add(summarize(measured, judged, id), id);
  }
  expect(ranking.largest().map(({ detail }) => detail)).toEqual([40, 39, 38, 37]);
  for (const width of [80, 100]) {
    const style = { ...plain, width };
    const lines = [...overallAnswer(ranking, style), '', ...summaryTable(ranking, style)];
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}/summary-en-${width}.txt`);
  }
});
