// `wiretruth host apply` and `host undo` on the real kernel: a veth pair in network namespaces of this test.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeReport } from '../../src/cli/host/change-report.ts';
import type { HostPlan } from '../../src/cli/host/plan-report.ts';
import { haveTools } from '../support/tools.ts';

const program = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const near = `wth${process.pid}a`;
const far = `wth${process.pid}b`;
const folder = mkdtempSync(join(tmpdir(), 'wiretruth-change-'));
const undoDir = join(folder, 'undo');

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('SKIPPED: host apply and undo: need root for network namespaces\n');
const possible = process.platform === 'linux' && isRoot && haveTools(['ip', 'ethtool'], 'host apply and undo');

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A veth pair with one end in each namespace, new for every test. */
function connect(device: string, address: string): void {
  ip('-n', near, 'link', 'add', device, 'type', 'veth', 'peer', 'name', device, 'netns', far);
  ip('-n', near, 'addr', 'add', address, 'dev', device);
  ip('-n', near, 'link', 'set', device, 'up');
  ip('-n', far, 'link', 'set', device, 'up');
}

/** What the kernel says, read by ethtool itself. */
function features(device: string): string {
  return execFileSync('ip', ['netns', 'exec', near, 'ethtool', '-k', device], { encoding: 'utf8' });
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly namespace?: string;
  /** Commands in front of the program. */
  readonly under?: readonly string[];
  readonly ssh?: string;
}

