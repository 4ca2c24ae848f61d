// Station "lab": what a scenario is, and the parts that most of them share.
import type { Experiment, TapPlan } from '../experiment-plan.ts';
import type { Random } from '../random.ts';
import type { Link, PathPlan } from '../topology.ts';
import { PERFECT, type WireCard, type WireDirection, type WirePlan } from '../wire-plan.ts';

/** A family of experiments: one name, one intention, parameters by chance. */
export interface Scenario {
  readonly name: string;
  readonly make: (random: Random, seed: number) => Experiment;
}

/** Snaplens that people use. */
export const SNAPLENS: readonly number[] = [96, 128, 262144];

const DEFAULTS = {
  parameters: {},
  senderFeatures: {},
  receiverFeatures: {},
  mergedBy: null,
  senderIs: 'client',
  smallPacketsReason: null,
  deadlineMs: 20_000,
  sampleEveryMs: 50,
} as const;

/** An experiment with the usual ends: the sender is the client, the receiver reads as fast as it can. */
export function experiment(
  required: Pick<Experiment, 'scenario' | 'description' | 'seed' | 'path' | 'sender' | 'taps'> & Partial<Experiment>,
): Experiment {
  return { ...DEFAULTS, receiver: { socket: {}, receive: { readBytes: 262_144 } }, port: 5201, ...required };
}

/** Sender and receiver joined by one veth pair: super-packets cross uncut. */
export function direct(family: 4 | 6 = 4, mtu?: number): PathPlan {
  return { family, middles: [], links: [veth(mtu)], middleLikeWire: false };
}

/** Sender, a bridge that forwards only wire-sized frames, receiver. */
export function bridged(family: 4 | 6 = 4, mtu?: number): PathPlan {
  return { family, middles: ['bridge'], links: [veth(mtu), veth(mtu)], middleLikeWire: true };
}

function veth(mtu: number | undefined): Link {
  return mtu === undefined ? { kind: 'veth' } : { kind: 'veth', mtu };
}

/** A link with delay and rate between two user-space cards. */
export function wirePath(options: {
  readonly family?: 4 | 6;
  readonly seed: number;
  readonly forward?: Partial<WireDirection>;
  readonly back?: Partial<WireDirection>;
  readonly left?: Partial<WireCard>;
  readonly right?: Partial<WireCard>;
  readonly recordFile?: string;
  readonly mtu?: number;
}): PathPlan {
  const card: WireCard = { tso: true, receive: 'segment', moderationUs: 0 };
  const plan: WirePlan = {
    left: { ...card, ...options.left },
    right: { ...card, ...options.right },
    leftToRight: { ...PERFECT, ...options.forward },
    rightToLeft: { ...PERFECT, ...options.back },
    seed: options.seed,
    ...(options.recordFile === undefined ? {} : { recordFile: options.recordFile, recordAt: 0.5, recordSnaplen: 128 }),
  };
  const link: Link = options.mtu === undefined ? { kind: 'wire', plan } : { kind: 'wire', plan, mtu: options.mtu };
  return { family: options.family ?? 4, middles: [], links: [link], middleLikeWire: false };
}

/** The usual taps: both ends, snaplen and format by chance. */
export function bothEnds(random: Random, extra: Partial<TapPlan> = {}): TapPlan[] {
  return (['sender', 'receiver'] as const).map((at) => ({
    at,
    file: `${at}.pcap`,
    snaplen: random.pick(SNAPLENS),
    nanoseconds: random.pick([true, false]),
    pcapng: random.pick([true, false]),
    ...extra,
  }));
}

/** A tap on a bridge or router in the middle, on the side of the receiver. */
export function inTheMiddle(random: Random, side: 'left' | 'right' = 'right'): TapPlan {
  return { at: { middle: 0, side }, file: 'between.pcap', snaplen: random.pick(SNAPLENS) };
}

/** Writes of 64 KiB as fast as they go. */
export function bulk(bytes: number, socket: Experiment['sender']['socket'] = {}): Experiment['sender'] {
  return { socket, send: { bytes, writeBytes: 65_536 } };
}
