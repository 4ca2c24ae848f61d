// A lab that is killed at any moment leaves nothing that `lab clean` does not find; one that is told to stop leaves nothing at all.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/lab/random.ts';

const main = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'bundle', 'main.js');
const canRun = process.platform === 'linux' && process.getuid?.() === 0;
if (!canRun) process.stderr.write('SKIPPED: labs are killed and cleaned only as root on Linux.\n');

const KILLS = 50;
/** A lab takes about this long; some kills come after its end. */
const LONGEST_MS = 1400;
/** Bridges, TAPs with a user-space wire, a user-space receiver, a tunnel, a second connection before the first. */
const SCENARIOS = ['span', 'tso-on-gro-on', 'window-720-scaled', 'vxlan', 'cwnd-2', 'suspect-gro-router'] as const;
/** Every process of a lab inherits it, wherever it goes. */
const MARK = `WIRETRUTH_LAB_CLEAN_TEST=${process.pid}`;

let directory: string;
let devicesBefore: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wiretruth-lab-clean-'));
  if (canRun) devicesBefore = devices();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const devices = (): string =>
  execFileSync('ip', ['-o', 'link', 'show'], { encoding: 'utf8' }).replace(/ state \w+/g, '');

async function namespacesOf(pids: readonly number[]): Promise<string[]> {
  const all = await readdir('/run/netns').catch(() => []);
  return all.filter((name) => pids.some((pid) => name.startsWith(`wt${pid}-`)));
}

async function markedProcesses(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(MARK)) continue;
    found.push(`${pid} ${(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')}`);
  }
  return found;
}

function startLab(
  scenario: string,
  name: string,
): { readonly lab: ChildProcess; readonly ended: Promise<number | null> } {
  const [key = '', value = ''] = MARK.split('=');
  const args = [main, 'lab', 'run', scenario, '-o', join(directory, name)];
  const lab = spawn(process.execPath, args, { env: { ...process.env, [key]: value }, stdio: 'ignore' });
  return { lab, ended: new Promise((resolve) => lab.on('close', (status) => resolve(status))) };
}

const clean = () => spawnSync(process.execPath, [main, 'lab', 'clean'], { encoding: 'utf8' });

describe.runIf(canRun)('a lab', () => {
  it(`killed at ${KILLS} random moments leaves no namespace, device or process after lab clean`, async () => {
    const random = seededRandom(20);
    let leftSomething = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { lab, ended } = startLab(random.pick(SCENARIOS), `kill-${kill}`);
      await sleep(random.between(0, LONGEST_MS));
      lab.kill('SIGKILL');
      await ended;
      const pids = [lab.pid ?? 0];
      if ((await namespacesOf(pids)).length > 0) leftSomething += 1;
      const { status, stderr } = clean();
      expect(status, stderr).toBe(0);
      expect(await namespacesOf(pids), `kill ${kill}`).toEqual([]);
      await gone();
      await rm(join(directory, `kill-${kill}`), { recursive: true, force: true });
    }
    expect(devices()).toBe(devicesBefore);
    // Otherwise the moments were badly chosen, and nothing was shown.
    expect(leftSomething).toBeGreaterThan(KILLS / 4);
  }, 600_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that gets %s takes everything back itself and ends with %i', async (signal, status) => {
    for (const waitMs of [350, 700]) {
      const { lab, ended } = startLab('window-720-shrunk', `${signal}-${waitMs}`);
      await until(async () => (await namespacesOf([lab.pid ?? 0])).length > 0);
      await sleep(waitMs);
      lab.kill(signal);
      expect(await ended).toBe(status);
      expect(await namespacesOf([lab.pid ?? 0])).toEqual([]);
      await gone();
    }
    expect(devices()).toBe(devicesBefore);
  });

  it('that still runs keeps what it has when another one is cleaned', async () => {
    const { lab, ended } = startLab('window-720-shrunk', 'running');
    await until(async () => (await namespacesOf([lab.pid ?? 0])).length > 0);
    expect(clean().status).toBe(0);
    expect(await namespacesOf([lab.pid ?? 0])).not.toEqual([]);
    expect(await ended).toBe(0);
    expect(await namespacesOf([lab.pid ?? 0])).toEqual([]);
  });
});

/** Processes get their signal, then take a moment to go. */
async function gone(): Promise<void> {
  for (let tries = 0; tries < 20 && (await markedProcesses()).length > 0; tries += 1) await sleep(50);
  expect(await markedProcesses()).toEqual([]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) return;
    await sleep(20);
  }
  throw new Error('it did not begin within four seconds');
}

describe('lab commands', () => {
  it.runIf(canRun)('without root say so in one line and exit with 5', () => {
    const nobody = { encoding: 'utf8', uid: 65_534, gid: 65_534 } as const;
    for (const args of [['run', 'loopback'], ['score'], ['matrix'], ['clean']]) {
      const { status, stderr } = spawnSync(process.execPath, [main, 'lab', ...args], nobody);
      expect(status, stderr).toBe(5);
      expect(stderr).toMatch(/^wiretruth: lab \w+: needs root[^\n]*\n$/);
    }
  });

  it.each([
    [['lab', 'run', tmpdir()], 3, /EISDIR/],
    [['lab', 'run', 'no-such-scenario'], 2, /expected a YAML file, or one of big-tcp, /],
    [['lab', 'run', './no-such.yaml'], 2, /there is no file/],
    [['lab', 'score', '--corpus', '/no/such/folder'], 2, /no such folder/],
    [['lab', 'score', '--only', 'no-such-family'], 2, /expected some of bulk-direct, /],
    [['lab', 'matrix', '--path', 'no-such-path'], 2, /expected veth, TAP or loopback/],
  ])('%j is refused in one line', (args, expected, message) => {
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
    expect(status, stderr).toBe(expected);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('list what ships and check a file without root', () => {
    const list = spawnSync(process.execPath, [main, 'lab', 'list'], { encoding: 'utf8' });
    expect(list.stdout.split('\n').length).toBeGreaterThan(20);
    const check = spawnSync(process.execPath, [main, 'lab', 'run', 'vxlan', '--check'], { encoding: 'utf8' });
    expect(check.status, check.stderr).toBe(0);
  });
});
