// Station "analysis": how often each size occurred. Bulk transfers use few sizes, so counts are exact almost always: for the first
// 1,024 different sizes; later ones are counted at the nearest 1/64 octave below.

import * as Place from '../layout/size-places';
import { allocate, release } from './memory';

const MOST_SIZES: i32 = 1024;
const FIRST_ENTRIES: i32 = 4;

/** Counts a size, above 0, in the table whose address is at `slot`. */
export function addSize(slot: usize, size: i32): void {
  let table: usize = load<u32>(slot);
  if (table == 0) {
    table = allocate(Place.entries + FIRST_ENTRIES * Place.entryBytes);
    store<i32>(table, FIRST_ENTRIES, Place.capacity);
    store<u32>(slot, <u32>table);
  }
  const last = table + load<u32>(table, Place.last);
  if (load<i32>(last, Place.entries) == size) {
    store<u32>(last, load<u32>(last, Place.entries + 4) + 1, Place.entries + 4);
    return;
  }
  addAt(slot, table, size);
}

function addAt(slot: usize, table: usize, wanted: i32): void {
  let size = wanted;
  let place = placeOf(table, size);
  if (load<i32>(table + place, Place.entries) == 0) {
    const used = load<i32>(table, Place.used);
    if (used >= MOST_SIZES && size != rounded(size)) {
      size = rounded(size);
      place = placeOf(table, size);
    }
  }
  if (load<i32>(table + place, Place.entries) == 0) {
    const used = load<i32>(table, Place.used) + 1;
    if (used * 2 > load<i32>(table, Place.capacity)) {
      addAt(slot, grow(slot, table), size);
      return;
    }
    store<i32>(table + place, size, Place.entries);
    store<i32>(table, used, Place.used);
  }
  store<u32>(table + place, load<u32>(table + place, Place.entries + 4) + 1, Place.entries + 4);
  store<u32>(table, <u32>place, Place.last);
}

/** Where the size is, or the free entry where it belongs, in bytes from the first entry. */
function placeOf(table: usize, size: i32): usize {
  const mask = load<i32>(table, Place.capacity) - 1;
  let index = <i32>(<u32>(size * <i32>0x9e3779b1) >>> 16) & mask;
  let key = load<i32>(table + ((<usize>index) << 3), Place.entries);
  while (key != size && key != 0) {
    index = (index + 1) & mask;
    key = load<i32>(table + ((<usize>index) << 3), Place.entries);
  }
  return (<usize>index) << 3;
}

function grow(slot: usize, table: usize): usize {
  const capacity = load<i32>(table, Place.capacity);
  const wider = allocate(Place.entries + capacity * 2 * Place.entryBytes);
  store<i32>(wider, capacity * 2, Place.capacity);
  store<i32>(wider, load<i32>(table, Place.used), Place.used);
  for (let index = 0; index < capacity; index++) {
    const from = table + ((<usize>index) << 3);
    const size = load<i32>(from, Place.entries);
    if (size == 0) continue;
    const to = wider + placeOf(wider, size);
    store<i32>(to, size, Place.entries);
    store<u32>(to, load<u32>(from, Place.entries + 4), Place.entries + 4);
  }
  release(table, Place.entries + capacity * Place.entryBytes);
  store<u32>(slot, <u32>wider);
  return wider;
}

function rounded(size: i32): i32 {
  if (size < 64) return size;
  const shift = 31 - clz(size) - 6;
  return shift > 0 ? (size >>> shift) << shift : size;
}
