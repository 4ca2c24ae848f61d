// Station "lab": transfers over a link with delay, rate, loss and reordering, between user-space network cards.
import type { Experiment } from '../experiment-plan.ts';
import { holdCwnd } from '../hold-cwnd.ts';
import type { Random } from '../random.ts';
import type { Path } from '../topology.ts';
import type { UndoStack } from '../undo.ts';
import type { WireCard, WireDirection } from '../wire-plan.ts';
import { bothEnds, bulk, experiment, type Scenario, wirePath } from './scenario.ts';

const MEGABIT = 1_000_000;
const GRO_FLUSH_NS = 200_000;

/** A receiving card by chance, and who merges then. */
function receivingCard(random: Random): {
  readonly card: Partial<WireCard>;
  readonly gro: boolean;
  readonly mergedBy: Experiment['mergedBy'];
} {
  const kind = random.pick(['plain', 'gro', 'card'] as const);
  if (kind === 'plain') return { card: {}, gro: false, mergedBy: null };
  if (kind === 'gro') return { card: { groFlushNs: GRO_FLUSH_NS }, gro: true, mergedBy: 'gro' };
  return { card: { receive: 'merge', moderationUs: random.pick([100, 300]) }, gro: false, mergedBy: 'card' };
}

interface Network {
  readonly rateMbit: number;
  readonly rttMs: number;
  readonly queueBytes?: number;
  readonly forward?: Partial<WireDirection>;
  readonly tso?: boolean;
  readonly family?: 4 | 6;
}

/** The path, features and parameters of a transfer over a network. */
function over(
  network: Network,
  random: Random,
  seed: number,
): Pick<Experiment, 'path' | 'senderFeatures' | 'receiverFeatures' | 'mergedBy' | 'parameters' | 'seed' | 'taps'> {
  const { card, gro, mergedBy } = receivingCard(random);
  const delayUs = network.rttMs * 500;
  const rateBitsPerSecond = network.rateMbit * MEGABIT;
  const queueBytes = network.queueBytes ?? Math.max(100_000, (rateBitsPerSecond * network.rttMs) / 8000);
  return {
    seed,
    parameters: {
      rateMbit: network.rateMbit,
      rttMs: network.rttMs,
      queueBytes,
      receiver: mergedBy ?? 'plain',
      ...network.forward,
    },
    path: wirePath({
      seed,
      family: network.family ?? random.pick([4, 4, 4, 6]),
      forward: { rateBitsPerSecond, delayUs, queueBytes, ...network.forward },
      back: { rateBitsPerSecond, delayUs },
      left: { tso: network.tso ?? true },
      right: card,
      recordFile: 'wire.pcap',
    }),
    senderFeatures: { tso: network.tso ?? true },
    receiverFeatures: { gro },
    mergedBy,
    taps: bothEnds(random),
  };
}

/** Bytes that take about this long at the rate. */
const bytesFor = (rateMbit: number, seconds: number): number => Math.round((rateMbit * MEGABIT * seconds) / 8);

/** A congestion window of two segments. */
export const holdCwndAtTwo = (path: Path, undo: UndoStack): Promise<undefined> => holdCwnd(path, undo, 2);

