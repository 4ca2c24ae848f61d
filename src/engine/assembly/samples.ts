// Station "analysis": a few rows that show something, and how many there are.

import * as Place from '../layout/sample-places';
import { allocate, release } from './memory';

/** Counts a row, `times` times, in the sample whose address is at `slot`, and keeps it if it is among the first eight. */
export function addSample(slot: usize, row: i32, times: i32 = 1): void {
  let at: usize = load<u32>(slot);
  if (at == 0) {
    at = allocate(Place.fewBytes);
    store<u32>(slot, <u32>at);
  }
  store<i32>(at, load<i32>(at, Place.count) + times, Place.count);
  const kept = load<i32>(at, Place.kept);
  if (kept == Place.mostRows) return;
  if (kept == Place.fewRows) at = makeRoom(slot, at);
  store<i32>(at + ((<usize>kept) << 2), row, Place.rows);
  store<i32>(at, kept + 1, Place.kept);
}

/** Most samples hold a row or two, and begin with room for so many. */
function makeRoom(slot: usize, few: usize): usize {
  const at = allocate(Place.bytes);
  memory.copy(at, few, Place.fewBytes);
  release(few, Place.fewBytes);
  store<u32>(slot, <u32>at);
  return at;
}
