// One capture for each reason why packets are small, and one that only looks so.

import { holdCwndAtTwo } from '../../../dist/lab/scenarios/network.js';
import { direct } from '../../../dist/lab/scenarios/scenario.js';
import { bulk, golden, link, scripted, smallReceiver, tap } from './parts.mjs';

const TOPIC = 'small-packets';
const constant = (raw, atMs = 0) => ({ atMs, kind: 'constant', raw });
const frozen = (atMs) => ({ atMs, kind: 'frozen', raw: 0 });
const MBIT = 125_000;

export const SMALL_PACKETS = [
  golden(
    TOPIC,
    'window-720-unscaled',
    'A raw window of 720 without scaling, for ever: 720-byte frames that are two packets of 360.',
    'sender.pcap',
    {
      parameters: { raw: 720 },
      path: scripted([constant(720)], { rttUs: 1000 }),
      sender: { socket: {}, send: { bytes: 720 * 250, writeBytes: 65_536 } },
      taps: [tap('sender')],
      smallPacketsReason: 'receive-window',
    },
  ),
  golden(
    TOPIC,
    'window-2000-unscaled',
    'A raw window of 2000 without scaling: frames of two half-window packets.',
    'sender.pcap',
    {
      parameters: { raw: 2000 },
      path: scripted([constant(2000)], { rttUs: 1000 }),
      sender: { socket: {}, send: { bytes: 2000 * 200, writeBytes: 65_536 } },
      taps: [tap('sender', { pcapng: false })],
      smallPacketsReason: 'receive-window',
    },
  ),
  golden(
    TOPIC,
    'window-720-scaled',
    'A raw window of 720 with scale 7 is 92,160 bytes: the frames are large.',
    'sender.pcap',
    {
      parameters: { raw: 720, windowScale: 7 },
      path: scripted([constant(720)], { windowScale: 7, rttUs: 12_000 }),
      sender: { socket: {}, send: { bytes: 1_200_000, writeBytes: 65_536 } },
      taps: [tap('sender')],
    },
  ),
  golden(
    TOPIC,
    'window-720-scaled-no-handshake',
    'The same without the handshake: nothing in the file says the scale.',
    'sender.pcap',
    {
      parameters: { raw: 720, windowScale: 7 },
      path: scripted([constant(720)], { windowScale: 7, rttUs: 12_000 }),
      sender: { socket: {}, send: { bytes: 1_200_000, writeBytes: 65_536 }, startAfterMs: 1200 },
      taps: [tap('sender', { late: true })],
    },
  ),
  golden(TOPIC, 'window-clamped-at-720', 'A window of 8,000 that falls to 720 and never recovers.', 'sender.pcap', {
    parameters: { raw: 720 },
    path: scripted([constant(8000), constant(720, 100)], { rttUs: 4000 }),
    sender: { socket: {}, send: { bytes: 100_000_000, writeBytes: 65_536 } },
    taps: [tap('sender')],
    smallPacketsReason: 'receive-window',
    deadlineMs: 2500,
  }),
  golden(
    TOPIC,
    'window-frozen-remainder',
    'The right edge freezes; a remainder below one MSS stays unused, then probes; it reopens.',
    'sender.pcap',
    {
      path: scripted([constant(10_500), frozen(120), constant(10_500, 900)], { rttUs: 4000 }),
      sender: { socket: {}, send: { bytes: 700_000, writeBytes: 65_536 } },
      taps: [tap('sender')],
      smallPacketsReason: 'receive-window',
    },
  ),
  golden(TOPIC, 'receive-buffer-2304', 'SO_RCVBUF of 2304 bytes: a window of 724, TSO on.', 'sender.pcap', {
    parameters: { rcvbufBytes: 2304 },
    path: link({ rttMs: 1 }),
    sender: bulk(200_000),
    receiver: smallReceiver(2304),
    taps: [tap('sender')],
    smallPacketsReason: 'receive-window',
  }),
  golden(TOPIC, 'receive-buffer-8192', 'SO_RCVBUF of 8192 bytes: a few segments per round trip.', 'sender.pcap', {
    parameters: { rcvbufBytes: 8192 },
    path: link({ rttMs: 2 }),
    sender: bulk(900_000),
    receiver: smallReceiver(8192),
    taps: [tap('sender')],
    smallPacketsReason: 'receive-window',
  }),
  golden(TOPIC, 'application-small-writes', 'Writes of 700 bytes every 2 ms without Nagle.', 'sender.pcap', {
    path: link({ rttMs: 2 }),
    sender: { socket: { noDelay: true }, send: { bytes: 210_000, writeBytes: 700, intervalUs: 2000 } },
    taps: [tap('sender')],
    smallPacketsReason: 'application',
  }),
  golden(TOPIC, 'application-cork', 'Small writes gathered by TCP_CORK to exactly one segment each.', 'sender.pcap', {
    path: link({ rttMs: 2 }),
    sender: { socket: { cork: true }, send: { bytes: 400_000, writeBytes: 400, intervalUs: 400 } },
    taps: [tap('sender')],
    smallPacketsReason: 'application',
  }),
  golden(
    TOPIC,
    'application-records-at-receiver',
    'Records of 16,413 bytes with pauses, tapped at the receiver.',
    'receiver.pcap',
    {
      path: link({ rttMs: 2 }),
      sender: { socket: { noDelay: true }, send: { bytes: 16_413 * 40, writeBytes: 16_413, intervalUs: 10_000 } },
      taps: [tap('receiver')],
      smallPacketsReason: 'application',
    },
  ),
  golden(TOPIC, 'send-buffer', 'SO_SNDBUF far below rate times delay.', 'sender.pcap', {
    parameters: { sndbufBytes: 16_000 },
    path: link({ rttMs: 10, rateMbit: 200 }),
    sender: bulk(600_000, { sndbufBytes: 16_000 }),
    taps: [tap('sender')],
    smallPacketsReason: 'send-buffer',
  }),
  golden(TOPIC, 'congestion-window-2', 'A congestion window held at two segments by the route.', 'sender.pcap', {
    path: link({ rttMs: 4 }),
    prepare: holdCwndAtTwo,
    sender: bulk(400_000),
    taps: [tap('sender', { filter: 'port 5201' })],
    smallPacketsReason: 'congestion-window',
  }),
  golden(TOPIC, 'pacing-8mbit', 'SO_MAX_PACING_RATE of 8 Mbit/s.', 'sender.pcap', {
    parameters: { pacingMbit: 8 },
    path: link({ rttMs: 20 }),
    sender: bulk(700_000, { pacingBytesPerSecond: 8 * MBIT }),
    taps: [tap('sender')],
    smallPacketsReason: 'pacing',
  }),
  golden(TOPIC, 'pacing-60mbit', 'SO_MAX_PACING_RATE of 60 Mbit/s: four segments a frame.', 'sender.pcap', {
    parameters: { pacingMbit: 60 },
    path: link({ rttMs: 20 }),
    sender: bulk(1_600_000, { pacingBytesPerSecond: 60 * MBIT }),
    taps: [tap('sender')],
    smallPacketsReason: 'pacing',
  }),
  golden(TOPIC, 'bbr-4mbit', 'BBR on a path of 4 Mbit/s.', 'sender.pcap', {
    path: link({ rttMs: 20, rateMbit: 4, queueBytes: 100_000 }),
    sender: bulk(600_000, { congestionControl: 'bbr' }),
    taps: [tap('sender')],
    smallPacketsReason: 'pacing',
  }),
  golden(TOPIC, 'mtu-576', 'An MTU of 576: frames of many small segments.', 'sender.pcap', {
    parameters: { mtu: 576 },
    path: direct(4, 576),
    mergedBy: 'never-cut',
    sender: bulk(1_000_000),
    taps: [tap('sender')],
    smallPacketsReason: 'path-mtu',
  }),
  golden(
    TOPIC,
    'tbf-splits',
    'TSO is on, but a token bucket with a burst of 1540 bytes on the device cuts every frame above the tap.',
    'sender.pcap',
    {
      path: direct(4),
      prepare: async (path) => {
        await path.sender.namespace.run('tc qdisc add dev eth0 root tbf rate 40mbit burst 1540 limit 1000000');
      },
      sender: bulk(800_000),
      taps: [tap('sender')],
      smallPacketsReason: 'split-below-tcp',
    },
  ),
  golden(
    TOPIC,
    'loss-collapses-window',
    'Fifteen percent loss: retransmissions and a collapsed congestion window.',
    'sender.pcap',
    {
      parameters: { lossShare: 0.15 },
      path: link({ rttMs: 4, forward: { lossShare: 0.15 } }),
      sender: bulk(250_000),
      taps: [tap('sender')],
      smallPacketsReason: 'congestion-window',
      smallPacketsAlso: ['retransmission'],
    },
  ),
];
