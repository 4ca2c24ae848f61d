// Station "lab": random super-packets, as a sender's stack hands them to a device; every field that the cut reads varies.

import type { FrameSpec, IpSpec, TcpSpec } from '../../wire/encode.ts';
import { IpProtocol } from '../../wire/ipv4.ts';
import { TcpFlag } from '../../wire/tcp-flags.ts';
import { Random } from './random.ts';

/** A frame to be cut, with the size that the kernel is told. */
export interface SuperPacket {
  /** In words, for a difference's report. */
  readonly name: string;
  readonly spec: FrameSpec;
  readonly segmentBytes: number;
}

const poolBytes = 1 << 20;
let pool: Uint8Array | undefined;

/** Random payload without making it anew each time: a piece of one megabyte, from an even or odd place. */
export function randomPayload(random: Random, length: number): Uint8Array {
  // Of its own seed: a round gives the same frames whether others ran before it or not.
  pool ??= new Random(poolBytes).bytes(poolBytes);
  const start = random.below(poolBytes - length);
  return pool.subarray(start, start + length);
}

/** Options in common and uncommon order; a multiple of 4 bytes, up to 40. */
export function randomTcpOptions(random: Random): Uint8Array {
  const timestamps = [8, 10, ...random.bytes(8)];
  const sack = (blocks: number): number[] => [5, 2 + 8 * blocks, ...random.bytes(8 * blocks)];
  const choices = [
    [],
    [1, 1, ...timestamps],
    [...timestamps, 1, 1],
    [1, ...timestamps, 1],
    [1, 1, ...timestamps, 1, 1, ...sack(random.between(1, 3))],
    [1, 1, ...sack(random.between(1, 4))],
    [1, 3, 3, random.below(15)],
    [2, 4, 5, 0xb4],
    [...random.bytes(4 * random.between(1, 10))],
  ];
  return Uint8Array.from(random.oneIn(2) ? [1, 1, ...timestamps] : random.pick(choices));
}

/** An IPv6 destination options or hop-by-hop header of 8 or 16 bytes, filled with padding options. */
function randomExtension(random: Random): { readonly type: number; readonly bytes: Uint8Array } {
  const units = random.between(0, 1);
  const padding = 4 + 8 * units;
  const bytes = Uint8Array.from([0, units, 1, padding, ...new Array<number>(padding).fill(0)]);
  return { type: IpProtocol.DestinationOptions, bytes };
}

/** An IP header with everything random that does not end the packet's way. */
export function randomIp(random: Random, version: 4 | 6): IpSpec {
  const base = { source: random.between(1, 250), destination: random.between(1, 250), hops: random.between(1, 255) };
  const trafficClass = random.oneIn(2) ? 0 : random.below(256);
  if (version === 6) {
    const extensions = random.oneIn(6) ? [randomExtension(random)] : [];
    return { ...base, version, trafficClass, flowLabel: random.below(1 << 20), extensions };
  }
  const options = random.oneIn(8)
    ? Uint8Array.from([1, 1, 1, 1, ...new Array<number>(4 * random.below(9)).fill(1)])
    : undefined;
  return {
    ...base,
    version,
    trafficClass,
    identification: random.oneIn(10) ? 0xffff - random.below(40) : random.below(0x1_0000),
    fragment: random.oneIn(4) ? 0 : 0x4000,
    ...(options === undefined ? {} : { options }),
  };
}

function randomTcp(random: Random): TcpSpec {
  let flags: number = TcpFlag.Ack;
  for (const flag of [TcpFlag.Psh, TcpFlag.Fin, TcpFlag.Cwr, TcpFlag.Ece, TcpFlag.Urg, TcpFlag.Ae]) {
    if (random.oneIn(3)) flags |= flag;
  }
  return {
    sourcePort: random.below(0x1_0000),
    destinationPort: random.below(0x1_0000),
    sequence: random.oneIn(5) ? 0xffff_ffff - random.below(65_536) : random.next(),
    acknowledgement: random.next(),
    flags,
    window: random.below(0x1_0000),
    urgentPointer: random.oneIn(5) ? random.below(0x1_0000) : 0,
    options: randomTcpOptions(random),
  };
}

/** Room for the largest headers below a total of 65,535. */
const maximumPayload = 65_535 - 60 - 16 - 60;

/** BIG TCP: what gso_max_size is commonly raised to (185,000). */
const bigPayload = 184_000;

function randomSizes(
  random: Random,
  mayBeBig: boolean,
): { readonly payloadBytes: number; readonly segmentBytes: number } {
  const segmentBytes = random.oneIn(3)
    ? random.pick([1448, 1460, 1440, 1428, 536, 8948])
    : random.between(random.oneIn(8) ? 8 : 200, 9000);
  const isBig = mayBeBig && random.oneIn(10);
  const most = Math.min(isBig ? bigPayload : maximumPayload, segmentBytes * (isBig ? 160 : 60));
  const payloadBytes = random.oneIn(4)
    ? Math.max(1, Math.floor(most / segmentBytes)) * segmentBytes
    : random.between(segmentBytes + 1, most);
  return { payloadBytes: Math.max(payloadBytes, segmentBytes + 1), segmentBytes };
}

/** One super-packet over IPv4 or IPv6, TCP or UDP, with or without a VLAN tag. */
export function randomSuperPacket(random: Random): SuperPacket {
  const version = random.oneIn(2) ? 4 : 6;
  const isUdp = random.oneIn(6);
  const { payloadBytes, segmentBytes } = randomSizes(random, version === 4 && !isUdp);
  const vlanTags = random.oneIn(5) ? [random.between(1, 4094) | (random.below(8) << 13)] : [];
  const spec: FrameSpec = {
    macSource: 1,
    macDestination: 2,
    vlanTags,
    ip: randomIp(random, version),
    ...(isUdp
      ? { udp: { sourcePort: random.between(1, 0xffff), destinationPort: random.between(10_000, 0xffff) } }
      : { tcp: randomTcp(random) }),
    payload: randomPayload(random, payloadBytes),
    checksum: 'partial',
  };
  const name = `${isUdp ? 'UDP' : 'TCP'}/IPv${version}${vlanTags.length > 0 ? ' with VLAN' : ''}, ${payloadBytes} by ${segmentBytes}`;
  return { name, spec, segmentBytes };
}
