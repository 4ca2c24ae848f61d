// Station "lab", the matrix: from one result for each combination of switches to the few rows that differ.
import type { Combination, Switch } from './matrix-plan.ts';

/** What a tap saw of one transfer. */
export interface Seen {
  readonly dataFrames: number;
  readonly maxPayloadBytes: number;
  /** Payload of a full packet on the wire. */
  readonly segmentBytes: number;
  /** Frames of more than one packet's payload. */
  readonly superFrames: number;
}

/** One transfer: what each tap saw, by the tap's name. */
export interface MatrixResult {
  readonly switches: Combination;
  readonly seen: Readonly<Record<string, Seen>>;
}

/** Transfers that look alike at every tap. */
export interface MatrixRow {
  /** Undefined: either position, it makes no difference here. */
  readonly switches: Combination;
  readonly transfers: number;
  readonly seen: Readonly<Record<string, Seen>>;
}

/** Rows for the switches that change what some tap sees; the others are left out of `switches`. */
export function reduceMatrix(results: readonly MatrixResult[]): readonly MatrixRow[] {
  const names = Object.keys(results[0]?.switches ?? {}) as Switch[];
  const mattering = names.filter((name) => matters(name, results));
  const groups = new Map<string, MatrixResult[]>();
  for (const result of results) {
    const key = mattering.map((name) => (result.switches[name] ? 'on' : 'off')).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .map(([, group]) => ({
      switches: Object.fromEntries(mattering.map((name) => [name, group[0]?.switches[name]])) as Combination,
      transfers: group.length,
      seen: joinSeen(group),
    }));
}

/** Some pair of transfers that differs in this switch alone looks different at a tap. */
function matters(name: Switch, results: readonly MatrixResult[]): boolean {
  const keyWithout = ({ switches }: MatrixResult): string =>
    Object.entries(switches)
      .filter(([other]) => other !== name)
      .map(([other, on]) => `${other}=${on}`)
      .join(' ');
  const looks = new Map<string, string>();
  for (const result of results) {
    const look = Object.entries(result.seen)
      .map(([tap, seen]) => `${tap}=${seen.superFrames > 0}`)
      .join(' ');
    const before = looks.get(keyWithout(result));
    if (before !== undefined && before !== look) return true;
    looks.set(keyWithout(result), look);
  }
  return false;
}

function joinSeen(group: readonly MatrixResult[]): Readonly<Record<string, Seen>> {
  const taps = Object.keys(group[0]?.seen ?? {});
  const join = (tap: string): Seen => {
    const all = group.flatMap(({ seen }) => seen[tap] ?? []);
    return {
      dataFrames: all.reduce((sum, each) => sum + each.dataFrames, 0),
      superFrames: all.reduce((sum, each) => sum + each.superFrames, 0),
      maxPayloadBytes: Math.max(...all.map((each) => each.maxPayloadBytes)),
      segmentBytes: Math.max(...all.map((each) => each.segmentBytes)),
    };
  };
  return Object.fromEntries(taps.map((tap) => [tap, join(tap)]));
}
