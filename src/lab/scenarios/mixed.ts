// Station "lab": what nobody thought of: buffers, writes, readers, pace, features and snaplens by chance and all at once, where every
// other scenario turns one of them.
import type { Experiment } from '../experiment-plan.ts';
import type { Random } from '../random.ts';
import { bothEnds, bridged, direct, experiment, type Scenario, wirePath } from './scenario.ts';

/** Down to Ethernet, IPv4 and TCP without options: what a handshake agrees on is cut off then, in part or all of it. */
const SHORT_SNAPLENS: readonly number[] = [54, 68, 96, 128, 262_144];

function sender(random: Random): Experiment['sender'] {
  const paced = random.pick([0, 0, 0, 500_000, 3_000_000]);
  const timed = random.pick([false, false, true]);
  const writeBytes = timed ? random.pick([700, 3000, 10_000, 40_000]) : random.pick([4000, 8192, 65_536, 262_144]);
  return {
    socket: {
      congestionControl: random.pick(['cubic', 'cubic', 'reno']),
      noDelay: random.pick([true, false]),
      ...(random.pick([false, false, true]) ? { sndbufBytes: random.pick([16_384, 100_000]) } : {}),
      ...(paced === 0 ? {} : { pacingBytesPerSecond: paced }),
    },
    send: {
      bytes: paced === 0 && !timed ? random.between(1, 8) * 1_000_000 : Math.min(1_500_000, 600 * writeBytes),
      writeBytes,
      ...(timed ? { intervalUs: random.pick([500, 2000, 5000]) } : {}),
    },
  };
}

function receiver(random: Random): Experiment['receiver'] {
  const isSlow = random.pick([false, false, true]);
  return {
    socket: random.pick([false, true]) ? { rcvbufBytes: random.pick([4096, 16_384, 65_536, 200_000]) } : {},
    receive: {
      readBytes: random.pick([4096, 65_536, 1_000_000]),
      ...(isSlow ? { intervalUs: random.pick([500, 2000]) } : {}),
    },
  };
}

const mixed = (random: Random): Pick<Experiment, 'sender' | 'receiver' | 'senderIs' | 'taps' | 'receiverFeatures'> => ({
  sender: sender(random),
  receiver: receiver(random),
  senderIs: random.pick(['client', 'server']),
  taps: bothEnds(random).map((tap) => ({ ...tap, snaplen: random.pick(SHORT_SNAPLENS) })),
  receiverFeatures: { gro: random.pick([true, false]) },
});

/** Transfers of which everything is by chance. */
export const MIXED_SCENARIOS: readonly Scenario[] = [
  {
    name: 'mixed-direct',
    make: (random, seed) =>
      experiment({
        scenario: 'mixed-direct',
        description: 'buffers, writes, pace and snaplen by chance over a path without delay',
        seed,
        path: random.pick([direct(4), direct(4, 9000), direct(6), bridged(4)]),
        senderFeatures: { tso: random.pick([true, true, false]) },
        ...mixed(random),
      }),
  },
  {
    name: 'mixed-wire',
    make: (random, seed) => {
      const delayUs = random.pick([250, 1000, 5000, 15_000]);
      const checksums = random.pick([true, false]);
      const card = { tso: checksums && random.pick([true, true, false]), checksums };
      return experiment({
        scenario: 'mixed-wire',
        description: 'the same over a path with delay, with and without checksum offload',
        seed,
        parameters: { delayUs, checksums },
        path: wirePath({
          seed,
          forward: { delayUs, lossShare: random.pick([0, 0, 0.002]), rateBitsPerSecond: random.pick([50e6, 200e6]) },
          back: { delayUs },
          left: card,
          right: card,
        }),
        ...mixed(random),
        receiverFeatures: {},
      });
    },
  },
];
