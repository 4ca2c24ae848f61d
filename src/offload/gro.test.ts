// The kernel's own GRO selftest as vectors (tools/testing/selftests/net, cases restated), with the 6.18 column measured, and
// properties of merging and cutting.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumField, onesSum, pseudoHeaderSumV4, pseudoHeaderSumV6 } from '../bytes/checksum.ts';
import { encodeFrame, type FrameSpec, type IpSpec, type TcpSpec } from '../wire/encode.ts';
import { LinkType } from '../wire/frame.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { Gro, type GroOptions } from './gro.ts';
import { Segmenter } from './gso.ts';
import { FrameLayers } from './layers.ts';
import { type GroRules, groRulesFor } from './rules.ts';

type Variant = 'ipv4' | 'ipv6' | 'ipip' | 'ip6ip6';

interface Change {
  readonly flags?: number;
  readonly tcp?: Partial<TcpSpec>;
  readonly ip?: Partial<IpSpec>;
  readonly checksum?: number;
}

function rulesOf(kernel: string): GroRules {
  const rules = groRulesFor(kernel);
  if (rules === undefined) throw new Error(`no rules for ${kernel}`);
  return rules;
}

const standardIp = (version: 4 | 6): IpSpec => ({
  version,
  source: 200,
  destination: 100,
  hops: 8,
  trafficClass: 0,
  identification: 0,
  fragment: 0x4000,
});

/** One frame of the selftest: sequence offset, payload length, and what differs from the common frame. */
function frame(variant: Variant, offset: number, length: number, change: Change = {}): FrameSpec {
  const version = variant === 'ipv4' || variant === 'ipip' ? 4 : 6;
  const isTunnel = variant === 'ipip' || variant === 'ip6ip6';
  const touched = { ...standardIp(version), ...change.ip };
  const tcp: TcpSpec = {
    sourcePort: 1500,
    destinationPort: 8000,
    sequence: 100 + offset,
    acknowledgement: 100,
    flags: TcpFlag.Ack | (change.flags ?? 0),
    window: 65_535,
    ...change.tcp,
  };
  const base = {
    macSource: 1,
    macDestination: 2,
    tcp,
    payload: new Uint8Array(length).fill(0x61),
    checksum: change.checksum ?? ('full' as const),
  };
  // In a tunnel "the IP header" of a case is the outer one.
  if (!isTunnel) return { ...base, ip: touched };
  return { ...base, ip: standardIp(version), tunnel: { kind: 'ip', outer: touched } };
}

/** The payload lengths that go up, in order. */
function payloads(frames: readonly FrameSpec[], kernel: string, options: Partial<GroOptions> = {}): number[] {
  const lengths: number[] = [];
  const layers = new FrameLayers();
  const note = (view: DataView, start: number, captured: number, original: number): void => {
    layers.parse(view, start, captured, original, LinkType.Ethernet);
    // A frame whose headers end the walk (a fragment) counts from where its TCP header would be.
    lengths.push(layers.transport === 0 ? original - 54 : layers.payloadBytes);
  };
  const gro = new Gro(
    { rules: rulesOf(kernel), ...options },
    {
      onSingle: (view, start, captured, original) => note(view, start, captured, original),
      onMerged: (held) => note(held.view, 0, held.capturedLength, held.originalLength),
    },
  );
  const bytes = new Uint8Array(80_000).fill(0xa5);
  const view = new DataView(bytes.buffer);
  frames.forEach((spec, index) => {
    const { length } = encodeFrame(spec, bytes, 0);
    gro.receive(view, 0, length, length, LinkType.Ethernet, 'verify', index);
  });
  gro.flush();
  return lengths;
}

const timestamps = (value: number, layout: 'nnT' | 'nTn' | 'Tnn' = 'nnT'): Uint8Array => {
  const ts = [8, 10, 0, 0, value >> 8, value & 255, 0, 0, 0, 0];
  if (layout === 'nnT') return Uint8Array.from([1, 1, ...ts]);
  return Uint8Array.from(layout === 'nTn' ? [1, ...ts, 1] : [...ts, 1, 1]);
};

