// The loop in WebAssembly over a super-packet's equal segments: it has to give what segment by segment gives.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summableBytes } from '../../bytes/summable-memory.ts';
import { timeNs } from '../../bytes/time.ts';
import { createCaptureReader } from '../../capture/chunk-reader.ts';
import { createPcapWriter } from '../../capture/pcap-writer.ts';
import { Segmenter } from '../../offload/gso.ts';
import { FrameLayers } from '../../offload/layers.ts';
import { encodeFrame } from '../../wire/encode.ts';
import { LinkType } from '../../wire/frame.ts';
import { type WireOptions, WireRewriter, type WireSummary } from './wire-rewriter.ts';

interface Super {
  readonly version: 4 | 6;
  readonly payloadBytes: number;
  readonly segmentBytes: number;
  readonly flags: number;
  readonly options: number;
  readonly identification: number;
  readonly sequence: number;
  readonly checksum: 'full' | 'partial';
  readonly seed: number;
}

/** A few super-packets, one after the other; the same ID in all when that is wanted. */
function capture(one: Super, hasFixedIds: boolean, littleEndian: boolean): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = createPcapWriter((bytes) => pieces.push(bytes.slice()), { linkType: 1, littleEndian });
  const scratch = new DataView(new ArrayBuffer(70_000));
  const count = Math.ceil(one.payloadBytes / one.segmentBytes);
  for (let index = 0; index < 4; index += 1) {
    const step = hasFixedIds ? 0 : index * count;
    const identification = (one.identification + step) & 0xffff;
    const ip = { source: 1, destination: 2, hops: 64, trafficClass: 0, identification, fragment: 0x4000 };
    const sequence = (one.sequence + index * one.payloadBytes) >>> 0;
    const options = new Uint8Array(one.options * 4).fill(1);
    const ports = { sourcePort: 1000, destinationPort: 80 };
    const tcp = { ...ports, sequence, acknowledgement: 1, flags: one.flags, window: 500, options };
    const payload = new Uint8Array(one.payloadBytes).map((_, at) => (at * one.seed) >> 3);
    const spec = { macSource: 1, macDestination: 2, ip: { ...ip, version: one.version }, payload, tcp };
    const { length } = encodeFrame({ ...spec, checksum: one.checksum }, new Uint8Array(scratch.buffer));
    writer.frame(scratch, 0, length, length, timeNs(index * 1000));
  }
  writer.flush();
  return Buffer.concat(pieces);
}

/** Cuts a capture whose bytes are in summable memory, or in memory that no loop can reach. */
function wire(
  bytes: Uint8Array,
  memory: 'summable' | 'ordinary',
  options: WireOptions,
): { out: string; summary: WireSummary } {
  const pieces: Uint8Array[] = [];
  const rewriter = new WireRewriter((piece) => pieces.push(piece.slice()), options);
  const raw = { onRawBlock: rewriter.onRawBlock, withoutPcapRecords: true };
  const reader = createCaptureReader(rewriter, { file: 'test', ...raw });
  const chunk = memory === 'summable' ? summableBytes(bytes.length) : new Uint8Array(bytes.length);
  chunk.set(bytes);
  reader.write(chunk);
  reader.end();
  const summary = rewriter.finish();
  return { out: Buffer.concat(pieces).toString('hex'), summary };
}

const supers = fc.record<Super>({
  version: fc.constantFrom(4, 6),
  payloadBytes: fc.oneof(fc.integer({ min: 100, max: 2000 }), fc.constantFrom(14_480, 65_160)),
  segmentBytes: fc.oneof(fc.integer({ min: 8, max: 300 }), fc.constantFrom(1448)),
  flags: fc.constantFrom(0x10, 0x18, 0x11, 0x90, 0xd9),
  options: fc.constantFrom(0, 3, 10),
  identification: fc.constantFrom(0, 1, 0xfff0),
  sequence: fc.constantFrom(0, 0xffff_ff00, 0x7fff_fff0),
  checksum: fc.constantFrom('full', 'partial'),
  seed: fc.nat(99),
});

describe('segments that are written by one loop', () => {
  it('are what they are one by one', () => {
    fc.assert(
      fc.property(supers, fc.boolean(), fc.boolean(), (one, hasFixedIds, littleEndian) => {
        const bytes = capture(one, hasFixedIds, littleEndian);
        const { segmentBytes } = one;
        expect(wire(bytes, 'summable', { segmentBytes })).toEqual(wire(bytes, 'ordinary', { segmentBytes }));
      }),
      { numRuns: 200 },
    );
  });

  it('are all but the first two and the last, of plain TCP', () => {
    const bytes = summableBytes(20_000);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const ip = { version: 4, source: 1, destination: 2, hops: 64, trafficClass: 0 } as const;
    const ports = { sourcePort: 1000, destinationPort: 80 };
    const tcp = { ...ports, sequence: 1, acknowledgement: 1, flags: 0x10, window: 500 };
    const spec = {
      macSource: 1,
      macDestination: 2,
      ip,
      tcp,
      payload: new Uint8Array(14_480),
      checksum: 'full',
    } as const;
    const { length } = encodeFrame(spec, bytes);
    const layers = new FrameLayers();
    layers.parse(view, 0, length, length, LinkType.Ethernet);
    const segmenter = new Segmenter();
    expect(segmenter.begin(view, 0, length, layers, { segmentBytes: 1448 })).toBe(10);
    expect(segmenter.alikeCount).toBe(7);
    segmenter.begin(view, 0, length, layers, { segmentBytes: 1448, partialChecksum: true });
    expect(segmenter.alikeCount).toBe(0);
  });
});
