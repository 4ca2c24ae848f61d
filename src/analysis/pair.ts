// Station "analysis": two taps of the same connections: what became of what one saw until the other saw it.

import { type PairClock, readClock } from './pair-clock.ts';
import { type PairMatches, pairCertain, pairRepeated } from './pair-match.ts';
import type { PairDirections, PairTable } from './pair-table.ts';

/** Times of packets on their way between the taps, by clocks that are taken to differ by the offset found. */
export interface PairDelay {
  readonly minNs: number;
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** How captured frames at the upstream tap relate to those at the downstream tap. */
export interface PairFrames {
  /** One frame that is one frame. */
  readonly same: number;
  /** Upstream frames that became several, and how many those are. */
  readonly cut: number;
  readonly cutInto: number;
  /** Upstream frames that became part of a larger one, and how many of those there are. */
  readonly merged: number;
  readonly mergedInto: number;
  /** Upstream frames whose packets came in other groups. */
  readonly regrouped: number;
}

/** One direction of one connection. */
export interface PairDirection {
  /** `address:port > address:port`. */
  readonly name: string;
  readonly upstream: 'a' | 'b' | undefined;
  readonly packetsA: number;
  readonly packetsB: number;
  readonly paired: number;
  /** Packets that one tap saw before or after the time that both cover. */
  readonly outsideCommonTime: number;
  /** Data packets that were seen upstream only: lost between the taps. With the first frame numbers. */
  readonly lost: number;
  readonly lostFrames: readonly number[];
  /** Bare acknowledgements that were seen upstream only. */
  readonly acknowledgementsLost: number;
  /** Packets that were seen downstream only: the upstream capture misses them, or something between made them. */
  readonly downstreamOnly: number;
  readonly downstreamOnlyFrames: readonly number[];
  /** Unpaired upstream packets whose bytes came in packets of other sizes. */
  readonly otherwiseCut: number;
  readonly frames: PairFrames;
  readonly delay?: PairDelay;
  /** Paired packets whose header differs, by field. */
  readonly changed: Readonly<{
    identification: number;
    flags: number;
    acknowledgement: number;
    windowOrOptions: number;
  }>;
}

/** What a comparison found. Without common connections `directions` is empty. */
export interface PairComparison {
  readonly clock: PairClock;
  readonly directions: readonly PairDirection[];
  /** All packets of the common time are paired and no header was changed: wire(A) is wire(B). */
  readonly wireIsEqual: boolean;
}

const framesKept = 10;

/** Compares what two taps saw. `oneClock`: both taps have the same clock, whose offset is 0. */
export function comparePair(
  a: PairTable,
  b: PairTable,
  names: PairDirections,
  options: { readonly oneClock: boolean },
): { readonly comparison: PairComparison; readonly matches: PairMatches } {
  const matches = pairCertain(a, b);
  const read = readClock(a, b, matches, names.reverse);
  const clock: PairClock = options.oneClock ? { ...withoutDrift(read), offsetNs: 0, uncertaintyNs: 0 } : read;
  const least = leastTimes(a, b, matches, names.names.length);
  const isUpstream = (direction: number): boolean => read.upstream[direction] !== 'b';
  const toleranceNs = (read.bothWaysNs ?? 0) / 2;
  pairRepeated(a, b, matches, isUpstream, (direction) => least[direction] ?? 0, toleranceNs);
  const rows = rowsByDirection(a, b, names.names.length);
  const directions = names.names.flatMap((name, direction) => {
    const found = compareDirection(name, clock, direction, a, b, matches, rows);
    return found === undefined ? [] : [found];
  });
  return {
    comparison: { clock, directions, wireIsEqual: directions.length > 0 && directions.every(isEqual) },
    matches,
  };
}

function withoutDrift({ driftPpm: _, ...rest }: PairClock): PairClock {
  return rest;
}

function isEqual(direction: PairDirection): boolean {
  const { lost, acknowledgementsLost, downstreamOnly, otherwiseCut, changed } = direction;
  const unpaired = lost + acknowledgementsLost + downstreamOnly + otherwiseCut;
  const differing = changed.identification + changed.flags + changed.acknowledgement + changed.windowOrOptions;
  return unpaired + differing === 0;
}

/** Least time from A to B of each direction's certain packets. */
function leastTimes(a: PairTable, b: PairTable, matches: PairMatches, directions: number): Float64Array {
  const least = new Float64Array(directions).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < a.count; row += 1) {
    if (matches.certain[row] === 0) continue;
    const direction = a.direction[row]!;
    least[direction] = Math.min(least[direction]!, b.timeNs[matches.ofA[row]!]! - a.timeNs[row]!);
  }
  return least.map((value) => (Number.isFinite(value) ? value : 0));
}

