// Station "analysis": minimum, median and 95th percentile of a stream in bounded memory. Exact up to 47 values; beyond that
// counted in 32 buckets an octave, so a quantile is within 1.6 % of the true one. Minimum and maximum stay exact.

import * as Place from '../layout/quantile-places';
import { allocate, release } from './memory';

const SUB_BITS: i32 = 5;
const SUB: i32 = 1 << SUB_BITS;
/** Values up to 2^47; larger ones count as that. */
const LAST_INDEX: i32 = 47 * SUB - 1;
/** Bits of a double's mantissa beyond those five. */
const MANTISSA_REST: i64 = 52 - SUB_BITS;
/** The exponent of 16, whose octave would be number 0, above the five bits. */
const FIRST_OCTAVE: i64 = (1023 + SUB_BITS - 1) << SUB_BITS;
const OCTAVE_BYTES: i32 = SUB * 4;
const FIRST_VALUES: i32 = 4;
/** Below it a whole number is kept in 32 bits. */
const MOST_NARROW: f64 = 2_147_483_648;

/** Adds a value, not negative, to the quantiles whose address is at `slot`. */
export function addQuantile(slot: usize, value: f64): void {
  let at: usize = load<u32>(slot);
  if (at == 0) at = make(slot);
  const count = load<i32>(at, Place.count);
  store<i32>(at, count + 1, Place.count);
  if (value < load<f64>(at, Place.least)) store<f64>(at, value, Place.least);
  if (value > load<f64>(at, Place.most)) store<f64>(at, value, Place.most);
  if (count > Place.exact) bump(at, value);
  else if (count < Place.exact) keep(at, count, value);
  else {
    spread(at);
    bump(at, value);
  }
}

function make(slot: usize): usize {
  const at = allocate(Place.bytes);
  store<f64>(at, Infinity, Place.least);
  store<u32>(slot, <u32>at);
  return at;
}

/** Keeps a value: as 32 bits, as long as all are whole numbers that fit; most are times in ns below two seconds, or windows. */
function keep(at: usize, index: i32, value: f64): void {
  if (load<i32>(at, Place.wide) == 0) {
    if (value < MOST_NARROW) {
      const whole = <i32>value;
      if (<f64>whole == value) {
        if (index == load<i32>(at, Place.capacity)) makeRoom(at, 2);
        store<i32>(load<u32>(at, Place.values) + ((<usize>index) << 2), whole);
        return;
      }
    }
    makeWide(at, index);
  }
  if (index == load<i32>(at, Place.capacity)) makeRoom(at, 3);
  store<f64>(load<u32>(at, Place.values) + ((<usize>index) << 3), value);
}

/** For more values of 2^shift bytes. */
function makeRoom(at: usize, shift: i32): void {
  const capacity = load<i32>(at, Place.capacity);
  resize(at, capacity, capacity == 0 ? FIRST_VALUES : min(capacity * 2, Place.exact + 1), shift);
}

/** Moves the values, of 2^shift bytes, to where there is room for `wanted`. */
function resize(at: usize, capacity: i32, wanted: i32, shift: i32): void {
  const room = allocate(wanted << shift);
  if (capacity > 0) {
    const values: usize = load<u32>(at, Place.values);
    memory.copy(room, values, <usize>(min(capacity, wanted) << shift));
    release(values, capacity << shift);
  }
  store<u32>(at, <u32>room, Place.values);
  store<i32>(at, wanted, Place.capacity);
}

/** The `length` values so far become doubles. */
function makeWide(at: usize, length: i32): void {
  store<i32>(at, 1, Place.wide);
  const capacity = load<i32>(at, Place.capacity);
  if (capacity == 0) return;
  const values: usize = load<u32>(at, Place.values);
  const room = allocate(capacity << 3);
  for (let index = 0; index < length; index++)
    store<f64>(room + ((<usize>index) << 3), <f64>load<i32>(values + ((<usize>index) << 2)));
  release(values, capacity << 2);
  store<u32>(at, <u32>room, Place.values);
}

/** Gives back the room beyond what values there are, where they are kept. */
export function tightenQuantile(slot: usize): void {
  const at: usize = load<u32>(slot);
  if (at == 0) return;
  const count = load<i32>(at, Place.count);
  const capacity = load<i32>(at, Place.capacity);
  const wanted = max(count, FIRST_VALUES);
  if (count > Place.exact || wanted >= capacity) return;
  resize(at, capacity, wanted, load<i32>(at, Place.wide) == 0 ? 2 : 3);
}

/** From here on values are only counted. */
function spread(at: usize): void {
  if (load<i32>(at, Place.wide) == 0) makeWide(at, Place.exact);
  const values: usize = load<u32>(at, Place.values);
  const capacity = load<i32>(at, Place.capacity);
  store<u32>(at, 0, Place.values);
  store<i32>(at, 0, Place.capacity);
  store<i32>(at, 0, Place.firstOctave);
  for (let index = 0; index < Place.exact; index++) bump(at, load<f64>(values + ((<usize>index) << 3)));
  release(values, capacity << 3);
}

function bump(at: usize, value: f64): void {
  const index = indexOf(value);
  let place = index - (load<i32>(at, Place.firstOctave) << SUB_BITS);
  // One comparison: below the first is far above the last.
  if (<u32>place >= load<u32>(at, Place.capacity) << SUB_BITS) {
    widen(at, index >> SUB_BITS);
    place = index - (load<i32>(at, Place.firstOctave) << SUB_BITS);
  }
  const bucket = load<u32>(at, Place.values) + ((<usize>place) << 2);
  store<u32>(bucket, load<u32>(bucket) + 1);
}

/** One array for all octaves between the lowest and the highest. */
function widen(at: usize, octave: i32): void {
  const old: usize = load<u32>(at, Place.values);
  const octaves = load<i32>(at, Place.capacity);
  const before = load<i32>(at, Place.firstOctave);
  const first = octaves == 0 ? octave : min(before, octave);
  const last = octaves == 0 ? octave : max(octave, before + octaves - 1);
  const wider = last - first + 1;
  const buckets = allocate(wider * OCTAVE_BYTES);
  if (octaves > 0) {
    memory.copy(buckets + <usize>((before - first) * OCTAVE_BYTES), old, octaves * OCTAVE_BYTES);
    release(old, octaves * OCTAVE_BYTES);
  }
  store<u32>(at, <u32>buckets, Place.values);
  store<i32>(at, wider, Place.capacity);
  store<i32>(at, first, Place.firstOctave);
}

/** Values below 32 have a bucket each; above, the octave and the five bits after the leading one: as they lie in the double. */
function indexOf(value: f64): i32 {
  if (value < SUB) return value < 0 ? 0 : <i32>value;
  return <i32>min<i64>((reinterpret<i64>(value) >>> MANTISSA_REST) - FIRST_OCTAVE, LAST_INDEX);
}
