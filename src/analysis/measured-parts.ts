// Station "analysis": what the packet loop keeps of a direction beside its numbers, read from its memory: samples of rows, counts of
// sizes, quantiles.

import type { Engine } from '../engine/engine.ts';
import * as QuantilePlace from '../engine/layout/quantile-places.ts';
import * as SamplePlace from '../engine/layout/sample-places.ts';
import * as SizePlace from '../engine/layout/size-places.ts';
import type { RowSample } from './measurement.ts';

/** The sample at an address; undefined where nothing was ever noted. */
export function sampleAt({ words }: Engine, address: number): RowSample | undefined {
  if (address === 0) return undefined;
  const kept = words[(address + SamplePlace.kept) >>> 2]!;
  return {
    count: words[(address + SamplePlace.count) >>> 2]!,
    rows: wordsAt(words, (address + SamplePlace.rows) >>> 2, kept),
  };
}

/** Some words as an array. For as few as there are here, views and iterators take ten times as long. */
export function wordsAt(words: Int32Array, first: number, count: number): number[] {
  const copied: number[] = [];
  for (let index = first; index < first + count; index++) copied.push(words[index]!);
  return copied;
}

/** How often each size of payload occurred, in bytes. Nothing can be counted any more when it has been made. */
export class SizeCounts {
  private readonly engine: Engine;
  private readonly at: number;

  constructor(engine: Engine, address: number) {
    this.engine = engine;
    this.at = address;
    engine.loop.sortSizes(address);
  }

  /** The size at which half of `frames` frames are reached, from the smallest on; undefined if there are not so many. */
  median(frames: number): number | undefined {
    return this.engine.loop.medianSize(this.at, frames) || undefined;
  }

  /** The size at which half of `bytes` bytes are reached; undefined if there are not so many. */
  byteMedian(bytes: number): number | undefined {
    return this.engine.loop.byteMedianSize(this.at, bytes) || undefined;
  }

  /** Bytes in frames of less than `limit` bytes. */
  bytesBelow(limit: number): number {
    return this.engine.loop.bytesBelow(this.at, limit);
  }

  /** How many segments of `segment` bytes all frames take. */
  segments(segment: number): number {
    return this.engine.loop.segmentsOfSizes(this.at, segment);
  }

  /** Ascending by size. */
  *[Symbol.iterator](): Generator<{ readonly size: number; readonly count: number }> {
    const { words } = this.engine;
    const first = words[(this.at + SizePlace.entries) >>> 2]! >>> 2;
    const used = words[(this.at + SizePlace.used) >>> 2]!;
    for (let at = first; at < first + 2 * used; at += 2) yield { size: words[at]!, count: words[at + 1]! >>> 0 };
  }
}

const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;

/** Quantiles of a stream of values. */
export class Quantiles {
  private readonly engine: Engine;
  private readonly at: number;

  constructor(engine: Engine, at: number) {
    this.engine = engine;
    this.at = at;
  }

  get count(): number {
    return this.word(QuantilePlace.count);
  }

  get min(): number {
    return this.engine.doubles[(this.at + QuantilePlace.least) >>> 3]!;
  }

  get max(): number {
    return this.engine.doubles[(this.at + QuantilePlace.most) >>> 3]!;
  }

  /** The value below which the share `q` (0..1) of all values lies; within 1.6 % where there are more than 47. */
  quantile(q: number): number {
    const { count, max } = this;
    const rank = Math.min(count - 1, Math.max(0, Math.ceil(q * count) - 1));
    const values = this.word(QuantilePlace.values);
    if (count <= QuantilePlace.exact) {
      const isWide = this.word(QuantilePlace.wide) !== 0;
      const first = values >>> (isWide ? 3 : 2);
      return (isWide ? this.engine.doubles : this.engine.words).slice(first, first + count).sort()[rank]!;
    }
    const firstOctave = this.word(QuantilePlace.firstOctave);
    const buckets = this.word(QuantilePlace.capacity) << SUB_BITS;
    let seen = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      seen += this.engine.words[(values >>> 2) + bucket]!;
      if (seen > rank) return Math.min(max, Math.max(this.min, middleOf((firstOctave << SUB_BITS) + bucket)));
    }
    return max;
  }

  private word(place: number): number {
    return this.engine.words[(this.at + place) >>> 2]!;
  }
}

/** The quantiles at an address; undefined where there are no values. */
export function quantilesAt(engine: Engine, address: number): Quantiles | undefined {
  return address === 0 ? undefined : new Quantiles(engine, address);
}

function middleOf(index: number): number {
  if (index < SUB) return index;
  const octave = (index >>> SUB_BITS) - 1;
  return (SUB + (index & (SUB - 1)) + 0.5) * 2 ** octave;
}
