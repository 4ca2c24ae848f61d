// Offloads in effect or not, at each place where one can tap.
import { bridged, direct } from '../../../dist/lab/scenarios/scenario.js';
import { bulk, golden, link, tap } from './parts.mjs';

const TOPIC = 'offload';
const GRO = { groFlushNs: 200_000 };

export const OFFLOAD = [
  golden(
    TOPIC,
    'tso-at-sender',
    'TSO on, tapped at the sender: frames of up to 64 KB that the card cuts.',
    'sender.pcap',
    {
      path: link({ rttMs: 4 }),
      sender: bulk(1_500_000),
      taps: [tap('sender')],
    },
  ),
  golden(TOPIC, 'tso-at-sender-ipv6', 'The same over IPv6, where no IP ID counts the segments.', 'sender.pcap', {
    path: link({ rttMs: 4, family: 6 }),
    sender: bulk(1_500_000),
    taps: [tap('sender', { snaplen: 128 })],
  }),
  golden(
    TOPIC,
    'tso-off-at-sender',
    'TSO off at the sender: the stack cuts above the tap, every frame is one wire packet.',
    'sender.pcapng',
    {
      path: link({ rttMs: 2, left: { tso: false } }),
      senderFeatures: { tso: false },
      sender: bulk(500_000),
      taps: [tap('sender', { pcapng: true })],
      smallPacketsReason: 'segmentation-off',
    },
  ),
  golden(TOPIC, 'wire-between', 'What the wire itself carries in mid-flight.', 'wire.pcap', {
    path: link({ rttMs: 4, record: true }),
    sender: bulk(600_000),
    taps: [],
  }),
  golden(
    TOPIC,
    'gro-at-receiver',
    "The receiver's kernel merges (GRO): frames above the MTU at the receiver.",
    'receiver.pcap',
    {
      path: bridged(4),
      receiverFeatures: { gro: true },
      mergedBy: 'gro',
      sender: bulk(1_200_000),
      taps: [tap('receiver')],
    },
  ),
  golden(TOPIC, 'gro-off-at-receiver', 'GRO off: the receiver sees what the wire carried.', 'receiver.pcap', {
    path: link({ rttMs: 4 }),
    sender: bulk(600_000),
    taps: [tap('receiver')],
  }),
  golden(
    TOPIC,
    'gro-some-at-receiver',
    'GRO on behind a card with a flush timeout on a paced path: some packets merge, others do not.',
    'receiver.pcap',
    {
      path: link({ rttMs: 4, rateMbit: 200, right: GRO }),
      receiverFeatures: { gro: true },
      mergedBy: 'gro',
      sender: bulk(800_000),
      taps: [tap('receiver')],
    },
  ),
  golden(
    TOPIC,
    'card-merges-at-receiver',
    'The receiving card merges and says the segment size (GRO-HW): GRO is off, frames are large.',
    'receiver.pcap',
    {
      path: link({ rttMs: 2, right: { receive: 'merge', moderationUs: 200 } }),
      mergedBy: 'card',
      sender: bulk(1_500_000),
      taps: [tap('receiver')],
    },
  ),
  golden(
    TOPIC,
    'card-merges-without-gso-size',
    'The receiving card merges and does not say the segment size ("suspect GRO"); harmless here.',
    'receiver.pcap',
    {
      path: link({ rttMs: 2, right: { receive: 'merge-without-gso-size', moderationUs: 200 } }),
      mergedBy: 'card-without-gso-size',
      sender: bulk(1_500_000),
      taps: [tap('receiver')],
    },
  ),
  golden(
    TOPIC,
    'partial-checksums-at-sender',
    'Full packets at the sender: TCP checksums hold only the pseudo-header, which is no corruption.',
    'sender.pcap',
    {
      path: link({ rttMs: 2 }),
      sender: bulk(60_000),
      taps: [tap('sender', { snaplen: 262_144 })],
    },
  ),
  golden(
    TOPIC,
    'full-checksums-between',
    'The same transfer shape on the wire: every checksum is complete.',
    'wire.pcap',
    {
      path: { ...link({ rttMs: 2, record: true }) },
      sender: bulk(60_000),
      taps: [],
    },
  ),
  golden(
    TOPIC,
    'uncut-at-receiver',
    'A virtual path that never cuts: large frames at a receiver whose GRO is off.',
    'receiver.pcap',
    {
      path: direct(4),
      mergedBy: 'never-cut',
      sender: bulk(1_500_000),
      taps: [tap('receiver')],
    },
  ),
  golden(
    TOPIC,
    'big-tcp-ipv6',
    'BIG TCP over IPv6: super-packets above 64 KiB with a jumbo hop-by-hop option.',
    'sender.pcap',
    {
      path: direct(6),
      prepare: async (path) => {
        for (const host of [path.sender, path.receiver])
          await host.namespace.ip('link set dev eth0 gso_max_size 185000 gro_max_size 185000');
      },
      mergedBy: 'never-cut',
      sender: { socket: {}, send: { bytes: 12_000_000, writeBytes: 262_144 } },
      taps: [tap('sender')],
    },
  ),
];
