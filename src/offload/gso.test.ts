// The cut against frames that were made whole, segment by segment, by the encoder, which computes every checksum from its bytes:
// for the encapsulations that the lab's kernel does not have as well as for those that it judges itself.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type FrameSpec, type IpSpec, type TunnelSpec } from '../wire/encode.ts';
import { LinkType } from '../wire/frame.ts';
import { IpProtocol } from '../wire/ipv4.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { type CutOptions, Segmenter } from './gso.ts';
import { FrameLayers } from './layers.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Cuts an encoded frame; each segment is written over 0xa5. */
function cut(spec: FrameSpec, options: CutOptions, capturedLength = Number.POSITIVE_INFINITY): string[] {
  const bytes = new Uint8Array(600_000).fill(0xa5);
  const view = new DataView(bytes.buffer);
  const start = 3;
  const { length } = encodeFrame(spec, bytes, start);
  const layers = new FrameLayers();
  const captured = Math.min(length, capturedLength);
  if (!layers.parse(view, start, captured, length, LinkType.Ethernet)) return [layers.problem];
  const segmenter = new Segmenter();
  const count = segmenter.begin(view, start, captured, layers, options);
  return Array.from({ length: count }, (_, i) => {
    const out = new Uint8Array(12_000).fill(0xa5);
    const written = segmenter.write(i, new DataView(out.buffer), 1);
    expect(written).toBe(segmenter.capturedLength(i));
    return hex(out.subarray(1, 1 + written));
  });
}

/** What the wire should carry, by the rules of segmentation. */
function expected(spec: FrameSpec, { segmentBytes, outerIdFixed, innerIdFixed, accurateEcn }: CutOptions): string[] {
  const count = Math.ceil(spec.payload.length / segmentBytes);
  const out = new Uint8Array(12_000);
  const moved = (ip: IpSpec, i: number, fixed: boolean | undefined): IpSpec => ({
    ...ip,
    identification: ((ip.identification ?? 0) + (fixed === true ? 0 : i)) & 0xffff,
  });
  return Array.from({ length: count }, (_, i) => {
    const flags = spec.tcp?.flags ?? 0;
    const notLast = i < count - 1 ? TcpFlag.Fin | TcpFlag.Psh : 0;
    const notFirst = i > 0 && accurateEcn !== true ? TcpFlag.Cwr : 0;
    const tunnel: TunnelSpec | undefined =
      spec.tunnel === undefined ? undefined : { ...spec.tunnel, outer: moved(spec.tunnel.outer, i, outerIdFixed) };
    const segment: FrameSpec = {
      ...spec,
      ip: moved(spec.ip, i, spec.tunnel === undefined ? outerIdFixed : innerIdFixed),
      ...(tunnel === undefined ? {} : { tunnel }),
      ...(spec.tcp === undefined
        ? {}
        : {
            tcp: {
              ...spec.tcp,
              sequence: (spec.tcp.sequence + i * segmentBytes) >>> 0,
              flags: flags & ~(notLast | notFirst),
            },
          }),
      payload: spec.payload.subarray(i * segmentBytes, (i + 1) * segmentBytes),
      checksum: spec.checksum === 'none' ? 'none' : 'full',
    };
    return hex(out.subarray(0, encodeFrame(segment, out).length));
  });
}

const ipFields = {
  source: fc.integer({ min: 1, max: 250 }),
  destination: fc.integer({ min: 1, max: 250 }),
  hops: fc.integer({ min: 1, max: 255 }),
  trafficClass: fc.nat(255),
  flowLabel: fc.nat(0xf_ffff),
  identification: fc.nat(0xffff),
  fragment: fc.constantFrom(0, 0x4000),
};

const ipv4: fc.Arbitrary<IpSpec> = fc.record({
  ...ipFields,
  version: fc.constant(4 as const),
  options: fc.constantFrom(new Uint8Array(0), Uint8Array.from([1, 1, 1, 1])),
});

const destinationOptions = { type: IpProtocol.DestinationOptions, bytes: Uint8Array.from([0, 0, 1, 4, 0, 0, 0, 0]) };

const ipv6: fc.Arbitrary<IpSpec> = fc.record({
  ...ipFields,
  version: fc.constant(6 as const),
  extensions: fc.constantFrom([], [destinationOptions]),
});

const anyIp: fc.Arbitrary<IpSpec> = fc.oneof(ipv4, ipv6);

const tunnel: fc.Arbitrary<TunnelSpec> = fc.oneof(
  fc.record({ kind: fc.constant('ip' as const), outer: anyIp }),
  fc.record({
    kind: fc.constant('gre' as const),
    outer: anyIp,
    key: fc.constantFrom(5, 0xdead_beef),
    checksum: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('vxlan' as const),
    outer: anyIp,
    sourcePort: fc.nat(0xffff),
    identifier: fc.nat(0xff_ffff),
    checksum: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('geneve' as const),
    outer: anyIp,
    sourcePort: fc.nat(0xffff),
    identifier: fc.nat(0xff_ffff),
    checksum: fc.boolean(),
    options: fc.constantFrom(new Uint8Array(0), new Uint8Array(8).fill(7)),
  }),
);

