// `wiretruth host plan` as a person reads it, and the program as scripts see it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { buildPlan, featureChange, type HostPlan } from '../../src/cli/host/plan-report.ts';
import { planText } from '../../src/cli/host/plan-text.ts';
import { readHost } from '../../src/node/read-host.ts';
import type { Language } from '../../src/report/messages/render.ts';

const here = import.meta.dirname;
const hosts = join(here, '../hosts');
const program = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wiretruth-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plans: readonly (readonly [name: string, host: string, dev: string, change: string, language: Language])[] = [
  ['bnxt-gro-off', 'bnxt-thor-default', 'ens3f0np0', 'gro=off', 'en'],
  ['bnxt-gro-off.ko', 'bnxt-thor-default', 'ens3f0np0', 'gro=off', 'ko'],
  ['bnxt-rx-gro-hw-off', 'bnxt-thor-default', 'ens3f0np0', 'rx-gro-hw=off', 'en'],
  ['bnx2x-lro-off', 'bnx2x-rhel5', 'eth0', 'lro=off', 'en'],
  ['router-lro-on', 'router-lro-off', 'enp6s0f0', 'lro=on', 'en'],
  ['virtio-gro-hw-off', 'virtio-guest', 'eth0', 'rx-gro-hw=off', 'en'],
];

describe('host plan', () => {
  test.each(plans)('%s reads as reviewed', async (name, host, dev, change, language) => {
    const surroundings = { mechanismsHere: ['netplan'], hardwareAddress: '02:00:00:00:00:01' };
    const plan = buildPlan(await readHost(join(hosts, host)), dev, [featureChange(change)], language, surroundings);
    const text = planText(plan, { language, width: 100, colour: false, verbose: false }).join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(join(here, 'expected', `plan-${name}.txt`));
  });
});

function plan(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const done = spawnSync(process.execPath, [program, 'host', 'plan', ...args], { encoding: 'utf8' });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

describe('the program', () => {
  const from = ['--from', join(hosts, 'bnxt-thor-default'), '--dev', 'ens3f0np0'];

  test('saves the plan that it prints', () => {
    const file = join(folder, 'plan.json');
    const { status, stdout } = plan('gro=off', ...from, '--json', '--write', file);
    expect(status).toBe(0);
    const printed = JSON.parse(stdout) as HostPlan;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(printed);
    expect(printed).toMatchObject({ schema: 'wiretruth.host-plan/1', host: 'nfs1', device: 'ens3f0np0' });
    expect(printed.moves.map(({ feature }) => feature)).toEqual(['rx-gro', 'rx-gro-hw']);
  });

  test('says what would be accepted', () => {
    expect(plan('gro=maybe', ...from)).toMatchObject({ status: 2, stderr: expect.stringContaining('such as gro=off') });
    expect(plan('gr=off', ...from)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('what can be changed: '),
    });
    expect(plan('gro=off', '--from', join(hosts, 'bnxt-thor-default'), '--dev', 'eth9')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expected one of ens3f0np0'),
    });
    expect(plan('gro=off')).toMatchObject({ status: 2, stderr: expect.stringContaining('--dev') });
  });
});