/** Paths with a network. */
export const NETWORK_SCENARIOS: readonly Scenario[] = [
  {
    name: 'wan-bulk',
    make: (random, seed) => {
      const rateMbit = random.pick([5, 20, 50, 100, 200]);
      return experiment({
        scenario: 'wan-bulk',
        description: 'bulk over a rate-limited path with delay',
        ...over({ rateMbit, rttMs: random.pick([0.2, 1, 5, 20, 40, 80]) }, random, seed),
        sender: bulk(Math.min(12_000_000, bytesFor(rateMbit, random.pick([1, 2, 3])))),
      });
    },
  },
  {
    name: 'wan-loss',
    make: (random, seed) => {
      const rateMbit = random.pick([10, 50, 100]);
      const lossShare = random.pick([0.001, 0.005, 0.02, 0.05]);
      return experiment({
        scenario: 'wan-loss',
        description: 'bulk with random loss',
        ...over({ rateMbit, rttMs: random.pick([2, 10, 30]), forward: { lossShare } }, random, seed),
        sender: bulk(bytesFor(rateMbit, 0.6)),
        senderIs: random.pick(['client', 'server']),
      });
    },
  },
  {
    name: 'wan-reorder',
    make: (random, seed) =>
      experiment({
        scenario: 'wan-reorder',
        description: 'bulk with reordering',
        ...over(
          {
            rateMbit: random.pick([20, 100]),
            rttMs: random.pick([5, 20]),
            forward: { reorderShare: random.pick([0.01, 0.05]), reorderUs: random.pick([500, 3000, 12_000]) },
          },
          random,
          seed,
        ),
        sender: bulk(4_000_000),
      }),
  },
  {
    name: 'wan-shallow-queue',
    make: (random, seed) =>
      experiment({
        scenario: 'wan-shallow-queue',
        description: 'a queue far below the bandwidth-delay product: losses in bursts',
        ...over(
          { rateMbit: random.pick([20, 50]), rttMs: random.pick([10, 40]), queueBytes: random.pick([8000, 20_000]) },
          random,
          seed,
        ),
        sender: bulk(4_000_000),
      }),
  },
  {
    name: 'wan-tso-off',
    make: (random, seed) =>
      experiment({
        scenario: 'wan-tso-off',
        description: 'bulk from a sender without TSO',
        ...over({ rateMbit: random.pick([20, 100]), rttMs: random.pick([1, 10, 40]), tso: false }, random, seed),
        sender: bulk(5_000_000),
        smallPacketsReason: 'segmentation-off',
      }),
  },
  {
    name: 'pacing',
    make: (random, seed) => {
      const pacingMbit = random.pick([1, 8, 16, 60]);
      return experiment({
        scenario: 'pacing',
        description: 'SO_MAX_PACING_RATE',
        ...withParameters(over({ rateMbit: 500, rttMs: random.pick([5, 20]) }, random, seed), { pacingMbit }),
        sender: bulk(bytesFor(pacingMbit, 2), { pacingBytesPerSecond: (pacingMbit * MEGABIT) / 8 }),
        smallPacketsReason: 'pacing',
      });
    },
  },
  {
    name: 'bbr-slow',
    make: (random, seed) => {
      const rateMbit = random.pick([1, 4, 8]);
      return experiment({
        scenario: 'bbr-slow',
        description: 'BBR on a slow path: paced in packets of one or two segments',
        ...over({ rateMbit, rttMs: random.pick([10, 20, 40]) }, random, seed),
        sender: bulk(bytesFor(rateMbit, 3), { congestionControl: 'bbr' }),
        smallPacketsReason: 'pacing',
      });
    },
  },
  {
    name: 'cwnd-2',
    make: (random, seed) =>
      experiment({
        scenario: 'cwnd-2',
        description: 'a congestion window that the route holds at two segments',
        seed,
        path: wirePath({
          seed,
          forward: { delayUs: random.pick([500, 2500]) },
          back: { delayUs: random.pick([500, 2500]) },
          recordFile: 'wire.pcap',
        }),
        prepare: holdCwndAtTwo,
        sender: bulk(800_000),
        taps: bothEnds(random),
        smallPacketsReason: 'congestion-window',
      }),
  },
  {
    name: 'fast-window-limited',
    make: (random, seed) => {
      const rcvbufBytes = random.pick([20_000, 60_000, 120_000]);
      return experiment({
        scenario: 'fast-window-limited',
        description: 'a receive buffer below the bandwidth-delay product',
        ...withParameters(over({ rateMbit: 200, rttMs: random.pick([5, 20, 40]), family: 4 }, random, seed), {
          rcvbufBytes,
        }),
        sender: bulk(2_000_000),
        receiver: { socket: { rcvbufBytes }, receive: { readBytes: 65_536 } },
        smallPacketsReason: 'receive-window',
      });
    },
  },
  {
    name: 'small-send-buffer',
    make: (random, seed) => {
      const sndbufBytes = random.pick([4096, 16_000, 40_000]);
      return experiment({
        scenario: 'small-send-buffer',
        description: 'a send buffer below the bandwidth-delay product',
        ...withParameters(over({ rateMbit: 200, rttMs: random.pick([5, 20, 40]), family: 4 }, random, seed), {
          sndbufBytes,
        }),
        sender: bulk(1_000_000, { sndbufBytes }),
        smallPacketsReason: 'send-buffer',
      });
    },
  },
];

function withParameters<T extends { readonly parameters: Readonly<Record<string, unknown>> }>(
  base: T,
  parameters: Readonly<Record<string, unknown>>,
): T {
  return { ...base, parameters: { ...base.parameters, ...parameters } };
}
