// `wiretruth host collect` on this machine: what it saves is read back as this machine, and nothing is changed by it.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readHost } from '../../src/node/read-host.ts';
import { haveTools } from '../support/tools.ts';

const program = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wiretruth-collect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const possible =
  process.platform === 'linux' && haveTools(['ip', 'ethtool', 'ss', 'tc', 'nstat', 'sysctl'], 'host collect');

function collect(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NSTAT_HISTORY: join(folder, 'nstat-history') };
  const done = spawnSync(process.execPath, [program, 'host', 'collect', ...args], {
    encoding: 'utf8',
    cwd: folder,
    env,
  });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

describe.runIf(possible)('host collect', () => {
  test('saves what is read back as this machine, readable by its owner alone', async () => {
    const into = join(folder, 'all');
    const { status, stdout } = collect('-o', into);
    expect(status).toBe(0);
    expect(stdout).toContain(`wiretruth host check ${into}`);
    const host = await readHost(into);
    expect(host.problems).toEqual([]);
    expect(host.kernel?.value.text).toBe(release());
    expect([...host.devices.keys()].sort()).toEqual(expect.arrayContaining(['lo']));
    expect(host.devices.get('lo')?.features.get('rx-gro')?.value.active).toBe(true);
    expect(host.devices.get('lo')?.link?.gsoMaxSizeBytes?.value).toBeGreaterThan(0);
    expect(host.counters.get('IpInReceives')).toBeDefined();
    expect(host.sysctls.get('net.ipv4.ip_forward')).toBeDefined();
    expect(statSync(into).mode & 0o777).toBe(0o700);
    expect(statSync(join(into, 'nstat_-azs')).mode & 0o777).toBe(0o600);
    const manifest = JSON.parse(readFileSync(join(into, 'collection.json'), 'utf8'));
    for (const { file } of manifest.outputs) expect(existsSync(join(into, file))).toBe(true);
    expect(manifest.outputs.length + 1).toBe(readdirSync(into).length);
  });

  test('leaves the history of nstat alone', () => {
    expect(existsSync(join(folder, 'nstat-history'))).toBe(false);
  });

  test('asks one device when told so, and names the devices when there is no such', () => {
    const into = join(folder, 'lo');
    expect(collect('-o', into, '--dev', 'lo').status).toBe(0);
    const asked = readdirSync(into).filter((name) => name.startsWith('ethtool_-k_'));
    expect(asked).toEqual(['ethtool_-k_lo']);
    const wrong = collect('-o', join(folder, 'none'), '--dev', 'no-such0');
    expect(wrong.status).toBe(3);
    expect(wrong.stderr).toMatch(/no device no-such0; expected one of .*lo/);
  });

  test('does not mix two moments in one folder', () => {
    const into = join(folder, 'lo');
    writeFileSync(join(folder, 'file'), '');
    expect(collect('-o', into).status).toBe(2);
    expect(collect('-o', into).stderr).toContain('is not empty');
    expect(collect('-o', join(folder, 'file')).status).toBe(2);
  });
});
