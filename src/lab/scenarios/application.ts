// Station "lab": what applications do that makes packets small, and readers that hold the window back.
import { bothEnds, bridged, bulk, direct, experiment, type Scenario, wirePath } from './scenario.ts';

const gigabit = (seed: number, rttMs: number): ReturnType<typeof wirePath> =>
  wirePath({
    seed,
    forward: { rateBitsPerSecond: 400e6, delayUs: rttMs * 500, queueBytes: 1_000_000 },
    back: { rateBitsPerSecond: 400e6, delayUs: rttMs * 500 },
    recordFile: 'wire.pcap',
  });

/** Application-limited transfers. */
export const APPLICATION_SCENARIOS: readonly Scenario[] = [
  {
    name: 'nagle',
    make: (random, seed) => {
      const writeBytes = random.pick([100, 500, 2000]);
      return experiment({
        scenario: 'nagle',
        description: 'small writes with Nagle on a path with delay',
        seed,
        parameters: { writeBytes },
        path: gigabit(seed, random.pick([2, 10])),
        sender: { socket: {}, send: { bytes: writeBytes * 800, writeBytes, intervalUs: random.pick([300, 1000]) } },
        taps: bothEnds(random),
        smallPacketsReason: 'application',
      });
    },
  },
  {
    name: 'cork',
    make: (random, seed) =>
      experiment({
        scenario: 'cork',
        description: 'small timed writes gathered by TCP_CORK into whole segments',
        seed,
        path: random.pick([direct(4), bridged(4)]),
        sender: { socket: { cork: true }, send: { bytes: 600_000, writeBytes: 300, intervalUs: 500 } },
        taps: bothEnds(random),
        smallPacketsReason: 'application',
      }),
  },
  {
    name: 'tls-records',
    make: (random, seed) => {
      const writeBytes = random.pick([1428, 4125, 16_413]);
      return experiment({
        scenario: 'tls-records',
        description: 'writes of one TLS record each, as fast as they go',
        seed,
        parameters: { writeBytes },
        path: gigabit(seed, random.pick([1, 10])),
        sender: { socket: { noDelay: random.pick([true, false]) }, send: { bytes: 4_000_000, writeBytes } },
        taps: bothEnds(random),
      });
    },
  },
  {
    name: 'bursty-application',
    make: (random, seed) => {
      const writeBytes = random.pick([20_000, 60_000, 200_000]);
      return experiment({
        scenario: 'bursty-application',
        description: 'bursts with pauses longer than the retransmission timeout would allow the window to keep',
        seed,
        parameters: { writeBytes },
        path: gigabit(seed, random.pick([5, 20])),
        sender: {
          socket: {},
          send: { bytes: writeBytes * 12, writeBytes, intervalUs: random.pick([50_000, 300_000]) },
        },
        taps: bothEnds(random),
      });
    },
  },
  {
    name: 'video-pacing',
    make: (random, seed) =>
      experiment({
        scenario: 'video-pacing',
        description: 'a few packets every few milliseconds: an application that paces itself',
        seed,
        path: gigabit(seed, 10),
        sender: {
          socket: { noDelay: true },
          send: { bytes: 2_000_000, writeBytes: random.pick([1316, 4000]), intervalUs: 2000 },
        },
        taps: bothEnds(random),
        smallPacketsReason: 'application',
      }),
  },
  {
    name: 'record-reader',
    make: (random, seed) => {
      const recordBytes = random.pick([16_384, 65_536, 131_072]);
      const rcvbufBytes = random.pick([recordBytes * 2, recordBytes * 4]);
      return experiment({
        scenario: 'record-reader',
        description: 'a server that waits for whole records, on a fast link (NFS, RPC)',
        seed,
        parameters: { recordBytes, rcvbufBytes },
        path: gigabit(seed, random.pick([1, 4])),
        sender: { socket: {}, send: { bytes: recordBytes * 60, writeBytes: recordBytes } },
        receiver: { socket: { rcvbufBytes }, receive: { readBytes: recordBytes, recordBytes } },
        taps: bothEnds(random),
      });
    },
  },
  {
    name: 'slow-reader-wan',
    make: (random, seed) => {
      const readBytes = random.pick([2000, 8192, 32_768]);
      return experiment({
        scenario: 'slow-reader-wan',
        description: 'a slow reader behind a path with delay: zero windows and updates',
        seed,
        parameters: { readBytes },
        path: gigabit(seed, random.pick([2, 10, 30])),
        sender: bulk(readBytes * 300),
        receiver: { socket: { rcvbufBytes: 65_536 }, receive: { readBytes, intervalUs: 6000 } },
        taps: bothEnds(random),
        smallPacketsReason: 'receive-window',
      });
    },
  },
  {
    name: 'write-write-read',
    make: (random, seed) => {
      const exchange = { rounds: 25, requestBytes: 700, responseBytes: 300, writesPerRequest: 2 };
      return experiment({
        scenario: 'write-write-read',
        description: "Nagle's bad case: two small writes, then a read",
        seed,
        path: gigabit(seed, 2),
        sender: { socket: {}, exchange },
        receiver: { socket: {}, exchange },
        taps: bothEnds(random),
        smallPacketsReason: 'application',
      });
    },
  },
  {
    name: 'heavy-loss',
    make: (random, seed) => {
      const lossShare = random.pick([0.1, 0.15, 0.2]);
      return experiment({
        scenario: 'heavy-loss',
        description: 'so much loss that most data travels as retransmissions or with a collapsed window',
        seed,
        parameters: { lossShare },
        path: wirePath({
          seed,
          forward: { delayUs: 2000, lossShare },
          back: { delayUs: 2000 },
          recordFile: 'wire.pcap',
        }),
        sender: bulk(400_000),
        taps: bothEnds(random),
        smallPacketsReason: 'congestion-window',
        smallPacketsAlso: ['retransmission'],
      });
    },
  },
];
