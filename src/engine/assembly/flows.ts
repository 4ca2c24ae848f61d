// Station "flow": from addresses and ports to a flow. Open addressing; both directions of a connection share one entry. Grows with the
// number of flows and with nothing else.

import * as Place from '../layout/flow-places';
import * as Row from '../layout/row-places';
import { allocate, release } from './memory';

const FIRST_SLOTS: i32 = 1024;
const IPV6: i32 = 0x100;

/** Flows numbered so far. */
let flows: i32 = 0;
/** Entries so far: fewer than flows where ports were used again. */
let used: i32 = 0;
let slots: usize = 0;
let entries: usize = 0;
let slotCount: i32 = 0;
/** Entry of the last lookup: packets come in bursts. */
let last: usize = 0;
/** Of the last lookup: the row goes from the flow's second end to its first. */
export let reversed: bool = false;
/** Of the last lookup: the flow was not there before. */
export let created: bool = false;

export function forgetFlows(): void {
  flows = 0;
  used = 0;
  slotCount = 0;
  last = 0;
}

/** Finds or makes the flow of a row; gives the address of its entry. `protocol` tells TCP from UDP; `rare` is the row's rare part. */
export function findFlow(row: usize, rare: usize, protocol: i32): usize {
  const six = (load<i32>(row, Row.notes) & Row.ipv6) != 0;
  const kind = six ? protocol | IPV6 : protocol;
  if (last != 0 && isOf(last, row, rare, kind)) return last;
  if (slotCount == 0) makeTable(FIRST_SLOTS);
  let addresses = load<i32>(row, Row.source) ^ load<i32>(row, Row.destination);
  if (six) addresses ^= tailsOf(rare + Row.sourceTail) ^ tailsOf(rare + Row.destinationTail);
  const mask = slotCount - 1;
  let slot = hashOf(addresses, load<i32>(row, Row.ports), kind) & mask;
  for (;;) {
    const entry: usize = load<u32>(slots + ((<usize>slot) << 2));
    if (entry == 0) break;
    if (isOf(entry, row, rare, kind)) {
      last = entry;
      return entry;
    }
    slot = (slot + 1) & mask;
  }
  return insert(slot, row, rare, kind);
}

/** Whether the row is of the flow, in this direction or in the other. */
function isOf(entry: usize, row: usize, rare: usize, kind: i32): bool {
  if (load<i32>(entry, Place.kind) != kind) return false;
  const source = load<i32>(row, Row.source);
  const destination = load<i32>(row, Row.destination);
  const ports = load<i32>(row, Row.ports);
  const first = load<i32>(entry, Place.first);
  const second = load<i32>(entry, Place.second);
  const known = load<i32>(entry, Place.ports);
  const six = (kind & IPV6) != 0;
  created = false;
  reversed = false;
  if (first == source && second == destination && known == ports && (!six || sameTails(entry, rare, false)))
    return true;
  reversed = true;
  return (
    second == source && first == destination && known == rotl<i32>(ports, 16) && (!six || sameTails(entry, rare, true))
  );
}

/** Address of the entry at `index`, or 0 behind the last. */
export function flowAt(index: i32): usize {
  return index < used ? entries + <usize>(index * Place.bytes) : 0;
}

/** Gives a tuple that is in the table, seen as in this row, a new flow number, because a new connection reuses its ports. */
export function renewFlow(entry: usize, row: usize, rare: usize): void {
  write(entry, row, rare, load<i32>(entry, Place.kind));
  store<u32>(entry, 0, Place.connection);
  reversed = false;
  created = true;
}

/** The last 96 bits of an IPv6 address, but for those in its middle. */
function tailsOf(tail: usize): i32 {
  return load<i32>(tail) ^ load<i32>(tail, 8);
}

function hashOf(addresses: i32, ports: i32, salt: i32): i32 {
  const high = ports >>> 16;
  const low = ports & 0xffff;
  const both = high ^ low ^ ((high + low) * 0x10001);
  let hash = ((addresses ^ salt) * <i32>0x9e3779b1) ^ (both * <i32>0x85ebca6b);
  hash ^= hash >>> 15;
  hash *= 0x2c1b3c6d;
  return hash ^ (hash >>> 13);
}

function sameTails(entry: usize, rare: usize, isReversed: bool): bool {
  const first = rare + (isReversed ? Row.destinationTail : Row.sourceTail);
  const second = rare + (isReversed ? Row.sourceTail : Row.destinationTail);
  return sameTail(entry + Place.first + 4, first) && sameTail(entry + Place.second + 4, second);
}

function sameTail(a: usize, b: usize): bool {
  return load<i64>(a) == load<i64>(b) && load<i32>(a, 8) == load<i32>(b, 8);
}

function write(entry: usize, row: usize, rare: usize, kind: i32): void {
  store<i32>(entry, kind, Place.kind);
  store<i32>(entry, load<i32>(row, Row.source), Place.first);
  store<i32>(entry, load<i32>(row, Row.destination), Place.second);
  store<i32>(entry, load<i32>(row, Row.ports), Place.ports);
  store<i32>(entry, flows++, Place.number);
  if ((kind & IPV6) == 0) return;
  memory.copy(entry + Place.first + 4, rare + Row.sourceTail, 12);
  memory.copy(entry + Place.second + 4, rare + Row.destinationTail, 12);
}

function insert(slot: i32, row: usize, rare: usize, kind: i32): usize {
  if (used * 2 >= slotCount) {
    grow();
    return findFlow(row, rare, kind & 0xff);
  }
  const entry = entries + <usize>(used * Place.bytes);
  used++;
  memory.fill(entry, 0, Place.bytes);
  write(entry, row, rare, kind);
  store<u32>(slots + ((<usize>slot) << 2), <u32>entry);
  reversed = false;
  created = true;
  return entry;
}

function makeTable(count: i32): void {
  slotCount = count;
  slots = allocate(count << 2);
  entries = allocate((count >> 1) * Place.bytes);
  last = 0;
}

function grow(): void {
  const oldSlots = slots;
  const oldEntries = entries;
  const oldCount = slotCount;
  makeTable(oldCount * 2);
  memory.copy(entries, oldEntries, used * Place.bytes);
  release(oldSlots, oldCount << 2);
  release(oldEntries, (oldCount >> 1) * Place.bytes);
  const mask = slotCount - 1;
  for (let index = 0; index < used; index++) {
    const entry = entries + <usize>(index * Place.bytes);
    const kind = load<i32>(entry, Place.kind);
    let addresses = load<i32>(entry, Place.first) ^ load<i32>(entry, Place.second);
    if ((kind & IPV6) != 0) addresses ^= tailsOf(entry + Place.first + 4) ^ tailsOf(entry + Place.second + 4);
    let slot = hashOf(addresses, load<i32>(entry, Place.ports), kind) & mask;
    while (load<u32>(slots + ((<usize>slot) << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + ((<usize>slot) << 2), <u32>entry);
  }
}