const frame: fc.Arbitrary<FrameSpec> = fc
  .record({
    inner: anyIp,
    tunnel: fc.option(tunnel, { nil: undefined }),
    tags: fc.constantFrom<readonly number[]>([], [5], [100, 0x2005]),
    isUdp: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    flags: fc.nat(0x1ff).map((flags) => flags & ~(TcpFlag.Syn | TcpFlag.Rst)),
    sequence: fc.nat(0xffff_ffff),
    options: fc.constantFrom(new Uint8Array(0), Uint8Array.from([1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8])),
    payload: fc.uint8Array({ minLength: 1, maxLength: 5000, size: 'max' }),
    checksum: fc.constantFrom<'partial' | 'full'>('partial', 'full'),
    udpChecksum: fc.boolean(),
  })
  .map(({ inner, tunnel: around, tags, isUdp, flags, sequence, options, payload, checksum, udpChecksum }) => ({
    macSource: 1,
    macDestination: 2,
    vlanTags: tags,
    ip: inner,
    ...(around === undefined ? {} : { tunnel: around }),
    ...(isUdp
      ? { udp: { sourcePort: 9, destinationPort: 4433 } }
      : {
          tcp: {
            sourcePort: 9,
            destinationPort: 80,
            sequence,
            acknowledgement: 77,
            flags,
            window: 500,
            urgentPointer: 3,
            options,
          },
        }),
    payload,
    checksum: isUdp && !udpChecksum ? ('none' as const) : checksum,
  }));

describe('cutting', () => {
  it('gives the packets that the encoder makes one by one, in any encapsulation', () => {
    const options = fc.record({
      segmentBytes: fc.integer({ min: 100, max: 6000 }),
      outerIdFixed: fc.boolean(),
      innerIdFixed: fc.boolean(),
      accurateEcn: fc.boolean(),
    });
    fc.assert(
      fc.property(frame, options, (spec, how) => {
        expect(cut(spec, how)).toEqual(expected(spec, how));
      }),
      { numRuns: 400 },
    );
  });

  it('leaves the checksum at the pseudo-header sum when asked', () => {
    const tcp = { sourcePort: 1, destinationPort: 2, sequence: 3, acknowledgement: 4, flags: 0x18, window: 5 };
    const spec: FrameSpec = {
      macSource: 1,
      macDestination: 2,
      ip: { version: 4, source: 1, destination: 2, hops: 9, trafficClass: 0 },
      tcp,
      payload: new Uint8Array(3000).fill(9),
      checksum: 'partial',
    };
    const [first] = cut(spec, { segmentBytes: 1000, partialChecksum: true });
    const out = new Uint8Array(2000);
    const plain: FrameSpec = { ...spec, payload: spec.payload.subarray(0, 1000), tcp: { ...tcp, flags: TcpFlag.Ack } };
    expect(first).toBe(hex(out.subarray(0, encodeFrame(plain, out).length)));
  });

  it('never reads or writes beyond the frame, wherever the snaplen cut it', () => {
    fc.assert(
      fc.property(frame, fc.nat(6000), fc.integer({ min: 100, max: 3000 }), (spec, captured, segmentBytes) => {
        for (const segment of cut(spec, { segmentBytes }, captured)) expect(typeof segment).toBe('string');
      }),
      { numRuns: 300 },
    );
  });

  it('refuses fragments, sequenced GRE and lengths that disagree, by name', () => {
    const layers = new FrameLayers();
    const bytes = new Uint8Array(4000);
    const problemOf = (spec: FrameSpec): string => {
      const { length } = encodeFrame(spec, bytes);
      layers.parse(new DataView(bytes.buffer), 0, length, length, LinkType.Ethernet);
      return layers.problem;
    };
    const base: FrameSpec = {
      macSource: 1,
      macDestination: 2,
      ip: { version: 4, source: 1, destination: 2, hops: 9, trafficClass: 0 },
      udp: { sourcePort: 1, destinationPort: 2 },
      payload: new Uint8Array(100),
      checksum: 'full',
    };
    expect(problemOf(base)).toBe('none');
    expect(problemOf({ ...base, ip: { ...base.ip, fragment: 0x2000 } })).toBe('fragment');
    expect(problemOf({ ...base, ip: { ...base.ip, lengthError: 4 } })).toBe('lying-length');
    expect(problemOf({ ...base, ip: { ...base.ip, lengthError: -4 } })).toBe('lying-length');
  });
});
