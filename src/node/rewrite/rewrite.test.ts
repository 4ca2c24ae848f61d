// `wire` and `merge` on whole captures: what passes, what is cut, what is marked, and that the result is always a capture.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { PairDirections } from '../../analysis/pair-table.ts';
import { timeNs } from '../../bytes/time.ts';
import { createCaptureReader } from '../../capture/chunk-reader.ts';
import { createPcapWriter } from '../../capture/pcap-writer.ts';
import { createPcapngWriter } from '../../capture/pcapng-writer.ts';
import { lroDrivers } from '../../offload/receive-offloads.ts';
import { groRulesFor } from '../../offload/rules.ts';
import { encodeFrame, type FrameSpec } from '../../wire/encode.ts';
import { type CaptureInterface, FrameFlags, type FrameSink } from '../../wire/frame.ts';
import { TcpFlag } from '../../wire/tcp-flags.ts';
import { MergeRewriter } from './merge-rewriter.ts';
import { WireCollector } from './wire-collector.ts';
import { type WireOptions, WireRewriter, type WireSummary } from './wire-rewriter.ts';

interface Frame {
  readonly hex: string;
  readonly captured: number;
  readonly original: number;
  readonly time: number;
  readonly flags: number;
  readonly comments: readonly string[];
}

const directory = mkdtempSync(join(tmpdir(), 'wiretruth-rewrite-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function framesOf(capture: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  let comments: string[] = [];
  const sink: FrameSink = {
    onInterface: () => undefined,
    onComment: (text) => comments.push(text),
    onFrame: (view, start, captured, original, time, _index, flags) => {
      const hex = Buffer.from(view.buffer, view.byteOffset + start, captured).toString('hex');
      frames.push({ hex, captured, original, time, flags, comments });
      comments = [];
    },
  };
  const reader = createCaptureReader(sink, { file: 'test' });
  reader.write(capture);
  reader.end();
  return frames;
}

function wire(
  capture: Uint8Array,
  options: WireOptions = {},
  chunkBytes = capture.length,
): { out: Uint8Array; summary: WireSummary } {
  const pieces: Uint8Array[] = [];
  const rewriter = new WireRewriter((bytes) => pieces.push(bytes.slice()), options);
  const reader = createCaptureReader(rewriter, { file: 'test', onRawBlock: rewriter.onRawBlock });
  for (let at = 0; at < capture.length; at += chunkBytes) reader.write(capture.slice(at, at + chunkBytes));
  reader.end();
  const summary = rewriter.finish();
  return { out: Buffer.concat(pieces), summary };
}

function merge(capture: Uint8Array, pollNs = 0): Uint8Array {
  const rules = groRulesFor('6.18');
  if (rules === undefined) throw new Error('6.18 has rules');
  const pieces: Uint8Array[] = [];
  const rewriter = new MergeRewriter((bytes) => pieces.push(bytes.slice()), { rules, pollNs });
  const reader = createCaptureReader(rewriter, { file: 'test', onRawBlock: rewriter.onRawBlock });
  reader.write(capture);
  reader.end();
  rewriter.finish();
  return Buffer.concat(pieces);
}

interface Step {
  readonly length: number;
  /** Segments that the sender's stack counted: how far the IP ID goes. */
  readonly segments: number;
  readonly flags?: number;
  readonly timeNs?: number;
}

const timestamps = Uint8Array.from([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]);

/** One direction of a connection, with or without its handshake. */
function connection(
  steps: readonly Step[],
  options: { readonly version?: 4 | 6; readonly handshake?: number; readonly partial?: boolean } = {},
): { spec: FrameSpec; time: number }[] {
  const version = options.version ?? 4;
  let sequence = 0xffff_f000;
  let identification = 0xfff0;
  const frame = (
    direction: 0 | 1,
    flags: number,
    payload: Uint8Array,
    tcpOptions: Uint8Array,
    partial: boolean,
  ): FrameSpec => ({
    macSource: 1 + direction,
    macDestination: 2 - direction,
    ip: {
      version,
      source: 1 + direction,
      destination: 2 - direction,
      hops: 64,
      trafficClass: 0,
      identification: direction === 0 ? identification : 7,
      fragment: 0x4000,
    },
    tcp: {
      sourcePort: direction === 0 ? 40_000 : 80,
      destinationPort: direction === 0 ? 80 : 40_000,
      sequence: direction === 0 ? sequence : 5,
      acknowledgement: 1,
      flags,
      window: 60_000,
      options: tcpOptions,
    },
    payload,
    checksum: partial ? 'partial' : 'full',
  });
  const frames: { spec: FrameSpec; time: number }[] = [];
  if (options.handshake !== undefined) {
    const mss = Uint8Array.from([2, 4, options.handshake >> 8, options.handshake & 255, 1, 3, 3, 7]);
    frames.push({ spec: frame(0, TcpFlag.Syn, new Uint8Array(0), mss, false), time: 0 });
    frames.push({ spec: frame(1, TcpFlag.Syn | TcpFlag.Ack, new Uint8Array(0), mss, false), time: 0 });
    sequence = (sequence + 1) >>> 0;
    identification += 1;
  }
  for (const step of steps) {
    const payload = new Uint8Array(step.length).map((_, i) => i * 7 + step.length);
    frames.push({
      spec: frame(0, TcpFlag.Ack | (step.flags ?? 0), payload, timestamps, options.partial ?? true),
      time: step.timeNs ?? 1000,
    });
    sequence = (sequence + step.length) >>> 0;
    identification = (identification + step.segments) & 0xffff;
  }
  return frames;
}

function pcapOf(frames: readonly { spec: FrameSpec; time: number }[], snapLength = 1 << 20): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = createPcapWriter((bytes) => pieces.push(bytes.slice()), { linkType: 1 });
  const scratch = new Uint8Array(600_000).fill(0xa5);
  for (const { spec, time } of frames) {
    const { length } = encodeFrame(spec, scratch);
    writer.frame(new DataView(scratch.buffer), 0, Math.min(length, snapLength), length, timeNs(time));
  }
  writer.flush();
  return Buffer.concat(pieces);
}

