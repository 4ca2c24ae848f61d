// Station "lab": random segment streams for the GRO oracle: a few flows whose packets mostly continue each other, and every now
// and then differ in one of the things that a rule of GRO reads.

import type { FrameSpec, IpSpec, TcpSpec, TunnelSpec } from '../../wire/encode.ts';
import { TcpFlag } from '../../wire/tcp-flags.ts';
import type { Random } from './random.ts';
import { randomIp, randomPayload, randomTcpOptions } from './super-packets.ts';

/** What varies over a whole run. */
export interface StreamOptions {
  /** IP in IP, both versions; the kernel walks one level. */
  readonly tunnels: boolean;
  /** UDP flows among those of TCP, merged as for forwarding. */
  readonly udp: boolean;
}

/** A frame of a stream. */
export interface StreamFrame {
  readonly spec: FrameSpec;
  /** gso_size that goes with it: a frame that a virtio device has merged already. 0 for a plain one. */
  readonly gsoBytes: number;
}

type IdMode = 'incrementing' | 'fixed' | 'random';

/** One TCP direction. */
interface Flow {
  ip: IpSpec;
  outer: IpSpec | undefined;
  tcp: TcpSpec;
  readonly isUdp: boolean;
  readonly idMode: IdMode;
  readonly outerIdMode: IdMode;
  readonly segmentBytes: number;
  readonly mac: number;
  /** One in this many packets differs from what would continue the flow. */
  readonly oddness: number;
}

function newFlow(random: Random, index: number, options: StreamOptions): Flow {
  const version = random.oneIn(2) ? 4 : 6;
  const outer = options.tunnels && random.oneIn(3) ? plainIp(random, random.oneIn(2) ? 4 : 6) : undefined;
  const modes: readonly IdMode[] = ['incrementing', 'incrementing', 'incrementing', 'fixed', 'fixed', 'random'];
  return {
    ip: plainIp(random, version),
    outer,
    tcp: {
      sourcePort: 1000 + index,
      destinationPort: random.oneIn(3) ? 80 : random.between(1, 0xffff),
      sequence: random.oneIn(4) ? 0xffff_ffff - random.below(20_000) : random.next(),
      acknowledgement: random.next(),
      flags: random.oneIn(10) ? TcpFlag.Ack | random.below(0x200) : TcpFlag.Ack,
      window: random.below(0x1_0000),
      options: randomTcpOptions(random),
    },
    isUdp: options.udp && random.oneIn(3),
    idMode: random.pick(modes),
    outerIdMode: random.pick(modes),
    segmentBytes: random.oneIn(3)
      ? random.pick([1448, 1460, 1440])
      : random.between(1, random.pick([1460, 1460, 9000, 40_000])),
    mac: random.oneIn(6) ? 3 : 1,
    oddness: random.pick([5, 10, 30, 100, 100_000]),
  };
}

/** An IP header that GRO considers, most of the time. */
function plainIp(random: Random, version: 4 | 6): IpSpec {
  const ip = randomIp(random, version);
  const { options: _, ...withoutOptions } = ip;
  const plain = random.oneIn(50) ? ip : withoutOptions;
  return { ...plain, destination: random.between(1, 3), trafficClass: random.oneIn(3) ? ip.trafficClass : 0 };
}

function nextId(random: Random, ip: IpSpec, mode: IdMode): IpSpec {
  if (mode === 'fixed') return ip;
  const id = mode === 'random' ? random.below(0x1_0000) : ((ip.identification ?? 0) + 1) & 0xffff;
  return { ...ip, identification: id };
}

/** A poll's worth of frames. */
export function randomBurst(random: Random, count: number, options: StreamOptions): StreamFrame[] {
  const flows: Flow[] = [];
  const flowCount = random.oneIn(3) ? 1 : random.between(1, 12);
  for (let index = 0; index < flowCount; index += 1) flows.push(newFlow(random, index, options));
  const frames: StreamFrame[] = [];
  let flow = flows[0];
  while (frames.length < count && flow !== undefined) {
    if (random.oneIn(3)) flow = random.pick(flows);
    frames.push(nextFrame(random, flow));
  }
  return frames;
}

function nextFrame(random: Random, flow: Flow): StreamFrame {
  const odd = random.oneIn(flow.oddness);
  const length = odd && random.oneIn(3) ? random.below(2000) : flow.segmentBytes;
  const payload = randomPayload(random, length);
  let frame = frameOf(flow, flow.ip, flow.outer, flow.tcp, payload);
  let gsoBytes = 0;
  if (odd && !flow.isUdp && flow.outer === undefined && random.oneIn(8)) {
    gsoBytes = Math.max(8, flow.segmentBytes);
    const merged = randomPayload(random, Math.min(60_000, gsoBytes * random.between(2, 8) - random.pick([0, 0, 1])));
    frame = { ...frame, payload: merged, checksum: 'partial' };
  } else if (odd) frame = oddFrame(random, flow, frame);
  const advance = frame.payload.length;
  // What was sent is where the flow goes on, unless the odd frame was a repetition, a hole or an overlap.
  flow.tcp = { ...flow.tcp, sequence: (flow.tcp.sequence + advance) >>> 0 };
  flow.ip = nextId(random, flow.ip, flow.idMode);
  if (flow.outer !== undefined) flow.outer = nextId(random, flow.outer, flow.outerIdMode);
  return { spec: frame, gsoBytes };
}

