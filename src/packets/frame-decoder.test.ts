import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, type FrameSpec, type IpSpec, type TcpSpec } from '../wire/encode.ts';
import { LinkType } from '../wire/frame.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { FrameDecoder } from './frame-decoder.ts';
import {
  ChecksumPlace,
  ChecksumState,
  Col,
  checksumOf,
  encapsulationOf,
  headerBytesOf,
  ipIdOf,
  kindOf,
  Note,
  PacketBatch,
  PacketKind,
  Rare,
  rareOf,
  sackBlocksOf,
  tapOf,
  tcpFlagsOf,
  tcpOptionBytesOf,
  tosOf,
  ttlOf,
  tunnelChecksumOf,
  windowOf,
} from './packet-batch.ts';
import { isPlain, shardOfFrame, shardOfRow } from './shard.ts';

const payload = Uint8Array.from({ length: 101 }, (_, index) => (index * 7) & 0xff);
const timestamps = Uint8Array.of(1, 1, 8, 10, 0, 0, 0x12, 0x34, 0, 0, 0x56, 0x78);
const tcp: TcpSpec = {
  sourcePort: 40_000,
  destinationPort: 443,
  sequence: 0xffff_fff0,
  acknowledgement: 0x8000_0001,
  flags: TcpFlag.Ack | TcpFlag.Psh,
  window: 65_535,
  options: timestamps,
};
const v4: IpSpec = { version: 4, source: 1, destination: 2, hops: 64, trafficClass: 3, identification: 0xfffe };
const v6: IpSpec = { version: 6, source: 1, destination: 2, hops: 64, trafficClass: 3 };
const base: FrameSpec = { macSource: 1, macDestination: 2, ip: v4, tcp, payload, checksum: 'full' };

interface Row {
  readonly words: Int32Array;
  readonly decoder: FrameDecoder;
}

/** Decodes bytes that lie at the very end of their view, so that reading behind them throws. */
function decodeBytes(bytes: Uint8Array, linkType: number, originalLength = bytes.length): Row {
  const batch = new PacketBatch(2);
  batch.words.fill(0xa5a5_a5a5 | 0);
  const decoder = new FrameDecoder(batch);
  decoder.tapNumber(0, 0);
  const room = new Uint8Array(32 + bytes.length).fill(0xa5);
  room.set(bytes, 32);
  const view = new DataView(room.buffer);
  const plain = isPlain(view, 32, bytes.length, linkType);
  decoder.decode(0, 0, view, 32, bytes.length, originalLength, linkType, 0, 0, plain);
  return { words: batch.words, decoder };
}

function bytesOf(spec: FrameSpec): Uint8Array {
  const out = new Uint8Array(2048).fill(0xa5);
  return out.slice(0, encodeFrame(spec, out).length);
}

/** What all the wrappings of one TCP segment have in common. */
function expectTheSegment({ words }: Row): void {
  expect(kindOf(words, 0)).toBe(PacketKind.Tcp);
  expect((words[Col.ports] ?? 0) >>> 0).toBe(40_000 * 65_536 + 443);
  expect(words[Col.seq]).toBe(0xffff_fff0 | 0);
  expect(words[Col.ack]).toBe(0x8000_0001 | 0);
  expect(tcpFlagsOf(words, 0)).toBe(TcpFlag.Ack | TcpFlag.Psh);
  expect(windowOf(words, 0)).toBe(65_535);
  expect(words[Col.payloadBytes]).toBe(payload.length);
  expect(tcpOptionBytesOf(words, 0)).toBe(12);
  expect((words[Col.notes] ?? 0) & Note.Timestamps).toBe(Note.Timestamps);
  expect([words[Col.tsVal], words[Col.tsEcr]]).toEqual([0x1234, 0x5678]);
  expect(sackBlocksOf(words, 0)).toBe(0);
  expect([ttlOf(words, 0), tosOf(words, 0)]).toEqual([64, 3]);
  expect(checksumOf(words, 0)).toBe(ChecksumState.Valid);
}

