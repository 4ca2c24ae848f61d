// `wiretruth host check` over every recorded host: what a reviewer reads, and the program as scripts see it.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { buildHostCheck, type HostCheckReport } from '../../src/cli/host/check-report.ts';
import { hostCheckText } from '../../src/cli/host/check-text.ts';
import { readHost } from '../../src/node/read-host.ts';
import type { Language } from '../../src/report/messages/render.ts';
import { haveTools } from '../support/tools.ts';

const here = import.meta.dirname;
const hosts = join(here, '../hosts');
const program = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wiretruth-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const states = readdirSync(hosts, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['make', 'expected'].includes(entry.name))
  .map((entry) => entry.name);

async function textOf(state: string, language: Language): Promise<string> {
  const report = buildHostCheck(await readHost(join(hosts, state)), language);
  return `${hostCheckText(report, { language, width: 100, colour: false, verbose: false }).join('\n')}\n`;
}

describe('host check of a recorded host', () => {
  test('there are at least 12', () => {
    expect(states.length).toBeGreaterThanOrEqual(12);
  });

  test.each(states)('%s reads as reviewed', async (state) => {
    await expect(textOf(state, 'en')).resolves.toMatchFileSnapshot(join(here, 'expected', `${state}.txt`));
  });

  test.each(['bnxt-thor-gro-off', 'sos', 'router-lro-off'])('%s reads as reviewed in Korean', async (state) => {
    await expect(textOf(state, 'ko')).resolves.toMatchFileSnapshot(join(here, 'expected', `${state}.ko.txt`));
  });

  test('its JSON quotes file and line for every figure, and has null for what is not known', async () => {
    const report = buildHostCheck(await readHost(join(hosts, 'sos')), 'en');
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    for (const { source } of report.counters) expect(source).toMatch(/^host:.+:\d+$/);
    for (const { offloads } of report.devices) {
      for (const state of Object.values(offloads)) if (state !== null) expect(state.source).toMatch(/^host:.+:\d+$/);
    }
    expect(report.devices.map(({ device, namespace }) => ({ device, namespace }))).toContainEqual({
      device: 'qr-12ab',
      namespace: 'router_ns-1',
    });
  });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function check(...args: readonly string[]): Ended {
  const { FORCE_COLOR: _force, ...env } = process.env;
  const options = { encoding: 'utf8', env: { ...env, COLUMNS: '100', NO_COLOR: '1' } } as const;
  const done = spawnSync(process.execPath, [program, 'host', 'check', ...args], options);
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

describe('the program', () => {
  test('is built', () => expect(existsSync(program)).toBe(true));

  test.runIf(haveTools(['tar', 'gzip'], 'a sos report as tar'))(
    'reads a sos report the same as folder, tar and tar.gz',
    () => {
      const root = readdirSync(join(hosts, 'sos'))[0] ?? '';
      execFileSync('tar', ['-C', join(hosts, 'sos'), '-cf', join(folder, 'r.tar'), root]);
      execFileSync('tar', ['-C', join(hosts, 'sos'), '-czf', join(folder, 'r.tar.gz'), root]);
      const asFolder = check(join(hosts, 'sos', root));
      expect(asFolder.status).toBe(0);
      expect(asFolder.stdout).toContain('PROBLEM  LRO is on for eno1');
      expect(check(join(folder, 'r.tar'))).toEqual(asFolder);
      expect(check(join(folder, 'r.tar.gz'))).toEqual(asFolder);
    },
  );

  test('ends with 1 where something is as grave as --fail-on, else with 0', () => {
    expect(check(join(hosts, 'sos'), '--fail-on', 'problem').status).toBe(1);
    expect(check(join(hosts, 'veth-sg-off'), '--fail-on', 'problem').status).toBe(0);
    expect(check(join(hosts, 'veth-sg-off'), '--fail-on', 'notice').status).toBe(1);
    expect(check(join(hosts, 'sos'), '--fail-on', 'bad').status).toBe(2);
  });

  test('writes JSON and Korean', () => {
    const { stdout } = check(join(hosts, 'bnxt-thor-gro-off'), '--json', '--lang', 'ko');
    const report = JSON.parse(stdout) as HostCheckReport;
    expect(report.schema).toBe('wiretruth.host-check/1');
    expect(report.findings[0]?.code).toBe('host-gro-hw-coupling');
    expect(report.findings[0]?.claim).toMatch(/[가-힣]/);
    expect(report.devices[0]?.offloads['rx-gro-hw']).toMatchObject({ active: false, drifts: true });
  });

  test('says of what it cannot read what it found and what it expected', () => {
    expect(check(join(folder, 'nothing-there')).status).toBe(3);
    mkdirSync(join(folder, 'empty'));
    const empty = check(join(folder, 'empty'));
    expect(empty.status).toBe(3);
    expect(empty.stdout).toMatch(/outputs of ethtool -k/);
    writeFileSync(join(folder, 'cut.tar.gz'), Buffer.from('1f8b08000000000000', 'hex'));
    const cut = check(join(folder, 'cut.tar.gz'));
    expect([3, 4]).toContain(cut.status);
    expect(cut.stderr + cut.stdout).toContain('cut.tar.gz');
  });

  test.runIf(process.platform === 'linux' && haveTools(['ip', 'ethtool'], 'host check of this machine'))(
    'without a path looks at this machine',
    () => {
      const { status, stdout } = check('--json', '--quiet', '--dev', 'lo');
      expect(status).toBe(0);
      const report = JSON.parse(stdout) as HostCheckReport;
      expect(report.devices.map(({ device }) => device)).toContain('lo');
      expect(report.unread).toEqual([]);
    },
  );
});
