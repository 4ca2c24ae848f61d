// Station "lab": what devices, tunnels and forwarders do to packets, and where else one can tap.
import type { Experiment } from '../experiment-plan.ts';
import { setFeatures } from '../netns.ts';
import type { Random } from '../random.ts';
import type { Path, PathPlan } from '../topology.ts';
import { tagDevice } from '../vlan.ts';
import { PERFECT, type WirePlan } from '../wire-plan.ts';
import {
  bothEnds,
  bridged,
  bulk,
  direct,
  experiment,
  inTheMiddle,
  type Scenario,
  SNAPLENS,
  wirePath,
} from './scenario.ts';

const ONE_MILLISECOND_EACH_WAY = { forward: { delayUs: 500 }, back: { delayUs: 500 } } as const;

/** A wire to a router or bridge whose card merges, then a veth to the receiver. */
function forwarder(kind: 'router' | 'bridge', seed: number, gsoSizeKept: boolean): PathPlan {
  const card = { tso: true, receive: 'segment', moderationUs: 0 } as const;
  const plan: WirePlan = {
    left: card,
    right: { ...card, receive: gsoSizeKept ? 'merge' : 'merge-without-gso-size', moderationUs: 200 },
    leftToRight: { ...PERFECT, delayUs: 200 },
    rightToLeft: { ...PERFECT, delayUs: 200 },
    seed,
  };
  return { family: 4, middles: [kind], links: [{ kind: 'wire', plan }, { kind: 'veth' }], middleLikeWire: true };
}

/** A VXLAN tunnel (id 42) over the path; the traffic then goes through it. */
export async function addVxlan(path: Path): Promise<Partial<Path>> {
  for (const [host, own, other, last] of [
    [path.sender, path.senderAddress, path.receiverAddress, 1],
    [path.receiver, path.receiverAddress, path.senderAddress, 2],
  ] as const) {
    await host.namespace.ip(
      `link add vxlan0 type vxlan id 42 dstport 4789 local ${own} remote ${other} dev ${host.rightDevice}`,
    );
    await host.namespace.ip('link set vxlan0 up');
    await host.namespace.ip(`addr add 192.168.42.${last}/24 dev vxlan0`);
  }
  return { senderAddress: '192.168.42.1', receiverAddress: '192.168.42.2' };
}

/** Super-packets of up to so many bytes on every device. */
export async function setBigTcp(path: Path, bytes: number): Promise<undefined> {
  for (const host of [path.sender, ...path.middles, path.receiver])
    for (const device of new Set([host.leftDevice, host.rightDevice]))
      await host.namespace.ip(`link set dev ${device} gso_max_size ${bytes} gro_max_size ${bytes}`);
}

/** Both hosts tag what they send. */
export async function tagBothEnds(path: Path, vlanId: number): Promise<undefined> {
  for (const host of [path.sender, path.receiver]) await tagDevice(host.namespace, host.rightDevice, vlanId);
}

function tbf(rateMbit: number, burst: string): (path: Path) => Promise<undefined> {
  return async (path) => {
    await path.sender.namespace.run(`tc qdisc add dev eth0 root tbf rate ${rateMbit}mbit burst ${burst} limit 1000000`);
  };
}

const anyTaps = (random: Random, linkType: 'LINUX_SLL' | 'LINUX_SLL2'): Experiment['taps'] =>
  bothEnds(random, { any: linkType });

