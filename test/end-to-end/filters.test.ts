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

/** A list of frame numbers says itself what it shows; tshark (a quarter of a second each time) takes them in one sample below. */
function listedNumbers(filter: string): Set<number> | undefined {
  const list = /^frame\.number in \{(\d+(?:, \d+)*)\}$/.exec(filter);
  return list === null ? undefined : new Set((list[1] ?? '').split(', ').map(Number));
}

function shownBy(
  filter: string,
  path: string,
): { readonly packets: Set<number>; readonly refused: string | undefined } {
  const { status, stdout, stderr } = spawnSync(
    'tshark',
    ['-n', '-r', path, '-Y', filter, '-T', 'fields', '-e', 'frame.number'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  const packets = new Set(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map(Number),
  );
  return { packets, refused: status === 0 ? undefined : stderr };
}

describe.runIf(isInstalled('tshark'))('the Wireshark filters of a report', () => {
  test.each(goldenCaptures)('are taken by tshark and show the packets named: %s', (name) => {
    const path = capturePath(name);
    const problems: string[] = [];
    for (const [filter, named] of filtersOf(explainJson(path))) {
      const listed = listedNumbers(filter);
      const { packets, refused } =
        listed === undefined ? shownBy(filter, path) : { packets: listed, refused: undefined };
      if (refused !== undefined) problems.push(`${filter}: refused: ${refused}`);
      const missing = [...named].filter((packet) => !packets.has(packet));
      if (missing.length > 0) problems.push(`${filter}: does not show ${missing.join(', ')}`);
    }
    expect(problems).toEqual([]);
  });

  test('a list of frame numbers is a filter that tshark takes as we do', () => {
    const { packets, refused } = shownBy('frame.number in {5, 7, 9, 11}', capturePath(goldenCaptures[0] ?? ''));
    expect(refused).toBe(undefined);
    expect([...packets]).toEqual([5, 7, 9, 11]);
    expect(listedNumbers('frame.number in {5, 7, 9, 11}')).toEqual(packets);
  });
});
