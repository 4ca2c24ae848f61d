// The offloads against the real kernel: root and Linux only. Run with: npm run test:lab. For as long as wanted: npm run fuzz:kernel.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCapture } from '../../src/node/open-capture.ts';
import { WireRewriter } from '../../src/node/rewrite/wire-rewriter.ts';

const run = promisify(execFile);
const canRun = process.platform === 'linux' && process.getuid?.() === 0;
if (!canRun)
  process.stderr.write(
    'SKIPPED: the offload oracles need root on Linux; GSO and GRO were not compared with the kernel here.\n',
  );

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wiretruth-offload-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Round {
  readonly framesIn: number;
  readonly framesOut: number;
  readonly differences: readonly string[];
  readonly differenceCount: number;
}

async function oracle(...words: readonly string[]): Promise<Round> {
  const { stdout } = await run(process.execPath, ['dist/lab/oracle/main.js', ...words], { maxBuffer: 1 << 24 }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  return JSON.parse(stdout.split('\n')[0] ?? '') as Round;
}

/** What the rules of this kernel are known to be; measured on 6.18 only. */
async function kernelLine(): Promise<string> {
  return (await run('uname', ['-r'])).stdout.trim();
}

describe.runIf(canRun)('the kernel as judge', () => {
  it('cuts 200,000 segments as offload/gso does, byte for byte', async () => {
    const round = await oracle('gso', '--frames', '200000', '--seed', '2026');
    expect(round.differences).toEqual([]);
    expect(round.framesOut).toBeGreaterThanOrEqual(200_000);
  });

  it('merges 200,000 frames as offload/gro does, byte for byte and in order', async () => {
    const round = await oracle('gro', '--frames', '200000', '--seed', '2026', '--kernel', await kernelLine());
    expect(round.differences).toEqual([]);
    expect(round.framesIn).toBeGreaterThanOrEqual(200_000);
    expect(round.framesOut).toBeLessThan(round.framesIn);
  });

  it('does not merge as another kernel line would: the comparison sees the difference', async () => {
    const other = (await kernelLine()).startsWith('7.') ? '6.18' : '7.2';
    const round = await oracle('gro', '--frames', '5000', '--seed', '5', '--kernel', other);
    expect(round.differenceCount).toBeGreaterThan(0);
  });
});

/** The lab as it was compiled: its child processes are started from dist. */
async function lab() {
  const [{ runExperiment }, scenario] = await Promise.all([
    import('../../dist/lab/experiment.js' as string) as Promise<typeof import('../../src/lab/experiment.ts')>,
    import('../../dist/lab/scenarios/scenario.js' as string) as Promise<
      typeof import('../../src/lab/scenarios/scenario.ts')
    >,
  ]);
  return { runExperiment, ...scenario };
}

/** TCP frames from the sender to the receiver's port, without what only one tap can see (ARP, neighbour discovery). */
async function tcpFrames(path: string, port: number): Promise<string[]> {
  const { stdout } = await run('tcpdump', ['-r', path, '-w', '-', `tcp dst port ${port}`], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  });
  const frames: string[] = [];
  for (let at = 24; at < stdout.length; ) {
    const length = stdout.readUInt32LE(at + 8);
    frames.push(stdout.subarray(at + 16, at + 16 + length).toString('hex'));
    at += 16 + length;
  }
  return frames;
}

async function wireOf(path: string, out: string): Promise<void> {
  const { createWriteStream } = await import('node:fs');
  const stream = createWriteStream(out);
  const rewriter = new WireRewriter((bytes) => stream.write(bytes.slice()));
  await openCapture(path, rewriter, { onRawBlock: rewriter.onRawBlock });
  rewriter.finish();
  await new Promise((resolve) => stream.end(resolve));
}

describe.runIf(canRun)('wire', () => {
  it.each<4 | 6>([4, 6])(
    'makes of a sender capture over IPv%s what a tap on the wire saw, byte for byte',
    async (family) => {
      const { runExperiment, experiment, bridged, bulk } = await lab();
      const out = join(directory, `wire-${family}`);
      await runExperiment(
        experiment({
          scenario: 'test',
          description: 'two megabytes through a bridge that cuts',
          seed: 1,
          path: bridged(family),
          senderFeatures: { tso: true },
          sender: bulk(2_000_000),
          taps: [
            { at: 'sender', file: 'sender.pcap', snaplen: 262_144 },
            { at: { middle: 0, side: 'right' }, file: 'between.pcap', snaplen: 262_144 },
          ],
        }),
        out,
      );
      await wireOf(join(out, 'sender.pcap'), join(out, 'wire.pcap'));
      const [sender, ours, between] = await Promise.all(
        ['sender.pcap', 'wire.pcap', 'between.pcap'].map((file) => tcpFrames(join(out, file), 5201)),
      );
      expect(between?.length).toBeGreaterThan(1000);
      expect(sender?.length).toBeLessThan((between?.length ?? 0) / 2);
      // Frames are compared one by one: a difference is to be seen without two megabytes of others.
      expect(ours?.length).toBe(between?.length);
      expect(ours?.findIndex((frame, index) => frame !== between?.[index])).toBe(-1);
    },
  );
});