function host(args: readonly string[], { namespace = near, under = [], ssh }: Surroundings = {}): Ended {
  const { SSH_CONNECTION: _own, FORCE_COLOR: _force, ...env } = process.env;
  const words = ['netns', 'exec', namespace, ...under, process.execPath, program, 'host', ...args];
  const withSession = ssh === undefined ? env : { ...env, SSH_CONNECTION: ssh };
  const done = spawnSync('ip', words, { encoding: 'utf8', env: { ...withSession, COLUMNS: '100' } });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

/** Makes and saves a plan; gives its file. */
function plan(device: string, ...changes: readonly string[]): string {
  const file = join(folder, `${device}-${changes.join('-')}.json`);
  const made = host(['plan', ...changes, '--dev', device, '--write', file]);
  expect(made, made.stderr).toMatchObject({ status: 0 });
  return file;
}

const apply = (file: string, ...more: readonly string[]): Ended =>
  host(['apply', file, '--undo-dir', undoDir, ...more]);
const undo = (...more: readonly string[]): Ended => host(['undo', '--undo-dir', undoDir, ...more]);

describe.runIf(possible)('host apply and host undo', () => {
  beforeAll(() => {
    ip('netns', 'add', near);
    ip('netns', 'add', far);
  });
  beforeEach(() => {
    for (const device of ['v0', 'v1']) spawnSync('ip', ['-n', near, 'link', 'del', device], { stdio: 'ignore' });
    rmSync(undoDir, { recursive: true, force: true });
    connect('v0', '192.0.2.1/24');
    connect('v1', '198.51.100.1/24');
  });
  afterAll(() => {
    for (const name of [near, far]) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  });

  test('refuse without --yes, and then nothing is changed or kept', () => {
    const before = features('v0');
    const file = plan('v0', 'gro=on');
    expect(apply(file)).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/ethtool -K v0 gro on\n[\s\S]*rx-gro +off > on/),
      stderr: expect.stringContaining('nothing was changed; add --yes'),
    });
    expect(features('v0')).toBe(before);
    expect(undo('--yes')).toMatchObject({ status: 2, stderr: expect.stringContaining('nothing is left to undo') });
  });

  test('show before and after, and the undo leaves every feature as it was', () => {
    const before = features('v0');
    const done = apply(plan('v0', 'gro=on'), '--yes');
    expect(done).toMatchObject({ status: 0, stdout: expect.stringMatching(/rx-gro +off +on/) });
    expect(features('v0')).toContain('generic-receive-offload: on');
    expect(undo()).toMatchObject({ status: 2, stdout: 'ethtool -K v0 gro off\n' });
    expect(features('v0')).toContain('generic-receive-offload: on');
    expect(undo('--yes')).toMatchObject({ status: 0, stdout: expect.stringMatching(/rx-gro +on +off/) });
    expect(features('v0')).toBe(before);
    expect(undo('--yes').status).toBe(2);
  });

  test.each(['sg=off', 'tx=off', 'tso=off', 'tso=off gso=off gro=on', 'tx-tcp6-segmentation=off', 'rxvlan=off'])(
    'the kernel moves what was planned for %s, and all of it goes back',
    (changes) => {
      const before = features('v0');
      const file = plan('v0', ...changes.split(' '));
      const planned = JSON.parse(readFileSync(file, 'utf8')) as HostPlan;
      expect(planned.moves.length).toBeGreaterThan(0);
      const done = apply(file, '--yes', '--json');
      const report = JSON.parse(done.stdout) as ChangeReport;
      expect(report.features.filter(({ after, planned: wish }) => after !== wish)).toEqual([]);
      expect(report.features.map(({ feature }) => feature).sort()).toEqual(
        planned.moves.map(({ feature }) => feature).sort(),
      );
      expect(done.status).toBe(0);
      expect(features('v0')).not.toBe(before);
      expect(undo(report.id, '--yes').status).toBe(0);
      expect(features('v0')).toBe(before);
    },
  );

  test('several changes go back one after the other, the last first', () => {
    const before = features('v0');
    apply(plan('v0', 'gro=on'), '--yes');
    const between = features('v0');
    apply(plan('v0', 'tso=off'), '--yes');
    const kept = undo('--list').stdout.trim().split('\n');
    expect(kept.map((line) => line.split(/ {2}/).slice(1))).toEqual([
      ['applied', 'v0', 'tso=off'],
      ['applied', 'v0', 'gro=on'],
    ]);
    undo('--yes');
    expect(features('v0')).toBe(between);
    undo('--yes');
    expect(features('v0')).toBe(before);
  });

  test('keep records that only their owner may read', () => {
    apply(plan('v0', 'gro=on'), '--yes');
    const [name = ''] = readdirSync(undoDir);
    expect(statSync(undoDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(undoDir, name)).mode & 0o777).toBe(0o600);
  });

  test('change nothing when the undo cannot be kept', () => {
    const before = features('v0');
    writeFileSync(join(folder, 'a-file'), '');
    const file = plan('v0', 'gro=on');
    const done = host(['apply', file, '--yes', '--undo-dir', join(folder, 'a-file')]);
    expect(done).toMatchObject({ status: 5, stderr: expect.stringContaining('nothing was changed') });
    expect(features('v0')).toBe(before);
  });

  test('refuse a plan whose device has changed since, or that is no plan', () => {
    const file = plan('v0', 'gro=on');
    execFileSync('ip', ['netns', 'exec', near, 'ethtool', '-K', 'v0', 'tso', 'off'], { stdio: 'ignore' });
    expect(apply(file, '--yes')).toMatchObject({ status: 2, stderr: expect.stringContaining('no longer as it was') });
    expect(features('v0')).toContain('generic-receive-offload: off');
    const forged = { ...JSON.parse(readFileSync(file, 'utf8')), changes: [{ name: '--help; reboot', state: 'on' }] };
    writeFileSync(join(folder, 'forged.json'), JSON.stringify(forged));
    for (const no of [join(folder, 'forged.json'), program, join(folder, 'nothing-there')]) {
      expect(apply(no, '--yes').status).toBe(2);
    }
  });

  /** An ethtool in front of the real one: after a change it does one thing more. */
  function ethtoolThat(...then: readonly string[]): string {
    const bin = mkdtempSync(join(folder, 'bin-'));
    const real = execFileSync('which', ['ethtool'], { encoding: 'utf8' }).trim();
    const script = [
      '#!/bin/sh',
      `${real} "$@"; status=$?`,
      '[ "$1" = -K ] || exit $status',
      ...then,
      'exit $status',
      '',
    ];
    writeFileSync(join(bin, 'ethtool'), script.join('\n').replaceAll('REAL', real), { mode: 0o755 });
    return bin;
  }

  test('can be undone also when the program was killed in the midst of the change', () => {
    const before = features('v0');
    const file = plan('v0', 'tso=off');
    const bin = ethtoolThat('kill -9 $PPID');
    const killed = host(['apply', file, '--yes', '--undo-dir', undoDir], {
      under: ['env', `PATH=${bin}:${process.env['PATH']}`],
    });
    expect(killed.status).not.toBe(0);
    expect(features('v0')).not.toBe(before);
    expect(undo('--list').stdout).toContain('  applying  v0  tso=off');
    expect(undo('--yes').status).toBe(0);
    expect(features('v0')).toBe(before);
  });

  test('say when the kernel did otherwise than planned, and undo that, too', () => {
    const before = features('v0');
    const file = plan('v0', 'gro=on');
    const bin = ethtoolThat('REAL -K v0 rxvlan off');
    const done = host(['apply', file, '--yes', '--undo-dir', undoDir], {
      under: ['env', `PATH=${bin}:${process.env['PATH']}`],
    });
    expect(done.status).toBe(1);
    expect(done.stdout).toMatch(/rx-vlan-hw-parse +on +off +moved along, not in the plan/);
    expect(done.stdout).toContain('otherwise than planned');
    expect(undo('--yes').status).toBe(0);
    expect(features('v0')).toBe(before);
  });

  test('an undo leaves alone what others changed since', () => {
    apply(plan('v0', 'gro=on'), '--yes');
    execFileSync('ip', ['netns', 'exec', near, 'ethtool', '-K', 'v0', 'rxvlan', 'off'], { stdio: 'ignore' });
    expect(undo('--yes').status).toBe(0);
    expect(features('v0')).toContain('rx-vlan-offload: off');
    expect(features('v0')).toContain('generic-receive-offload: off');
  });

  test('say so where nothing would move', () => {
    const file = plan('v0', 'gro=off');
    expect(apply(file, '--yes')).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to change') });
  });

  test('an undo after the device is gone, or in another namespace, says so', () => {
    apply(plan('v1', 'gro=on'), '--yes');
    expect(host(['undo', '--undo-dir', undoDir, '--yes'], { namespace: far })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('another network namespace'),
    });
    ip('-n', near, 'link', 'del', 'v1');
    expect(undo('--yes')).toMatchObject({ status: 0, stdout: expect.stringContaining('no longer here') });
    expect(undo('--list').stdout).toContain('  gone  ');
  });

  test.runIf(haveTools(['setpriv'], 'host apply without rights'))('without the right to change anything say so', () => {
    const before = features('v0');
    const file = plan('v0', 'gro=on');
    const open = mkdtempSync(join(tmpdir(), 'wiretruth-nobody-'));
    chmodSync(open, 0o777);
    chmodSync(folder, 0o755);
    const done = host(['apply', file, '--yes', '--undo-dir', join(open, 'undo')], {
      under: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'],
    });
    rmSync(open, { recursive: true, force: true });
    expect(done).toMatchObject({ status: 5, stderr: expect.stringMatching(/not permitted.*nothing was changed/i) });
    expect(features('v0')).toBe(before);
  });

  describe('on the device that carries the SSH session', () => {
    const ssh = '192.0.2.2 50000 192.0.2.1 22';

    test('refuse, and on another device do not', () => {
      const before = features('v0');
      const carries = host(['apply', plan('v0', 'gro=on'), '--yes', '--undo-dir', undoDir], { ssh });
      expect(carries).toMatchObject({ status: 2, stderr: expect.stringContaining('v0 carries the SSH session') });
      expect(features('v0')).toBe(before);
      const other = host(['apply', plan('v1', 'gro=on'), '--yes', '--undo-dir', undoDir], { ssh });
      expect(other.status).toBe(0);
    });

    test('go on with --even-if-it-is-my-way-in', () => {
      const more = ['--yes', '--even-if-it-is-my-way-in', '--undo-dir', undoDir];
      expect(host(['apply', plan('v0', 'gro=on'), ...more], { ssh }).status).toBe(0);
      expect(host(['undo', '--yes', '--undo-dir', undoDir], { ssh }).status).toBe(2);
      expect(host(['undo', ...more], { ssh }).status).toBe(0);
    });

    test('know it also where sudo took it out of the environment', () => {
      const under = ['sh', '-c', 'env -u SSH_CONNECTION "$@"; exit $?', 'sh'];
      const done = host(['apply', plan('v0', 'gro=on'), '--yes', '--undo-dir', undoDir], { ssh, under });
      expect(done).toMatchObject({ status: 2, stderr: expect.stringContaining('process above') });
    });

    test('know it by the way that answers take, and under a bridge', () => {
      const file = plan('v1', 'gro=on');
      // The server's address is on v0, answers to this client leave by v1.
      const route = host(['apply', file, '--yes', '--undo-dir', undoDir], { ssh: '198.51.100.9 50000 192.0.2.1 22' });
      expect(route).toMatchObject({ status: 2, stderr: expect.stringContaining('v1 carries') });
      ip('-n', near, 'link', 'add', 'br7', 'type', 'bridge');
      ip('-n', near, 'addr', 'add', '203.0.113.1/24', 'dev', 'br7');
      ip('-n', near, 'link', 'set', 'v1', 'master', 'br7');
      const bridge = host(['apply', file, '--yes', '--undo-dir', undoDir], { ssh: '203.0.113.9 50000 203.0.113.1 22' });
      ip('-n', near, 'link', 'del', 'br7');
      expect(bridge).toMatchObject({ status: 2, stderr: expect.stringContaining('v1 carries') });
    });

    test('are not kept from devices of a namespace that the session does not come in by', () => {
      const elsewhere = '10.9.8.7 50000 10.9.8.6 22';
      expect(host(['apply', plan('v0', 'gro=on'), '--yes', '--undo-dir', undoDir], { ssh: elsewhere }).status).toBe(0);
    });
  });
});
