// Station "packets": TCP options into a row, as decodeOptions of packets/tcp-decode.ts does it. Only for those that are not just a
// timestamp.

import * as Row from '../layout/row-places';

const NO_SCALE: i32 = 255;
const SACK_SHIFT: i32 = 4;

/** A 32-bit number of a packet, at any address. */
export function wordAt(at: usize): i32 {
  return <i32>bswap<u32>(load<u32>(at));
}

/** A SYN without options: no MSS, no window scale. */
export function clearSynOptions(rare: usize): void {
  store<i32>(rare, NO_SCALE, Row.synOptions);
}

/**
 * All options in any order and alignment (RFC 9293 section 3.2), between `start` and `headerEnd`, captured up to `end`. Stops at the
 * first that lies about its length. The row has its head, notes and acknowledgement already.
 */
export function decodeOptions(row: usize, rare: usize, start: usize, headerEnd: usize, end: usize): void {
  let notes = load<i32>(row, Row.notes);
  clearSynOptions(rare);
  const stop = headerEnd <= end ? headerEnd : end;
  if (stop < headerEnd) notes |= Row.optionsCut;
  let at = start;
  while (at < stop) {
    const kind = load<u8>(at);
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    if (at + 2 > stop) break;
    const length = <usize>load<u8>(at, 1);
    if (length < 2 || at + length > headerEnd) {
      notes |= Row.malformed;
      break;
    }
    if (at + length > stop) break;
    notes |= decodeOption(row, rare, at, kind, <i32>length);
    at += length;
  }
  store<i32>(row, notes, Row.notes);
}

/** One option; gives what is to be noted of it. */
function decodeOption(row: usize, rare: usize, at: usize, kind: i32, length: i32): i32 {
  if (kind === 8 && length === 10) {
    store<i32>(row, wordAt(at + 2), Row.tsVal);
    store<i32>(row, wordAt(at + 6), Row.tsEcr);
    return Row.timestamps;
  }
  if (kind === 5 && length >= 10) return decodeSack(row, rare, at, length);
  const syn = load<i32>(rare, Row.synOptions);
  if (kind === 2 && length === 4)
    store<i32>(rare, (syn & 0xffff) | ((<i32>bswap<u16>(load<u16>(at, 2))) << 16), Row.synOptions);
  else if (kind === 3 && length === 3) store<i32>(rare, (syn & ~0xffff) | <i32>load<u8>(at, 2), Row.synOptions);
  else if (kind === 4) return Row.sackPermitted;
  else if (kind === 19 || kind === 29) return Row.signed;
  return 0;
}

/** SACK blocks (RFC 2018); the first may report a duplicate: below the ACK, or inside the second (RFC 2883 section 4). */
function decodeSack(row: usize, rare: usize, at: usize, length: i32): i32 {
  const blocks = (length - 2) >> 3;
  const left = wordAt(at + 2);
  const right = wordAt(at + 6);
  let notes = 0;
  if (right - load<i32>(row, Row.ack) <= 0) notes = Row.dsack;
  let highest = right;
  for (let block = 1; block < blocks; block++) {
    const other = at + 2 + ((<usize>block) << 3);
    const otherRight = wordAt(other + 4);
    if (otherRight - highest > 0) highest = otherRight;
    if (block === 1 && left - wordAt(other) >= 0 && otherRight - right >= 0) notes = Row.dsack;
  }
  const head = load<i32>(row, Row.head);
  store<i32>(row, (head & ~(0xf << SACK_SHIFT)) | (blocks << SACK_SHIFT), Row.head);
  store<i32>(rare, left, Row.sackLeft);
  store<i32>(rare, right, Row.sackRight);
  store<i32>(rare, highest, Row.sackHighest);
  return notes;
}