interface DirectionRows {
  readonly a: readonly number[][];
  readonly b: readonly number[][];
  /** A zero for each frame number, to count in. */
  readonly framesA: Int32Array;
  readonly framesB: Int32Array;
}

function rowsByDirection(a: PairTable, b: PairTable, directions: number): DirectionRows {
  const gather = (table: PairTable): number[][] => {
    const lists: number[][] = Array.from({ length: directions }, () => []);
    for (let row = 0; row < table.count; row += 1) lists[table.direction[row]!]!.push(row);
    return lists;
  };
  return { a: gather(a), b: gather(b), framesA: zeroPerFrame(a), framesB: zeroPerFrame(b) };
}

function zeroPerFrame(table: PairTable): Int32Array {
  let last = 0;
  for (let row = 0; row < table.count; row += 1) last = Math.max(last, table.frame[row]!);
  return new Int32Array(last + 1);
}

/** A table seen from one of its directions, upstream or downstream. */
interface Side {
  readonly table: PairTable;
  readonly rows: readonly number[];
  readonly partners: Int32Array;
}

function compareDirection(
  name: string,
  clock: PairClock,
  direction: number,
  a: PairTable,
  b: PairTable,
  matches: PairMatches,
  rows: DirectionRows,
): PairDirection | undefined {
  const sideA: Side = { table: a, rows: rows.a[direction] ?? [], partners: matches.ofA };
  const sideB: Side = { table: b, rows: rows.b[direction] ?? [], partners: matches.ofB };
  const paired = sideA.rows.filter((row) => matches.ofA[row]! >= 0).length;
  if (paired === 0) return undefined;
  const upstream = clock.upstream[direction];
  const [up, down] = upstream === 'b' ? [sideB, sideA] : [sideA, sideB];
  const unpairedUp = unpairedInCommon(up);
  const unpairedDown = unpairedInCommon(down);
  const otherwise = new Set(overlapping(up, unpairedUp.inside, down, unpairedDown.inside));
  const missing = unpairedUp.inside.filter((row) => !otherwise.has(row));
  const lost = missing.filter((row) => up.table.sequenceBytes[row]! > 0);
  const cutBelow = new Set(overlapping(down, unpairedDown.inside, up, [...otherwise]));
  const extra = unpairedDown.inside.filter((row) => !cutBelow.has(row));
  const delay = delayOf(up, down, (clock.offsetNs ?? 0) * (upstream === 'b' ? -1 : 1));
  return {
    name,
    upstream,
    packetsA: sideA.rows.length,
    packetsB: sideB.rows.length,
    paired,
    outsideCommonTime: unpairedUp.outside + unpairedDown.outside,
    lost: lost.length,
    lostFrames: firstFrames(up.table, lost),
    acknowledgementsLost: missing.length - lost.length,
    downstreamOnly: extra.length,
    downstreamOnlyFrames: firstFrames(down.table, extra),
    otherwiseCut: otherwise.size,
    frames: frameRelations(up, down, upstream === 'b' ? rows.framesA : rows.framesB),
    ...(upstream === undefined || delay === undefined ? {} : { delay }),
    changed: changedFields(up, down),
  };
}

/** Numbers of the first frames that hold the packets, each once. */
function firstFrames(table: PairTable, rows: readonly number[]): number[] {
  const frames = new Set<number>();
  for (const row of rows) {
    if (frames.size === framesKept) break;
    frames.add(table.frame[row]!);
  }
  return [...frames];
}

/** Rows without a partner, apart from those before the first and after the last paired row: there only one tap was at work. */
function unpairedInCommon(side: Side): { readonly inside: readonly number[]; readonly outside: number } {
  const isPaired = (row: number): boolean => side.partners[row]! >= 0;
  const first = side.rows.findIndex(isPaired);
  const last = side.rows.findLastIndex(isPaired);
  const inside: number[] = [];
  let outside = 0;
  side.rows.forEach((row, index) => {
    if (isPaired(row)) return;
    if (index < first || index > last) outside += 1;
    else inside.push(row);
  });
  return { inside, outside };
}

/** Pieces of sequence space of 64 KiB, and the packets that touch each. */
class Coverage {
  private readonly pieces: Map<number, number[]> = new Map();
  private readonly table: PairTable;

  constructor(table: PairTable, rows: readonly number[]) {
    this.table = table;
    for (const row of rows) {
      for (const piece of piecesOf(table, row)) {
        const known = this.pieces.get(piece);
        if (known === undefined) this.pieces.set(piece, [row]);
        else known.push(row);
      }
    }
  }