/** The IP packet of an Ethernet frame behind another link header. */
function relinked(spec: FrameSpec, header: readonly number[]): Uint8Array {
  return Uint8Array.from([...header, ...bytesOf(spec).subarray(14)]);
}

const outer: IpSpec = { ...v4, source: 8, destination: 9, hops: 7 };
const hopByHop = { type: 0, bytes: Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0) };
const routing = { type: 43, bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0) };

const wrappings: readonly {
  name: string;
  bytes: Uint8Array;
  link?: number;
  layers?: string[];
  headerBytes?: number;
}[] = [
  { name: 'Ethernet', bytes: bytesOf(base), headerBytes: 66 },
  { name: 'Ethernet, IPv6', bytes: bytesOf({ ...base, ip: v6 }), headerBytes: 86 },
  {
    name: 'IPv4 options',
    bytes: bytesOf({ ...base, ip: { ...v4, options: Uint8Array.of(1, 1, 1, 0) } }),
    headerBytes: 70,
  },
  {
    name: 'IPv6 extension headers',
    bytes: bytesOf({ ...base, ip: { ...v6, extensions: [hopByHop, routing] } }),
    headerBytes: 102,
  },
  { name: 'VLAN', bytes: bytesOf({ ...base, vlanTags: [7] }), layers: ['vlan 7'], headerBytes: 70 },
  { name: 'QinQ', bytes: bytesOf({ ...base, vlanTags: [100, 7] }), layers: ['vlan 100', 'vlan 7'], headerBytes: 74 },
  {
    name: 'VXLAN',
    bytes: bytesOf({ ...base, tunnel: { kind: 'vxlan', outer, sourcePort: 5555, identifier: 42 } }),
    layers: ['vxlan 42'],
  },
  {
    name: 'Geneve',
    bytes: bytesOf({ ...base, tunnel: { kind: 'geneve', outer, sourcePort: 5555, identifier: 43 } }),
    layers: ['geneve 43'],
  },
  { name: 'GRE', bytes: bytesOf({ ...base, tunnel: { kind: 'gre', outer, key: 5 } }), layers: ['gre 5'] },
  { name: 'IP in IP', bytes: bytesOf({ ...base, tunnel: { kind: 'ip', outer } }), layers: ['ipip'] },
  { name: 'IPv6 in IPv4', bytes: bytesOf({ ...base, ip: v6, tunnel: { kind: 'ip', outer } }), layers: ['ipip'] },
  {
    name: 'MPLS of two labels',
    bytes: relinked(base, [...bytesOf(base).subarray(0, 12), 0x88, 0x47, 0, 0x10, 0, 64, 0, 0x20, 1, 64]),
    layers: ['mpls 256', 'mpls 512'],
  },
  { name: 'raw IP', bytes: relinked(base, []), link: LinkType.Raw, headerBytes: 66 },
  { name: 'raw IPv6', bytes: relinked({ ...base, ip: v6 }, []), link: LinkType.Ipv6, headerBytes: 86 },
  { name: 'NULL', bytes: relinked(base, [2, 0, 0, 0]), link: LinkType.Null, headerBytes: 66 },
  { name: 'LOOP', bytes: relinked(base, [0, 0, 0, 2]), link: LinkType.Loop, headerBytes: 66 },
  {
    name: 'SLL',
    bytes: relinked(base, [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0]),
    link: LinkType.LinuxSll,
    headerBytes: 66,
  },
  {
    name: 'SLL2',
    bytes: relinked(base, [8, 0, 0, 0, 0, 0, 0, 9, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0]),
    link: LinkType.LinuxSll2,
    headerBytes: 66,
  },
];

