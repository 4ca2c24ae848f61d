import { describe, expect, it } from 'vitest';
import { onesSum } from '../bytes/checksum.ts';
import { encodeFrame, type FrameSpec, type IpSpec, type TcpSpec } from '../wire/encode.ts';
import { LinkType } from '../wire/frame.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { transportPseudoSum } from './checksum-offload.ts';
import { Gro } from './gro.ts';
import { FrameLayers } from './layers.ts';
import { Lro } from './lro.ts';
import { type LroDriver, lroDrivers } from './receive-offloads.ts';
import { groLines } from './rules.ts';

interface Out {
  readonly payload: number;
  /** gso_size; undefined for a single frame. */
  readonly segmentBytes: number | undefined;
  readonly acknowledgement: number;
  readonly window: number;
  readonly echo: number;
  readonly hops: number;
  readonly checksumIsValid: boolean;
}

const timestamps = (value: number, echo: number): Uint8Array =>
  Uint8Array.from([1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, echo]);

function segment(offset: number, length: number, tcp: Partial<TcpSpec> = {}, ip: Partial<IpSpec> = {}): FrameSpec {
  return {
    macSource: 1,
    macDestination: 2,
    ip: { version: 4, source: 1, destination: 2, hops: 60, trafficClass: 0, ...ip },
    tcp: {
      sourcePort: 9,
      destinationPort: 80,
      sequence: 1000 + offset,
      acknowledgement: 5,
      flags: TcpFlag.Ack,
      window: 500,
      options: timestamps(1, 1),
      ...tcp,
    },
    payload: new Uint8Array(length).fill(7),
    checksum: 'full',
  };
}

function driverNamed(name: string): LroDriver {
  const driver = lroDrivers.find((one) => one.name === name);
  if (driver === undefined) throw new Error(name);
  return driver;
}

function lro(name: string, frames: readonly FrameSpec[]): Out[] {
  const outs: Out[] = [];
  const layers = new FrameLayers();
  const look = (
    view: DataView,
    start: number,
    captured: number,
    original: number,
    segmentBytes: number | undefined,
  ): void => {
    layers.parse(view, start, captured, original, LinkType.Ethernet);
    const tcp = start + layers.transportOffset;
    const pseudo = transportPseudoSum(view, start, layers);
    outs.push({
      payload: layers.payloadBytes,
      segmentBytes,
      acknowledgement: view.getUint32(tcp + 8),
      window: view.getUint16(tcp + 14),
      echo: layers.payloadOffset - layers.transportOffset > 20 ? view.getUint32(tcp + 28) : 0,
      hops: view.getUint8(start + layers.networkOffset + 8),
      checksumIsValid: onesSum(view, tcp, layers.packetEnd - layers.transportOffset, pseudo) === 0xffff,
    });
  };
  const engine = new Lro(driverNamed(name), {
    onSingle: (view, start, captured, original) => look(view, start, captured, original, undefined),
    onMerged: (held, segmentBytes) => look(held.view, 0, held.capturedLength, held.originalLength, segmentBytes),
  });
  const bytes = new Uint8Array(80_000).fill(0xa5);
  for (const [tag, frame] of frames.entries()) {
    const { length } = encodeFrame(frame, bytes);
    engine.receive(new DataView(bytes.buffer), 0, length, length, LinkType.Ethernet, tag);
  }
  engine.flush();
  return outs;
}

const sizes = (outs: readonly Out[]): number[] => outs.map(({ payload }) => payload);

