// Station "analysis": which packet at one tap is which at the other. By sequence space: a data packet by the bytes that it
// carries, a bare acknowledgement by its number; never by IP ID or by its place in the file.

import type { PairTable } from './pair-table.ts';

/** Row numbers of the other table; -1 without a partner. */
export interface PairMatches {
  readonly ofA: Int32Array;
  readonly ofB: Int32Array;
  /** Rows of A that had just one candidate, which had just them: their times tell the clocks. */
  readonly certain: Uint8Array;
}

/** Key under which the same packet is found at both taps. Small collisions are sorted out by `samePacket`. */
function keyOf(table: PairTable, row: number): number {
  let mixed = Math.imul(table.sequence[row]!, 0x9e37_79b1) ^ Math.imul(table.sequenceBytes[row]! + 1, 0x85eb_ca6b);
  mixed ^= Math.imul(table.direction[row]! + 1, 0x27d4_eb2f);
  if (table.sequenceBytes[row] === 0) {
    mixed ^= Math.imul(table.acknowledgement[row]!, 0xc2b2_ae35) ^ table.headerHash[row]! ^ table.flags[row]!;
  }
  return (mixed ^ (mixed >>> 15)) & 0x3fff_ffff;
}

function samePacket(a: PairTable, rowA: number, b: PairTable, rowB: number): boolean {
  if (a.direction[rowA] !== b.direction[rowB] || a.sequence[rowA] !== b.sequence[rowB]) return false;
  if (a.sequenceBytes[rowA] !== b.sequenceBytes[rowB]) return false;
  if (a.sequenceBytes[rowA] !== 0) return true;
  return a.acknowledgement[rowA] === b.acknowledgement[rowB] && a.headerHash[rowA] === b.headerHash[rowB];
}

/** Keys of all rows of a table. */
function keysOf(table: PairTable): Int32Array {
  const keys = new Int32Array(table.count);
  for (let row = 0; row < keys.length; row += 1) keys[row] = keyOf(table, row);
  return keys;
}

/** Rows of a table in lists, in the order of the file. A list has all rows of a key, and may have some of other keys. */
class Chains {
  readonly keys: Int32Array;
  /** First row of each list, -1 for none; a power of two of them. */
  private readonly heads: Int32Array;
  private readonly next: Int32Array;

  /** Of all rows, or only of those without a partner. */
  constructor(keys: Int32Array, partners?: Int32Array) {
    this.keys = keys;
    this.next = new Int32Array(keys.length).fill(-1);
    this.heads = new Int32Array(1 << (33 - Math.clz32(keys.length))).fill(-1);
    const mask = this.heads.length - 1;
    for (let row = keys.length - 1; row >= 0; row -= 1) {
      if (partners !== undefined && partners[row]! >= 0) continue;
      const list = keys[row]! & mask;
      this.next[row] = this.heads[list]!;
      this.heads[list] = row;
    }
  }

  /** First row of this key, -1 without. */
  first(key: number): number {
    return this.ofKey(this.heads[key & (this.heads.length - 1)]!, key);
  }

  /** The next row of the same key. */
  after(row: number): number {
    return this.ofKey(this.next[row]!, this.keys[row]!);
  }

  private ofKey(start: number, key: number): number {
    let row = start;
    while (row >= 0 && this.keys[row] !== key) row = this.next[row]!;
    return row;
  }
}

/**
 * Pairs packets that were seen once at each tap, then those that were seen several times (retransmissions): `laterAtB` says
 * how much later than at A a packet of a direction may come to B, as far as the certain ones show; see `pairRepeated`.
 */
export function pairCertain(a: PairTable, b: PairTable): PairMatches {
  const keys = keysOf(a);
  const chains = new Chains(keysOf(b));
  const ofA = new Int32Array(a.count).fill(-1);
  const ofB = new Int32Array(b.count).fill(-1);
  const certain = new Uint8Array(a.count);
  const claims = new Int32Array(b.count);
  for (let row = 0; row < a.count; row += 1) {
    const only = onlyCandidate(a, row, keys[row]!, b, chains);
    if (only < 0) continue;
    ofA[row] = only;
    claims[only] = claims[only]! + 1;
    ofB[only] = row;
  }
  for (let row = 0; row < a.count; row += 1) {
    const partner = ofA[row]!;
    if (partner < 0) continue;
    if (claims[partner] === 1) certain[row] = 1;
    else {
      ofA[row] = -1;
      ofB[partner] = -1;
    }
  }
  return { ofA, ofB, certain };
}

/** The one row of B that is the same packet; -1 when there is none, or more than one. */
function onlyCandidate(a: PairTable, row: number, key: number, b: PairTable, chains: Chains): number {
  let found = -1;
  for (let at = chains.first(key); at >= 0; at = chains.after(at)) {
    if (!samePacket(a, row, b, at)) continue;
    if (found >= 0) return -1;
    found = at;
  }
  return found;
}

/**
 * Pairs what was seen several times at a tap. `isUpstream(direction)`: A is nearer to the direction's sender. `leastNs(direction)`:
 * the least time from A to B (by their clocks) of its certain packets. At the downstream tap each packet, in order of time, is paired with the
 * latest one upstream that can have become it: earlier ones were lost between.
 */
export function pairRepeated(
  a: PairTable,
  b: PairTable,
  matches: PairMatches,
  isUpstream: (direction: number) => boolean,
  leastNs: (direction: number) => number,
  toleranceNs: number,
): void {
  const chains = new Chains(keysOf(a), matches.ofA);
  for (let rowB = 0; rowB < b.count; rowB += 1) {
    if (matches.ofB[rowB]! >= 0) continue;
    const firstA = chains.first(keyOf(b, rowB));
    if (firstA < 0) continue;
    const direction = b.direction[rowB]!;
    const rowA = isUpstream(direction)
      ? latestBefore(a, firstA, chains, b, rowB, matches, leastNs(direction) - toleranceNs)
      : earliestAfter(a, firstA, chains, b, rowB, matches, leastNs(direction) + toleranceNs);
    if (rowA < 0) continue;
    matches.ofA[rowA] = rowB;
    matches.ofB[rowB] = rowA;
  }
}

function latestBefore(
  a: PairTable,
  firstA: number,
  chains: Chains,
  b: PairTable,
  rowB: number,
  matches: PairMatches,
  leastNs: number,
): number {
  let found = -1;
  for (let row = firstA; row >= 0; row = chains.after(row)) {
    if (matches.ofA[row]! >= 0 || !samePacket(a, row, b, rowB)) continue;
    if (a.timeNs[row]! + leastNs <= b.timeNs[rowB]!) found = row;
  }
  return found;
}

/** B is upstream: A's first packet that comes late enough. */
function earliestAfter(
  a: PairTable,
  firstA: number,
  chains: Chains,
  b: PairTable,
  rowB: number,
  matches: PairMatches,
  mostNs: number,
): number {
  for (let row = firstA; row >= 0; row = chains.after(row)) {
    if (matches.ofA[row]! >= 0 || !samePacket(a, row, b, rowB)) continue;
    if (a.timeNs[row]! + mostNs >= b.timeNs[rowB]!) return row;
  }
  return -1;
}
