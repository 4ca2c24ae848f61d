// `wire` on the golden captures: the packets that it makes of a sender's capture are as many as the sending kernel says it sent.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCaptureReader } from '../../src/capture/chunk-reader.ts';
import { createExplainer } from '../../src/explain.ts';
import { WireRewriter } from '../../src/node/rewrite/wire-rewriter.ts';
import { FrameLayers } from '../../src/offload/layers.ts';
import type { FrameSink } from '../../src/wire/frame.ts';

const root = 'test/captures';

interface Golden {
  readonly capture: string;
  readonly sent: number;
}

interface TruthFile {
  readonly taps?: readonly {
    readonly clientToServer: string;
    readonly serverToClient: string;
    readonly severalTaps: boolean;
    readonly startedLate: boolean;
  }[];
  readonly connections?: readonly {
    readonly directions: readonly { readonly senderInfo?: { readonly dataSegsOut?: number } | null }[];
  }[];
}

/** Captures with one tap, at the sender, from the connection's beginning, whose kernel counted data segments. */
function goldens(): Golden[] {
  const files = readdirSync(root, { recursive: true }).map(String);
  return files
    .filter((file) => /\.pcap(ng)?$/.test(file))
    .flatMap((file) => {
      const truth = JSON.parse(
        readFileSync(join(root, file.replace(/\.pcap(ng)?$/, '.truth.json')), 'utf8'),
      ) as TruthFile;
      const tap = truth.taps?.[0];
      if (tap === undefined || tap.severalTaps || tap.startedLate) return [];
      // Of the direction that the tap saw being sent; the other one arrives merged or not, but not lost in these.
      const counts =
        truth.connections?.map(
          ({ directions }) => directions[tap.clientToServer === 'sender' ? 0 : 1]?.senderInfo?.dataSegsOut,
        ) ?? [];
      const sent = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      const sides = [tap.clientToServer, tap.serverToClient];
      const atSender = sides.includes('sender') && truth.connections?.length === 1;
      return atSender && sent > 0 && !(file in notComparable) ? [{ capture: join(root, file), sent }] : [];
    });
}

/** Why a capture is left out. */
const notComparable: Readonly<Record<string, string>> = {
  'small-packets/window-clamped-at-720.pcap': 'two data packets were sent after the counter was read',
  'taps/request-response.pcap': 'data in both directions',
};

/** TCP packets in a capture with at least so many bytes of payload. */
function tcpPackets(capture: Uint8Array, leastPayloadBytes: number): number {
  let count = 0;
  const layers = new FrameLayers();
  const linkTypes: number[] = [];
  const sink: FrameSink = {
    onInterface: (info) => {
      linkTypes[info.index] = info.linkType;
    },
    onFrame: (view, start, captured, original, _time, index) => {
      if (
        layers.parse(view, start, captured, original, linkTypes[index] ?? -1) &&
        layers.transport === 6 &&
        layers.payloadBytes >= leastPayloadBytes
      )
        count += 1;
    },
  };
  const reader = createCaptureReader(sink, { file: 'wire' });
  reader.write(capture);
  reader.end();
  return count;
}

function wire(path: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  const rewriter = new WireRewriter((bytes) => pieces.push(bytes.slice()));
  const reader = createCaptureReader(rewriter, { file: path, onRawBlock: rewriter.onRawBlock });
  reader.write(readFileSync(path));
  reader.end();
  rewriter.finish();
  return Buffer.concat(pieces);
}

describe('wire on the golden captures', () => {
  const all = goldens();
  it('finds captures to look at', () => expect(all.length).toBeGreaterThanOrEqual(15));
  it.each(all)('$capture: $sent data packets, as the kernel counted', ({ capture, sent }) => {
    expect(tcpPackets(wire(capture), 1)).toBe(sent);
  });
});

/** Captures that hold each packet twice, which `explain` counts once. */
const severalTaps: readonly string[] = ['taps/any-on-bridge.pcap', 'taps/two-taps-merged.pcapng'];

function explainedPackets(capture: Uint8Array): number {
  const explainer = createExplainer({ captureIndex: 0 });
  const reader = createCaptureReader(explainer.sink, { file: 'golden' });
  reader.write(capture);
  const measurement = explainer.finish(reader.end());
  let count = 0;
  for (const { directions } of measurement.connections) {
    for (const direction of directions) count += direction.wirePackets;
  }
  return count;
}

describe('wire and explain', () => {
  const files = readdirSync(root, { recursive: true })
    .map(String)
    .filter((file) => /\.pcap(ng)?$/.test(file) && !severalTaps.includes(file));

  it.each(files)('%s: both find the same number of TCP packets on the wire', (file) => {
    const path = join(root, file);
    expect(tcpPackets(wire(path), 0)).toBe(explainedPackets(readFileSync(path)));
  });
});
