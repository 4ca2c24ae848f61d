// Station "lab", the matrix: which settings and which switches of offloads are tried.
import { bridged, wirePath } from '../scenarios/scenario.ts';
import type { PathPlan } from '../topology.ts';

/** The switches at each end, by their ethtool names. */
export const FEATURES = ['tso', 'gso', 'gro'] as const;

/** One switch at one end. */
export type Switch = `${'sender' | 'receiver'} ${(typeof FEATURES)[number]}`;

/** The position of every switch that a setting has. */
export type Combination = Readonly<Partial<Record<Switch, boolean>>>;

/** The kind of path. */
export type MatrixPath = 'veth' | 'TAP' | 'loopback' | 'loopback, MTU 1500';

/** One path on which all combinations are tried. */
export interface Setting {
  readonly path: MatrixPath;
  readonly family: 4 | 6;
  /** A token bucket at the sender whose burst holds one packet. */
  readonly tbf: boolean;
}

/** Every setting. */
export const SETTINGS: readonly Setting[] = (['veth', 'TAP', 'loopback', 'loopback, MTU 1500'] as const).flatMap(
  (path) => ([4, 6] as const).flatMap((family) => [false, true].map((tbf) => ({ path, family, tbf }))),
);

const GRO_FLUSH_US = 200;

/** The path of a setting; super-packets are cut and merges undone between the hosts, as on a wire. */
export function pathPlan({ path, family }: Setting): PathPlan {
  switch (path) {
    case 'veth':
      return bridged(family);
    case 'TAP':
      return wirePath({
        family,
        seed: 1,
        forward: { delayUs: 100 },
        back: { delayUs: 100 },
        right: { groFlushNs: GRO_FLUSH_US * 1000 },
        recordFile: 'wire.pcap',
      });
    default:
      return { family, middles: [], links: [], middleLikeWire: false, loopback: true };
  }
}

/** All positions of all switches, each differing from the one before in one switch (a Gray code). On lo both ends are one device. */
export function combinations({ path }: Setting): readonly Combination[] {
  const ends = path.startsWith('loopback') ? (['sender'] as const) : (['sender', 'receiver'] as const);
  const switches = ends.flatMap((end) => FEATURES.map((feature): Switch => `${end} ${feature}`));
  return Array.from({ length: 2 ** switches.length }, (_, index) => {
    const gray = index ^ (index >> 1);
    return Object.fromEntries(switches.map((name, bit) => [name, (gray & (1 << bit)) === 0])) as Combination;
  });
}
