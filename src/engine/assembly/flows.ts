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

export function forgetFlows(): void {
  flows = 0;
  used = 0;
  slotCount = 0;
  last = 0;
}

/** Finds or makes the flow of a row; gives the address of its entry. `protocol` tells TCP from UDP; `rare` is the row's rare part. */
export function findFlow(row: usize, rare: usize, protocol: i32): usize {
  const kind = (load<i32>(row, Row.notes) & Row.ipv6) != 0 ? protocol | IPV6 : protocol;
  const addresses = load<i64>(row, Row.source);
  const ports = load<i32>(row, Row.ports);
  if (last != 0) {
    if (isOf(last, addresses, ports, kind, rare)) return last;
  }
  if (slotCount == 0) makeTable(FIRST_SLOTS);
  const mask = slotCount - 1;
  let slot = hashOf(mixed(addresses, rare, kind), ports, kind) & mask;
  for (;;) {
    const entry: usize = load<u32>(slots + ((<usize>slot) << 2));
    if (entry == 0) break;
    if (isOf(entry, addresses, ports, kind, rare)) {
      last = entry;
      return entry;
    }
    slot = (slot + 1) & mask;
  }
  return insert(slot, row, rare, kind);
}

/** Whether a row with these addresses and ports is of the flow, in this direction or in the other. */
function isOf(entry: usize, addresses: i64, ports: i32, kind: i32, rare: usize): bool {
  if (load<i64>(entry, Place.addresses) == addresses) {
    if (load<i32>(entry, Place.ports) == ports) {
      if (load<i32>(entry, Place.kind) == kind) {
        if (kind < IPV6 || sameTails(entry, rare, false)) {
          reversed = false;
          return true;
        }
      }
    }
  }
  if (load<i64>(entry, Place.addresses) != rotl<i64>(addresses, 32)) return false;
  if (load<i32>(entry, Place.ports) != rotl<i32>(ports, 16)) return false;
  if (load<i32>(entry, Place.kind) != kind) return false;
  if (kind >= IPV6) {
    if (!sameTails(entry, rare, true)) return false;
  }
  reversed = true;
  return true;
}

/** Address of the entry at `index`, or 0 behind the last. */
export function flowAt(index: i32): usize {
  return index < used ? entries + <usize>(index * Place.bytes) : 0;
}

/** Gives a tuple that is in the table, seen as in this row, a new flow number, because a new connection reuses its ports. */
export function renewFlow(entry: usize, row: usize, rare: usize): void {
  write(entry, row, rare, load<i32>(entry, Place.kind));
  store<u32>(entry, 0, Place.connection);
  store<i32>(entry, 0, Place.closed);
  reversed = false;
}

/** Both addresses in 32 bits, the same for either direction; of IPv6 also their last 96 bits but for those in their middle. */
function mixed(addresses: i64, tails: usize, kind: i32): i32 {
  const both = <i32>(addresses ^ (addresses >>> 32));
  if (kind < IPV6) return both;
  return both ^ load<i32>(tails) ^ load<i32>(tails, 8) ^ load<i32>(tails, 12) ^ load<i32>(tails, 20);
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
  return sameTail(entry + Place.tails, first) && sameTail(entry + Place.tails + 12, second);
}

function sameTail(a: usize, b: usize): bool {
  return load<i64>(a) == load<i64>(b) && load<i32>(a, 8) == load<i32>(b, 8);
}

function write(entry: usize, row: usize, rare: usize, kind: i32): void {
  store<i64>(entry, load<i64>(row, Row.source), Place.addresses);
  store<i32>(entry, load<i32>(row, Row.ports), Place.ports);
  store<i32>(entry, kind, Place.kind);
  store<i32>(entry, flows++, Place.number);
  if (kind >= IPV6) memory.copy(entry + Place.tails, rare + Row.sourceTail, 24);
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
    const addresses = mixed(load<i64>(entry, Place.addresses), entry + Place.tails, kind);
    let slot = hashOf(addresses, load<i32>(entry, Place.ports), kind) & mask;
    while (load<u32>(slots + ((<usize>slot) << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + ((<usize>slot) << 2), <u32>entry);
  }
}
