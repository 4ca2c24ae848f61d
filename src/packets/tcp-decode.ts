// Station "packets": the TCP header and its options into a row. Cold parts are apart from the two forms that nearly every
// segment has: no options, and NOP NOP Timestamps.

import { fold, onesSum } from '../bytes/checksum.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { addChecksum, ChecksumState, Col, Note, Rare, rareOf, setSackBlocks, setTcpHead } from './packet-batch.ts';

/** NOP, NOP, kind 8, length 10: how Linux, BSD and Windows write the timestamp option (RFC 7323 appendix A). */
const ALIGNED_TIMESTAMP = 0x0101080a;

/** The TCP header's first bytes: ports, sequence and acknowledgement number, data offset, flags. */
const BYTES_TO_FLAGS = 14;

/** Bytes of frames that were captured whole before the checksum of only one row in eight is still checked. By place in the capture, so that it does not matter which thread sees which rows. */
const CHECKSUM_BUDGET_BYTES = 16 * 1024 * 1024;

/** Bytes of the frames so far that were captured whole. */
export interface ChecksumBudget {
  spentBytes: number;
}

/** A fresh budget, one per capture. */
export function createChecksumBudget(): ChecksumBudget {
  return { spentBytes: 0 };
}

/**
 * Decodes the TCP header at `at` into the row whose words start at `base`. `end` is the end of the captured bytes, `tcpBytes` the length of header and payload by
 * the IP header, `pseudoSum` the unfolded sum over the pseudo-header's addresses. False if the header is not there up to its flags.
 */
export function decodeTcp(
  words: Int32Array,
  base: number,
  view: DataView,
  at: number,
  end: number,
  tcpBytes: number,
  pseudoSum: number,
  budget: ChecksumBudget,
): boolean {
  if (at + BYTES_TO_FLAGS > end || tcpBytes < 20) return false;
  const half = view.getUint16(at + 12);
  const headerBytes = (half >>> 12) << 2;
  if (headerBytes < 20 || headerBytes > tcpBytes) return false;
  const flags = half & 0x1ff;
  setTcpHead(words, base, flags, headerBytes - 20);
  words[base + Col.ports] = view.getInt32(at);
  words[base + Col.seq] = view.getInt32(at + 4);
  words[base + Col.ack] = view.getInt32(at + 8);
  words[base + Col.payloadBytes] = tcpBytes - headerBytes;
  if (at + 20 > end) {
    takeCut(words, base, flags, headerBytes);
    return true;
  }
  words[base + Col.windowAndHeader] = view.getUint16(at + 14) << 16;
  if (headerBytes === 32 && at + 32 <= end && view.getInt32(at + 20) === ALIGNED_TIMESTAMP) {
    words[base + Col.notes] = words[base + Col.notes]! | Note.Timestamps;
    words[base + Col.tsVal] = view.getInt32(at + 24);
    words[base + Col.tsEcr] = view.getInt32(at + 28);
    if ((flags & TcpFlag.Syn) !== 0) words[rareOf(words, base) + Rare.synOptions] = 255;
  } else if (headerBytes > 20) {
    decodeOptions(words, base, view, at + 20, at + headerBytes, end);
  } else if ((flags & TcpFlag.Syn) !== 0) {
    words[rareOf(words, base) + Rare.synOptions] = 255;
  }
  addChecksum(
    words,
    base,
    checksumState(view, at, end, tcpBytes, pseudoSum + 6 + tcpBytes, words[base + Col.row]!, budget),
  );
  return true;
}

/** Of the header only ports, numbers, length and flags were captured: 54 bytes of a frame that begins with SLL2's 20, or 68 of IPv6. */
function takeCut(words: Int32Array, base: number, flags: number, headerBytes: number): void {
  words[base + Col.windowAndHeader] = 0xffff << 16;
  words[base + Col.notes] = words[base + Col.notes]! | Note.HeaderCut | (headerBytes > 20 ? Note.OptionsCut : 0);
  if (headerBytes > 20 || (flags & TcpFlag.Syn) !== 0) words[rareOf(words, base) + Rare.synOptions] = 255;
  addChecksum(words, base, ChecksumState.Unknown);
}

