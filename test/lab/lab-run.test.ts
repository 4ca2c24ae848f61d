// Scenario files on the real kernel: what a run leaves, and that the kernel, the wire and explain say the same of it.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MatrixBlock } from '../../src/lab/matrix/run-matrix.ts';
import type { Truth } from '../../src/lab/truth.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const canRun = process.platform === 'linux' && process.getuid?.() === 0;
if (!canRun) process.stderr.write('SKIPPED: scenarios run only as root on Linux.\n');

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wiretruth-lab-run-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const wiretruth = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'dist', 'bundle', 'main.js'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });

async function run(scenario: string): Promise<{ readonly out: string; readonly text: string; readonly truth: Truth }> {
  const out = await mkdtemp(join(directory, 'out-'));
  const { status, stdout, stderr } = wiretruth('lab', 'run', scenario, '-o', out);
  expect(status, stderr).toBe(0);
  return { out, text: stdout, truth: JSON.parse(await readFile(join(out, 'truth.json'), 'utf8')) as Truth };
}

describe.runIf(canRun)('wiretruth lab run', () => {
  it('leaves all taps in one pcapng, TCP_INFO, features, truth and a summary', async () => {
    const { out, text, truth } = await run('span');
    expect((await readdir(out)).toSorted()).toEqual([
      'capture.pcapng',
      'receiver.ethtool-k.txt',
      'receiver.pcap',
      'samples.json',
      'scenario.yaml',
      'sender.ethtool-k.txt',
      'sender.pcap',
      'summary.txt',
      'truth.json',
      'wire.pcap',
    ]);
    const report = JSON.parse(wiretruth('explain', join(out, 'capture.pcapng'), '--json').stdout);
    expect(report.captures[0]).toMatchObject({
      format: 'pcapng',
      packets: truth.taps.reduce((sum, tap) => sum + tap.packets, 0),
    });
    const [data] = truth.connections[0]?.directions ?? [];
    expect(data?.receiverSegmentsPerFrame).toBeGreaterThan(1.2);
    expect(truth.wires[0]?.leftToRight.dataFrames).toBe(data?.senderInfo?.dataSegsOut);
    for (const { file } of truth.taps) {
      const [connection] = JSON.parse(wiretruth('explain', join(out, file), '--json').stdout).connections;
      expect(connection.directions[0].wirePackets.dataCount, file).toBe(data?.senderInfo?.dataSegsOut);
    }
    expect(text).toContain("by the receiver's GRO");
    expect(text).toMatch(/sender\.pcap .* at the sender, TSO in effect/);
  });

  it('runs a file of the user, with a qdisc, sysctls, IPv6 and request and response', async () => {
    const file = join(directory, 'mine.yaml');
    const yaml = [
      'name: mine',
      'description: request and response',
      'family: 6',
      'data-from: server',
      'sender:',
      '  qdisc: { kind: tbf, rate: 200Mbit, burst: 128KiB }',
      '  sysctls: { net.ipv4.tcp_sack: 0 }',
      '  exchange: { rounds: 20, request: 100, response: 8000 }',
      'taps: [{ at: sender, snaplen: 96 }]',
    ];
    await writeFile(file, yaml.join('\n'));
    const { truth } = await run(file);
    expect(truth.dataFrom).toBe('server');
    const [requests, responses] = truth.connections[0]?.directions ?? [];
    expect([requests?.bytesWritten, responses?.bytesWritten]).toEqual([2000, 160_000]);
    expect(truth.connections[0]?.server.ip).toBe('fd77:1::1');
  });

  it('shows the cure: the same router, with a card that merges without gso_size and without merging', async () => {
    const before = (await run('cure-before')).truth.connections[0];
    const after = (await run('cure-after')).truth.connections[0];
    expect(after?.directions[0].senderInfo?.totalRetrans).toBe(0);
    expect(before?.directions[0].senderInfo?.totalRetrans).toBeGreaterThan(20);
    expect((before?.elapsedUs ?? 0) / (after?.elapsedUs ?? 1)).toBeGreaterThan(5);
  });

  it('does not mix its files with those of somebody else', async () => {
    const out = await mkdtemp(join(directory, 'full-'));
    await writeFile(join(out, 'thesis.txt'), 'do not lose me');
    const { status, stderr } = wiretruth('lab', 'run', 'loopback', '-o', out);
    expect(status).toBe(2);
    expect(stderr).toMatch(/holds something else/);
    expect(await readdir(out)).toEqual(['thesis.txt']);
  });
});

describe.runIf(canRun)('the matrix of offloads', () => {
  it.each(['veth', 'TAP'] as const)(
    'over %s: the sender sees super-packets by its TSO alone, the receiver merged frames by its GRO alone, the wire neither',
    async (path) => {
      const { runSetting } = (await import(
        '../../dist/lab/matrix/run-matrix.js' as string
      )) as typeof import('../../src/lab/matrix/run-matrix.ts');
      const { rows }: MatrixBlock = await runSetting({ path, family: 4, tbf: false }, directory);
      expect(rows.map(({ switches, transfers }) => [switches, transfers])).toEqual([
        [{ 'sender tso': true, 'receiver gro': true }, 16],
        [{ 'sender tso': true, 'receiver gro': false }, 16],
        [{ 'sender tso': false, 'receiver gro': true }, 16],
        [{ 'sender tso': false, 'receiver gro': false }, 16],
      ]);
      for (const { switches, seen } of rows) {
        expect((seen['sender']?.superFrames ?? 0) > 0).toBe(switches['sender tso']);
        expect((seen['receiver']?.superFrames ?? 0) > 0).toBe(switches['receiver gro']);
        expect(seen['wire']).toMatchObject({ superFrames: 0, maxPayloadBytes: 1448 });
      }
    },
    400_000,
  );
});