describe.each<Variant>(['ipv4', 'ipv6', 'ipip', 'ip6ip6'])('the kernel selftest over %s', (v) => {
  const f = (offset: number, length: number, change?: Change): FrameSpec => frame(v, offset, length, change);
  const five = (third: FrameSpec): FrameSpec[] => [f(0, 100), f(100, 100), third, f(300, 100), f(400, 100)];

  it.each<[string, FrameSpec[], number[]]>([
    ['data_same', [f(0, 100), f(100, 100)], [200]],
    ['data_lrg_sml', [f(0, 100), f(100, 50)], [150]],
    ['data_lrg_1byte', [f(0, 100), f(100, 1)], [101]],
    ['data_sml_lrg', [f(0, 50), f(50, 100)], [50, 100]],
    ['single', [f(0, 100)], [100]],
    ['ack', [f(0, 0), f(0, 0), f(0, 0, { tcp: { acknowledgement: 101 } })], [0, 0, 0]],
    ['flags_psh', five(f(200, 100, { flags: TcpFlag.Psh })), [300, 200]],
    ['flags_syn', five(f(0, 0, { flags: TcpFlag.Syn })), [200, 0, 200]],
    ['flags_rst', five(f(0, 0, { flags: TcpFlag.Rst })), [200, 0, 200]],
    ['flags_urg', five(f(0, 0, { flags: TcpFlag.Urg })), [200, 0, 200]],
    ['tcp_csum', [f(0, 100), f(100, 100, { checksum: -1 })], [100, 100]],
    ['tcp_seq', [f(0, 100), f(101, 100)], [100, 100]],
    [
      'tcp_ts',
      [
        f(0, 100, { tcp: { options: timestamps(0) } }),
        f(100, 100, { tcp: { options: timestamps(0) } }),
        f(200, 100, { tcp: { options: timestamps(100) } }),
        f(300, 100, { tcp: { options: timestamps(100, 'nTn') } }),
        f(400, 100, { tcp: { options: timestamps(100, 'Tnn') } }),
      ],
      [200, 100, 100, 100],
    ],
    [
      'tcp_opt',
      [
        f(0, 100, { tcp: { options: timestamps(0) } }),
        f(100, 100, { tcp: { options: timestamps(0) } }),
        f(200, 100, { tcp: { options: Uint8Array.from([1, 3, 3, 0]) } }),
      ],
      [200, 100],
    ],
    ['ip_ecn', [f(0, 100), f(100, 100, { ip: { trafficClass: 2 } })], [100, 100]],
    ['ip_tos', [f(0, 100), f(100, 100, { ip: { trafficClass: 1 } })], [100, 100]],
  ])('%s', (_name, frames, expected) => {
    for (const kernel of ['6.12', '6.18', '7.2']) expect(payloads(frames, kernel)).toEqual(expected);
  });

  it('large: the total of 65,535 bytes can be reached, not passed', () => {
    const headerBytes = { ipv4: 40, ipv6: 60, ipip: 60, ip6ip6: 100 }[v];
    const mss = 4096 - headerBytes;
    const most = 65_535 - headerBytes;
    const full = Math.floor(most / mss);
    const rest = most - full * mss;
    const run = Array.from({ length: full }, (_, i) => f(i * mss, mss));
    const reached = [...run, f(full * mss, rest), f((full + 1) * mss, rest)];
    expect(payloads(reached, '6.18')).toEqual([most, rest]);
    const passed = [...run, f(full * mss, rest + 1), f((full + 1) * mss, rest + 1)];
    expect(payloads(passed, '6.18')).toEqual([full * mss, rest + 1, rest + 1]);
  });

  it('flags_cwr differs by kernel line', () => {
    const cwr = { flags: TcpFlag.Cwr };
    const frames = [f(0, 100), f(100, 100, cwr), f(200, 100, cwr), f(300, 100), f(400, 100)];
    expect(payloads(frames, '6.12')).toEqual([100, 100, 300]);
    expect(payloads(frames, '6.18')).toEqual([100, 100, 100, 200]);
    expect(payloads(frames, '7.2')).toEqual([100, 200, 200]);
  });

  it('capacity: 8 flows in one bucket merge, the ninth pushes out the oldest', () => {
    const flows = (count: number): FrameSpec[] =>
      [0, 200].flatMap((offset) =>
        Array.from({ length: count }, (_, i) =>
          f(offset, 200, { tcp: { sourcePort: 1500 + i, flags: offset === 0 ? 0x10 : 0x18 } }),
        ),
      );
    expect(payloads(flows(8), '6.18')).toEqual(new Array(8).fill(400));
    expect(payloads(flows(16), '6.18').filter((length) => length === 400)).toHaveLength(8);
    expect(payloads(flows(8), '6.18', { receiveHash: true }).filter((length) => length === 400).length).toBe(8);
  });
});

