// `wiretruth host metrics`: the format that Prometheus reads, as text, as a file that is replaced in one step, and over HTTP.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { hostMetrics } from '../../src/cli/host/metrics-text.ts';
import { assembleHost } from '../../src/hoststate/assemble.ts';
import { readHost } from '../../src/node/read-host.ts';
import { haveTools } from '../support/tools.ts';

const here = import.meta.dirname;
const hosts = join(here, '../hosts');
const program = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wiretruth-metrics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const states = readdirSync(hosts, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['make', 'expected'].includes(entry.name))
  .map((entry) => entry.name);

const sample = /^(wt_[a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Reads the text as the exposition format wants it; gives every series with its value. */
function series(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const families = new Set<string>();
  let family = '';
  let type = '';
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP (wt_[a-z_]+) \S/.exec(line)?.[1];
    const kind = /^# TYPE (wt_[a-z_]+) (gauge|counter)$/.exec(line);
    if (help !== undefined) {
      expect(families.has(help), `${help} twice`).toBe(false);
      families.add(help);
      family = help;
    } else if (kind !== null) {
      expect(kind[1]).toBe(family);
      type = kind[2] ?? '';
      expect(family.endsWith('_total'), family).toBe(type === 'counter');
    } else {
      const match = sample.exec(line);
      expect(match, line).not.toBeNull();
      expect(match?.[1]).toBe(family);
      const name = line.slice(0, line.lastIndexOf(' '));
      expect(found.has(name), `${name} twice`).toBe(false);
      found.set(name, Number(match?.[3]));
    }
  }
  return found;
}

describe('the metrics of a host', () => {
  test.each(states)('of %s are in the exposition format', async (state) => {
    expect(series(hostMetrics(await readHost(join(hosts, state)))).size).toBeGreaterThan(3);
  });

  test('of a sos report read as reviewed', async () => {
    await expect(hostMetrics(await readHost(join(hosts, 'sos')))).toMatchFileSnapshot(
      join(here, 'expected', 'sos.prom'),
    );
  });

  test('tell wish from state, findings and the merge factor', async () => {
    const coupled = series(hostMetrics(await readHost(join(hosts, 'bnxt-thor-gro-off'))));
    const feature = 'device="ens3f0np0",feature="rx-gro-hw"';
    expect(coupled.get(`wt_device_offload_enabled{${feature}}`)).toBe(0);
    expect(coupled.get(`wt_device_offload_requested{${feature}}`)).toBe(1);
    expect(coupled.get('wt_finding_active{rule="host-gro-hw-coupling",severity="notice",device="ens3f0np0"}')).toBe(1);
    const merging = series(hostMetrics(await readHost(join(hosts, 'veth-receiver-gro'))));
    expect(merging.get('wt_ip_received_packets_total{ip_version="6"}')).toBe(27_338);
    expect(merging.get('wt_ip_received_segments_total{ip_version="6"}')).toBe(32_316);
  });

  test('survive names that no host should have', () => {
    const text = 'driver: a"b\\c\nversion: 1\nfirmware-version: {x="1"} 2\n';
    const odd = assembleHost([{ path: 'ethtool_-i_eth0', text }], { name: 'host"\\\nname' });
    const all = [...series(hostMetrics(odd)).keys()];
    expect(all).toContain('wt_host_info{host="host\\"\\\\\\nname",kernel=""}');
    expect(all.some((name) => name.startsWith('wt_device_info{device="eth0",driver="a\\"b\\\\c"'))).toBe(true);
  });
});

const possible = process.platform === 'linux' && haveTools(['ip', 'ethtool', 'nstat'], 'host metrics of this machine');

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

function ask(port: number, path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          type: response.headers['content-type'],
          text: Buffer.concat(pieces).toString(),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe.runIf(possible)('the program', () => {
  let server: ChildProcess | undefined;
  afterEach(() => {
    server?.kill('SIGKILL');
    server = undefined;
  });

  /** Starts a server and gives its port. */
  async function serve(...args: readonly string[]): Promise<number> {
    server = spawn(process.execPath, [program, 'host', 'metrics', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [said] = (await once(server.stderr as NonNullable<ChildProcess['stderr']>, 'data')) as [Buffer];
    const port = /http:\/\/127\.0\.0\.1:(\d+)\/metrics/.exec(said.toString())?.[1];
    expect(port, said.toString()).toBeDefined();
    return Number(port);
  }

  const run = (...args: readonly string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [program, 'host', 'metrics', ...args], { encoding: 'utf8' });

  test('replaces a file in one step and leaves nothing beside it', () => {
    const file = join(folder, 'wiretruth.prom');
    expect(run('--output', file, '--dev', 'lo').status).toBe(0);
    const first = series(readFileSync(file, 'utf8'));
    expect(first.get('wt_device_offload_enabled{device="lo",feature="rx-gro"}')).toBe(1);
    expect(run('--output', file, '--dev', 'lo').status).toBe(0);
    expect(readdirSync(folder)).toEqual(['wiretruth.prom']);
    expect(run('--output', join(folder, 'nowhere', 'x.prom'), '--dev', 'lo').status).toBe(5);
  });

  test('serves them until it is asked to stop', async () => {
    const port = await serve('--listen', '127.0.0.1:0', '--dev', 'lo');
    const [one, two] = await Promise.all([ask(port, '/metrics'), ask(port, '/metrics?x=1')]);
    expect(one).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect(two.text).toBe(one.text);
    expect(series(one.text).get('wt_device_offload_enabled{device="lo",feature="rx-gro"}')).toBe(1);
    expect(await ask(port, '/')).toMatchObject({ status: 404, text: expect.stringContaining('/metrics') });
    expect((await ask(port, '/metrics', 'POST')).status).toBe(405);
    const ended = once(server as ChildProcess, 'exit');
    server?.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('listens on loopback when only a port is given, and says so when it cannot listen', async () => {
    const port = await serve('--listen', '0', '--dev', 'lo');
    const second = run('--listen', `127.0.0.1:${port}`);
    expect(second.status).toBe(5);
    expect(second.stderr).toContain('cannot listen');
    expect(run('--listen', 'anywhere').status).toBe(2);
    expect(run('--listen', '127.0.0.1:70000').status).toBe(2);
    expect(run('--listen', '0', '--output', 'x').status).toBe(2);
  });

  test('says why when a reading fails', async () => {
    const port = await serve('--listen', '0', '--dev', 'no-such0');
    expect(await ask(port, '/metrics')).toMatchObject({
      status: 500,
      text: expect.stringContaining('no device no-such0'),
    });
  });
});
