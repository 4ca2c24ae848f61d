// On the real kernel: root and Linux only. Run with: npx vitest run --config vitest.lab.config.ts
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Truth } from '../../src/lab/truth.ts';

const canRun = process.platform === 'linux' && process.getuid?.() === 0;
if (!canRun) process.stderr.write('SKIPPED: the lab tests need root on Linux; nothing of the lab was tested here.\n');

const MEGABYTE = 1_000_000;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wiretruth-lab-test-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The compiled lab: its child processes are started from dist. */
async function lab() {
  const [{ runExperiment }, scenario] = await Promise.all([
    import('../../dist/lab/experiment.js' as string) as Promise<typeof import('../../src/lab/experiment.ts')>,
    import('../../dist/lab/scenarios/scenario.js' as string) as Promise<
      typeof import('../../src/lab/scenarios/scenario.ts')
    >,
  ]);
  return { runExperiment, ...scenario };
}

async function ourNamespaces(): Promise<string[]> {
  const all = await readdir('/run/netns').catch(() => []);
  return all.filter((name) => name.startsWith(`wt${process.pid}-`));
}

describe.runIf(canRun)('a transfer of one megabyte', () => {
  it.each([true, false])('over a user-space wire with tso %s tells the truth about super-packets', async (tso) => {
    const { runExperiment, experiment, wirePath, bulk } = await lab();
    const out = join(directory, `tso-${tso}`);
    const truth = await runExperiment(
      experiment({
        scenario: 'test',
        description: 'one megabyte',
        seed: 1,
        path: wirePath({
          seed: 1,
          forward: { delayUs: 1000 },
          back: { delayUs: 1000 },
          left: { tso },
          recordFile: 'wire.pcap',
        }),
        senderFeatures: { tso },
        sender: bulk(MEGABYTE),
        taps: [
          { at: 'sender', file: 'sender.pcap', snaplen: 96 },
          { at: 'receiver', file: 'receiver.pcap', snaplen: 96 },
        ],
      }),
      out,
    );
    const [data, back] = truth.connections[0]?.directions ?? [];
    expect(data).toMatchObject({ from: 'client', bytesWritten: MEGABYTE, bytesRead: MEGABYTE, tsoInEffect: tso });
    expect(back?.bytesWritten).toBe(0);
    expect(data?.senderInfo?.bytesAcked).toBeGreaterThanOrEqual(MEGABYTE);
    // The wire and TCP count the same packets, by quite different means.
    expect(truth.wires[0]?.leftToRight.dataFrames).toBe(data?.senderInfo?.dataSegsOut);
    expect(truth.wires[0]?.leftToRight.lost).toBe(0);
    const packets = (file: string): number => truth.taps.find((tap) => tap.file === file)?.packets ?? 0;
    if (tso) expect(packets('sender.pcap')).toBeLessThan(packets('wire.pcap'));
    const onDisk = JSON.parse(await readFile(join(out, 'truth.json'), 'utf8')) as Truth;
    expect(onDisk.schema).toBe('wiretruth.truth/1');
    expect(await ourNamespaces()).toEqual([]);
  });

  it('through a bridge into a receiver with GRO arrives merged by the kernel', async () => {
    const { runExperiment, experiment, bridged, bulk } = await lab();
    const truth = await runExperiment(
      experiment({
        scenario: 'test',
        description: 'one megabyte',
        seed: 1,
        path: bridged(4),
        receiverFeatures: { gro: true },
        mergedBy: 'gro',
        sender: bulk(MEGABYTE),
        taps: [{ at: 'receiver', file: 'receiver.pcap', snaplen: 96 }],
      }),
      join(directory, 'gro'),
    );
    expect(truth.connections[0]?.directions[0].receiverSegmentsPerFrame).toBeGreaterThan(1.5);
  });

  it('that fails leaves no namespace behind and says which command failed', async () => {
    const { runExperiment, experiment, direct, bulk } = await lab();
    const failing = runExperiment(
      experiment({
        scenario: 'test',
        description: 'a feature that does not exist',
        seed: 1,
        path: direct(4),
        senderFeatures: { 'no-such-feature': true },
        sender: bulk(MEGABYTE),
        taps: [],
      }),
      join(directory, 'failing'),
    );
    await expect(failing).rejects.toMatchObject({
      name: 'LabError',
      command: expect.stringContaining('no-such-feature'),
    });
    expect(await ourNamespaces()).toEqual([]);
  });
});
