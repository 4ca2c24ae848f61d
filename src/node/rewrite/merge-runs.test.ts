// The loop in WebAssembly over frames that go on: it has to give what frame by frame gives, whatever is odd about a record.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumField, onesSum, pseudoHeaderSumV4, pseudoHeaderSumV6 } from '../../bytes/checksum.ts';
import { summableBytes } from '../../bytes/summable-memory.ts';
import { timeNs } from '../../bytes/time.ts';
import { createCaptureReader } from '../../capture/chunk-reader.ts';
import { createPcapWriter } from '../../capture/pcap-writer.ts';
import { groRulesFor } from '../../offload/rules.ts';
import { encodeFrame } from '../../wire/encode.ts';
import { TcpFlag } from '../../wire/tcp-flags.ts';
import { MergeRewriter, type MergeSummary } from './merge-rewriter.ts';

interface Oddity {
  readonly frame: number;
  /** Byte of the record, header included, and what changes in it. */
  readonly offset: number;
  readonly xor: number;
  /** Checksums are made right after it. */
  readonly repaired: boolean;
}

interface Burst {
  readonly version: 4 | 6;
  readonly payloadBytes: number;
  readonly stepNs: number;
  readonly checksum: 'full' | 'partial';
  readonly idStep: 0 | 1;
  readonly resolution: 'nanoseconds' | 'microseconds';
}

const frames = 40;
const fileHeaderBytes = 24;

/** One burst of a connection, all records equally long; the IP ID and the sequence number wrap in it. */
function capture({ version, payloadBytes, stepNs, checksum, idStep, resolution }: Burst): {
  bytes: Uint8Array;
  recordBytes: number;
} {
  const pieces: Uint8Array[] = [];
  const writer = createPcapWriter((bytes) => pieces.push(bytes.slice()), { linkType: 1, resolution });
  writer.startAt({ seconds: 1_700_000_000, nanoseconds: 999_990_000 });
  const scratch = new DataView(new ArrayBuffer(2000));
  let recordBytes = 0;
  for (let index = 0; index < frames; index += 1) {
    const identification = (0xfff8 + index * idStep) & 0xffff;
    const ip = { version, source: 1, destination: 2, hops: 64, trafficClass: 0, identification, fragment: 0x4000 };
    const ports = { sourcePort: 1000, destinationPort: 80 };
    const tcp = { ...ports, sequence: (0xffff_f000 + index * payloadBytes) >>> 0, acknowledgement: 1, window: 500 };
    const payload = new Uint8Array(payloadBytes).map((_, at) => at * 7 + index);
    const spec = { macSource: 1, macDestination: 2, ip, payload, checksum, tcp: { ...tcp, flags: TcpFlag.Ack } };
    const { length } = encodeFrame(spec, new Uint8Array(scratch.buffer));
    writer.frame(scratch, 0, length, length, timeNs(index * stepNs));
    recordBytes = 16 + length;
  }
  writer.flush();
  return { bytes: Buffer.concat(pieces), recordBytes };
}

function makeOdd(bytes: Uint8Array, recordBytes: number, { frame, offset, xor, repaired }: Oddity): void {
  const record = fileHeaderBytes + frame * recordBytes;
  const at = record + (offset % recordBytes);
  bytes[at] = (bytes[at] ?? 0) ^ xor;
  if (repaired) repair(new DataView(bytes.buffer, bytes.byteOffset), record + 16, recordBytes - 16);
}

function repair(view: DataView, start: number, frameBytes: number): void {
  const isV4 = view.getUint8(start + 14) === 0x45;
  const tcp = start + (isV4 ? 34 : 54);
  const length = start + frameBytes - tcp;
  if (isV4) {
    view.setUint16(start + 24, 0);
    view.setUint16(start + 24, checksumField(onesSum(view, start + 14, 20, 0)));
  }
  view.setUint16(tcp + 16, 0);
  const pseudo = isV4 ? pseudoHeaderSumV4(view, start + 14, length) : pseudoHeaderSumV6(view, start + 14, length);
  view.setUint16(tcp + 16, checksumField(onesSum(view, tcp, length, pseudo)));
}