  /** Whether a data packet shares bytes with one of those covered. */
  touches(table: PairTable, row: number): boolean {
    const start = table.sequence[row]!;
    const bytes = table.sequenceBytes[row]!;
    return piecesOf(table, row).some((piece) =>
      (this.pieces.get(piece) ?? []).some((at) => {
        const distance = (this.table.sequence[at]! - start) | 0;
        return distance < bytes && distance + this.table.sequenceBytes[at]! > 0;
      }),
    );
  }
}

function piecesOf(table: PairTable, row: number): number[] {
  const bytes = table.sequenceBytes[row]!;
  if (bytes === 0) return [];
  const first = table.sequence[row]! >>> 16;
  const last = ((table.sequence[row]! + bytes - 1) | 0) >>> 16;
  return first === last ? [first] : [first, last];
}

/** Those rows whose bytes are also in some of the other side's. */
function overlapping(side: Side, rows: readonly number[], other: Side, others: readonly number[]): number[] {
  const coverage = new Coverage(other.table, others);
  return rows.filter((row) => coverage.touches(side.table, row));
}

function delayOf(up: Side, down: Side, offsetNs: number): PairDelay | undefined {
  const times = new Float64Array(up.rows.length);
  let count = 0;
  for (const row of up.rows) {
    const partner = up.partners[row]!;
    if (partner < 0) continue;
    times[count] = down.table.timeNs[partner]! - up.table.timeNs[row]! - offsetNs;
    count += 1;
  }
  if (count === 0) return undefined;
  const sorted = times.subarray(0, count).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { minNs: at(0), medianNs: at(0.5), p99Ns: at(0.99), maxNs: sorted[sorted.length - 1]! };
}

/**
 * Groups that captured frames make and become. A frame's packets follow each other in its table. `sources` has a zero for each
 * frame number of the downstream table, and has them again afterwards.
 */
function frameRelations(up: Side, down: Side, sources: Int32Array): PairFrames {
  countSources(up, down, sources);
  const found = { same: 0, cut: 0, cutInto: 0, merged: 0, mergedInto: 0, regrouped: 0 };
  let frame = -1;
  let targets = 0;
  let lastTarget = -1;
  let areSingle = true;
  const settle = (): void => {
    if (targets === 0) return;
    if (targets === 1 && areSingle) found.same += 1;
    else if (targets === 1) {
      found.merged += 1;
      // Each target once: its sign says that it was counted.
      if (sources[lastTarget]! > 0) found.mergedInto += 1;
      sources[lastTarget] = -Math.abs(sources[lastTarget]!);
    } else if (areSingle) {
      found.cut += 1;
      found.cutInto += targets;
    } else found.regrouped += 1;
  };
  for (const row of up.rows) {
    const partner = up.partners[row]!;
    if (partner < 0) continue;
    const target = down.table.frame[partner]!;
    if (up.table.frame[row] !== frame) {
      settle();
      frame = up.table.frame[row]!;
      targets = 0;
      areSingle = true;
    } else if (target === lastTarget) continue;
    targets += 1;
    lastTarget = target;
    if (Math.abs(sources[target]!) !== 1) areSingle = false;
  }
  settle();
  for (const row of down.rows) sources[down.table.frame[row]!] = 0;
  return found;
}

/** Of how many upstream frames each downstream frame has packets. */
function countSources(up: Side, down: Side, sources: Int32Array): void {
  let frame = -1;
  let lastSource = -1;
  for (const row of down.rows) {
    const partner = down.partners[row]!;
    if (partner < 0) continue;
    const source = up.table.frame[partner]!;
    if (down.table.frame[row] === frame && source === lastSource) continue;
    frame = down.table.frame[row]!;
    lastSource = source;
    sources[frame] = sources[frame]! + 1;
  }
}

function changedFields(up: Side, down: Side): PairDirection['changed'] {
  const changed = { identification: 0, flags: 0, acknowledgement: 0, windowOrOptions: 0 };
  const x = up.table;
  const y = down.table;
  for (const row of up.rows) {
    const partner = up.partners[row]!;
    if (partner < 0) continue;
    if (x.identification[row] !== y.identification[partner]) changed.identification += 1;
    if (x.flags[row] !== y.flags[partner]) changed.flags += 1;
    if (x.acknowledgement[row] !== y.acknowledgement[partner]) changed.acknowledgement += 1;
    if (x.headerHash[row] !== y.headerHash[partner]) changed.windowOrOptions += 1;
  }
  return changed;
}