describe.each<Variant>(['ipv4', 'ipip'])('the IPv4 header cases over %s', (v) => {
  const f = (offset: number, ip: Partial<IpSpec> = {}): FrameSpec => frame(v, offset, 100, { ip });
  const ids = (fragment: number, ...list: number[]): FrameSpec[] =>
    list.map((identification, i) => f(i * 100, { identification, fragment }));

  it('ip_csum: a wrong header checksum goes up before what is held', () => {
    expect(payloads([f(0), f(100, { checksumError: -1 }), f(200)], '6.18')).toEqual([100, 100, 100]);
  });
  it('ip_ttl', () => expect(payloads([f(0), f(100, { hops: 7 })], '6.18')).toEqual([100, 100]));
  it('ip_opt', () => {
    const options = Uint8Array.from([68, 40, 5, 0, ...new Array<number>(36).fill(0)]);
    expect(payloads([f(0), f(100, { options }), f(200)], '6.18')).toHaveLength(3);
  });
  it('ip_frag4', () => expect(payloads([f(0), f(100, { fragment: 0x6000 })], '6.18')).toHaveLength(2));
  it.each<[string, FrameSpec[], number[]]>([
    ['ip_id_df1_inc', ids(0x4000, 8, 9), [200]],
    ['ip_id_df1_fixed', ids(0x4000, 8, 8), [200]],
    ['ip_id_df0_inc', ids(0, 8, 9), [200]],
    ['ip_id_df0_fixed', ids(0, 8, 8), [200]],
    ['ip_id_df1_inc_fixed', ids(0x4000, 8, 9, 9), [200, 100]],
    ['ip_id_df1_fixed_inc', ids(0x4000, 8, 8, 9), [200, 100]],
  ])('%s on 6.18', (_name, frames, expected) => expect(payloads(frames, '6.18')).toEqual(expected));
});

describe('what differs by kernel line', () => {
  const f = (offset: number, ip: Partial<IpSpec>, variant: Variant = 'ipv4'): FrameSpec =>
    frame(variant, offset, 100, { ip });

  it('without DF a constant ID merges from 6.18 on, and nothing merges before 4.7', () => {
    const fixed = [f(0, { identification: 8, fragment: 0 }), f(100, { identification: 8, fragment: 0 })];
    const counting = [f(0, { identification: 8, fragment: 0 }), f(100, { identification: 9, fragment: 0 })];
    expect(payloads(fixed, '6.12')).toEqual([100, 100]);
    expect(payloads(fixed, '6.18')).toEqual([200]);
    expect(payloads(counting, '4.4')).toEqual([100, 100]);
    expect(payloads(counting, '5.15')).toEqual([200]);
  });

  it('with DF an ID of 0 in all packets merges from 4.7 on', () => {
    const zeros = [f(0, { identification: 0 }), f(100, { identification: 0 })];
    expect(payloads(zeros, '3.10.0-1160')).toEqual([100, 100]);
    expect(payloads(zeros, '4.9')).toEqual([200]);
  });

  it('the outer ID of a tunnel is held to a pattern from 6.18 on', () => {
    const outer = [8, 9, 9].map((identification, i) => f(i * 100, { identification }, 'ipip'));
    expect(payloads(outer, '6.12')).toEqual([300]);
    expect(payloads(outer, '6.18')).toEqual([200, 100]);
  });

  it('another hop limit was another flow before 6.10: the held packet stays', () => {
    const frames = [f(0, { hops: 8 }, 'ipv6'), f(100, { hops: 7 }, 'ipv6'), f(100, { hops: 8 }, 'ipv6')];
    expect(payloads(frames, '6.1')).toEqual([200, 100]);
    expect(payloads(frames, '6.12')).toEqual([100, 100, 100]);
  });

  it('a release is matched to the newest line that is not younger', () => {
    expect(groRulesFor('5.15.0-91-generic')?.since).toBe('4.19');
    expect(groRulesFor('2.6.32-642.el6')?.since).toBe('2.6.29');
    expect(groRulesFor('2.6.18-398.el5')).toBeUndefined();
    expect(groRulesFor('10.0')?.since).toBe('7.2');
    expect(groRulesFor('banana')).toBeUndefined();
  });
});

