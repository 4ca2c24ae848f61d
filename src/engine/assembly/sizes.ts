// Station "analysis": how often each size occurred. Bulk transfers use few sizes, so counts are exact almost always: for the first
// 1,024 different sizes; later ones are counted at the nearest 1/64 octave below.

import * as Place from '../layout/size-places';
import { allocate, release } from './memory';

const MOST_SIZES: i32 = 1024;
const FIRST_ENTRIES: i32 = 4;
/** Of the digits by which entries are sorted. */
const DIGIT_BITS: i32 = 8;
const DIGITS: i32 = 1 << DIGIT_BITS;
/** Fewer entries are sorted one by one. */
const FEW_ENTRIES: i32 = 48;

/** Counts a size, above 0, in the table at `table`. */
export function addSize(table: usize, size: i32): void {
  const last = <usize>load<u32>(table, Place.entries) + load<u32>(table, Place.last);
  // Without entries the word read is not a size: that of address 0 stays 0.
  if (load<i32>(last) == size) store<u32>(last, load<u32>(last, Place.count) + 1, Place.count);
  else addAt(table, size);
}

function addAt(table: usize, wanted: i32): void {
  if (load<i32>(table, Place.capacity) == 0) resize(table, FIRST_ENTRIES);
  let size = wanted;
  let entry = entryOf(table, size);
  if (load<i32>(entry) == 0) {
    if (load<i32>(table, Place.used) >= MOST_SIZES && size != rounded(size)) {
      size = rounded(size);
      entry = entryOf(table, size);
    }
  }
  if (load<i32>(entry) == 0) {
    const used = load<i32>(table, Place.used) + 1;
    if (used * 4 > load<i32>(table, Place.capacity) * 3) {
      resize(table, load<i32>(table, Place.capacity) * 2);
      addAt(table, size);
      return;
    }
    store<i32>(entry, size);
    store<i32>(table, used, Place.used);
  }
  store<u32>(entry, load<u32>(entry, Place.count) + 1, Place.count);
  store<u32>(table, <u32>entry - load<u32>(table, Place.entries), Place.last);
}

/** Address of the entry of a size, or of the free one where it belongs. */
function entryOf(table: usize, size: i32): usize {
  const entries = <usize>load<u32>(table, Place.entries);
  const mask = load<i32>(table, Place.capacity) - 1;
  let index = <i32>(<u32>(size * <i32>0x9e3779b1) >>> 16) & mask;
  let key = load<i32>(entries + ((<usize>index) << 3));
  while (key != size && key != 0) {
    index = (index + 1) & mask;
    key = load<i32>(entries + ((<usize>index) << 3));
  }
  return entries + ((<usize>index) << 3);
}

/** Moves the entries to where there is room for so many. */
function resize(table: usize, wanted: i32): void {
  const capacity = load<i32>(table, Place.capacity);
  const old = <usize>load<u32>(table, Place.entries);
  store<u32>(table, <u32>allocate(wanted * Place.entryBytes), Place.entries);
  store<i32>(table, wanted, Place.capacity);
  if (capacity == 0) return;
  for (let index = 0; index < capacity; index++) {
    const from = old + ((<usize>index) << 3);
    if (load<i32>(from) != 0) store<i64>(entryOf(table, load<i32>(from)), load<i64>(from));
  }
  release(old, capacity * Place.entryBytes);
}

function rounded(size: i32): i32 {
  if (size < 64) return size;
  const shift = 31 - clz(size) - 6;
  return shift > 0 ? (size >>> shift) << shift : size;
}

/**
 * Puts the sizes in ascending order at the beginning of the entries, as many as are used: no size can be counted any more then.
 */
export function sortSizes(table: usize): void {
  const entries = <usize>load<u32>(table, Place.entries);
  const used = load<i32>(table, Place.used);
  const end = entries + ((<usize>load<i32>(table, Place.capacity)) << 3);
  let to = entries;
  let largest = 0;
  for (let from = entries; from < end; from += 8) {
    const size = load<i32>(from);
    if (size == 0) continue;
    largest = max(largest, size);
    store<i64>(to, load<i64>(from));
    to += 8;
  }
  if (used <= FEW_ENTRIES) sortFew(entries, used);
  else sortByDigits(entries, used, largest);
}

