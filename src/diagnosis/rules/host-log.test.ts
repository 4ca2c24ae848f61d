import { describe, expect, it } from 'vitest';
import { expectSound } from '../../../test/diagnosis/judge.ts';
import { assembleHost } from '../../hoststate/assemble.ts';
import { diagnoseHost } from '../diagnose-host.ts';
import type { Verdict } from '../verdict.ts';

function verdictsOf(files: Readonly<Record<string, string>>): readonly Verdict[] {
  const texts = Object.entries(files).map(([path, text]) => ({ path, text }));
  return diagnoseHost(assembleHost(texts, { name: 'lab' }));
}

function only(verdicts: readonly Verdict[], code: string): Verdict {
  const found = verdicts.filter((verdict) => verdict.code === code);
  expect(found).toHaveLength(1);
  const [verdict] = found;
  if (verdict === undefined) throw new Error(code);
  expectSound(verdict);
  return verdict;
}

/** ixgbe's lines of one stop, as its driver prints them. */
const stopAt = (seconds: number): string =>
  [
    `[${seconds}.100000] ixgbe 0000:06:00.0 eth2: NETDEV WATCHDOG: CPU: 3: transmit queue 2 timed out 5120 ms`,
    `[${seconds}.200000] ixgbe 0000:06:00.0 eth2: initiating reset due to tx timeout`,
    `[${seconds}.300000] ixgbe 0000:06:00.0 eth2: Reset adapter`,
  ].join('\n');

describe('a card that stopped', () => {
  it('once is a notice, told with the first line of each kind', () => {
    const verdict = only(verdictsOf({ dmesg: stopAt(1000) }), 'host-device-reset');
    expect(verdict.severity).toBe('notice');
    expect(verdict.claim.values).toMatchObject({ dev: 'eth2', occasions: 1 });
    expect(verdict.evidence.map(({ source }) => source)).toEqual(['host:dmesg:1', 'host:dmesg:3']);
    expect(verdict.fixes).toEqual([]);
  });

  it('on three occasions is a problem', () => {
    const verdict = only(verdictsOf({ dmesg: [1000, 2000, 3000].map(stopAt).join('\n') }), 'host-device-reset');
    expect(verdict.severity).toBe('problem');
    expect(verdict.claim.values).toMatchObject({ occasions: 3 });
  });

  it('and lost its link with it may have a bad cable', () => {
    const log = `${stopAt(1000)}\n[1002.000000] ixgbe 0000:06:00.0 eth2: NIC Link is Down`;
    const verdict = only(verdictsOf({ dmesg: log }), 'host-device-reset');
    expect(verdict.against.map(({ key }) => key)).toContain('host-device-reset.against.link');
  });

  it('is found by its driver where the line names no device', () => {
    const verdicts = verdictsOf({
      dmesg: '[50.000000] e1000e 0000:00:1f.6: Detected Hardware Unit Hang',
      'ethtool_-i_eno1': 'driver: e1000e\nversion: 1\n',
    });
    expect(only(verdicts, 'host-device-reset').claim.values?.['dev']).toBe('eno1');
  });

  it('without times in the log is not counted', () => {
    const log = 'Nov 23 06:52:36 h kernel: e1000e 0000:00:1f.6 eno1: Detected Hardware Unit Hang';
    const verdict = only(verdictsOf({ dmesg: log }), 'host-device-reset');
    expect(verdict.severity).toBe('notice');
    expect(verdict.claim.values?.['occasions']).toBe('?');
  });

  it('is told apart from one that was only reset', () => {
    const verdict = only(
      verdictsOf({ dmesg: '[9.000000] igb 0000:03:00.0 enp3s0: Reset adapter' }),
      'host-device-reset',
    );
    expect(verdict.claim.key).toBe('host-device-reset.claim.reset');
  });

  it('is not seen in a log of links alone', () => {
    const log = '[9.000000] igb 0000:03:00.0 enp3s0: NIC Link is Up 1000 Mbps Full Duplex';
    expect(verdictsOf({ dmesg: log }).map(({ code }) => code)).not.toContain('host-device-reset');
  });
});

describe('features that are not as requested', () => {
  const features = (...lines: readonly string[]): Readonly<Record<string, string>> => ({
    'ethtool_-k_eth0': `Features for eth0:\n${lines.join('\n')}\n`,
  });

  it('name what they need', () => {
    const verdict = only(
      verdictsOf(
        features('scatter-gather: off', '\ttx-scatter-gather: off', 'generic-segmentation-offload: off [requested on]'),
      ),
      'host-feature-drift',
    );
    expect(verdict.severity).toBe('info');
    expect(verdict.evidence[0]).toMatchObject({
      text: {
        key: 'host-feature-drift.for.needs',
        values: { feature: 'tx-generic-segmentation', needs: 'tx-scatter-gather' },
      },
      source: 'host:ethtool_-k_eth0:4',
    });
  });

  it('name what excludes them', () => {
    const verdict = only(
      verdictsOf(features('rx-checksumming: on', 'rx-gro-hw: on', 'large-receive-offload: off [requested on]')),
      'host-feature-drift',
    );
    expect(verdict.evidence[0]?.text).toMatchObject({
      key: 'host-feature-drift.for.excluded',
      values: { feature: 'rx-lro', by: 'rx-gro-hw' },
    });
  });

  it('deserve a look where nothing known explains them and they shape packets', () => {
    const verdict = only(verdictsOf(features('generic-receive-offload: off [requested on]')), 'host-feature-drift');
    expect(verdict.severity).toBe('notice');
    expect(verdict.against.map(({ key }) => key)).toContain('host-feature-drift.against.unexplained');
  });

  it('leave TSO to the rule about TSO', () => {
    const verdicts = verdictsOf(features('tx-scatter-gather: off', 'tx-tcp-segmentation: off [requested on]'));
    expect(verdicts.map(({ code }) => code)).toEqual(['host-tso-off']);
  });
});
