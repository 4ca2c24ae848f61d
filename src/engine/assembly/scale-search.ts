// Station "analysis": the window scale of a connection whose handshake was not captured. The data itself tells, if the
// window bounded it: bytes in flight never exceed the true window, and a sender that waits for the window fills it to
// the last byte again and again. So time is added up for every scale at once, and how well each fits
// (analysis/window-scale-search.ts reads it).

import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as Place from '../layout/search-places';
import * as State from '../layout/states';
import * as Unscaled from '../layout/unscaled';
import * as W from '../layout/words';
import { allocate } from './memory';

/** Largest window field. */
const MOST_RAW: i32 = 0xffff;

/** Data up to `end` are sent by a direction whose window scale is not known from the handshake. */
export function searchScale(own: usize, end: i32): void {
  const raw = load<i32>(own, W.rawWindow);
  if (raw < 0) return;
  let search: usize = load<u32>(own, P.scaleSearch);
  if (search == 0) {
    if (load<i32>(own, W.scaleShift) >= 0) return;
    search = allocate(Place.bytes);
    store<u32>(own, <u32>search, P.scaleSearch);
  }
  commitTimes(search);
  if (raw != 0)
    takeSent(search, end - load<i32>(own, W.effectiveUna), end - load<i32>(own, W.una), raw, effectiveRaw(own));
}

/** The raw window that has reached the sender last, as far as is known. */
function effectiveRaw(own: usize): i32 {
  const raw = load<i32>(own, W.effectiveEdge) - load<i32>(own, W.effectiveUna) - Unscaled.room;
  return raw >= 0 && raw <= MOST_RAW ? raw : load<i32>(own, W.rawWindow);
}

/**
 * Data was sent: `inFlight` bytes from the acknowledgement that had reached its sender to its end, as far as is known, under the raw
 * window `effective` that came with it; `atLeast` from the last one that the tap has seen, with the window `raw`.
 */
function takeSent(search: usize, inFlight: i32, atLeast: i32, raw: i32, effective: i32): void {
  let least = load<i32>(search, Place.minimumShift);
  while (least < Place.shifts - 1 && raw << least < atLeast) least++;
  store<i32>(search, least, Place.minimumShift);
  if (effective <= 0) return;
  for (let shift = least; shift < Place.shifts; shift++) {
    const at = search + ((<usize>shift) << 2);
    if (effective << shift == inFlight) store<i32>(at, load<i32>(at, Place.hits) + 1, Place.hits);
  }
}

/** New data is sent: what was tentative is certain. */
function commitTimes(search: usize): void {
  let touched = load<i32>(search, Place.touched);
  while (touched != 0) {
    const from = search + <usize>(ctz(touched) * Place.fitBytes);
    for (let at = from; at < from + Place.fitBytes; at += 8) {
      store<f64>(at, load<f64>(at, Place.total) + load<f64>(at, Place.tentative), Place.total);
      store<f64>(at, 0, Place.tentative);
    }
    touched &= touched - 1;
  }
  store<i32>(search, 0, Place.touched);
}

/** Time passed in the state that `searchBecomes` set last. */
export function searchAdvance(own: usize, elapsedNs: f64): void {
  const search: usize = load<u32>(own, P.scaleSearch);
  const state = load<i32>(search, Place.state);
  if (state == State.idle) return;
  const fits = load<i32>(search, Place.fits);
  const at = search + <usize>(fits * Place.fitBytes + (state << 3));
  store<f64>(at, load<f64>(at, Place.tentative) + elapsedNs, Place.tentative);
  store<i32>(search, load<i32>(search, Place.touched) | (1 << fits), Place.touched);
}

/** What the sender waits for from now on if the window does not limit, and which scales would leave room for one more segment. */
export function searchBecomes(own: usize, inFlight: i32, segment: f64): void {
  const search: usize = load<u32>(own, P.scaleSearch);
  store<i32>(search, otherLimit(own, inFlight), Place.state);
  const raw = effectiveRaw(own);
  const mostWindow = <f64>load<i32>(own, W.mostInFlight) + segment;
  const before = load<i32>(search, Place.usedUp);
  let usedUp = 0;
  let shift = 0;
  for (; shift < Place.shifts; shift++) {
    const bit = 1 << shift;
    const window = raw << shift;
    const room = window - inFlight;
    const isDeferred = (before & bit) != 0 && <i64>room * 3 < <i64>window && <f64>window <= mostWindow;
    if (<f64>room >= segment && !isDeferred) break;
    usedUp |= bit;
  }
  store<i32>(search, usedUp, Place.usedUp);
  store<i32>(search, shift, Place.fits);
}

/** What limits if the window does not. */
function otherLimit(own: usize, inFlight: i32): i32 {
  if (inFlight <= 0) return load<i32>(own, W.rawWindow) == 0 ? State.receiveWindow : State.idle;
  if (load<i32>(own, F.inRecovery) != 0) return State.recovery;
  return load<i32>(own, F.drained) != 0 ? State.sender : State.network;
}
