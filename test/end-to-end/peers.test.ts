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
  test('there are golden captures to compare', () => {
    expect(goldenCaptures.length).toBeGreaterThanOrEqual(20);
  });

  test.each(goldenCaptures)('agree with ours on %s, or differ for a known reason', async (name) => {
    const path = capturePath(name);
    const report = explainJson(path);
    const measured = await measure(path);
    const { unexplained, comparedConnections } = comparePeers(name, report, measured, {
      ours: wiretruthFigures(report, measured),
      tshark: tsharkFigures(path),
      tcptrace: hasTcptrace ? tcptraceFigures(path) : undefined,
    });
    expect(unexplained).toEqual([]);
    if (report.connections.length > 0) expect(comparedConnections).toBeGreaterThan(0);
  });

  test('every reason in the table names its analyser and says why', () => {
    for (const { name, why } of accepted) expect(`${name}: ${why}`.length).toBeGreaterThan(60);
    expect(new Set(accepted.map(({ name }) => name)).size).toBe(accepted.length);
  });
});
