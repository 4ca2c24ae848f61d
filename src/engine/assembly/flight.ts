// Station "analysis": the frames that are sent and not yet acknowledged, oldest first.

import * as Place from '../layout/flight-places';
import * as P from '../layout/parts';
import { allocate, release } from './memory';

const FIRST_ENTRIES: i32 = 4;
/** Frames remembered of one direction; beyond it the oldest is forgotten (only its RTT sample is lost). */
const MOST_ENTRIES: i32 = 65_536;

/** Adds a frame that was sent at `nowNs`. */
export function pushFlight(own: usize, nowNs: f64, start: i32, end: i32, row: i32, ipId: i32): void {
  const length = load<i32>(own, P.flightLength);
  if (length == load<i32>(own, P.flightCapacity)) {
    makeRoom(own);
    pushFlight(own, nowNs, start, end, row, ipId);
    return;
  }
  const slot = (load<i32>(own, P.flightHead) + length) & (load<i32>(own, P.flightCapacity) - 1);
  const at = load<u32>(own, P.flightRing) + <usize>(slot * Place.bytes);
  store<f64>(at, nowNs, Place.timeNs);
  store<i32>(at, end, Place.end);
  store<i32>(at, start, Place.start);
  store<i32>(at, row, Place.row);
  store<i32>(at, ipId, Place.ipId);
  store<i32>(own, length + 1, P.flightLength);
}

/** Removes all frames that `ack` covers whole. Gives the address of the newest of them, where it lies until the next is added, or 0. */
export function takeAcked(own: usize, ack: i32): usize {
  let left = load<i32>(own, P.flightLength);
  if (left == 0) return 0;
  const ring: usize = load<u32>(own, P.flightRing);
  const mask = load<i32>(own, P.flightCapacity) - 1;
  let slot = load<i32>(own, P.flightHead);
  let newest: usize = 0;
  while (left > 0) {
    const at = ring + <usize>(slot * Place.bytes);
    if (ack - load<i32>(at, Place.end) < 0) break;
    newest = at;
    slot = (slot + 1) & mask;
    left--;
  }
  if (newest == 0) return 0;
  store<i32>(own, left, P.flightLength);
  store<i32>(own, slot, P.flightHead);
  return newest;
}

function makeRoom(own: usize): void {
  const capacity = load<i32>(own, P.flightCapacity);
  const head = load<i32>(own, P.flightHead);
  if (capacity >= MOST_ENTRIES) {
    store<i32>(own, (head + 1) & (capacity - 1), P.flightHead);
    store<i32>(own, load<i32>(own, P.flightLength) - 1, P.flightLength);
    return;
  }
  const wider = capacity == 0 ? FIRST_ENTRIES : capacity * 2;
  const ring = allocate(wider * Place.bytes);
  if (capacity > 0) {
    const old: usize = load<u32>(own, P.flightRing);
    const first = (capacity - head) * Place.bytes;
    memory.copy(ring, old + <usize>(head * Place.bytes), first);
    memory.copy(ring + first, old, head * Place.bytes);
    release(old, capacity * Place.bytes);
  }
  store<u32>(own, <u32>ring, P.flightRing);
  store<i32>(own, 0, P.flightHead);
  store<i32>(own, wider, P.flightCapacity);
}

/** Gives the room back if there is nothing in it. */
export function tightenFlight(own: usize): void {
  const capacity = load<i32>(own, P.flightCapacity);
  if (capacity == 0 || load<i32>(own, P.flightLength) != 0) return;
  release(load<u32>(own, P.flightRing), capacity * Place.bytes);
  store<i32>(own, 0, P.flightCapacity);
  store<i32>(own, 0, P.flightHead);
}
