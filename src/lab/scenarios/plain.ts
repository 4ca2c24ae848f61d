// Station "lab": transfers over veth and bridge: what offloads show, and what small packets look like without a network's help.
import { bothEnds, bridged, bulk, direct, experiment, inTheMiddle, type Scenario } from './scenario.ts';

const MEGABYTE = 1_000_000;

/** Paths without delay. */
export const PLAIN_SCENARIOS: readonly Scenario[] = [
  {
    name: 'bulk-direct',
    make: (random, seed) =>
      experiment({
        scenario: 'bulk-direct',
        description: 'bulk over one veth pair, super-packets cross uncut',
        seed,
        path: direct(random.pick([4, 4, 6])),
        mergedBy: 'never-cut',
        senderIs: random.pick(['client', 'server']),
        sender: bulk(random.between(2, 12) * MEGABYTE),
        taps: bothEnds(random),
      }),
  },
  {
    name: 'bulk-bridged',
    make: (random, seed) => {
      const tso = random.pick([true, true, false]);
      const gro = random.pick([true, false]);
      return experiment({
        scenario: 'bulk-bridged',
        description: 'bulk through a bridge that forwards wire-sized frames',
        seed,
        parameters: { tso, gro },
        path: bridged(random.pick([4, 4, 6])),
        senderFeatures: { tso },
        receiverFeatures: { gro },
        mergedBy: gro ? 'gro' : null,
        senderIs: random.pick(['client', 'server']),
        sender: bulk(random.between(2, 12) * MEGABYTE),
        taps: [...bothEnds(random), inTheMiddle(random)],
        smallPacketsReason: tso ? null : 'segmentation-off',
      });
    },
  },
  {
    name: 'small-writes-nodelay',
    make: (random, seed) => {
      const writeBytes = random.pick([100, 300, 700, 720, 1000, 1400]);
      const intervalUs = random.pick([200, 500, 1000]);
      return experiment({
        scenario: 'small-writes-nodelay',
        description: 'small timed writes without Nagle',
        seed,
        parameters: { writeBytes, intervalUs },
        path: random.pick([direct(4), bridged(4)]),
        sender: {
          socket: { noDelay: true },
          send: { bytes: writeBytes * random.between(500, 1500), writeBytes, intervalUs },
        },
        taps: bothEnds(random),
        smallPacketsReason: 'application',
      });
    },
  },
  {
    name: 'timed-records',
    make: (random, seed) => {
      const writeBytes = random.pick([4096, 8000, 16_413]);
      return experiment({
        scenario: 'timed-records',
        description: 'an application that writes one record at a time, with pauses',
        seed,
        parameters: { writeBytes },
        path: random.pick([direct(4), bridged(4), bridged(6)]),
        sender: {
          socket: { noDelay: true },
          send: { bytes: writeBytes * 300, writeBytes, intervalUs: random.pick([1000, 2000]) },
        },
        taps: bothEnds(random),
        smallPacketsReason: 'application',
      });
    },
  },
  {
    name: 'request-response',
    make: (random, seed) => {
      const responseBytes = random.pick([400, 900, 3000, 8192]);
      const exchange = { rounds: 400, requestBytes: 120, responseBytes };
      return experiment({
        scenario: 'request-response',
        description: 'request and response, one at a time',
        seed,
        parameters: { responseBytes },
        path: random.pick([direct(4), bridged(4)]),
        senderIs: 'server',
        sender: { socket: { noDelay: true }, exchange },
        receiver: { socket: { noDelay: true }, exchange },
        taps: bothEnds(random),
        smallPacketsReason: 'application',
      });
    },
  },
  {
    name: 'tiny-receive-buffer',
    make: (random, seed) => {
      const rcvbufBytes = random.pick([2304, 3000, 4096, 6000, 8192]);
      return experiment({
        scenario: 'tiny-receive-buffer',
        description: 'SO_RCVBUF so small that the window bounds every packet',
        seed,
        parameters: { rcvbufBytes },
        path: random.pick([direct(4), bridged(4)]),
        receiverFeatures: { gro: random.pick([true, false]) },
        sender: bulk(2 * MEGABYTE),
        receiver: { socket: { rcvbufBytes }, receive: { readBytes: 65_536 } },
        taps: bothEnds(random),
        smallPacketsReason: 'receive-window',
      });
    },
  },
  {
    name: 'slow-reader',
    make: (random, seed) => {
      const readBytes = random.pick([4096, 16_384, 65_536]);
      const intervalUs = random.pick([1000, 3000, 8000]);
      return experiment({
        scenario: 'slow-reader',
        description: 'a reader that cannot keep up',
        seed,
        parameters: { readBytes, intervalUs },
        path: random.pick([direct(4), bridged(4), bridged(6)]),
        sender: bulk(readBytes * Math.floor(2_000_000 / intervalUs)),
        receiver: { socket: { rcvbufBytes: random.pick([65_536, 262_144]) }, receive: { readBytes, intervalUs } },
        taps: bothEnds(random),
        smallPacketsReason: 'receive-window',
      });
    },
  },
  {
    name: 'reader-stops',
    make: (random, seed) =>
      experiment({
        scenario: 'reader-stops',
        description: 'a reader that stops for a while: zero window and probes',
        seed,
        path: direct(4),
        sender: bulk(6 * MEGABYTE),
        receiver: {
          socket: { rcvbufBytes: random.pick([65_536, 200_000]) },
          receive: { readBytes: 65_536, stopAfterBytes: 2 * MEGABYTE, stopUs: random.pick([700_000, 1_500_000]) },
        },
        taps: bothEnds(random),
      }),
  },
];
