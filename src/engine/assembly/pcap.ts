// Station "capture": the hot loop of capture/pcap.ts, which hands each frame on, and the decoder behind it, in one.

import * as Place from '../layout/reader-places';
import * as Row from '../layout/row-places';
import { decodeFrame } from './decode';
import { addBytes, leaveFrame, mayAdd, noteRun } from './records';
import { isOthersFrame, isOthersRow } from './shard';

const HEADER_BYTES: i32 = 16;
/** Well inside the 104 days in which a double holds every nanosecond. */
const USUAL_SPAN_SECONDS: u32 = 9_000_000;

/**
 * Takes whole little-endian records without anything odd about them from `at` on. Gives how it ended: `stopped`, `full` or
 * `unusualFrame`. There is room for one row at least.
 */
export function readPcap(): i32 {
  const end = load<i32>(Place.end);
  const firstSeconds = load<i32>(Place.firstSeconds);
  const unitsPerSecond = load<u32>(Place.unitsPerSecond);
  const nsPerUnit = load<f64>(Place.nsPerUnit);
  const firstNanoseconds = load<f64>(Place.firstNanoseconds);
  const fcsBytes = load<i32>(Place.fcsBytes);
  const place = load<i32>(Place.place);
  const capacity = load<i32>(Place.capacity);
  const firstNumber = load<i32>(Place.number);
  let at = load<i32>(Place.at);
  const firstAt = at;
  let number = firstNumber;
  let length = load<i32>(Place.length);
  let row: usize = load<u32>(Place.rows) + length * Row.bytes;
  const toRare: usize = load<u32>(Place.rareRows) - load<u32>(Place.rows);
  let spentBytes = load<f64>(Place.spentBytes);
  let originalBytes: i64 = 0;
  let lastTime = load<f64>(Place.lastTime);
  let outcome = Place.stopped;
  const isShared = load<i32>(Place.shardMask) !== 0;
  while (end - at >= HEADER_BYTES) {
    const seconds = load<i32>(at) - firstSeconds;
    const fraction = load<i32>(at, 4);
    const captured = load<i32>(at, 8);
    const original = load<i32>(at, 12);
    const time = <f64>seconds * 1e9 + (<f64>fraction * nsPerUnit - firstNanoseconds);
    if (<u32>seconds > USUAL_SPAN_SECONDS) break;
    if (<u32>fraction >= unitsPerSecond) break;
    if (time < lastTime) break;
    if (captured < 0) break;
    if (captured > min(original, end - at - HEADER_BYTES)) break;
    lastTime = time;
    originalBytes += original;
    const wire = original - fcsBytes;
    const kept = min(captured, wire);
    const spent = kept === wire ? spentBytes + <f64>wire : spentBytes;
    const sums = mayAdd(spent, number);
    const frame = <usize>(at + HEADER_BYTES);
    at += HEADER_BYTES + captured;
    if (isShared && isOthersFrame(frame, kept)) {
      number++;
      spentBytes = spent;
      continue;
    }
    store<i32>(row, number++, Row.number);
    store<f64>(row, time, Row.timeNs);
    if (!decodeFrame(row, row + toRare, frame, kept, wire, place, 0, sums)) {
      leaveFrame(frame, captured, original, 0, 0);
      outcome = Place.unusualFrame;
      break;
    }
    spentBytes = spent;
    if (isShared && isOthersRow(row)) continue;
    row += Row.bytes;
    if (++length === capacity) {
      outcome = Place.full;
      break;
    }
  }
  store<i32>(Place.at, at);
  noteRun(number - firstNumber, length, spentBytes, lastTime);
  addBytes(Place.capturedBytes, at - firstAt - (number - firstNumber) * HEADER_BYTES);
  addBytes(Place.originalBytes, originalBytes);
  return outcome;
}