describe('datagrams', () => {
  const datagram = (length: number, change: Partial<FrameSpec> = {}): FrameSpec => ({
    macSource: 1,
    macDestination: 2,
    ip: standardIp(4),
    udp: { sourcePort: 9, destinationPort: 443 },
    payload: new Uint8Array(length).fill(1),
    checksum: 'full',
    ...change,
  });
  const on = { forwardsUdp: true };

  it('merge only where UDP is forwarded', () => {
    expect(payloads([datagram(100), datagram(100)], '6.18')).toEqual([100, 100]);
    expect(payloads([datagram(100), datagram(100)], '6.18', on)).toEqual([200]);
  });

  it('merge while they are of one length; a shorter one ends it, a longer one begins anew', () => {
    expect(payloads([datagram(100), datagram(100), datagram(40), datagram(100)], '6.18', on)).toEqual([240, 100]);
    expect(payloads([datagram(100), datagram(120)], '6.18', on)).toEqual([100, 120]);
  });

  it('merge to 64 at most', () => {
    const many = new Array<FrameSpec>(70).fill(datagram(100));
    expect(payloads(many, '6.18', on)).toEqual([6400, 600]);
  });

  it('do not merge without a checksum, and go up before what is held', () => {
    const without = datagram(100, { checksum: 'none' });
    expect(payloads([datagram(100), without, datagram(100)], '6.18', on)).toEqual([100, 200]);
  });
});

