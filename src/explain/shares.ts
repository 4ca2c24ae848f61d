// The hallway: what several explainers measured, each of its share of one capture, becomes what one of all frames would have.

import type { UnseenSample } from '../analysis/capture-analysis.ts';
import type { FileMeasurement } from '../analysis/measurement.ts';
import { Sample } from '../analysis/sample.ts';

/** What one share of a capture gave, its connections aside. Plain data. */
export interface ShareMeasurement extends Omit<FileMeasurement, 'ackedUnseen' | 'connectionCount'> {
  /** First row of each connection, ascending. */
  readonly firstRows: Float64Array;
  readonly ackedUnseen: readonly UnseenSample[];
}

/** One of anything for each share. */
type OfEach<Share extends readonly unknown[], What> = { readonly [Index in keyof Share]: What };

/** The whole of all shares. */
export interface JoinedShares<Share extends readonly unknown[]> {
  readonly file: FileMeasurement;
  /** Of each share: the numbers of its connections among those of all, from 0. */
  readonly numbers: OfEach<Share, Uint32Array>;
}

/** The capture whose shares these are, exactly as one explainer of all frames would have measured it. */
export function joinShares<Share extends readonly [ShareMeasurement, ...ShareMeasurement[]]>(
  shares: Share,
): JoinedShares<Share> {
  const [{ interfaces, firstTime, captureDrops }] = shares;
  const sum = (count: (share: ShareMeasurement) => number) => shares.reduce((total, share) => total + count(share), 0);
  const file: FileMeasurement = {
    connectionCount: sum(({ firstRows }) => firstRows.length),
    udpFlows: shares.flatMap(({ udpFlows }) => udpFlows).sort((a, b) => a.firstRow - b.firstRow),
    otherPackets: {
      udp: sum(({ otherPackets }) => otherPackets.udp),
      icmp: sum(({ otherPackets }) => otherPackets.icmp),
      other: sum(({ otherPackets }) => otherPackets.other),
      undecoded: sum(({ otherPackets }) => otherPackets.undecoded),
      undecodedCut: sum(({ otherPackets }) => otherPackets.undecodedCut),
    },
    interfaces,
    ...(firstTime === undefined ? {} : { firstTime }),
    durationNs: Math.max(...shares.map(({ durationNs }) => durationNs)),
    ...(captureDrops === undefined ? {} : { captureDrops }),
    ackedUnseen: joinUnseen(shares.flatMap(({ ackedUnseen }) => ackedUnseen)),
  };
  return { file, numbers: numbered(shares.map(({ firstRows }) => firstRows)) as OfEach<Share, Uint32Array> };
}

/** The connections of all shares by their first row: which number each has. */
function numbered(firstRows: readonly Float64Array[]): Uint32Array[] {
  const next = firstRows.map(() => 0);
  const numbers = firstRows.map(({ length }) => new Uint32Array(length));
  const count = firstRows.reduce((sum, { length }) => sum + length, 0);
  for (let number = 0; number < count; number++) {
    let first = -1;
    let firstRow = Number.POSITIVE_INFINITY;
    for (let share = 0; share < firstRows.length; share++) {
      const row = firstRows[share]![next[share]!];
      if (row === undefined || row >= firstRow) continue;
      first = share;
      firstRow = row;
    }
    numbers[first]![next[first]!++] = number;
  }
  return numbers;
}

/** What comes of the connections of each share, in the order of their numbers among all. */
export function* inOrder<What>(
  sources: readonly { readonly numbers: Uint32Array; readonly items: Iterable<What> }[],
): Generator<What, void, undefined> {
  const walks = sources.map(({ numbers, items }) => ({ numbers, items: items[Symbol.iterator](), next: 0 }));
  const count = sources.reduce((sum, { numbers }) => sum + numbers.length, 0);
  for (let number = 0; number < count; number++) {
    for (const walk of walks) {
      if (walk.numbers[walk.next] !== number) continue;
      walk.next++;
      const { value, done } = walk.items.next();
      if (done === true) return;
      yield value;
      break;
    }
  }
}

function joinUnseen(samples: readonly UnseenSample[]): Sample {
  const joined = new Sample();
  for (const { rows, count } of samples.toSorted((a, b) => a.firstRow - b.firstRow)) {
    for (const row of rows) joined.add(row, 0);
    joined.count += count;
  }
  return joined;
}
