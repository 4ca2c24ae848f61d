// Station "analysis": minimum, median and 95th percentile of a stream in bounded memory.

const EXACT = 48;
const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;
/** Values up to 2^47; larger ones count as that. */
const OCTAVES = 47;
const LAST_INDEX = OCTAVES * SUB - 1;
const noValues: number[] = [];
const noBuckets: Uint32Array = new Uint32Array(0);

/**
 * Quantiles of non-negative values. Exact up to 48 values; beyond that counted in 32 buckets an octave, so a quantile is
 * within 1.6 % of the true one. Minimum and maximum stay exact.
 */
export class Quantiles {
  count = 0;
  min: number = Number.POSITIVE_INFINITY;
  max = 0;
  /** The values themselves; undefined once there are too many. */
  private exact: number[] | undefined = noValues;
  /** Buckets of the octaves from `firstOctave` on, widened as values come: a direction's values span few. */
  private buckets: Uint32Array = noBuckets;
  private firstOctave = 0;

  add(value: number): void {
    this.count++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (this.exact === undefined) this.bump(value);
    else this.keep(this.exact, value);
  }

  /** The value below which the share `q` (0..1) of all values lies; undefined when there is none. */
  quantile(q: number): number | undefined {
    if (this.count === 0) return undefined;
    const rank = Math.min(this.count - 1, Math.max(0, Math.ceil(q * this.count) - 1));
    if (this.exact !== undefined) return this.exact.slice(0, this.count).sort((a, b) => a - b)[rank];
    let seen = 0;
    const { buckets } = this;
    for (let at = 0; at < buckets.length; at++) {
      seen += buckets[at]!;
      if (seen > rank) return Math.min(this.max, Math.max(this.min, middleOf((this.firstOctave << SUB_BITS) + at)));
    }
    return this.max;
  }

  /** `push` would make room for 17 values at once, then 42: most directions of many short connections have fewer. */
  private keep(values: number[], value: number): void {
    const at = this.count - 1;
    if (at === EXACT - 1) {
      this.spread(values);
      this.bump(value);
      return;
    }
    let room = values;
    if (at === room.length) {
      room = new Array<number>(Math.min(EXACT - 1, Math.max(4, at * 2))).fill(0.5);
      for (let index = 0; index < at; index++) room[index] = values[index]!;
      this.exact = room;
    }
    room[at] = value;
  }

  private spread(values: readonly number[]): void {
    this.exact = undefined;
    for (const value of values) this.bump(value);
  }

  private bump(value: number): void {
    const index = Math.min(indexOf(value), LAST_INDEX);
    let at = index - (this.firstOctave << SUB_BITS);
    if (at < 0 || at >= this.buckets.length) {
      this.widen(index >>> SUB_BITS);
      at = index - (this.firstOctave << SUB_BITS);
    }
    this.buckets[at]!++;
  }

  /** One array for all octaves between the lowest and the highest: a fifth of the objects that an array an octave takes. */
  private widen(octave: number): void {
    const old = this.buckets;
    const first = old.length === 0 ? octave : Math.min(this.firstOctave, octave);
    const last = Math.max(octave, this.firstOctave + (old.length >>> SUB_BITS) - 1);
    const buckets = new Uint32Array((last - first + 1) << SUB_BITS);
    if (old.length > 0) buckets.set(old, (this.firstOctave - first) << SUB_BITS);
    this.buckets = buckets;
    this.firstOctave = first;
  }
}

/** Values below 32 have a bucket each; above, the octave and the five bits after the leading one. */
function indexOf(value: number): number {
  if (value < SUB) return value < 0 ? 0 : value | 0;
  let high = value;
  let octave = 0;
  if (high >= 0x8000_0000) {
    high = Math.floor(high / 0x1000_0000);
    octave = 28;
  }
  const exponent = 31 - Math.clz32(high | 0);
  octave += exponent - SUB_BITS;
  return ((octave + 1) << SUB_BITS) + (((high | 0) >>> (exponent - SUB_BITS)) & (SUB - 1));
}

function middleOf(index: number): number {
  if (index < SUB) return index;
  const octave = (index >>> SUB_BITS) - 1;
  return (SUB + (index & (SUB - 1)) + 0.5) * 2 ** octave;
}

/** As in connection-state.ts: values are doubles from the first instance on. */
function settleShape(): void {
  const quantiles = new Quantiles();
  for (let index = 0; index <= EXACT; index++) quantiles.add(0.5 + index);
}
settleShape();
