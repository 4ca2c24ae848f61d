// The offloads against the real kernel: root and Linux only. Run with: npm run test:lab. For as long as wanted: npm run fuzz:kernel.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Path } from '../../src/lab/topology.ts';
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

/** Frames that a filter lets through, as hex: without it each tap sees things that only it can see (ARP, neighbour discovery). */
async function framesOf(path: string, filter: string): Promise<string[]> {
  const options = { encoding: 'buffer', maxBuffer: 1 << 28 } as const;
  const { stdout } = await run('tcpdump', ['-r', path, '-w', '-', filter], options);
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

interface Case {
  readonly name: string;
  readonly family: 4 | 6;
  /** What the comparison looks at; headers that BPF does not walk (BIG TCP's jumbo option) are matched by the address. */
  readonly filter: string;
  readonly headersOnly?: boolean;
  readonly prepare?: (path: Path) => Promise<Partial<Path> | undefined>;
}

/** A VXLAN tunnel over the path, with or without the outer UDP checksum. */
function vxlan(checksum: 'udpcsum' | 'noudpcsum'): NonNullable<Case['prepare']> {
  return async (path) => {
    for (const [host, own, other, last] of [
      [path.sender, path.senderAddress, path.receiverAddress, 1],
      [path.receiver, path.receiverAddress, path.senderAddress, 2],
    ] as const) {
      const device = `type vxlan id 42 dstport 4789 local ${own} remote ${other} dev ${host.rightDevice} ${checksum}`;
      await host.namespace.ip(`link add vxlan0 ${device}`);
      await host.namespace.ip('link set vxlan0 up');
      await host.namespace.ip(`addr add 192.168.42.${last}/24 dev vxlan0`);
    }
    return { senderAddress: '192.168.42.1', receiverAddress: '192.168.42.2' };
  };
}

async function bigTcp(path: Path): Promise<undefined> {
  for (const host of [path.sender, ...path.middles, path.receiver]) {
    for (const device of new Set([host.leftDevice, host.rightDevice])) {
      await host.namespace.ip(`link set dev ${device} gso_max_size 185000 gro_max_size 185000`);
    }
  }
  return undefined;
}

/** Ethernet, IPv6 and TCP header with timestamps; without the TCP checksum. */
function headersOf(frame: string): string {
  return `${frame.slice(0, 140)}....${frame.slice(144, 172)}`;
}

const cases: readonly Case[] = [
  { name: 'IPv4', family: 4, filter: 'tcp dst port 5201' },
  { name: 'IPv6', family: 6, filter: 'tcp dst port 5201' },
  {
    name: 'VXLAN with the outer checksum',
    family: 4,
    filter: 'udp dst port 4789 and src host 10.77.1.1',
    prepare: vxlan('udpcsum'),
  },
  {
    name: 'VXLAN without it',
    family: 4,
    filter: 'udp dst port 4789 and src host 10.77.1.1',
    prepare: vxlan('noudpcsum'),
  },
  {
    name: 'IPv6 BIG TCP',
    family: 6,
    filter: 'ip6 src host fd77:1::1 and not icmp6',
    prepare: bigTcp,
    // tcpdump cuts frames above 64 KiB, so that their payload and checksums are not there to be compared.
    headersOnly: true,
  },
];

describe.runIf(canRun)('wire', () => {
  it.each(cases)('makes of a sender capture of $name what a tap on the wire saw, byte for byte', async (one) => {
    const { runExperiment, experiment, bridged, bulk } = await lab();
    const out = join(directory, one.name.replaceAll(' ', '-'));
    await runExperiment(
      experiment({
        scenario: 'test',
        description: 'two megabytes through a bridge that cuts',
        seed: 1,
        path: bridged(one.family),
        senderFeatures: { tso: true },
        sender: bulk(2_000_000),
        ...(one.prepare === undefined ? {} : { prepare: one.prepare }),
        taps: [
          { at: 'sender', file: 'sender.pcap', snaplen: 262_144 },
          { at: { middle: 0, side: 'right' }, file: 'between.pcap', snaplen: 262_144 },
        ],
      }),
      out,
    );
    await wireOf(join(out, 'sender.pcap'), join(out, 'wire.pcap'));
    const all = ['sender.pcap', 'wire.pcap', 'between.pcap'].map((file) => framesOf(join(out, file), one.filter));
    const shorten = one.headersOnly === true ? headersOf : (frame: string): string => frame;
    const [sender, ours, between] = (await Promise.all(all)).map((frames) => frames.map(shorten));
    expect(between?.length).toBeGreaterThan(1000);
    expect(sender?.length).toBeLessThan((between?.length ?? 0) / 2);
    // Frames are compared one by one: a difference is to be seen without two megabytes of others. In no order: two processors
    // send (the writer, and the softirq that takes the acknowledgements), and on the way through a veth pair and a bridge a
    // frame of one overtakes a frame of the other (seen on 6.18, one run in ten).
    expect(ours?.length).toBe(between?.length);
    const [made, seen] = [ours?.toSorted() ?? [], between?.toSorted() ?? []];
    expect(made.findIndex((frame, index) => frame !== seen[index])).toBe(-1);
  });
});
