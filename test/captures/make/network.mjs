// Loss by kind, reordering, windows that close, and forwarders that break merged packets.
import { PERFECT } from '../../../dist/lab/wire-plan.js';
import { bulk, golden, link, tap } from './parts.mjs';

const lossy = (lossList, extra = {}) => link({ rttMs: 10, forward: { lossList, ...extra } });

/** A wire to a router or bridge whose card merges and forgets the segment size, then a veth to the receiver. */
function forwarder(kind) {
  const card = { tso: true, receive: 'segment', moderationUs: 0 };
  const direction = { ...PERFECT, delayUs: 200 };
  const plan = {
    left: card,
    right: { ...card, receive: 'merge-without-gso-size', moderationUs: 200 },
    leftToRight: direction,
    rightToLeft: direction,
    seed: 1,
  };
  return { family: 4, middles: [kind], links: [{ kind: 'wire', plan }, { kind: 'veth' }], middleLikeWire: true };
}

const forwarded = (kind, at, story) =>
  golden('forwarder', `${kind}-loses-gso-size-at-${at}`, story, `${at}.pcap`, {
    path: forwarder(kind),
    sender: bulk(250_000),
    taps: [tap(at, { snaplen: 128 })],
    smallPacketsReason: 'congestion-window',
    smallPacketsAlso: ['retransmission'],
    deadlineMs: 30_000,
  });

export const NETWORK = [
  golden(
    'loss',
    'fast-retransmit',
    'Data packets 40 and 41 are lost: one fast retransmission with SACK.',
    'sender.pcap',
    {
      parameters: { lossList: [40, 41] },
      path: lossy([40, 41]),
      sender: bulk(300_000),
      taps: [tap('sender', { snaplen: 128 })],
    },
  ),
  golden(
    'loss',
    'fast-retransmit-at-receiver',
    'The same loss seen by the receiver: a hole, duplicate ACKs, then the filling.',
    'receiver.pcap',
    {
      parameters: { lossList: [40, 41] },
      path: lossy([40, 41]),
      sender: bulk(300_000),
      taps: [tap('receiver', { snaplen: 128 })],
    },
  ),
  golden('loss', 'tail-loss-probe', 'The last data packet is lost: a tail loss probe repairs it.', 'sender.pcap', {
    parameters: { lossList: [13] },
    path: lossy([13]),
    sender: { socket: {}, send: { bytes: 1448 * 14, writeBytes: 1448 * 14 } },
    taps: [tap('sender', { snaplen: 128 })],
  }),
  golden(
    'loss',
    'timeout',
    'A whole flight and the probe after it are lost: a retransmission timeout.',
    'sender.pcap',
    {
      parameters: { lossList: [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20] },
      path: lossy([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]),
      sender: { socket: {}, send: { bytes: 1448 * 20, writeBytes: 1448 * 20 } },
      taps: [tap('sender', { snaplen: 128 })],
    },
  ),
  golden('loss', 'reordering', 'Four percent of the packets arrive 3 ms late; nothing is lost.', 'receiver.pcap', {
    parameters: { reorderShare: 0.04, reorderUs: 3000 },
    path: link({ rttMs: 10, rateMbit: 50, forward: { reorderShare: 0.04, reorderUs: 3000 } }),
    sender: bulk(500_000),
    taps: [tap('receiver', { snaplen: 96 })],
  }),
  golden('loss', 'queue-overflow', 'A queue of 8 KB at 20 Mbit/s: losses in bursts.', 'sender.pcap', {
    path: link({ rttMs: 20, rateMbit: 20, queueBytes: 8000 }),
    sender: bulk(500_000),
    taps: [tap('sender', { snaplen: 96 })],
  }),
  golden('window', 'reader-stops', 'The reader stops for 1.2 s: zero window, probes, update.', 'sender.pcap', {
    path: link({ rttMs: 2 }),
    sender: bulk(900_000),
    receiver: {
      socket: { rcvbufBytes: 65_536 },
      receive: { readBytes: 65_536, stopAfterBytes: 300_000, stopUs: 1_200_000 },
    },
    taps: [tap('sender')],
  }),
  golden(
    'window',
    'slow-reader-at-receiver',
    'A reader that takes 8 KB every 6 ms, tapped at the receiver.',
    'receiver.pcap',
    {
      path: link({ rttMs: 4 }),
      sender: bulk(700_000),
      receiver: { socket: { rcvbufBytes: 32_768 }, receive: { readBytes: 8192, intervalUs: 6000 } },
      taps: [tap('receiver')],
      smallPacketsReason: 'receive-window',
    },
  ),
  golden(
    'window',
    'record-reader',
    'A server that waits for whole records of 64 KB, with a buffer of two.',
    'sender.pcap',
    {
      path: link({ rttMs: 2, rateMbit: 400 }),
      sender: { socket: {}, send: { bytes: 65_536 * 30, writeBytes: 65_536 } },
      receiver: { socket: { rcvbufBytes: 131_072 }, receive: { readBytes: 65_536, recordBytes: 65_536 } },
      taps: [tap('sender')],
    },
  ),
  golden(
    'window',
    'below-bandwidth-delay',
    'A receive buffer below rate times delay: the window limits, the frames are large.',
    'sender.pcap',
    {
      path: link({ rttMs: 20 }),
      sender: bulk(2_000_000),
      receiver: { socket: { rcvbufBytes: 100_000 }, receive: { readBytes: 65_536 } },
      taps: [tap('sender')],
      smallPacketsReason: 'receive-window',
    },
  ),
  golden('healthy', 'cubic-100mbit', 'A healthy transfer at 100 Mbit/s and 5 ms: nothing to change.', 'sender.pcap', {
    path: link({ rttMs: 5, rateMbit: 100 }),
    sender: bulk(1_500_000),
    taps: [tap('sender')],
  }),
  forwarded(
    'router',
    'sender',
    'A router whose card merges without the segment size: 100 times slower, ICMP "fragmentation needed" naming an MTU that is respected.',
  ),
  forwarded(
    'bridge',
    'sender',
    'A bridge whose card merges without the segment size: back-to-back packets vanish, single ones pass.',
  ),
  forwarded('bridge', 'receiver', 'The same seen by the receiver: only single packets arrive.'),
];
