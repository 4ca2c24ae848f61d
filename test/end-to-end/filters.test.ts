// Every Wireshark filter that a report gives is one that Wireshark takes, and shows the packets that the report names.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { EvidenceReport, Report } from '../../src/report/model.ts';
import { capturePath, explainJson, goldenCaptures, isInstalled } from './golden.ts';

/** Display filters with the packets that they must show, each filter once. */
function filtersOf(report: Report): Map<string, Set<number>> {
  const filters = new Map<string, Set<number>>();
  const evidence: readonly EvidenceReport[] = [
    ...report.connections.flatMap((connection) => connection.verdicts.flatMap((verdict) => verdict.evidence)),
    ...report.findings.flatMap((finding) => finding.evidence),
  ];
  for (const { filter, packets } of evidence) {
    if (filter === null) continue;
    const named = filters.get(filter) ?? new Set();
    for (const packet of packets) named.add(packet);
    filters.set(filter, named);
  }
  return filters;
}

/**
 * How many packets each of the filters shows, in one run of tshark: a table for each (`-z io,stat`), the last one first.
 * Throws with tshark's own words when it refuses one. Commas part io,stat's arguments, so a set is written as a range of its own.
 */
function countShown(filters: readonly string[], path: string): number[] {
  const args = filters.flatMap((filter) => ['-z', `io,stat,0,${withoutCommas(filter)}`]);
  const { status, stdout, stderr } = spawnSync('tshark', ['-n', '-q', '-r', path, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`tshark refuses a filter: ${stderr}`);
  const counts = [...stdout.matchAll(/^\|\s*[\d.]+ <> +[\w.]+\s*\|\s*(\d+) \|/gm)].map((match) => Number(match[1]));
  if (counts.length !== filters.length)
    throw new Error(`${counts.length} tables for ${filters.length} filters:\n${stdout}`);
  return counts.reverse();
}

/** `x in {1, 2}` as `(x==1 || x==2)`. */
function withoutCommas(filter: string): string {
  return filter.replace(/([\w.]+) in \{([^}]*)\}/g, (_, field: string, list: string) => {
    const values = list.split(',').map((value) => `${field}==${value.trim()}`);
    return `(${values.join(' || ')})`;
  });
}

describe.runIf(isInstalled('tshark'))('the Wireshark filters of a report', () => {
  test.each(goldenCaptures)('are taken by tshark and show the packets named: %s', (name) => {
    const filters = filtersOf(explainJson(capturePath(name)));
    if (filters.size === 0) return;
    const narrowed = [...filters].map(([filter, named]) =>
      named.size === 0 ? filter : `(${filter}) && frame.number in {${[...named].join(', ')}}`,
    );
    const shown = countShown(narrowed, capturePath(name));
    const wrong = [...filters].flatMap(([filter, named], i) =>
      named.size > 0 && shown[i] !== named.size
        ? [`${filter}: shows ${shown[i]} of the packets ${[...named].join(', ')}`]
        : [],
    );
    expect(wrong).toEqual([]);
  });

  test('a set is taken as it is written, and a field that does not exist is refused', () => {
    const path = capturePath(goldenCaptures[0] ?? '');
    const args = ['-n', '-r', path, '-Y', 'frame.number in {5, 7, 9, 11}', '-T', 'fields', '-e', 'frame.number'];
    expect(spawnSync('tshark', args, { encoding: 'utf8' }).stdout.trim().split('\n')).toEqual(['5', '7', '9', '11']);
    expect(countShown(['frame.number in {5, 7, 9, 11}', 'frame.number==1'], path)).toEqual([4, 1]);
    expect(() => countShown(['tcp.no_such_field==1'], path)).toThrow('tshark refuses');
  });
});