/**
 * Partial: the field is just the folded pseudo-header sum, not complemented, as tcp_v4_send_check and tcp4_gro_complete
 * leave it (net/ipv4/tcp_ipv4.c, tcp_offload.c, v6.18). Valid and Wrong need the whole segment captured.
 */
function checksumState(
  view: DataView,
  at: number,
  end: number,
  tcpBytes: number,
  pseudoSum: number,
  row: number,
  budget: ChecksumBudget,
): number {
  const field = view.getUint16(at + 16);
  if (tcpBytes <= 0xffff) {
    let folded = (pseudoSum >>> 16) + (pseudoSum & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    if (field === folded) return ChecksumState.Partial;
  } else if (field === fold(pseudoSum)) return ChecksumState.Partial;
  if (at + tcpBytes > end) return ChecksumState.Unknown;
  if (budget.spentBytes > CHECKSUM_BUDGET_BYTES && (row & 7) !== 0) return ChecksumState.Unknown;
  return onesSum(view, at, tcpBytes, fold(pseudoSum)) === 0xffff ? ChecksumState.Valid : ChecksumState.Wrong;
}

/** All options in any order and alignment (RFC 9293 section 3.2). Stops at the first that lies about its length. */
function decodeOptions(
  words: Int32Array,
  base: number,
  view: DataView,
  start: number,
  headerEnd: number,
  end: number,
): void {
  let notes = words[base + Col.notes]!;
  words[rareOf(words, base) + Rare.synOptions] = 255;
  const stop = headerEnd <= end ? headerEnd : end;
  if (stop < headerEnd) notes |= Note.OptionsCut;
  let at = start;
  while (at < stop) {
    const kind = view.getUint8(at);
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    if (at + 2 > stop) break;
    const length = view.getUint8(at + 1);
    if (length < 2 || at + length > headerEnd) {
      notes |= Note.Malformed;
      break;
    }
    if (at + length > stop) break;
    notes = decodeOption(words, base, view, at, kind, length, notes);
    at += length;
  }
  words[base + Col.notes] = notes;
}

function decodeOption(
  words: Int32Array,
  base: number,
  view: DataView,
  at: number,
  kind: number,
  length: number,
  notes: number,
): number {
  if (kind === 8 && length === 10) {
    words[base + Col.tsVal] = view.getInt32(at + 2);
    words[base + Col.tsEcr] = view.getInt32(at + 6);
    return notes | Note.Timestamps;
  }
  if (kind === 5 && length >= 10) return decodeSack(words, base, view, at, length, notes);
  const syn = rareOf(words, base) + Rare.synOptions;
  if (kind === 2 && length === 4) words[syn] = (words[syn]! & 0xffff) | (view.getUint16(at + 2) << 16);
  else if (kind === 3 && length === 3) words[syn] = (words[syn]! & ~0xffff) | view.getUint8(at + 2);
  else if (kind === 4) return notes | Note.SackPermitted;
  else if (kind === 19 || kind === 29) return notes | Note.Signed;
  return notes;
}

/** SACK blocks (RFC 2018); the first may report a duplicate: below the ACK, or inside the second (RFC 2883 section 4). */
function decodeSack(
  words: Int32Array,
  base: number,
  view: DataView,
  at: number,
  length: number,
  notes: number,
): number {
  const blocks = (length - 2) >> 3;
  const left = view.getInt32(at + 2);
  const right = view.getInt32(at + 6);
  const ack = words[base + Col.ack]!;
  let result = notes;
  if (((right - ack) | 0) <= 0) result |= Note.Dsack;
  let highest = right;
  for (let block = 1; block < blocks; block++) {
    const otherLeft = view.getInt32(at + 2 + block * 8);
    const otherRight = view.getInt32(at + 6 + block * 8);
    if (((otherRight - highest) | 0) > 0) highest = otherRight;
    if (block === 1 && ((left - otherLeft) | 0) >= 0 && ((otherRight - right) | 0) >= 0) result |= Note.Dsack;
  }
  const rare = rareOf(words, base);
  setSackBlocks(words, base, blocks);
  words[rare + Rare.sackLeft] = left;
  words[rare + Rare.sackRight] = right;
  words[rare + Rare.sackHighest] = highest;
  return result;
}
