// Station "capture": the hot loop of capture/pcapng.ts, and the decoder behind it, in one.

import * as Place from '../layout/reader-places';
import * as Row from '../layout/row-places';
import { decodeFrame } from './decode';
import { addBytes, leaveFrame, mayAdd, noteRun } from './records';
import { isOthersFrame, isOthersRow } from './shard';

const ENHANCED_PACKET: i32 = 6;
/** Bytes of an enhanced packet block before its frame, and behind its options. */
const HEADER_BYTES: i32 = 28;
const TRAILER_BYTES: i32 = 4;
/** capture/tally.ts: maxFrameBytes. */
const MOST_BYTES: i32 = 16 * 1024 * 1024;
/** Differences beyond this many nanoseconds lose whole nanoseconds in a double. */
const EXACT_SPAN_NS: f64 = 9007199254740991;
/** Option code 2, length 4. */
const FLAGS_OPTION: i32 = 0x0004_0002;

// Bits of epb_flags (draft-ietf-opsawg-pcapng, section 4.3.1).
const INBOUND: i32 = 1;
const OUTBOUND: i32 = 2;
const CHECKSUM_NOT_READY: i32 = 0x200;
const SEGMENTATION: i32 = 0x800;

/** Of the block that `isUsual` saw last: where its interface is described, its time and its flags. */
let source: usize = 0;
let time: f64 = 0;
let flags: i32 = 0;

/**
 * Takes whole little-endian packet blocks with no options but flags, in order of time, from `at` on. Gives how it ended: `stopped`,
 * `full` or `unusualFrame`. There is room for one row at least.
 */
export function readPcapng(): i32 {
  const end = load<i32>(Place.end);
  const capacity = load<i32>(Place.capacity);
  const firstNumber = load<i32>(Place.number);
  const toRare: usize = load<u32>(Place.rareRows) - load<u32>(Place.rows);
  let at = load<i32>(Place.at);
  let number = firstNumber;
  let length = load<i32>(Place.length);
  let row: usize = load<u32>(Place.rows) + length * Row.bytes;
  let spentBytes = load<f64>(Place.spentBytes);
  let capturedBytes: i64 = 0;
  let originalBytes: i64 = 0;
  let lastTime = load<f64>(Place.lastTime);
  let outcome = Place.stopped;
  const isShared = load<i32>(Place.shardMask) !== 0;
  while (isUsual(at, end, lastTime)) {
    const captured = load<i32>(at, 20);
    const original = load<i32>(at, 24);
    lastTime = time;
    capturedBytes += captured;
    originalBytes += original;
    const wire = original - load<i32>(source, Place.interfaceFcsBytes);
    const kept = captured < wire ? captured : wire;
    const spent = kept === wire ? spentBytes + <f64>wire : spentBytes;
    const place = load<i32>(source, Place.interfacePlace);
    const isKnown = load<i32>(source, Place.interfaceState) === Place.usual;
    const frame = <usize>(at + HEADER_BYTES);
    at += load<i32>(at, 4);
    if (isShared && isKnown) {
      if (isOthersFrame(frame, kept)) {
        number++;
        spentBytes = spent;
        continue;
      }
    }
    store<i32>(row, number, Row.number);
    store<f64>(row, time, Row.timeNs);
    const sums = mayAdd(spent, number++);
    if (!isKnown || !decodeFrame(row, row + toRare, frame, kept, wire, place, notesOf(flags), sums)) {
      leaveFrame(frame, captured, original, load<i32>(source, Place.interfaceIndex), flags);
      outcome = Place.unusualFrame;
      break;
    }
    spentBytes = spent;
    if (isShared) {
      if (isOthersRow(row)) continue;
    }
    row += Row.bytes;
    if (++length === capacity) {
      outcome = Place.full;
      break;
    }
  }
  store<i32>(Place.at, at);
  noteRun(number - firstNumber, length, spentBytes, lastTime);
  addBytes(Place.capturedBytes, capturedBytes);
  addBytes(Place.originalBytes, originalBytes);
  return outcome;
}

/** Whether a whole block lies at `at` that has nothing odd about it; fills what is said of it above. */
function isUsual(at: i32, end: i32, lastTime: f64): bool {
  if (end - at < HEADER_BYTES + TRAILER_BYTES || load<i32>(at) !== ENHANCED_PACKET) return false;
  const length = load<i32>(at, 4);
  if (length < HEADER_BYTES + TRAILER_BYTES || length > end - at || (length & 3) !== 0 || length > MOST_BYTES)
    return false;
  if (load<i32>(at + length - TRAILER_BYTES) !== length) return false;
  const captured = load<i32>(at, 20);
  const room = length - HEADER_BYTES - TRAILER_BYTES;
  if (captured < 0 || captured > load<i32>(at, 24) || captured > room) return false;
  const number = load<u32>(at, 8);
  if (number >= load<u32>(Place.interfaceCount)) return false;
  source = load<u32>(Place.interfaces) + number * Place.interfaceBytes;
  if (load<i32>(source, Place.interfaceState) === Place.unusualClock) return false;
  const padded = (captured + 3) & ~3;
  if (!hasFlagsOnly(at + HEADER_BYTES + padded, room - padded)) return false;
  const high = <f64>load<u32>(at, 12) - load<f64>(source, Place.refHigh);
  const low = <f64>load<u32>(at, 16) - load<f64>(source, Place.refLow);
  const ticks = high * 4294967296 + low;
  time = load<f64>(source, Place.refTime) + ticks * load<f64>(source, Place.nsPerTick);
  return time >= lastTime && time <= EXACT_SPAN_NS && time >= -EXACT_SPAN_NS;
}

/** The options are none, or epb_flags, with the end mark or without. */
function hasFlagsOnly(at: i32, length: i32): bool {
  flags = 0;
  if (length < 4) return true;
  if (length < 8 || load<i32>(at) !== FLAGS_OPTION) return false;
  if (length >= 12 && load<i32>(at, 8) !== 0) return false;
  flags = load<i32>(at, 4);
  return true;
}

/** As the row has them (packets/frame-decoder.ts, notesOfFlags). */
function notesOf(epbFlags: i32): i32 {
  if (epbFlags === 0) return 0;
  const direction = epbFlags & 3;
  let notes = direction === INBOUND ? Row.incoming : direction === OUTBOUND ? Row.outgoing : 0;
  if ((epbFlags & SEGMENTATION) !== 0) notes |= Row.epbSegmentation;
  if ((epbFlags & CHECKSUM_NOT_READY) !== 0) notes |= Row.epbChecksumNotReady;
  return notes;
}