/** As far as its length can be believed: an odd one makes a second chunk begin inside of it. */
function firstRecordBytes(bytes: Uint8Array): number {
  return Math.min(bytes.length, 16 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(fileHeaderBytes + 8, true));
}

/** Merges a capture whose bytes are in summable memory, or in memory that no loop can reach. */
function merge(
  bytes: Uint8Array,
  memory: 'summable' | 'ordinary',
  kernel: string,
  pollNs: number,
): { out: string; summary: MergeSummary; taken: number; end: object } {
  const rules = groRulesFor(kernel);
  if (rules === undefined) throw new Error(`no rules for ${kernel}`);
  const pieces: Uint8Array[] = [];
  const rewriter = new MergeRewriter((piece) => pieces.push(piece.slice()), { rules, pollNs });
  let taken = 0;
  const onRecords: MergeRewriter['onRecords'] = (view, last, at, end) => {
    const stop = rewriter.onRecords(view, last, at, end);
    taken += stop - at;
    return stop;
  };
  const sink = {
    onInterface: rewriter.onInterface.bind(rewriter),
    onFrame: rewriter.onFrame.bind(rewriter),
    onRecords,
  };
  const options = { file: 'test', onRawBlock: rewriter.onRawBlock, withoutPcapRecords: true };
  const reader = createCaptureReader(sink, options);
  const chunk = memory === 'summable' ? summableBytes(bytes.length) : new Uint8Array(bytes.length);
  chunk.set(bytes);
  // The usual loop begins with a chunk's first record, when there was a frame before.
  const first = fileHeaderBytes + firstRecordBytes(bytes);
  reader.write(chunk.subarray(0, first));
  reader.write(chunk.subarray(first));
  const { packetCount, capturedBytes, originalBytes, lastTime } = reader.end() as unknown as Record<string, unknown>;
  const summary = rewriter.finish();
  return {
    out: Buffer.concat(pieces).toString('hex'),
    summary,
    taken,
    end: { packetCount, capturedBytes, originalBytes, lastTime },
  };
}

const burst: Burst = {
  version: 4,
  payloadBytes: 100,
  stepNs: 0,
  checksum: 'full',
  idStep: 1,
  resolution: 'microseconds',
};

describe('frames that are taken a burst at a time', () => {
  it.each([4, 6] as const)('are taken so where they can be, over IPv%s', (version) => {
    const { bytes, recordBytes } = capture({ ...burst, version });
    expect(merge(bytes, 'summable', '6.18', 0).taken).toBe((frames - 2) * recordBytes);
    expect(merge(bytes, 'ordinary', '6.18', 0).taken).toBe(0);
  });

  it('give what they give one by one, whatever is odd about a record', () => {
    const bursts = fc.record<Burst>({
      version: fc.constantFrom(4, 6),
      payloadBytes: fc.constantFrom(10, 16, 17, 100, 101, 1448),
      stepNs: fc.constantFrom(0, 1000, 1001),
      checksum: fc.constantFrom('full', 'partial'),
      idStep: fc.constantFrom(0, 1),
      resolution: fc.constantFrom('nanoseconds', 'microseconds'),
    });
    const oddity = fc.record<Oddity>({
      frame: fc.nat(frames - 1),
      offset: fc.oneof(fc.nat(90), fc.nat(1600)),
      xor: fc.oneof(fc.constantFrom(1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80), fc.integer({ min: 1, max: 255 })),
      repaired: fc.boolean(),
    });
    const kernels = fc.constantFrom('4.18', '5.15', '6.18');
    const polls = fc.constantFrom(0, 5000, 50_000);
    fc.assert(
      fc.property(bursts, fc.array(oddity, { maxLength: 2 }), kernels, polls, (made, oddities, kernel, pollNs) => {
        const { bytes, recordBytes } = capture(made);
        for (const one of oddities) makeOdd(bytes, recordBytes, one);
        const { taken, ...fast } = merge(bytes, 'summable', kernel, pollNs);
        const { taken: none, ...slow } = merge(bytes, 'ordinary', kernel, pollNs);
        expect(none).toBe(0);
        expect(taken % recordBytes).toBe(0);
        expect(fast).toEqual(slow);
      }),
      { numRuns: 400 },
    );
  });
});
