import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EngineRead,
  expectAlike,
  type MadeFrame,
  pcapngOf,
  pcapOf,
  readByEngine,
  readByJavaScript,
} from '../../test/support/read-both.ts';
import { encodeFrame, type FrameSpec, type IpSpec } from '../wire/encode.ts';
import { LinkType } from '../wire/frame.ts';

const root = join(import.meta.dirname, '../../test/captures');
const captures = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.pcap(ng)?$/.test(path));

/** Captures of frames that the engine does not decode: with another link header, or with a tunnel around each packet, or UDP. */
const otherwise = /^taps\/(any|vxlan)|^udp\/|big-tcp-ipv6|router-loses/;

describe('a capture is decoded alike by the engine and by JavaScript:', () => {
  test.each(captures)('%s', (path) => {
    const file = readFileSync(join(root, path));
    const javaScript = readByJavaScript(file, 1000);
    const engine = readByEngine(file, 1000, { sizes: [100_000] });
    expectAlike(engine, javaScript);
    // All but the first, which tells the time of the others, and one or the other odd one.
    if (!otherwise.test(path)) expect(engine.usualFrames).toBeGreaterThan(javaScript.rows.length - 4);
    expectAlike(readByEngine(file, 1000, { sizes: [70_001], inPlace: true }), javaScript);
  });
});

// Frames that are bent in all ways.

const optionBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        [1],
        [1, 1],
        [0],
        [2, 4, 5, 180],
        [3, 3, 7],
        [4, 2],
        [19, 18, ...Array(16).fill(3)],
        [29, 4, 1, 2],
      ),
      fc
        .tuple(fc.constantFrom(10, 18, 26, 34, 9, 12), fc.array(fc.nat(255), { minLength: 32, maxLength: 32 }))
        .map(([length, bytes]) => [5, length, ...bytes.slice(0, length - 2)]),
      fc.constant([1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8]),
      fc.constant([8, 10, 1, 2, 3, 4, 5, 6, 7, 8]),
      fc.array(fc.nat(255), { minLength: 1, maxLength: 6 }),
    ),
    { maxLength: 4 },
  )
  .map((options) => {
    const bytes = options.flat().slice(0, 40);
    while (bytes.length % 4 !== 0) bytes.push(bytes.length % 2);
    return Uint8Array.from(bytes);
  });
const ip: fc.Arbitrary<IpSpec> = fc.record({
  version: fc.constantFrom(4, 4, 6),
  source: fc.nat(255),
  destination: fc.nat(255),
  hops: fc.nat(255),
  trafficClass: fc.nat(255),
  identification: fc.nat(65_535),
  fragment: fc.constantFrom(0, 0, 0, 0x4000, 0x4000, 0x8000, 0x2000, 0x0010),
});
const spec: fc.Arbitrary<FrameSpec> = fc
  .record({
    ip,
    vlanTags: fc.constantFrom([], [], [], [7], [0x6007], [0xffff], [100, 7]),
    isUdp: fc.constantFrom(false, false, false, false, false, true),
    flags: fc.constantFrom(0x10, 0x18, 0x11, 0x02, 0x12, 0x1d2, 0),
    word: fc.integer(),
    options: optionBytes,
    payload: fc.uint8Array({ maxLength: 150 }),
    trailer: fc.uint8Array({ maxLength: 7 }),
    checksum: fc.constantFrom('full', 'full', 'partial', 1),
  })
  .map(({ isUdp, flags, word, options, payload, checksum, ...rest }) => ({
    ...rest,
    macSource: 1,
    macDestination: 2,
    payload,
    checksum: checksum as FrameSpec['checksum'],
    ...(isUdp
      ? { udp: { sourcePort: 9, destinationPort: 4789 } }
      : {
          tcp: {
            sourcePort: word & 0xffff,
            destinationPort: 443,
            sequence: word >>> 0,
            acknowledgement: (word * 7) >>> 0,
            flags,
            window: word >>> 16,
            options,
          },
        }),
  }));
const oneFrame = fc.record({
  spec,
  changes: fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 2 }),
  isChanged: fc.constantFrom(false, false, true),
  zeroed: fc.constantFrom('', '', '', '', 'addresses', 'length'),
  cut: fc.oneof(fc.constant(1000), fc.constant(1000), fc.nat(120)),
  more: fc.constantFrom(0, 0, 0, 0, 1, 700, 70_000, 600_000_000),
  stepUs: fc.constantFrom(0, 1, 999_999, 1_000_000, 5, 7, 8, -3),
  flags: fc.constantFrom(0, 0, 1, 2, 0x800, 0x201, 0xfffffff),
  tap: fc.nat(2),
});
const frames: fc.Arbitrary<readonly MadeFrame[]> = fc.array(
  oneFrame.map(({ spec: frame, changes, isChanged, zeroed, cut, more, stepUs, flags, tap }) => {
    const out = new Uint8Array(1024);
    const { length } = encodeFrame(frame, out);
    const bytes = out.slice(0, length);
    if (isChanged) for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
    if (zeroed === 'addresses') bytes.fill(0, 0, 12);
    if (zeroed === 'length') bytes.fill(0, frame.ip.version === 4 ? 16 : 18, frame.ip.version === 4 ? 18 : 20);
    return { bytes: bytes.slice(0, cut), length: length + more, stepUs, flags, tap };
  }),
  { minLength: 12, maxLength: 40 },
);

const chunkSizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
const linkWords = fc.constantFrom(LinkType.Ethernet, LinkType.Ethernet, 0x2400_0001, LinkType.Raw);

describe('frames bent in all ways are decoded alike', () => {
  test('from pcap, in chunks of any sizes', () => {
    let [usual, all] = [0, 0];
    const property = fc.property(frames, linkWords, fc.constantFrom(1, 1000), (made, linkWord, unit) => {
      const file = pcapOf(made, linkWord, unit === 1 ? 1 : 1000);
      const engine = readByEngine(file, 16);
      expectAlike(engine, readByJavaScript(file, 16));
      if (linkWord === LinkType.Ethernet) {
        usual += engine.usualFrames;
        all += engine.rows.length;
      }
    });
    fc.assert(property, { numRuns: 150 });
    expect(usual / all).toBeGreaterThan(0.3);
  });

  test('from pcap in memory that moves, in chunks of any sizes', () => {
    const property = fc.property(frames, linkWords, chunkSizes, (made, linkWord, sizes) => {
      const file = pcapOf(made, linkWord, 1000);
      const javaScript = readByJavaScript(file, 4);
      expectAlike(readByEngine(file, 4, { sizes, inPlace: true }), javaScript);
      expectAlike(readByEngine(file, 4, { sizes }), javaScript);
    });
    fc.assert(property, { numRuns: 50 });
  });

  test('from pcapng, in chunks of any sizes, in memory that moves', () => {
    let [usual, all] = [0, 0];
    const property = fc.property(frames, chunkSizes, (made, sizes) => {
      const file = pcapngOf(made);
      const javaScript = readByJavaScript(file, 4);
      const engine = readByEngine(file, 4, { sizes, inPlace: true });
      expectAlike(engine, javaScript);
      expectAlike(readByEngine(file, 4, { sizes }), javaScript);
      usual += engine.usualFrames;
      all += engine.rows.length;
    });
    fc.assert(property, { numRuns: 60 });
    expect(usual / all).toBeGreaterThan(0.1);
  });

  test('from a file with any bytes changed', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const property = fc.property(frames, fc.boolean(), change, chunkSizes, (made, isPcap, changes, sizes) => {
      const file = isPcap ? pcapOf(made, LinkType.Ethernet, 1) : pcapngOf(made).slice();
      for (const [at, byte] of changes) file[at % file.length] = byte;
      const javaScript = readByJavaScript(file, 4);
      expectAlike(readByEngine(file, 4, { sizes, inPlace: true }), javaScript);
    });
    fc.assert(property, { numRuns: 60 });
  });
});

const plain: FrameSpec = {
  macSource: 1,
  macDestination: 2,
  ip: { version: 4, source: 1, destination: 2, hops: 64, trafficClass: 0 },
  tcp: { sourcePort: 1, destinationPort: 2, sequence: 1, acknowledgement: 1, flags: 0x10, window: 1 },
  payload: new Uint8Array(100).map((_, index) => index * 7),
  checksum: 'full',
};
const { tcp: _, ...notTcp } = plain;
const six: FrameSpec = { ...plain, ip: { ...plain.ip, version: 6 } };
const withOptions = (bytes: readonly number[], flags = 0x10): FrameSpec => ({
  ...notTcp,
  tcp: {
    ...{ sourcePort: 1, destinationPort: 2, sequence: 1, acknowledgement: 9, window: 1 },
    flags,
    options: Uint8Array.from(bytes),
  },
});
const sack = [1, 1, 5, 18, 0, 0, 0, 20, 0, 0, 0, 30, 0, 0, 0, 40, 0, 0, 0, 50];
const timestamps = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];
const extension = { type: 0, bytes: Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0) };

type Bend = (bytes: Uint8Array) => Uint8Array;
interface Form {
  readonly name: string;
  readonly spec: FrameSpec;
  readonly bend?: Bend | undefined;
}
const forms = (list: readonly (readonly [string, FrameSpec, Bend?])[]): readonly Form[] =>
  list.map(([name, spec, bend]) => ({ name, spec, bend }));
const fill =
  (from: number, to: number, byte = 0): Bend =>
  (bytes) =>
    bytes.fill(byte, from, to);