describe('LRO', () => {
  it('merges over changes that end a merge of GRO: the last acknowledgement, window and echo win', () => {
    const second = { acknowledgement: 99, window: 400, options: timestamps(2, 3) };
    const [merged, ...rest] = lro('inet_lro', [segment(0, 100), segment(100, 100, second)]);
    expect(rest).toEqual([]);
    expect(merged).toMatchObject({
      payload: 200,
      acknowledgement: 99,
      window: 400,
      echo: 3,
      segmentBytes: 100,
      checksumIsValid: true,
    });
  });

  it.each([
    ['a gap', segment(101, 100)],
    ['an older timestamp', segment(100, 100, { options: timestamps(0, 1) })],
    ['no echo', segment(100, 100, { options: timestamps(1, 0) })],
    ['other options', segment(100, 100, { options: Uint8Array.from([1, 1, 1, 1]) })],
    ['a congestion mark', segment(100, 100, {}, { trafficClass: 3 })],
    ['FIN', segment(100, 100, { flags: TcpFlag.Ack | TcpFlag.Fin })],
    ['CWR', segment(100, 100, { flags: TcpFlag.Ack | TcpFlag.Cwr })],
    ['no payload', segment(100, 0)],
    ['IP options', segment(100, 100, {}, { options: Uint8Array.from([1, 1, 1, 1]) })],
  ])('does not merge over %s, and keeps the order', (_what, second) => {
    expect(sizes(lro('inet_lro', [segment(0, 100), second]))).toEqual([100, second.payload.length]);
  });

  it('tells the segment size as the driver does, or not at all', () => {
    const frames = [segment(0, 1000), segment(1000, 1000), segment(2000, 400)];
    expect(lro('mlx5', frames)[0]?.segmentBytes).toBe(800);
    expect(lro('inet_lro', frames)[0]?.segmentBytes).toBe(1000);
    for (const name of ['bnxt', 'atlantic', 'hv_netvsc', 'netxen_nic'])
      expect(lro(name, frames)[0]?.segmentBytes).toBe(0);
  });

  it('leaves a checksum that is right, or one that is simply wrong', () => {
    const frames = [segment(0, 1000, {}, { hops: 64 }), segment(1000, 1000, {}, { hops: 60 })];
    expect(lro('mlx5', frames)[0]).toMatchObject({ checksumIsValid: true, hops: 60 });
    expect(lro('atlantic', frames)[0]).toMatchObject({ checksumIsValid: false, hops: 64 });
  });

  it('stops at 63 segments where the card does', () => {
    const frames = Array.from({ length: 70 }, (_, i) => segment(i * 600, 600));
    expect(sizes(lro('bnxt', frames))).toEqual([63 * 600, 7 * 600]);
  });
});

describe('software GRO behind a card that does not say gso_size', () => {
  const gro = (lengths: readonly number[]): [number, number][] => {
    const outs: [number, number][] = [];
    const rules = groLines.at(-2);
    if (rules === undefined) throw new Error('no rules');
    const engine = new Gro(
      { rules },
      {
        onSingle: (_view, _start, _captured, original) => outs.push([original - 66, 0]),
        onMerged: (held) => outs.push([held.payloadBytes, held.segmentBytes]),
      },
    );
    const bytes = new Uint8Array(80_000);
    let offset = 0;
    for (const [tag, length] of lengths.entries()) {
      const frame = encodeFrame(segment(offset, length), bytes);
      engine.receive(new DataView(bytes.buffer), 0, frame.length, frame.length, LinkType.Ethernet, 'trusted', tag);
      offset += length;
    }
    engine.flush();
    return outs;
  };

  // Measured on 6.18 over a TAP: the merged frame gets a gso_size that is a merged length.
  it('makes a false one of it', () => {
    expect(gro([20_000, 20_000])).toEqual([[40_000, 20_000]]);
    expect(gro([20_000, 8000])).toEqual([[28_000, 20_000]]);
    expect(gro([8000, 20_000])).toEqual([
      [8000, 0],
      [20_000, 0],
    ]);
  });

  it('merges what comes with gso_size only with its like, from 6.1 on', () => {
    const outs: number[] = [];
    const run = (since: string): number[] => {
      outs.length = 0;
      const rules = groLines.find((line) => line.since === since);
      if (rules === undefined) throw new Error(since);
      const engine = new Gro(
        { rules },
        {
          onSingle: (_view, _start, _captured, original) => outs.push(original - 66),
          onMerged: (held) => outs.push(held.payloadBytes),
        },
      );
      const bytes = new Uint8Array(80_000);
      [0, 4000, 8000].forEach((offset, tag) => {
        const frame = encodeFrame(segment(offset, 4000, {}, { identification: offset / 1000 }), bytes);
        const merged = { segmentBytes: tag === 2 ? 500 : 1000, segmentCount: tag === 2 ? 8 : 4 };
        engine.receive(
          new DataView(bytes.buffer),
          0,
          frame.length,
          frame.length,
          LinkType.Ethernet,
          'trusted',
          tag,
          merged,
        );
      });
      engine.flush();
      return [...outs];
    };
    expect(run('6.18')).toEqual([8000, 4000]);
    expect(run('4.19')).toEqual([4000, 4000, 4000]);
  });
});
