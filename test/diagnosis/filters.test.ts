// The Wireshark filters of the evidence, on real captures and in the real tshark: each must show every packet that its
// evidence names, and show something where it names none.

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagnoseConnection, diagnosisContext } from '../../src/diagnosis/diagnose.ts';
import { createExplainer } from '../../src/explain.ts';
import { openCapture } from '../../src/node/open-capture.ts';
import { expectSound } from './judge.ts';

const root = join(import.meta.dirname, '../captures');
const captures = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .sort();
const hasTshark = spawnSync('tshark', ['--version']).status === 0;
if (!hasTshark)
  process.stderr.write('SKIPPED: no tshark here, so the filters of the verdicts are not held against it\n');

interface Shown {
  readonly key: string;
  readonly filter: string;
  readonly packets: readonly number[];
}

async function evidenceOf(path: string): Promise<readonly Shown[]> {
  const explainer = createExplainer({ captureIndex: 0 });
  await openCapture(path, explainer.sink, {});
  const measured = explainer.finish();
  const context = diagnosisContext(measured, []);
  const shown: Shown[] = [];
  for (const connection of measured.connections) {
    for (const verdict of diagnoseConnection(connection, context).verdicts) {
      expectSound(verdict);
      for (const { text, filter, packets } of verdict.evidence) {
        if (filter !== undefined) shown.push({ key: text.key, filter, packets: [...new Set(packets)] });
      }
    }
  }
  return shown;
}

/** Frames that each filter shows, in one run: `-z io,stat` takes many filters but no commas in them. */
function countFrames(path: string, filters: readonly string[]): readonly number[] {
  const plain = filters.map((filter) =>
    filter.replace(/frame\.number in \{([^}]*)\}/g, (_, list: string) => `(${anyFrame(list.split(',').map(Number))})`),
  );
  const output = execFileSync('tshark', ['-n', '-q', '-r', path, '-z', ['io,stat,0', ...plain].join(',')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const row = output.split('\n').find((line) => /^\|\s*[\d.]+ <>/.test(line)) ?? '';
  const cells = row
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => /^\d+$/.test(cell));
  return cells.filter((_, index) => index % 2 === 0).map(Number);
}

function anyFrame(numbers: readonly number[]): string {
  return numbers.map((number) => `frame.number==${number}`).join(' || ');
}

/** One capture for each kind of evidence is enough. */
const covered = new Set<string>();

it.skipIf(!hasTshark)('every filter shows the packets of its evidence', { timeout: 300_000 }, async () => {
  for (const capture of captures) {
    const path = join(root, capture);
    const fresh = (await evidenceOf(path)).filter(({ key }) => !covered.has(key));
    if (fresh.length === 0) continue;
    const counts = countFrames(
      path,
      fresh.map(({ filter, packets }) => (packets.length === 0 ? filter : `(${filter}) && (${anyFrame(packets)})`)),
    );
    expect(counts).toHaveLength(fresh.length);
    for (const [index, { key, filter, packets }] of fresh.entries()) {
      covered.add(key);
      if (packets.length === 0) expect(counts[index], `${capture}: ${key}: ${filter}`).toBeGreaterThan(0);
      else expect(counts[index], `${capture}: ${key}: ${filter}`).toBe(packets.length);
    }
  }
  expect(covered.size).toBeGreaterThan(25);
});

it.skipIf(!hasTshark)('a set of frame numbers is written as tshark reads it', () => {
  const path = join(root, captures[0] ?? '');
  const output = execFileSync(
    'tshark',
    ['-n', '-r', path, '-Y', 'frame.number in {1, 3}', '-T', 'fields', '-e', 'frame.number'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  expect(output.trim().split('\n')).toEqual(['1', '3']);
});