function sortFew(entries: usize, used: i32): void {
  const end = entries + ((<usize>used) << 3);
  for (let next = entries + 8; next < end; next += 8) {
    const entry = load<i64>(next);
    let to = next;
    for (; to > entries && load<i32>(to - 8) > <i32>entry; to -= 8) store<i64>(to, load<i64>(to - 8));
    store<i64>(to, entry);
  }
}

function sortByDigits(entries: usize, used: i32, largest: i32): void {
  const bytes = used << 3;
  const starts = allocate(DIGITS << 2);
  const other = allocate(bytes);
  let from = entries;
  let to = other;
  for (let shift = 0; shift < 32 && largest >>> shift > 0; shift += DIGIT_BITS) {
    memory.fill(starts, 0, DIGITS << 2);
    for (let at = from; at < from + bytes; at += 8) {
      const start = startOf(starts, load<i32>(at) >>> shift);
      store<i32>(start, load<i32>(start) + 8);
    }
    let sum = 0;
    for (let at = starts; at < starts + (DIGITS << 2); at += 4) {
      const count = load<i32>(at);
      store<i32>(at, sum);
      sum += count;
    }
    for (let at = from; at < from + bytes; at += 8) {
      const start = startOf(starts, load<i32>(at) >>> shift);
      const place = load<i32>(start);
      store<i64>(to + <usize>place, load<i64>(at));
      store<i32>(start, place + 8);
    }
    const sorted = to;
    to = from;
    from = sorted;
  }
  if (from != entries) memory.copy(entries, from, bytes);
  release(other, bytes);
  release(starts, DIGITS << 2);
}

function startOf(starts: usize, digits: i32): usize {
  return starts + ((<usize>(digits & (DIGITS - 1))) << 2);
}

/** Of sorted sizes: the one at which half of `frames` frames are reached; 0 if there are not so many. */
export function medianSize(table: usize, frames: f64): i32 {
  let seen: f64 = 0;
  const end = endOf(table);
  for (let at = <usize>load<u32>(table, Place.entries); at < end; at += 8) {
    seen += countAt(at);
    if (seen * 2 >= frames) return load<i32>(at);
  }
  return 0;
}

/** Of sorted sizes: the one at which half of `bytes` bytes are reached; 0 if there are not so many. */
export function byteMedianSize(table: usize, bytes: f64): i32 {
  let seen: f64 = 0;
  const end = endOf(table);
  for (let at = <usize>load<u32>(table, Place.entries); at < end; at += 8) {
    seen += <f64>load<i32>(at) * countAt(at);
    if (seen * 2 >= bytes) return load<i32>(at);
  }
  return 0;
}

/** Of sorted sizes: bytes of all below `limit`. */
export function bytesBelow(table: usize, limit: f64): f64 {
  let sum: f64 = 0;
  const end = endOf(table);
  for (let at = <usize>load<u32>(table, Place.entries); at < end && <f64>load<i32>(at) < limit; at += 8)
    sum += <f64>load<i32>(at) * countAt(at);
  return sum;
}

/** Of sorted sizes: how many segments of `segment` bytes all of them take. */
export function segmentsOfSizes(table: usize, segment: f64): f64 {
  let sum: f64 = 0;
  const end = endOf(table);
  for (let at = <usize>load<u32>(table, Place.entries); at < end; at += 8)
    sum += Math.ceil(<f64>load<i32>(at) / segment) * countAt(at);
  return sum;
}

function endOf(table: usize): usize {
  return <usize>load<u32>(table, Place.entries) + <usize>(load<i32>(table, Place.used) << 3);
}

function countAt(entry: usize): f64 {
  return <f64>load<u32>(entry, Place.count);
}