function pcapngOf(frames: readonly { spec: FrameSpec; time: number }[], flags = 0): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = createPcapngWriter((bytes) => pieces.push(bytes.slice()), { hardware: 'test' });
  const info: Omit<CaptureInterface, 'index'> = { linkType: 1, name: 'eth0' };
  writer.addInterface(info);
  const scratch = new Uint8Array(600_000);
  for (const { spec, time } of frames) {
    const { length } = encodeFrame(spec, scratch);
    writer.frame(new DataView(scratch.buffer), 0, length, length, timeNs(time), 0, {
      flags,
      comments: ['mine'],
      queue: 3,
    });
  }
  writer.flush();
  return Buffer.concat(pieces);
}

/** What tshark says of the file: how many packets, and how many with a checksum that it finds wrong. */
function tshark(capture: Uint8Array): { packets: number; badChecksums: number } | undefined {
  const file = join(directory, `t${Math.floor(performance.now() * 1000)}.pcap`);
  writeFileSync(file, capture);
  const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'ip.checksum.status', '-e', 'tcp.checksum.status'];
  const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
  try {
    const lines = execFileSync('tshark', ['-r', file, ...checks, ...fields], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
      .split('\n');
    return { packets: lines.length, badChecksums: lines.filter((line) => /\t0/.test(line)).length };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A frame's bytes in short: two lists that differ are to be readable. */
const digest = (frame: Frame): string => createHash('sha1').update(frame.hex).digest('hex').slice(0, 8);

const bulk: readonly Step[] = [
  { length: 14_480, segments: 10 },
  { length: 14_480, segments: 10, flags: TcpFlag.Psh },
  { length: 2000, segments: 2 },
  { length: 1448, segments: 1 },
  { length: 7240, segments: 5, flags: TcpFlag.Psh },
];

describe('wire', () => {
  it('passes a capture of wire packets byte for byte, in any chunking', () => {
    const capture = pcapOf(
      connection(
        [
          { length: 1448, segments: 1 },
          { length: 100, segments: 1 },
        ],
        { handshake: 1460, partial: false },
      ),
    );
    for (const chunk of [1, 7, 1000, capture.length])
      expect(Buffer.compare(wire(capture, {}, chunk).out, capture)).toBe(0);
  });

  it.each([1460, undefined])(
    'passes packets between which others were lost before the tap: their IDs are no segments (MSS option %s)',
    (handshake) => {
      const lossy = Array.from({ length: 60 }, (_, index) => ({ length: 1448, segments: index % 9 === 4 ? 2 : 1 }));
      const capture = pcapOf(connection(lossy, { ...(handshake === undefined ? {} : { handshake }), partial: false }));
      const { out, summary } = wire(capture);
      expect(summary.framesCut).toBe(0);
      expect(Buffer.compare(out, capture)).toBe(0);
    },
  );

  it("cuts super-packets at the handshake's size where a packet behind one of them was lost before the tap", () => {
    const lossy = Array.from({ length: 12 }, (_, index) => ({ length: 14_480, segments: index === 5 ? 11 : 10 }));
    const sizes = framesOf(wire(pcapOf(connection(lossy, { handshake: 1460 }))).out).map(
      (frame) => frame.original - 66,
    );
    expect(sizes.filter((size) => size > 0)).toEqual(new Array(120).fill(1448));
  });

  it('cuts by IP ID steps without a handshake, and says so', () => {
    const { out, summary } = wire(pcapOf(connection(bulk)));
    const sizes = framesOf(out).map((frame) => frame.original - 66);
    expect(sizes.slice(0, 10)).toEqual(new Array(10).fill(1448));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bulk.reduce((sum, step) => sum + step.length, 0));
    expect(sizes).toHaveLength(28);
    expect(summary.cutBy['ip-id']).toBe(3);
    expect(summary.framesOut).toBe(28);
  });

  it.each<4 | 6>([4, 6])('makes checksums over IPv%s that tshark finds right, and is idempotent', (version) => {
    const once = wire(pcapOf(connection(bulk, { version, handshake: 1460 - (version === 6 ? 20 : 0) })));
    const again = wire(once.out);
    expect(Buffer.compare(again.out, once.out)).toBe(0);
    expect(again.summary.framesCut).toBe(0);
    const seen = tshark(once.out);
    if (seen === undefined) return;
    expect(seen).toEqual({ packets: once.summary.framesOut, badChecksums: 0 });
  });

  it('keeps captured length below the original where the snaplen cut, and says which checksums are left', () => {
    const { out, summary } = wire(pcapOf(connection(bulk, { handshake: 1460 }), 96));
    const frames = framesOf(out);
    expect(summary.checksumsLeft).toBe(27);
    expect(frames).toHaveLength(2 + 28);
    for (const frame of frames) expect(frame.captured).toBeLessThanOrEqual(Math.min(96, frame.original));
    expect(frames[3]).toMatchObject({ captured: 66, original: 1514 });
    const seen = tshark(out);
    if (seen !== undefined) expect(seen.packets).toBe(30);
  });

  it('cuts even where the snaplen took TCP options away', () => {
    const frames = framesOf(wire(pcapOf(connection(bulk, { handshake: 1460 }), 58)).out);
    expect(frames).toHaveLength(30);
    expect(frames[4]).toMatchObject({ captured: 58, original: 1514 });
  });

  it('marks what it made in pcapng, and keeps comments and queue', () => {
    const { out } = wire(
      pcapngOf(
        connection([{ length: 2896, segments: 2 }], { handshake: 1460 }),
        FrameFlags.Outbound | FrameFlags.SegmentationOffload,
      ),
    );
    const [, , first, second] = framesOf(out);
    expect(first?.comments).toEqual(['wiretruth: packet 1 of 2 cut from frame 3 at 1448 bytes (handshake)', 'mine']);
    expect(second?.comments).toEqual(['wiretruth: packet 2 of 2 cut from frame 3 at 1448 bytes (handshake)']);
    expect(first?.flags).toBe(FrameFlags.Outbound);
  });

  it('spaces times at the link rate when told to', () => {
    const { out } = wire(pcapOf(connection([{ length: 2896, segments: 2 }], { handshake: 1460 })), {
      rateBitsPerSec: 1e9,
    });
    const [, , first, second] = framesOf(out);
    expect((second?.time ?? 0) - (first?.time ?? 0)).toBe((1514 + 24) * 8);
  });

  it('cuts BIG TCP, whose length fields are 0', () => {
    for (const version of [4, 6] as const) {
      const { out } = wire(pcapOf(connection([{ length: 144_800, segments: 100 }], { version, handshake: 1460 })), {
        segmentBytes: 1448,
      });
      expect(framesOf(out)).toHaveLength(102);
      const seen = tshark(out);
      if (seen !== undefined) expect(seen).toEqual({ packets: 102, badChecksums: 0 });
    }
  });

  it('passes frames that lie, and names them', () => {
    const frames = connection([{ length: 2896, segments: 2 }], { handshake: 1460 });
    const lying = { spec: { ...frames[2]!.spec, ip: { ...frames[2]!.spec.ip, lengthError: 200 } }, time: 0 };
    const capture = pcapOf([lying, frames[0]!]);
    const { out, summary } = wire(capture);
    expect(Buffer.compare(out, capture)).toBe(0);
    expect(summary.passed['lying-length']).toEqual({ count: 1, packets: [1] });
  });

  it('passes frames larger than a packet whose headers the snap length cut, and names them', () => {
    const frames = connection([{ length: 1448, segments: 1 }, ...bulk], { handshake: 1460 });
    const capture = pcapOf(frames, 50);
    const { out, summary } = wire(capture);
    expect(Buffer.compare(out, capture)).toBe(0);
    const large = framesOf(capture).flatMap(({ original }, index) => (original > 1522 ? [index + 1] : []));
    expect(large.length).toBeGreaterThan(0);
    expect(summary.passed['cut-in-headers']).toEqual({ count: large.length, packets: large.slice(0, 10) });
  });

  it('never throws on damaged bytes, and gives a capture that can be read', () => {
    const whole = pcapngOf(connection(bulk, { handshake: 1460 }));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, end) => {
        const damaged = whole.slice(0, Math.max(end, 200));
        damaged[at % damaged.length] = value;
        const pieces: Uint8Array[] = [];
        const rewriter = new WireRewriter((bytes) => pieces.push(bytes.slice()));
        const reader = createCaptureReader(rewriter, { file: 'test', onRawBlock: rewriter.onRawBlock });
        reader.write(damaged);
        let delivered = 0;
        try {
          delivered = reader.end().packetCount;
        } catch (error) {
          expect((error as Error).name).toBe('CaptureError');
        }
        const summary = rewriter.finish();
        expect(summary.framesIn).toBe(delivered);
        if (summary.framesOut > 0) expect(framesOf(Buffer.concat(pieces))).toHaveLength(summary.framesOut);
      }),
      { numRuns: 300 },
    );
  });
});

