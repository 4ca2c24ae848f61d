// Station "analysis": the clocks of two taps. A packet that goes from A to B shows the clocks' difference plus its way, one that
// goes back shows it minus its way. The least of either, halved, is the difference as far as both ways take equally long; no
// capture can tell more (RFC 5905 section 8 reasons the same way).

import type { PairMatches } from './pair-match.ts';
import type { PairTable } from './pair-table.ts';

/** What the times of common packets say. */
export interface PairClock {
  /** Time of B's clock minus A's, at the middle of the common time; undefined without packets both ways. */
  readonly offsetNs?: number;
  /** How far off that may be: half of the least time for both ways. */
  readonly uncertaintyNs?: number;
  /** How much faster B's clock runs, in parts per million; undefined below a second or without enough packets. */
  readonly driftPpm?: number;
  /** Least time from one tap to the other and back, without what lies behind them. */
  readonly bothWaysNs?: number;
  /** For each direction: the tap that is nearer to its sender; undefined where nothing tells. */
  readonly upstream: readonly ('a' | 'b' | undefined)[];
}

const binCount = 64;
const leastBins = 4;
const secondNs = 1e9;

/** Reads the clocks off the certain pairs. `reverse[d]` is the opposite direction of `d`. */
export function readClock(a: PairTable, b: PairTable, matches: PairMatches, reverse: readonly number[]): PairClock {
  const least = directionExtremes(a, b, matches, reverse.length);
  const upstream = reverse.map((_, direction) => upstreamOf(direction, reverse, least));
  const toB = extreme(upstream, least, 'a');
  const toA = extreme(upstream, least, 'b');
  if (toB === undefined || toA === undefined) return { upstream };
  // Packets to B: offset + way; packets to A: offset - way.
  const offsetNs = (toB + toA) / 2;
  const bothWaysNs = toB - toA;
  const driftPpm = drift(a, b, matches, upstream);
  return {
    offsetNs,
    uncertaintyNs: bothWaysNs / 2,
    bothWaysNs,
    upstream,
    ...(driftPpm === undefined ? {} : { driftPpm }),
  };
}

interface Extremes {
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly sum: Float64Array;
  readonly count: Float64Array;
}

function directionExtremes(a: PairTable, b: PairTable, matches: PairMatches, directions: number): Extremes {
  const least = new Float64Array(directions).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(directions).fill(Number.NEGATIVE_INFINITY);
  const sum = new Float64Array(directions);
  const count = new Float64Array(directions);
  for (let row = 0; row < a.count; row += 1) {
    if (matches.certain[row] === 0) continue;
    const direction = a.direction[row]!;
    const difference = b.timeNs[matches.ofA[row]!]! - a.timeNs[row]!;
    least[direction] = Math.min(least[direction]!, difference);
    most[direction] = Math.max(most[direction]!, difference);
    sum[direction] = sum[direction]! + difference;
    count[direction] = count[direction]! + 1;
  }
  return { least, most, sum, count };
}

/**
 * B minus A is larger in the direction that goes from A to B: the clocks' difference is in both, the way is added in one and
 * taken off in the other. Compared by their means, because a queue stretches one extreme only.
 */
function upstreamOf(direction: number, reverse: readonly number[], extremes: Extremes): 'a' | 'b' | undefined {
  const other = reverse[direction] ?? -1;
  if (other < 0 || extremes.count[direction] === 0 || extremes.count[other] === 0) return undefined;
  const mine = extremes.sum[direction]! / extremes.count[direction]!;
  const theirs = extremes.sum[other]! / extremes.count[other]!;
  if (mine === theirs) return undefined;
  return mine > theirs ? 'a' : 'b';
}

/** The least way of the directions that go from one tap to the other, by the clocks' difference. */
function extreme(
  upstream: readonly ('a' | 'b' | undefined)[],
  extremes: Extremes,
  from: 'a' | 'b',
): number | undefined {
  let found: number | undefined;
  upstream.forEach((side, direction) => {
    if (side !== from) return;
    const value = from === 'a' ? extremes.least[direction]! : extremes.most[direction]!;
    if (found === undefined) found = value;
    else found = from === 'a' ? Math.min(found, value) : Math.max(found, value);
  });
  return found;
}

/** Slope of the clocks' difference over time: least squares through the bins in which both ways had packets. */
function drift(
  a: PairTable,
  b: PairTable,
  matches: PairMatches,
  upstream: readonly ('a' | 'b' | undefined)[],
): number | undefined {
  const first = a.timeNs[0] ?? 0;
  const span = (a.timeNs[a.count - 1] ?? 0) - first;
  if (span < secondNs) return undefined;
  const toB = new Float64Array(binCount).fill(Number.POSITIVE_INFINITY);
  const toA = new Float64Array(binCount).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < a.count; row += 1) {
    const side = upstream[a.direction[row]!];
    if (matches.certain[row] === 0 || side === undefined) continue;
    const bin = Math.min(binCount - 1, Math.max(0, Math.floor(((a.timeNs[row]! - first) / span) * binCount)));
    const difference = b.timeNs[matches.ofA[row]!]! - a.timeNs[row]!;
    if (side === 'a') toB[bin] = Math.min(toB[bin]!, difference);
    else toA[bin] = Math.max(toA[bin]!, difference);
  }
  const points: { readonly x: number; readonly y: number }[] = [];
  for (let bin = 0; bin < binCount; bin += 1) {
    const y = (toB[bin]! + toA[bin]!) / 2;
    if (Number.isFinite(y)) points.push({ x: ((bin + 0.5) / binCount) * span, y });
  }
  return points.length < leastBins ? undefined : slope(points) * 1e6;
}

function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const meanX = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const meanY = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  let above = 0;
  let below = 0;
  for (const { x, y } of points) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return above / below;
}