function frameOf(flow: Flow, ip: IpSpec, outer: IpSpec | undefined, tcp: TcpSpec, payload: Uint8Array): FrameSpec {
  const tunnel: TunnelSpec | undefined = outer === undefined ? undefined : { kind: 'ip', outer };
  const { sourcePort, destinationPort } = tcp;
  const transport = flow.isUdp ? { udp: { sourcePort, destinationPort } } : { tcp };
  const base = { macSource: flow.mac, macDestination: 2, ip, ...transport, payload, checksum: 'full' } as const;
  return tunnel === undefined ? base : { ...base, tunnel };
}

/** Changes one thing. Some changes stay with the flow (a new acknowledgement), others concern this frame only. */
function oddFrame(random: Random, flow: Flow, frame: FrameSpec): FrameSpec {
  const tcp = frame.tcp ?? flow.tcp;
  const withTcp = (change: Partial<TcpSpec>): FrameSpec =>
    flow.isUdp ? frame : { ...frame, tcp: { ...tcp, ...change } };
  const lasting = (change: Partial<TcpSpec>): FrameSpec => {
    flow.tcp = { ...flow.tcp, ...change };
    return withTcp(change);
  };
  const kinds: readonly (() => FrameSpec)[] = [
    () => withTcp({ flags: tcp.flags ^ TcpFlag.Psh }),
    () => withTcp({ flags: tcp.flags ^ TcpFlag.Fin }),
    () => withTcp({ flags: tcp.flags ^ random.pick([TcpFlag.Syn, TcpFlag.Rst, TcpFlag.Urg]) }),
    () => withTcp({ flags: tcp.flags ^ TcpFlag.Cwr }),
    () => lasting({ flags: tcp.flags ^ TcpFlag.Cwr }),
    () => lasting({ flags: tcp.flags ^ random.pick([TcpFlag.Ece, TcpFlag.Ae]) }),
    () => lasting({ acknowledgement: (tcp.acknowledgement + random.between(1, 3000)) >>> 0 }),
    () => lasting({ window: random.below(0x1_0000) }),
    () => lasting({ options: randomTcpOptions(random) }),
    () => withTcp({ urgentPointer: random.below(0x1_0000) }),
    () => withTcp({ sequence: (tcp.sequence + random.pick([1, -1, flow.segmentBytes, -flow.segmentBytes])) >>> 0 }),
    () => withTcp({ sequence: random.next() }),
    () => ({ ...frame, payload: frame.payload.subarray(0, 0) }),
    () => ({ ...frame, checksum: random.between(1, 0xfffe) }),
    () => ({ ...frame, checksum: 'partial' }),
    () => ({ ...frame, checksum: flow.isUdp ? 'none' : 'full' }),
    () => ({ ...frame, trailer: random.bytes(random.between(1, 8)) }),
    () => oddIp(random, flow, frame),
    () => oddIp(random, flow, frame),
    () => oddIp(random, flow, frame),
  ];
  return random.pick(kinds)();
}

function oddIp(random: Random, flow: Flow, frame: FrameSpec): FrameSpec {
  const atOuter = frame.tunnel !== undefined && random.oneIn(2);
  const ip = atOuter ? frame.tunnel.outer : frame.ip;
  const fragments = [0, 0x4000, 0x4000, 0x8000, 0xc000, 0x2000, 0x0003];
  const changes: readonly (() => Partial<IpSpec>)[] = [
    () => ({ hops: random.between(1, 255) }),
    () => ({ trafficClass: ip.trafficClass ^ (1 << random.below(8)) }),
    () => ({ trafficClass: ip.trafficClass ^ 3 }),
    () => ({ flowLabel: (ip.flowLabel ?? 0) ^ (1 << random.below(20)) }),
    () => ({ identification: ((ip.identification ?? 0) + random.between(-2, 2)) & 0xffff }),
    () => ({ fragment: random.pick(fragments) }),
    () => ({ checksumError: random.between(1, 0xfffe) }),
    () => ({ lengthError: random.pick([-4, -1, 1, 40]) }),
    () => ({ options: Uint8Array.from([1, 1, 1, 1]) }),
    () => ({ destination: random.between(1, 4) }),
  ];
  const changed = { ...ip, ...random.pick(changes)() };
  if (random.oneIn(3) && changed.lengthError === undefined && changed.checksumError === undefined) {
    if (atOuter) flow.outer = changed;
    else flow.ip = changed;
  }
  if (!atOuter || frame.tunnel === undefined) return { ...frame, ip: changed };
  return { ...frame, tunnel: { ...frame.tunnel, outer: changed } };
}
