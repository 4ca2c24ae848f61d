// Counts, round trips and retransmissions of every golden capture, beside tshark and tcptrace. What each of them counts differently
// is in peers/accepted.ts with the reason; anything else fails.

import { describe, expect, test } from 'vitest';
import { capturePath, explainJson, goldenCaptures, isInstalled } from './golden.ts';
import { accepted } from './peers/accepted.ts';
import { comparePeers } from './peers/compare.ts';
import { tcptraceFigures } from './peers/tcptrace.ts';
import { tsharkFigures } from './peers/tshark.ts';
import { measure, wiretruthFigures } from './peers/wiretruth.ts';

const hasTshark = isInstalled('tshark');
const hasTcptrace = isInstalled('tcptrace');

describe.runIf(hasTshark)('the figures of tshark and tcptrace', () => {
  const used = new Set<string>();

  test('there are golden captures to compare', () => {
    expect(goldenCaptures.length).toBeGreaterThanOrEqual(20);
  });

  test.each(goldenCaptures)('agree with ours on %s, or differ for a known reason', async (name) => {
    const path = capturePath(name);
    const report = explainJson(path);
    const measured = await measure(path);
    const { unexplained, explainedBy, comparedConnections } = comparePeers(name, report, measured, {
      ours: wiretruthFigures(report, measured),
      tshark: tsharkFigures(path),
      tcptrace: hasTcptrace ? tcptraceFigures(path) : undefined,
    });
    for (const entry of explainedBy) used.add(entry);
    expect(unexplained).toEqual([]);
    if (report.connections.length > 0) expect(comparedConnections).toBeGreaterThan(0);
  });

  test.runIf(hasTcptrace)('every reason in the table is needed by some capture', () => {
    expect(accepted.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });
});
