// Every capture that ships, through the program: a valid report, within a screen, in both languages.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/report/columns.ts';
import type { Language } from '../../src/report/messages/render.ts';
import type { Report } from '../../src/report/model.ts';
import { reportSchema } from '../../src/report/schema.ts';
import { connectionText } from '../../src/report/text.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'test', 'captures');
const captures = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(pcap|pcapng)(\.gz|\.zst)?$/.test(name))
  .sort();

/** One process for all captures: reports of several files are tested on the way. */
function explainAll(language: Language): Report {
  const program = join(root, 'dist', 'bundle', 'main.js');
  const args = [program, 'explain', '--json', '--quiet', '--lang', language, ...captures];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return reportSchema.parse(JSON.parse(stdout));
}

/** Commands and display filters are never broken into lines: people copy them. */
function isVerbatim(line: string): boolean {
  return /^ {2}(fix|undo|show|조치|원복|필터) /.test(line);
}

describe.runIf(captures.length > 0).each(['en', 'ko'] as const)('the captures that ship, in %s', (language) => {
  const report = explainAll(language);

  test('are all in the report, whole', () => {
    expect(report.captures.map(({ path }) => path)).toEqual(captures);
    expect(report.captures.filter(({ damage }) => damage !== null)).toEqual([]);
  });

  test('have connections numbered on from one, each of its own capture', () => {
    expect(report.connections.map(({ id }) => id)).toEqual(report.connections.map((_connection, index) => index + 1));
    const ordered = report.connections.map(({ capture }) => capture);
    expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
  });

  test('have a verdict on every connection, and packet numbers that are in the file', () => {
    for (const connection of report.connections) {
      expect(connection.verdicts.length, `connection ${connection.id}`).toBeGreaterThan(0);
      const last = report.captures[connection.capture]?.packets ?? 0;
      const packets = connection.verdicts.flatMap(({ evidence }) => evidence.flatMap((item) => item.packets));
      expect(packets.filter((packet) => packet > last)).toEqual([]);
    }
  });

  test.each([80, 100, 120])('are told on one screen of %i columns each', (width) => {
    for (const connection of report.connections) {
      const style = { language, width, colour: false, verbose: false };
      const lines = connectionText(connection, report.captures[connection.capture], style);
      const name = report.captures[connection.capture]?.path ?? '';
      expect(lines.length, name).toBeLessThanOrEqual(width >= 100 ? 48 : 60);
      const long = lines.filter((line) => textWidth(line) > width && !isVerbatim(line) && line.includes(' '));
      expect(long, name).toEqual([]);
    }
  });
});