describe('a TCP segment is found in', () => {
  test.each(wrappings)('$name', ({ bytes, link, layers, headerBytes }) => {
    const row = decodeBytes(bytes, link ?? LinkType.Ethernet);
    expectTheSegment(row);
    expect(row.decoder.encapsulations.names(encapsulationOf(row.words, 0))).toEqual(layers ?? []);
    if (headerBytes !== undefined) expect(headerBytesOf(row.words, 0)).toBe(headerBytes);
  });

  test.each(wrappings)('$name, cut at any length, without reading past the end', ({ bytes, link }) => {
    for (let length = 0; length < bytes.length; length++) {
      const { words } = decodeBytes(bytes.subarray(0, length), link ?? LinkType.Ethernet, bytes.length);
      expect(kindOf(words, 0)).toBeLessThanOrEqual(PacketKind.Undecoded);
      if (kindOf(words, 0) === PacketKind.Tcp && encapsulationOf(words, 0) === 0) {
        expect(words[Col.payloadBytes]).toBe(payload.length);
        expect(checksumOf(words, 0)).toBe(ChecksumState.Unknown);
      }
    }
  });
});

describe('a TCP header that the snap length cut behind its flags', () => {
  test.each(wrappings)('still tells who, which bytes and which flags, and no window: $name', ({ bytes, link }) => {
    const header = bytes.length - payload.length - 32;
    const { words } = decodeBytes(bytes.subarray(0, header + 14), link ?? LinkType.Ethernet, bytes.length);
    expect(kindOf(words, 0)).toBe(PacketKind.Tcp);
    expect((words[Col.ports] ?? 0) >>> 0).toBe(40_000 * 65_536 + 443);
    expect([words[Col.seq], words[Col.ack]]).toEqual([0xffff_fff0 | 0, 0x8000_0001 | 0]);
    expect(tcpFlagsOf(words, 0)).toBe(TcpFlag.Ack | TcpFlag.Psh);
    expect([words[Col.payloadBytes], tcpOptionBytesOf(words, 0)]).toEqual([payload.length, 12]);
    expect((words[Col.notes] ?? 0) & (Note.HeaderCut | Note.OptionsCut)).toBe(Note.HeaderCut | Note.OptionsCut);
    expect(checksumOf(words, 0)).toBe(ChecksumState.Unknown);
  });

  test('is not there one byte sooner, and the packet is known to be cut', () => {
    const bytes = bytesOf(base);
    const { words } = decodeBytes(bytes.subarray(0, 47), LinkType.Ethernet, bytes.length);
    expect(kindOf(words, 0)).toBe(PacketKind.Undecoded);
    expect((words[Col.notes] ?? 0) & Note.HeaderCut).toBe(Note.HeaderCut);
  });
});

