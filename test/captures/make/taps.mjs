// Unusual places to tap, and headers around the connection.

import { addVxlan, tagBothEnds } from '../../../dist/lab/scenarios/device.js';
import { bridged, direct } from '../../../dist/lab/scenarios/scenario.js';
import { bulk, golden, link, tap } from './parts.mjs';

const TOPIC = 'taps';

export const TAPS = [
  golden(TOPIC, 'loopback', 'Both ends on one host over lo (MTU 65,536).', 'lo.pcap', {
    path: { family: 4, middles: [], links: [], middleLikeWire: false, loopback: true },
    sender: bulk(5_000_000),
    taps: [{ at: 'sender', file: 'lo.pcap', snaplen: 96, sees: 'both' }],
  }),
  golden(TOPIC, 'loopback-mtu-1500', 'Both ends on one host over lo with an MTU of 1500.', 'lo.pcap', {
    path: { family: 4, middles: [], links: [], middleLikeWire: false, loopback: true },
    prepare: async (path) => {
      await path.sender.namespace.ip('link set lo mtu 1500');
    },
    sender: bulk(3_000_000),
    taps: [{ at: 'sender', file: 'lo.pcap', snaplen: 96, sees: 'both' }],
  }),
  golden(TOPIC, 'any-sll2-sender', 'Captured with -i any (LINUX_SLL2) at the sender.', 'sender.pcap', {
    path: link({ rttMs: 2 }),
    sender: bulk(1_000_000),
    taps: [tap('sender', { any: 'LINUX_SLL2' })],
  }),
  golden(TOPIC, 'any-sll-receiver', 'Captured with -i any (LINUX_SLL) at the receiver.', 'receiver.pcapng', {
    path: link({ rttMs: 2 }),
    sender: bulk(400_000),
    taps: [tap('receiver', { any: 'LINUX_SLL', pcapng: true })],
  }),
  golden(
    TOPIC,
    'any-on-bridge',
    '-i any on a bridge: each packet once as a super-packet and once cut.',
    'bridge.pcap',
    {
      path: bridged(4),
      sender: bulk(400_000),
      taps: [{ at: { middle: 0, side: 'left' }, file: 'bridge.pcap', snaplen: 96, any: 'LINUX_SLL2', sees: 'copies' }],
    },
  ),
  golden(
    TOPIC,
    'two-taps-merged',
    'Captures of sender and receiver merged into one file: copies, not retransmissions.',
    'merged.pcapng',
    {
      path: link({ rttMs: 2 }),
      sender: bulk(300_000),
      taps: [tap('sender'), tap('receiver')],
      merge: { file: 'merged.pcapng', of: ['sender.pcap', 'receiver.pcap'] },
    },
  ),
  golden(TOPIC, 'started-late', 'A capture that starts in mid-connection, with data already flowing.', 'sender.pcap', {
    path: link({ rttMs: 10, rateMbit: 8, queueBytes: 50_000 }),
    sender: bulk(750_000),
    taps: [tap('sender', { late: true })],
  }),
  golden(
    TOPIC,
    'vxlan-outer',
    'TCP inside VXLAN, tapped on the device below the tunnel at the sender.',
    'sender.pcap',
    {
      path: direct(4),
      prepare: addVxlan,
      sender: bulk(1_000_000),
      taps: [tap('sender', { snaplen: 160, encapsulation: 'vxlan' })],
    },
  ),
  golden(
    TOPIC,
    'vxlan-outer-at-receiver',
    'TCP inside VXLAN after a wire-like bridge: outer packets of wire size.',
    'receiver.pcap',
    {
      path: bridged(4),
      prepare: addVxlan,
      sender: bulk(500_000),
      taps: [tap('receiver', { snaplen: 160, encapsulation: 'vxlan' })],
    },
  ),
  golden(TOPIC, 'server-sends', 'The server sends the data; tapped at the server.', 'sender.pcap', {
    path: link({ rttMs: 4 }),
    senderIs: 'server',
    sender: bulk(1_000_000),
    taps: [tap('sender')],
  }),
  golden(TOPIC, 'request-response', 'Both sides send: request and response, tapped at the client.', 'receiver.pcap', {
    path: link({ rttMs: 2 }),
    senderIs: 'server',
    sender: { socket: { noDelay: true }, exchange: { rounds: 120, requestBytes: 150, responseBytes: 6000 } },
    receiver: { socket: { noDelay: true }, exchange: { rounds: 120, requestBytes: 150, responseBytes: 6000 } },
    taps: [tap('receiver')],
    smallPacketsReason: 'application',
  }),
  golden(TOPIC, 'vlan-at-sender', 'Every frame carries VLAN tag 7; super-packets at the sender.', 'sender.pcap', {
    parameters: { vlanId: 7 },
    path: direct(4),
    prepare: (path) => tagBothEnds(path, 7),
    sender: bulk(1_000_000),
    taps: [tap('sender', { encapsulation: 'vlan' })],
  }),
  golden(
    TOPIC,
    'vlan-at-receiver',
    'Every frame carries VLAN tag 7; single packets at the receiver.',
    'receiver.pcapng',
    {
      parameters: { vlanId: 7 },
      path: bridged(6),
      prepare: (path) => tagBothEnds(path, 7),
      sender: bulk(500_000),
      taps: [tap('receiver', { encapsulation: 'vlan', snaplen: 110, pcapng: true })],
    },
  ),
  golden(
    'udp',
    'segments-at-sender',
    'UDP_SEGMENT: datagrams of 14,300 bytes that leave as eleven packets each.',
    'sender.pcap',
    udp(true),
  ),
  golden('udp', 'segments-between', 'The same on the wire: packets of 1400 and 300 bytes.', 'between.pcap', udp(true)),
  golden('udp', 'merged-at-receiver', 'UDP_GRO at the receiver: merged again.', 'receiver.pcap', udp(true)),
];

/** Bursts of datagrams through a wire-like bridge, tapped everywhere. */
function udp(merges) {
  const plan = { burstBytes: 14_300, segmentBytes: 1400, bursts: 60, intervalUs: 1000, receiverMerges: merges };
  return {
    parameters: { ...plan },
    path: bridged(4),
    receiverFeatures: { gro: merges },
    udp: plan,
    sender: { socket: {} },
    taps: [tap('sender'), tap('receiver'), { at: { middle: 0, side: 'right' }, file: 'between.pcap', snaplen: 96 }],
  };
}