describe('merging, then cutting', () => {
  it('gives back the same bytes for every stream of equal segments', () => {
    const stream = fc.record({
      variant: fc.constantFrom<Variant>('ipv4', 'ipv6', 'ipip', 'ip6ip6'),
      segment: fc.integer({ min: 1, max: 3000 }),
      count: fc.integer({ min: 2, max: 20 }),
      last: fc.integer({ min: 1, max: 3000 }),
      flags: fc.constantFrom(0, TcpFlag.Psh, TcpFlag.Fin, TcpFlag.Psh | TcpFlag.Fin),
      step: fc.constantFrom(0, 1),
      id: fc.nat(0xffff),
      options: fc.constantFrom(new Uint8Array(0), timestamps(77)),
    });
    fc.assert(
      fc.property(stream, ({ variant, segment, count, last, flags, step, id, options }) => {
        const wire: Uint8Array[] = [];
        const scratch = new Uint8Array(80_000).fill(0xa5);
        for (let i = 0; i < count; i += 1) {
          const isLast = i === count - 1;
          const spec = frame(variant, i * segment, isLast ? Math.min(last, segment) : segment, {
            tcp: { options, flags: TcpFlag.Ack | (isLast ? flags : 0) },
            ip: { identification: (id + i * step) & 0xffff },
          });
          wire.push(scratch.slice(0, encodeFrame(spec, scratch).length));
        }
        expect(cutAgain(wire).map(hex)).toEqual(wire.map(hex));
      }),
    );
  });
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Merges on 6.18, then cuts what was merged at its gso_size. */
function cutAgain(wire: readonly Uint8Array[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  const layers = new FrameLayers();
  const segmenter = new Segmenter();
  const gro = new Gro(
    { rules: rulesOf('6.18') },
    {
      onSingle: (view, start, captured) =>
        out.push(new Uint8Array(view.buffer, view.byteOffset + start, captured).slice()),
      onMerged: (held) => {
        layers.parse(held.view, 0, held.capturedLength, held.originalLength, LinkType.Ethernet);
        const count = segmenter.begin(held.view, 0, held.capturedLength, layers, {
          segmentBytes: held.segmentBytes,
          outerIdFixed: held.outerIdIsFixed,
          innerIdFixed: held.innerIdIsFixed,
        });
        expect(count).toBe(held.segmentCount);
        for (let i = 0; i < count; i += 1) {
          const bytes = new Uint8Array(10_000).fill(0xa5);
          out.push(bytes.slice(0, segmenter.write(i, new DataView(bytes.buffer), 0)));
        }
      },
    },
  );
  wire.forEach((bytes, index) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    gro.receive(view, 0, bytes.length, bytes.length, LinkType.Ethernet, 'verify', index);
  });
  gro.flush();
  return out;
}

describe('a frame that goes on with the last one', () => {
  interface Mutation {
    readonly frame: number;
    readonly offset: number;
    readonly xor: number;
    readonly captured: number;
    readonly original: number;
  }

  /** What is done to be asked less: every frame parsed, because its device says what it merged; as usual; the short way first. */
  type Way = 'parsed' | 'usual' | 'short';

  /** Not looked at, made right after the mutation, or left as they are. */
  type Checksums = 'trusted' | 'right' | 'left';

  /** What goes up, in order: bytes, lengths and tags. */
  function goesUp(
    variant: Variant,
    mutations: readonly Mutation[],
    kernel: string,
    way: Way,
    checksums: Checksums,
  ): string[] {
    const up: string[] = [];
    const hex = (view: DataView, start: number, length: number): string =>
      Buffer.from(view.buffer, view.byteOffset + start, length).toString('hex');
    const gro = new Gro(
      { rules: rulesOf(kernel) },
      {
        onSingle: (view, start, captured, original, tag) =>
          up.push(`${tag}: ${hex(view, start, captured)} of ${original}`),
        onMerged: (held) => up.push(`${held.firstTag}+: ${hex(held.view, 0, held.capturedLength)}`),
      },
    );
    const bytes = new Uint8Array(400);
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < 8; index += 1) {
      const change = { ip: { identification: index }, tcp: { options: timestamps(1) } };
      let { length } = encodeFrame(frame(variant, index * 10, 10, change), bytes, 0);
      let captured = length;
      for (const mutation of mutations.filter((one) => one.frame === index)) {
        view.setUint8(mutation.offset, view.getUint8(mutation.offset) ^ mutation.xor);
        captured -= mutation.captured;
        length += mutation.original;
      }
      if (variant === 'ipv4') {
        view.setUint16(24, 0);
        view.setUint16(24, checksumField(onesSum(view, 14, 20, 0)));
      }
      if (checksums === 'right') completeTcp(view, length);
      const knowledge = checksums === 'trusted' ? 'trusted' : 'verify-or-partial';
      const merged = way === 'parsed' ? { segmentBytes: 0, segmentCount: 1 } : undefined;
      if (way === 'short' && index > 0 && gro.continues(view, 0, captured, length, index)) continue;
      gro.receive(view, 0, captured, length, LinkType.Ethernet, knowledge, index, merged);
    }
    gro.flush();
    return up;
  }

  /** The TCP checksum of the frames here, where they still are IP without options or extensions. */
  function completeTcp(view: DataView, length: number): void {
    const isV4 = view.getUint8(14) === 0x45;
    const tcp = isV4 ? 34 : 54;
    if (length < tcp + 20) return;
    view.setUint16(tcp + 16, 0);
    const pseudo = isV4 ? pseudoHeaderSumV4(view, 14, length - tcp) : pseudoHeaderSumV6(view, 14, length - tcp);
    view.setUint16(tcp + 16, checksumField(onesSum(view, tcp, length - tcp, pseudo)));
  }

  const mutation = fc.record({
    frame: fc.nat(7),
    offset: fc.nat(90),
    xor: fc.oneof(fc.constantFrom(1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80), fc.integer({ min: 0, max: 255 })),
    captured: fc.constantFrom(0, 0, 0, 5, 60),
    original: fc.constantFrom(0, 0, 0, -3, 4),
  });

  it.each<Variant>(['ipv4', 'ipv6', 'ipip'])(
    'is taken as if it had been parsed, whatever differs, over %s',
    (variant) => {
      fc.assert(
        fc.property(fc.array(mutation, { maxLength: 3 }), fc.constantFrom('5.15', '6.18'), (mutations, kernel) => {
          expect(goesUp(variant, mutations, kernel, 'usual', 'trusted')).toEqual(
            goesUp(variant, mutations, kernel, 'parsed', 'trusted'),
          );
        }),
        { numRuns: 500 },
      );
    },
  );

  it.each<Variant>(['ipv4', 'ipv6', 'ipip'])('is taken the short way as the long way, over %s', (variant) => {
    const checks = fc.constantFrom<Checksums>('right', 'left');
    fc.assert(
      fc.property(
        fc.array(mutation, { maxLength: 2 }),
        fc.constantFrom('5.15', '6.18'),
        checks,
        (list, kernel, check) => {
          expect(goesUp(variant, list, kernel, 'short', check)).toEqual(goesUp(variant, list, kernel, 'parsed', check));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('goes the short way from the third of its packet on', () => {
    const gro = new Gro({ rules: rulesOf('6.18') }, { onSingle: () => undefined, onMerged: () => undefined });
    const bytes = new Uint8Array(400);
    const view = new DataView(bytes.buffer);
    const ways = Array.from({ length: 6 }, (_, index) => {
      const { length } = encodeFrame(frame('ipv4', index * 10, 10, { ip: { identification: index } }), bytes, 0);
      const isShort = gro.continues(view, 0, length, length, index);
      if (!isShort) gro.receive(view, 0, length, length, LinkType.Ethernet, 'verify-or-partial', index);
      return isShort;
    });
    expect(ways).toEqual([false, false, true, true, true, true]);
  });
});