const usualForms = forms([
  ['IPv4', plain],
  ['IPv4, padded', { ...plain, payload: new Uint8Array(1), trailer: new Uint8Array(5) }],
  ['IPv4, short', { ...plain, payload: new Uint8Array(0) }],
  ['IPv4 of length 0', plain, fill(16, 18)],
  ['loopback', plain, fill(0, 12)],
  ['IPv6', six],
  ['IPv6 of length 0', six, fill(18, 20)],
  ['a VLAN', { ...plain, vlanTags: [0x6007] }],
  ['a VLAN of a service', { ...six, vlanTags: [7] }, (bytes) => fill(13, 14, 0xa8)(fill(12, 13, 0x88)(bytes))],
  ['timestamps', withOptions(timestamps)],
  ['SACK', withOptions([...sack, 0, 0, 0, 0])],
  ['a SYN', withOptions([2, 4, 5, 180, 4, 2, 3, 3, 7, 1, 1, 1], 2)],
  ['options that lie', withOptions([8, 77, 1, 2])],
  ['options that are cut', withOptions(timestamps), (bytes) => bytes.slice(0, 60)],
  ['a partial checksum', { ...plain, checksum: 'partial' }],
  ['a wrong checksum', { ...six, checksum: 1 }],
]);
const otherForms = forms([
  ['UDP', { ...notTcp, udp: { sourcePort: 1, destinationPort: 2 } }],
  ['two tags', { ...plain, vlanTags: [7, 7] }],
  ['a fragment', { ...plain, ip: { ...plain.ip, fragment: 0x2000 } }],
  ['IPv4 options', { ...plain, ip: { ...plain.ip, options: Uint8Array.of(1, 1, 1, 0) } }],
  ['an IPv4 length that lies', { ...plain, ip: { ...plain.ip, lengthError: 1 } }],
  ['an IPv6 length that lies', { ...six, ip: { ...six.ip, lengthError: 1 } }],
  ['an extension header', { ...six, ip: { ...six.ip, extensions: [extension] } }],
  ['a TCP header that is cut', plain, (bytes) => bytes.slice(0, 53)],
  ['a TCP header that lies', plain, fill(46, 47, 0x40)],
  ['a tunnel', { ...plain, tunnel: { kind: 'ip', outer: plain.ip } }],
]);

/** Reads five of the frame, from pcap and from pcapng. */
function readForm(spec: FrameSpec, bend: Bend = (bytes) => bytes): EngineRead[] {
  const out = new Uint8Array(1024);
  const encoded = out.slice(0, encodeFrame(spec, out).length);
  const { length } = encoded;
  const bytes = bend(encoded);
  const made = Array.from({ length: 5 }, () => ({ bytes, length, stepUs: 1, flags: 2, tap: 0 }));
  const reads: EngineRead[] = [];
  for (const file of [pcapOf(made, LinkType.Ethernet, 1000), pcapngOf(made)]) {
    const read = readByEngine(file, 64);
    expectAlike(read, readByJavaScript(file, 64));
    reads.push(read);
  }
  return reads;
}

describe('a frame with', () => {
  test.each(usualForms)('$name goes the fast way', ({ spec, bend }) => {
    // The first frame tells the time of the others, the first that is decoded here the number of its VLAN.
    const [slow, fast] = spec.vlanTags === undefined ? [0, 4] : [1, 3];
    for (const read of readForm(spec, bend)) expect([read.unusualFrames, read.usualFrames]).toEqual([slow, fast]);
  });

  test.each(otherForms)('$name is left to JavaScript', ({ spec, bend }) => {
    for (const read of readForm(spec, bend)) expect([read.unusualFrames, read.usualFrames]).toEqual([4, 0]);
  });
});

test('checksums are added up alike before and behind the budget', () => {
  const payload = new Uint8Array(60_001).map((_, index) => index * 7);
  const encoded = (checksum: FrameSpec['checksum']): Uint8Array => {
    const out = new Uint8Array(65_000);
    return out.slice(0, encodeFrame({ ...plain, payload, checksum }, out).length);
  };
  const [right, wrong] = [encoded('full'), encoded(3)];
  const made = Array.from({ length: 340 }, (_, index) => {
    const bytes = index % 3 === 0 ? wrong : right;
    return { bytes, length: bytes.length, stepUs: 1, flags: 0, tap: 0 };
  });
  const file = pcapOf(made, LinkType.Ethernet, 1000);
  const engine = readByEngine(file, 64, { sizes: [262_144], inPlace: true });
  expectAlike(engine, readByJavaScript(file, 64));
  expect(engine.usualFrames).toBeGreaterThan(330);
  expect(engine.spentBytes).toBeGreaterThan(20_000_000);
});

test('a frame longer than the chunks is read alike', () => {
  const bytes = new Uint8Array(400_000);
  const out = new Uint8Array(1024);
  bytes.set(out.subarray(0, encodeFrame(plain, out).length));
  bytes.fill(0, 16, 18);
  const made = Array.from({ length: 5 }, () => ({ bytes, length: bytes.length, stepUs: 1, flags: 0, tap: 0 }));
  for (const file of [pcapOf(made, LinkType.Ethernet, 1000), pcapngOf(made)]) {
    const javaScript = readByJavaScript(file, 64);
    expectAlike(readByEngine(file, 64), javaScript);
    expectAlike(readByEngine(file, 64, { sizes: [262_144], inPlace: true }), javaScript);
  }
});