describe('merge', () => {
  const segments: readonly Step[] = Array.from({ length: 40 }, (_, i) => ({
    length: 1448,
    segments: 1,
    timeNs: 1000 + Math.floor(i / 20) * 1e6,
  }));

  it('merges what one poll brings, and wire gives the bytes back', () => {
    for (const make of [pcapOf, pcapngOf] as const) {
      const capture = make(connection(segments, { handshake: 1460, partial: false }));
      const merged = merge(capture);
      expect(framesOf(merged).map((frame) => frame.original)).toEqual([62, 62, 28_960 + 66, 28_960 + 66]);
      expect(framesOf(wire(merged).out).map((frame) => digest(frame))).toEqual(
        framesOf(capture).map((frame) => digest(frame)),
      );
    }
  });

  it('merges captures cut by the snaplen: lengths grow, what is there stays', () => {
    const merged = framesOf(merge(pcapOf(connection(segments, { handshake: 1460, partial: false }), 96)));
    expect(merged.map(({ original, captured }) => [original, captured])).toEqual([
      [62, 62],
      [62, 62],
      [29_026, 96],
      [29_026, 96],
    ]);
  });

  it('never throws on damaged bytes, whatever the card does, and gives a capture that can be read', () => {
    const whole = pcapngOf(connection(segments, { handshake: 1460, partial: false }));
    const rules = groRulesFor('6.18');
    const lro = lroDrivers[0];
    if (rules === undefined || lro === undefined) throw new Error('nothing to try');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), fc.nat(3000), (at, value, withLro, end) => {
        const damaged = whole.slice(0, whole.length - end);
        damaged[at % damaged.length] = value;
        const pieces: Uint8Array[] = [];
        const rewriter = new MergeRewriter((bytes) => pieces.push(bytes.slice()), {
          rules,
          pollNs: 0,
          ...(withLro ? { lro } : {}),
        });
        const reader = createCaptureReader(rewriter, { file: 'test', onRawBlock: rewriter.onRawBlock });
        reader.write(damaged);
        try {
          reader.end();
        } catch (error) {
          expect((error as Error).name).toBe('CaptureError');
        }
        const summary = rewriter.finish();
        if (summary.framesOut > 0) expect(framesOf(Buffer.concat(pieces))).toHaveLength(summary.framesOut);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps polls of many receivers apart without keeping them for ever', () => {
    const one = connection([{ length: 100, segments: 1 }], { partial: false });
    const frames = Array.from({ length: 3000 }, (_, i) => ({
      spec: { ...one[0]!.spec, macDestination: i & 255 },
      time: i * 1000,
    }));
    expect(framesOf(merge(pcapOf(frames), 500))).toHaveLength(3000);
  });

  it('passes what does not merge byte for byte', () => {
    const apart = segments.map((step, i) => ({ ...step, timeNs: i * 1e6 }));
    const capture = pcapngOf(connection(apart, { handshake: 1460, partial: false }));
    expect(Buffer.compare(merge(capture, 1000), capture)).toBe(0);
  });
});

describe('the wire packets of a tap, for a comparison', () => {
  it('know their frame also where the buffer was full and handed out', () => {
    const count = 600;
    const capture = pcapOf(connection(Array.from({ length: count }, () => ({ length: 1000, segments: 1 }))));
    const collector = new WireCollector(new PairDirections());
    const reader = createCaptureReader(collector, { file: 'test', onRawBlock: collector.onRawBlock });
    reader.write(capture);
    reader.end();
    collector.finish();
    const { table } = collector;
    expect(table.count).toBeGreaterThanOrEqual(count);
    const frames = Array.from(table.frame.subarray(0, table.count));
    expect(frames).toEqual(frames.map((_, index) => index + 1));
  });
});
