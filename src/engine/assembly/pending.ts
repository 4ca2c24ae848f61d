// Station "analysis": acknowledgements that the tap has seen and the sender not yet, oldest first.

import * as P from '../layout/parts';
import { allocate, release } from './memory';

const FIRST_ENTRIES: i32 = 4;
/** Entries remembered; beyond it the oldest is forgotten. */
const MOST_ENTRIES: i32 = 65_536;
const ENTRY_BYTES: i32 = 24;
// Places in an entry, in bytes: when it was seen, what it acknowledges, where its window ends, its TSval.
export const timeNs = 0;
export const ack = 8;
export const edge = 12;
export const tsVal = 16;

/** Adds one that was seen at `nowNs`. */
export function pushPending(own: usize, nowNs: f64, acknowledged: i32, rightEdge: i32, value: i32): void {
  if (load<i32>(own, P.pendingLength) == load<i32>(own, P.pendingCapacity)) makeRoom(own);
  const length = load<i32>(own, P.pendingLength);
  store<i32>(own, length + 1, P.pendingLength);
  const at = pendingAt(own, length);
  store<f64>(at, nowNs, timeNs);
  store<i32>(at, acknowledged, ack);
  store<i32>(at, rightEdge, edge);
  store<i32>(at, value, tsVal);
}

/** Address of the one at `index`; 0 is the oldest. */
export function pendingAt(own: usize, index: i32): usize {
  const slot = (load<i32>(own, P.pendingHead) + index) & (load<i32>(own, P.pendingCapacity) - 1);
  return load<u32>(own, P.pendingRing) + <usize>(slot * ENTRY_BYTES);
}

/** Forgets the oldest. */
export function dropPending(own: usize): void {
  store<i32>(own, (load<i32>(own, P.pendingHead) + 1) & (load<i32>(own, P.pendingCapacity) - 1), P.pendingHead);
  store<i32>(own, load<i32>(own, P.pendingLength) - 1, P.pendingLength);
}

/** Forgets the queue itself. */
export function releasePending(own: usize): void {
  const capacity = load<i32>(own, P.pendingCapacity);
  if (capacity > 0) release(load<u32>(own, P.pendingRing), capacity * ENTRY_BYTES);
  store<u32>(own, 0, P.pendingRing);
  store<i32>(own, 0, P.pendingCapacity);
  store<i32>(own, 0, P.pendingHead);
  store<i32>(own, 0, P.pendingLength);
}

/** Gives back what there is room for beyond the fewest entries, if no more are queued. */
export function tightenPending(own: usize): void {
  const capacity = load<i32>(own, P.pendingCapacity);
  const length = load<i32>(own, P.pendingLength);
  if (capacity <= FIRST_ENTRIES || length > FIRST_ENTRIES) return;
  const ring = allocate(FIRST_ENTRIES * ENTRY_BYTES);
  for (let index = 0; index < length; index++)
    memory.copy(ring + <usize>(index * ENTRY_BYTES), pendingAt(own, index), ENTRY_BYTES);
  release(load<u32>(own, P.pendingRing), capacity * ENTRY_BYTES);
  store<u32>(own, <u32>ring, P.pendingRing);
  store<i32>(own, FIRST_ENTRIES, P.pendingCapacity);
  store<i32>(own, 0, P.pendingHead);
}

function makeRoom(own: usize): void {
  const capacity = load<i32>(own, P.pendingCapacity);
  if (capacity >= MOST_ENTRIES) {
    dropPending(own);
    return;
  }
  const head = load<i32>(own, P.pendingHead);
  const wider = capacity == 0 ? FIRST_ENTRIES : capacity * 2;
  const ring = allocate(wider * ENTRY_BYTES);
  if (capacity > 0) {
    const old: usize = load<u32>(own, P.pendingRing);
    const first = (capacity - head) * ENTRY_BYTES;
    memory.copy(ring, old + <usize>(head * ENTRY_BYTES), first);
    memory.copy(ring + first, old, head * ENTRY_BYTES);
    release(old, capacity * ENTRY_BYTES);
  }
  store<u32>(own, <u32>ring, P.pendingRing);
  store<i32>(own, 0, P.pendingHead);
  store<i32>(own, wider, P.pendingCapacity);
}
