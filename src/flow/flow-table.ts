// Station "flow": from addresses and ports to a flow number. Open addressing over typed arrays; both directions of a
// connection share one entry. Grows with the number of flows and with nothing else.

import { Col, Note, Rare, rareOf } from '../packets/packet-batch.ts';

const FIRST_SLOTS = 1024;
const NO_FLOW = -1;

function hashOf(addresses: number, ports: number, salt: number): number {
  let hash = Math.imul(addresses ^ salt, 0x9e3779b1) ^ Math.imul(ports, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/**
 * Flow numbers by 5-tuple. `lookup` gives the flow's number and sets `reversed` when the row runs against the first row
 * that was seen of the flow. A tuple that starts a new connection is told so by `replace`.
 */
export class FlowTable {
  /** Of the last `lookup`: the row goes from the flow's second end to its first. */
  reversed = false;
  /** Of the last `lookup`: the flow was not there before. */
  created = false;
  /** Of the last `lookup`: which entry it found. */
  private found = 0;
  /** Flows numbered so far. */
  count = 0;

  private slots: Int32Array = new Int32Array(FIRST_SLOTS).fill(NO_FLOW);
  private mask: number = FIRST_SLOTS - 1;
  private used = 0;
  // One entry a tuple in the table. 12 words: protocol and version, first address, second address, ports, flow number.
  private entries: Int32Array = new Int32Array(FIRST_SLOTS * 12);

  /** Finds or makes the flow of the row whose words start at `base`. `protocol` tells TCP from UDP. */
  lookup(words: Int32Array, base: number, protocol: number): number {
    const source = words[base + Col.source]!;
    const destination = words[base + Col.destination]!;
    const ports = words[base + Col.ports]!;
    const sourcePort = ports >>> 16;
    const destinationPort = ports & 0xffff;
    const six = (words[base + Col.notes]! & Note.Ipv6) !== 0;
    const kind = six ? protocol | 0x100 : protocol;
    let addresses = source ^ destination;
    if (six) {
      const rare = rareOf(words, base);
      addresses ^=
        words[rare + Rare.sourceTail + 2]! ^
        words[rare + Rare.destinationTail + 2]! ^
        words[rare + Rare.sourceTail]! ^
        words[rare + Rare.destinationTail]!;
    }
    let slot =
      hashOf(addresses, sourcePort ^ destinationPort ^ ((sourcePort + destinationPort) * 0x10001), kind) & this.mask;
    const entries = this.entries;
    for (;;) {
      const entry = this.slots[slot]!;
      if (entry === NO_FLOW) break;
      const at = entry * 12;
      if (entries[at] === kind) {
        if (entries[at + 1] === source && entries[at + 5] === destination && entries[at + 9] === ports) {
          if (!six || this.sameTails(at, words, base, false)) {
            this.reversed = false;
            this.created = false;
            this.found = at;
            return entries[at + 10]!;
          }
        } else if (
          entries[at + 5] === source &&
          entries[at + 1] === destination &&
          entries[at + 9] === ((destinationPort << 16) | sourcePort)
        ) {
          if (!six || this.sameTails(at, words, base, true)) {
            this.reversed = true;
            this.created = false;
            this.found = at;
            return entries[at + 10]!;
          }
        }
      }
      slot = (slot + 1) & this.mask;
    }
    return this.insert(slot, words, base, kind, ports, six);
  }

  /** Gives the tuple of a row (already in the table) a new flow number, because a new connection reuses its ports. */
  replace(words: Int32Array, base: number, protocol: number): number {
    this.lookup(words, base, protocol);
    const at = this.found;
    const number = this.count++;
    this.write(at, words, base, this.entries[at]!, words[base + Col.ports]!);
    this.entries[at + 10] = number;
    this.reversed = false;
    this.created = true;
    return number;
  }

  private sameTails(at: number, words: Int32Array, base: number, reversed: boolean): boolean {
    const entries = this.entries;
    const rare = rareOf(words, base);
    const first = rare + (reversed ? Rare.destinationTail : Rare.sourceTail);
    const second = rare + (reversed ? Rare.sourceTail : Rare.destinationTail);
    for (let word = 0; word < 3; word++) {
      if (entries[at + 2 + word] !== words[first + word] || entries[at + 6 + word] !== words[second + word])
        return false;
    }
    return true;
  }

  private write(at: number, words: Int32Array, base: number, kind: number, ports: number): void {
    const entries = this.entries;
    const six = (kind & 0x100) !== 0;
    const rare = rareOf(words, base);
    entries[at] = kind;
    entries[at + 1] = words[base + Col.source]!;
    entries[at + 5] = words[base + Col.destination]!;
    for (let word = 0; word < 3; word++) {
      entries[at + 2 + word] = six ? words[rare + Rare.sourceTail + word]! : 0;
      entries[at + 6 + word] = six ? words[rare + Rare.destinationTail + word]! : 0;
    }
    entries[at + 9] = ports;
  }

  private insert(slot: number, words: Int32Array, base: number, kind: number, ports: number, six: boolean): number {
    if (this.used * 2 >= this.slots.length) {
      this.grow();
      return this.lookup(words, base, six ? kind & 0xff : kind);
    }
    const at = this.used * 12;
    this.write(at, words, base, kind, ports);
    const number = this.count++;
    this.entries[at + 10] = number;
    this.slots[slot] = this.used++;
    this.reversed = false;
    this.created = true;
    return number;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(NO_FLOW);
    const entries = new Int32Array(slots.length * 6);
    entries.set(this.entries.subarray(0, this.used * 12));
    this.slots = slots;
    this.entries = entries;
    this.mask = slots.length - 1;
    for (let entry = 0; entry < this.used; entry++) {
      const at = entry * 12;
      const kind = entries[at]!;
      let addresses = entries[at + 1]! ^ entries[at + 5]!;
      if ((kind & 0x100) !== 0) addresses ^= entries[at + 4]! ^ entries[at + 8]! ^ entries[at + 2]! ^ entries[at + 6]!;
      const ports = entries[at + 9]!;
      const high = ports >>> 16;
      const low = ports & 0xffff;
      let slot = hashOf(addresses, high ^ low ^ ((high + low) * 0x10001), kind) & this.mask;
      while (slots[slot] !== NO_FLOW) slot = (slot + 1) & this.mask;
      slots[slot] = entry;
    }
  }
}