describe('a frame', () => {
  test('of any bytes, cut anywhere, of any link type, never throws', () => {
    const links = [...Object.values(LinkType), 12, 14, 9999];
    fc.assert(
      fc.property(
        fc.constantFrom(...wrappings),
        fc.constantFrom(...links),
        fc.nat(),
        fc.nat(),
        fc.nat(255),
        fc.nat(),
        (wrapping, link, at, cut, byte, more) => {
          const bytes = wrapping.bytes.slice(0, 1 + (cut % wrapping.bytes.length));
          bytes[at % bytes.length] = byte;
          const { words } = decodeBytes(bytes, link, bytes.length + (more % 3) * 700);
          expect(words[Col.row]).toBe(0);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('of the smallest size is padded, and short where it is not', () => {
    const ack: FrameSpec = { ...base, payload: new Uint8Array(0), tcp: { ...tcp, options: new Uint8Array(0) } };
    const short = decodeBytes(bytesOf(ack), LinkType.Ethernet).words[Col.notes] ?? 0;
    expect(short & (Note.Short | Note.Padded)).toBe(Note.Short);
    const padded = decodeBytes(bytesOf({ ...ack, trailer: new Uint8Array(6) }), LinkType.Ethernet);
    expect((padded.words[Col.notes] ?? 0) & (Note.Short | Note.Padded)).toBe(Note.Padded);
    expect(padded.words[Col.payloadBytes]).toBe(0);
  });

  test('with IP length 0 (old TSO, BIG TCP) has the length of the frame', () => {
    const bytes = bytesOf(base);
    bytes.fill(0, 16, 18);
    const { words } = decodeBytes(bytes, LinkType.Ethernet);
    expect((words[Col.notes] ?? 0) & Note.LengthZero).toBe(Note.LengthZero);
    expect(words[Col.payloadBytes]).toBe(payload.length);
  });

  test('with a jumbo option has the length of the frame', () => {
    const bytes = bytesOf({
      ...base,
      ip: { ...v6, extensions: [{ type: 0, bytes: Uint8Array.of(0, 0, 0xc2, 4, 0, 1, 0, 0) }] },
    });
    bytes.fill(0, 18, 20);
    const { words } = decodeBytes(bytes, LinkType.Ethernet, 14 + 40 + 8 + 32 + 100_000);
    expect((words[Col.notes] ?? 0) & Note.Jumbo).toBe(Note.Jumbo);
    expect(words[Col.payloadBytes]).toBe(100_000);
  });

  test('that is a fragment is told from the first of its packet', () => {
    const first = decodeBytes(bytesOf({ ...base, ip: { ...v4, fragment: 0x2000 } }), LinkType.Ethernet);
    expect(kindOf(first.words, 0)).toBe(PacketKind.Tcp);
    expect((first.words[Col.notes] ?? 0) & Note.FirstFragment).toBe(Note.FirstFragment);
    const later = decodeBytes(bytesOf({ ...base, ip: { ...v4, fragment: 0x2010 } }), LinkType.Ethernet);
    expect(kindOf(later.words, 0)).toBe(PacketKind.Fragment);
    expect(tcpFlagsOf(later.words, 0)).toBe(6);
  });

  test('has the checksum state that its bytes say', () => {
    const stateOf = (checksum: FrameSpec['checksum']) =>
      checksumOf(decodeBytes(bytesOf({ ...base, checksum }), LinkType.Ethernet).words, 0);
    expect(stateOf('full')).toBe(ChecksumState.Valid);
    expect(stateOf('partial')).toBe(ChecksumState.Partial);
    expect(stateOf(1)).toBe(ChecksumState.Wrong);
  });

  test('of a tunnel has the state of the outer checksum, and no other frame has one', () => {
    const tunnel = { kind: 'vxlan', outer, sourcePort: 1, identifier: 1 } as const;
    const zero = decodeBytes(bytesOf({ ...base, tunnel: { ...tunnel, checksum: false } }), LinkType.Ethernet);
    expect(tunnelChecksumOf(zero.words, 0)).toBe(ChecksumPlace.ZeroField);
    const full = decodeBytes(bytesOf({ ...base, tunnel: { ...tunnel, checksum: true } }), LinkType.Ethernet);
    expect(tunnelChecksumOf(full.words, 0)).toBe(ChecksumState.Valid);
    expect(tunnelChecksumOf(decodeBytes(bytesOf(base), LinkType.Ethernet).words, 0)).toBe(ChecksumPlace.NoTunnel);
  });
});

describe('options', () => {
  const withOptions = (options: readonly number[], flags: number = TcpFlag.Ack): Int32Array =>
    decodeBytes(bytesOf({ ...base, tcp: { ...tcp, flags, options: Uint8Array.from(options) } }), LinkType.Ethernet)
      .words;

  test('of a SYN: MSS, window scale, SACK permitted, in any order', () => {
    const words = withOptions([1, 3, 3, 7, 4, 2, 2, 4, 5, 180, 1, 0], TcpFlag.Syn);
    expect(words[rareOf(words, 0) + Rare.synOptions]).toBe((1460 << 16) | 7);
    expect((words[Col.notes] ?? 0) & Note.SackPermitted).toBe(Note.SackPermitted);
  });

  test('of a SYN without any: no MSS, no scale', () => {
    const words = withOptions([], TcpFlag.Syn);
    expect(words[rareOf(words, 0) + Rare.synOptions]).toBe(255);
  });

  test('SACK: blocks, the highest edge, and a duplicate below the acknowledgement', () => {
    const block = (left: number, right: number) =>
      [left, right].flatMap((edge) => [edge >>> 24, (edge >>> 16) & 255, (edge >>> 8) & 255, edge & 255]);
    const words = withOptions([1, 1, 5, 18, ...block(0x8000_1000, 0x8000_2000), ...block(0x8000_3000, 0x8000_4000)]);
    const rare = rareOf(words, 0);
    expect(sackBlocksOf(words, 0)).toBe(2);
    expect([words[rare + Rare.sackLeft], words[rare + Rare.sackRight]]).toEqual([0x8000_1000 | 0, 0x8000_2000 | 0]);
    expect(words[rare + Rare.sackHighest]).toBe(0x8000_4000 | 0);
    expect((words[Col.notes] ?? 0) & Note.Dsack).toBe(0);
    const duplicate = withOptions([1, 1, 5, 10, ...block(0x7fff_0000, 0x7fff_1000)]);
    expect((duplicate[Col.notes] ?? 0) & Note.Dsack).toBe(Note.Dsack);
  });
});

test('ICMP "fragmentation needed" becomes a row about the packet that it quotes', () => {
  const quoted = bytesOf(base).subarray(14, 14 + 28);
  const icmp = [
    0x45,
    0,
    0,
    56,
    0,
    1,
    0,
    0,
    64,
    1,
    0,
    0,
    10,
    0,
    0,
    99,
    10,
    0,
    0,
    1,
    3,
    4,
    0,
    0,
    0,
    0,
    5,
    120,
    ...quoted,
  ];
  const { words } = decodeBytes(Uint8Array.from(icmp), LinkType.Raw);
  expect(kindOf(words, 0)).toBe(PacketKind.IcmpTooBig);
  expect(ipIdOf(words, 0)).toBe(1400);
  expect(words[Col.source]).toBe(0x0a00_0001);
  expect((words[Col.ports] ?? 0) >>> 0).toBe(40_000 * 65_536 + 443);
  expect(words[Col.seq]).toBe(0x0a00_0063);
});

test('SLL2 names taps by interface', () => {
  const sll2 = wrappings.find(({ name }) => name === 'SLL2');
  const { words, decoder } = decodeBytes(sll2?.bytes ?? new Uint8Array(0), LinkType.LinuxSll2);
  expect(decoder.taps[tapOf(words, 0)]).toEqual({ interfaceIndex: 0, ifIndex: 9 });
  expect((words[Col.notes] ?? 0) & Note.Outgoing).toBe(Note.Outgoing);
});

describe('the share of a connection', () => {
  test.each(wrappings)('is that of its row where it is told before decoding: $name', ({ bytes, link }) => {
    const linkType = link ?? LinkType.Ethernet;
    const { words } = decodeBytes(bytes, linkType);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (const mask of [1, 7, 1023]) {
      const early = shardOfFrame(view, 0, bytes.length, linkType, mask);
      if (early >= 0) expect(early).toBe(shardOfRow(words, 0, mask));
    }
  });

  test('is told before decoding for the usual frames, cut anywhere', () => {
    const usual = [base, { ...base, ip: v6 }, { ...base, vlanTags: [7] }, { ...base, ip: v6, vlanTags: [7] }].map(
      bytesOf,
    );
    for (const bytes of usual)
      for (let captured = 0; captured <= bytes.length; captured++) {
        const cut = new Uint8Array(bytes.subarray(0, captured));
        const early = shardOfFrame(new DataView(cut.buffer), 0, captured, LinkType.Ethernet, 1023);
        const { words } = decodeBytes(cut, LinkType.Ethernet, bytes.length);
        expect(early >= 0 || captured < 62).toBe(true);
        if (kindOf(words, 0) === PacketKind.Tcp && early >= 0) expect(early).toBe(shardOfRow(words, 0, 1023));
      }
  });
});
