// Whatever a host's outputs hold, cut, doubled or garbled: check, metrics and plan answer, and what they write stays whole.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildHostCheck } from '../../src/cli/host/check-report.ts';
import { hostCheckText } from '../../src/cli/host/check-text.ts';
import { hostMetrics } from '../../src/cli/host/metrics-text.ts';
import { assembleHost, type HostText } from '../../src/hoststate/assemble.ts';
import { PlanError, planChange } from '../../src/hoststate/check/plan.ts';
import { networks } from '../../src/hoststate/readings.ts';

const hosts = join(import.meta.dirname, '../hosts');
const states = ['bnxt-thor-default', 'sos', 'veth-sg-off', 'router-lro-off', 'vmxnet3-rhel8', 'bnxt-lro-pasted'];

function textsOf(state: string): readonly HostText[] {
  const root = join(hosts, state);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: path.slice(root.length + 1), text: readFileSync(path, 'utf8') };
    });
}

const samples = states.map(textsOf);

const damage = fc.record({
  state: fc.nat(samples.length - 1),
  file: fc.nat(),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('cut', 'drop', 'double', 'garble', 'swap'),
  noise: fc.string({ unit: 'binary', maxLength: 40 }),
});

function damaged({
  state,
  file,
  at,
  kind,
  noise,
}: typeof damage extends fc.Arbitrary<infer T> ? T : never): readonly HostText[] {
  const texts = samples[state] ?? [];
  const chosen = file % texts.length;
  return texts.map((one, index) => {
    if (index !== chosen) return one;
    const lines = one.text.split('\n');
    const line = Math.floor(at * (lines.length - 1));
    if (kind === 'cut') return { ...one, text: one.text.slice(0, Math.floor(at * one.text.length)) };
    if (kind === 'drop') lines.splice(line, 1);
    else if (kind === 'double') lines.splice(line, 0, lines[line] ?? '');
    else if (kind === 'swap') lines.splice(line, 2, lines[line + 1] ?? '', lines[line] ?? '');
    else lines[line] = `${(lines[line] ?? '').slice(0, Math.floor(at * 20))}${noise}`;
    return { ...one, text: lines.join('\n') };
  });
}

const metricLine =
  /^(?:# (?:HELP|TYPE) wt_[a-z_]+ .+|wt_[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? -?\d\S*)$/;

test('no file of a host can steer the terminal', () => {
  const evil = '\u001b]0;owned\u0007\u009b2J';
  const texts = [
    { path: 'uname_-a', text: `Linux h${evil} 6.1.0-28-amd64 #1 SMP x86_64 GNU/Linux\n` },
    { path: 'ethtool_-i_eth0', text: `driver: ixgbe${evil}\nfirmware-version: 1${evil}\n` },
    { path: 'ethtool_-k_eth0', text: 'Features for eth0:\ngeneric-receive-offload: on\n' },
    { path: 'dmesg', text: `[1.000000] e1000e 0000:00:1f.6 eth0: Detected Hardware Unit Hang${evil}\n` },
  ];
  const report = buildHostCheck(assembleHost(texts, { name: `lab${evil}` }), 'en');
  expect(JSON.stringify(report)).toContain('owned');
  const text = hostCheckText(report, { language: 'en', width: 100, colour: false, verbose: true }).join('\n');
  expect(text).toContain('owned');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('a damaged host is checked, measured and planned for without a fault', () => {
  fc.assert(
    fc.property(damage, (wound) => {
      const host = assembleHost(damaged(wound), { name: 'lab' });
      for (const language of ['en', 'ko'] as const) {
        const report = buildHostCheck(host, language);
        const text = hostCheckText(report, { language, width: 100, colour: false, verbose: true });
        expect(text.length).toBeGreaterThan(1);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        for (const line of text) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        for (const { value } of report.counters) expect(Number.isFinite(value)).toBe(true);
      }
      for (const line of hostMetrics(host).trimEnd().split('\n')) expect(line).toMatch(metricLine);
      for (const [, network] of networks(host)) {
        for (const device of network.devices.values()) {
          for (const name of ['gro', 'tso', 'lro', 'rx-gro-hw', 'sg']) {
            try {
              const plan = planChange(host, network, device, [{ name, state: 'off' }]);
              for (const { feature, from, to } of plan.moves) {
                expect(from).not.toBe(to);
                expect(device.features.get(feature)?.value.fixed).not.toBe(true);
              }
            } catch (error) {
              expect(error).toBeInstanceOf(PlanError);
            }
          }
        }
      }
    }),
    { numRuns: 150, seed: 20261123 },
  );
});
