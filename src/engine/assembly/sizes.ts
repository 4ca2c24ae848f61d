// Station "analysis": how often each size occurred. Bulk transfers use few sizes, so counts are exact almost always: for the first
// 1,024 different sizes; later ones are counted at the nearest 1/64 octave below.

import * as Place from '../layout/size-places';
import { allocate, release } from './memory';

const MOST_SIZES: i32 = 1024;
const FIRST_ENTRIES: i32 = 4;

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
    if (used * 2 > load<i32>(table, Place.capacity)) {
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