/** Splitting, merging, tunnelling and unusual taps. */
export const DEVICE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'tbf-splits',
    make: (random, seed) => {
      const burst = random.pick(['1540', '4000', '8k']);
      const rateMbit = random.pick([20, 100, 300]);
      return experiment({
        scenario: 'tbf-splits',
        description: 'a token bucket on the sender whose burst is smaller than a super-packet',
        seed,
        parameters: { burst, rateMbit },
        path: random.pick([direct(4), bridged(4)]),
        prepare: tbf(rateMbit, burst),
        sender: bulk(3_000_000),
        taps: bothEnds(random),
        smallPacketsReason: 'split-below-tcp',
      });
    },
  },
  {
    name: 'tbf-wide',
    make: (random, seed) =>
      experiment({
        scenario: 'tbf-wide',
        description: 'a token bucket that lets super-packets pass',
        seed,
        path: bridged(4),
        prepare: tbf(200, '128k'),
        sender: bulk(5_000_000),
        taps: bothEnds(random),
      }),
  },
  {
    name: 'small-mtu',
    make: (random, seed) => {
      const mtu = random.pick([576, 700, 1000]);
      return experiment({
        scenario: 'small-mtu',
        description: 'an MTU far below 1500 on the whole path',
        seed,
        parameters: { mtu },
        path: random.pick([direct(4, mtu), bridged(4, mtu)]),
        sender: bulk(3_000_000),
        taps: bothEnds(random),
        smallPacketsReason: 'path-mtu',
      });
    },
  },
  {
    name: 'small-advmss',
    make: (random, seed) => {
      const maxSegmentBytes = random.pick([536, 800, 1000]);
      return experiment({
        scenario: 'small-advmss',
        description: 'the receiver asks for small segments',
        seed,
        parameters: { maxSegmentBytes },
        path: bridged(4),
        sender: bulk(3_000_000),
        receiver: { socket: { maxSegmentBytes }, receive: { readBytes: 262_144 } },
        taps: bothEnds(random),
        smallPacketsReason: 'path-mtu',
      });
    },
  },
  {
    name: 'jumbo',
    make: (random, seed) =>
      experiment({
        scenario: 'jumbo',
        description: 'MTU 9000',
        seed,
        path: random.pick([direct(4, 9000), bridged(4, 9000), bridged(6, 9000)]),
        receiverFeatures: { gro: random.pick([true, false]) },
        sender: bulk(12_000_000),
        taps: bothEnds(random),
      }),
  },
  {
    name: 'big-tcp',
    make: (random, seed) =>
      experiment({
        scenario: 'big-tcp',
        description: 'BIG TCP over IPv6: jumbo hop-by-hop option, super-packets above 64 KiB',
        seed,
        path: direct(6),
        prepare: (path) => setBigTcp(path, 185_000),
        mergedBy: 'never-cut',
        sender: { socket: {}, send: { bytes: 20_000_000, writeBytes: 262_144 } },
        taps: bothEnds(random),
      }),
  },
  {
    name: 'vxlan',
    make: (random, seed) =>
      experiment({
        scenario: 'vxlan',
        description: 'TCP inside VXLAN, tapped below (eth0) and above (vxlan0) the tunnel',
        seed,
        path: random.pick([direct(4), bridged(4)]),
        prepare: addVxlan,
        receiverFeatures: { gro: random.pick([true, false]) },
        sender: bulk(4_000_000),
        taps: [
          ...bothEnds(random, { encapsulation: 'vxlan' }),
          { at: 'sender', device: 'vxlan0', file: 'sender-inner.pcap', snaplen: 128 },
          { at: 'receiver', device: 'vxlan0', file: 'receiver-inner.pcap', snaplen: 128 },
        ],
      }),
  },
  {
    name: 'loopback',
    make: (random, seed) => {
      const family = random.pick([4, 6] as const);
      const mtu = random.pick([65_536, 1500]);
      return experiment({
        scenario: 'loopback',
        description: 'both ends on one host',
        seed,
        parameters: { mtu },
        path: { family, middles: [], links: [], middleLikeWire: false, loopback: true },
        prepare: async (path): Promise<undefined> => {
          await path.sender.namespace.ip(`link set lo mtu ${mtu}`);
        },
        sender: bulk(10_000_000),
        taps: [
          { at: 'sender', file: 'lo.pcap', snaplen: random.pick(SNAPLENS), sees: 'both' },
          { at: 'sender', file: 'any.pcap', snaplen: 128, any: 'LINUX_SLL2', sees: 'both' },
        ],
      });
    },
  },
  {
    name: 'any-device',
    make: (random, seed) =>
      experiment({
        scenario: 'any-device',
        description: 'captured with -i any',
        seed,
        path: random.pick([direct(4), bridged(4), bridged(6)]),
        senderFeatures: { tso: random.pick([true, true, false]) },
        receiverFeatures: { gro: random.pick([true, false]) },
        sender: bulk(4_000_000),
        taps: anyTaps(random, random.pick(['LINUX_SLL', 'LINUX_SLL2'])),
      }),
  },
  {
    name: 'any-on-bridge',
    make: (random, seed) =>
      experiment({
        scenario: 'any-on-bridge',
        description: '-i any on a bridge shows each packet several times',
        seed,
        path: bridged(4),
        sender: bulk(2_000_000),
        taps: [
          { at: { middle: 0, side: 'left' }, file: 'bridge-any.pcap', snaplen: 128, any: 'LINUX_SLL2', sees: 'copies' },
          ...bothEnds(random),
        ],
      }),
  },
  {
    name: 'late-start',
    make: (random, seed) => {
      const rateMbit = random.pick([20, 50, 100]);
      const rcvbufBytes = random.pick([0, 60_000]);
      return experiment({
        scenario: 'late-start',
        description: 'a capture that starts in mid-connection: no handshake, no window scale',
        seed,
        parameters: { rateMbit, rcvbufBytes },
        path: wirePath({
          seed,
          forward: { rateBitsPerSecond: rateMbit * 1e6, delayUs: 5000, queueBytes: 200_000 },
          back: { delayUs: 5000 },
        }),
        sender: { ...bulk((rateMbit * 1e6) / 4), startAfterMs: random.pick([0, 900]) },
        ...(rcvbufBytes === 0 ? {} : { receiver: { socket: { rcvbufBytes }, receive: { readBytes: 65_536 } } }),
        taps: bothEnds(random, { late: true }),
      });
    },
  },
  {
    name: 'two-taps-merged',
    make: (random, seed) =>
      experiment({
        scenario: 'two-taps-merged',
        description: 'captures of sender and receiver merged into one file',
        seed,
        path: wirePath({ seed, forward: { rateBitsPerSecond: 100e6, delayUs: 1000 }, back: { delayUs: 1000 } }),
        sender: bulk(2_000_000),
        taps: bothEnds(random, { pcapng: random.pick([true, false]) }),
        merge: { file: 'merged.pcapng', of: ['sender.pcap', 'receiver.pcap'] },
      }),
  },
  {
    name: 'merge-without-gso-size',
    make: (random, seed) =>
      experiment({
        scenario: 'merge-without-gso-size',
        description: 'the receiving card merges and does not say the segment size ("suspect GRO")',
        seed,
        path: wirePath({
          seed,
          ...ONE_MILLISECOND_EACH_WAY,
          right: { receive: 'merge-without-gso-size', moderationUs: 300 },
          recordFile: 'wire.pcap',
        }),
        mergedBy: 'card-without-gso-size',
        sender: bulk(8_000_000),
        taps: bothEnds(random),
      }),
  },
  ...(['router', 'bridge'] as const).map(
    (kind): Scenario => ({
      name: `forwarder-${kind}-loses-gso-size`,
      make: (random, seed) =>
        experiment({
          scenario: `forwarder-${kind}-loses-gso-size`,
          description: `a ${kind} whose card merges without gso_size: what is merged is too large to forward`,
          seed,
          path: forwarder(kind, seed, false),
          sender: bulk(300_000),
          taps: [...bothEnds(random), inTheMiddle(random, 'left')],
          smallPacketsReason: 'congestion-window',
          smallPacketsAlso: ['retransmission'],
          deadlineMs: 30_000,
        }),
    }),
  ),
  {
    name: 'forwarder-keeps-gso-size',
    make: (random, seed) =>
      experiment({
        scenario: 'forwarder-keeps-gso-size',
        description: 'a forwarder that merges properly',
        seed,
        path: forwarder(random.pick(['router', 'bridge']), seed, true),
        sender: bulk(3_000_000),
        taps: [...bothEnds(random), inTheMiddle(random, 'left')],
      }),
  },
  {
    name: 'guest-behind-bridge',
    make: (random, seed) =>
      experiment({
        scenario: 'guest-behind-bridge',
        description: 'super-packets cross a bridge whose ports offload too: MTU-sized only on paper',
        seed,
        path: { ...bridged(4), middleLikeWire: false },
        mergedBy: 'never-cut',
        sender: bulk(6_000_000),
        taps: [...bothEnds(random), inTheMiddle(random)],
      }),
  },
  {
    name: 'vlan',
    make: (random, seed) => {
      const vlanId = random.pick([7, 100, 2047]);
      return experiment({
        scenario: 'vlan',
        description: 'everything carries a VLAN tag',
        seed,
        parameters: { vlanId },
        path: random.pick([direct(4), bridged(4), bridged(6)]),
        prepare: (path) => tagBothEnds(path, vlanId),
        sender: bulk(4_000_000),
        taps: bothEnds(random, { encapsulation: 'vlan' }),
      });
    },
  },
  {
    name: 'udp-segments',
    make: (random, seed) => {
      const gro = random.pick([true, false]);
      const udp = { burstBytes: 14_300, segmentBytes: 1400, bursts: 200, intervalUs: 1000, receiverMerges: gro };
      return experiment({
        scenario: 'udp-segments',
        description: 'UDP_SEGMENT at the sender, UDP_GRO at the receiver or not',
        seed,
        parameters: { ...udp },
        path: bridged(random.pick([4, 6])),
        receiverFeatures: { gro },
        udp,
        sender: { socket: {} },
        taps: [...bothEnds(random), inTheMiddle(random)],
      });
    },
  },
  {
    name: 'veth-gro-overflow',
    make: (random, seed) =>
      experiment({
        scenario: 'veth-gro-overflow',
        description: 'bursts overflow the 256-entry NAPI ring of a veth receiver with GRO: real loss without a network',
        seed,
        path: bridged(4),
        receiverFeatures: { gro: true },
        mergedBy: 'gro',
        sender: { socket: {}, send: { bytes: 15_000_000, writeBytes: 1_000_000 } },
        taps: bothEnds(random),
        prepare: async (path): Promise<undefined> => {
          await setFeatures(path.receiver.namespace, 'eth0', { gro: true });
        },
      }),
  },
];
