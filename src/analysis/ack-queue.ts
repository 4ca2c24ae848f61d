// Station "analysis": acknowledgements that the tap has seen and the sender not yet, oldest first.

const FIRST_ENTRIES = 4;
/** Entries remembered; beyond it the oldest is forgotten. */
const MOST_ENTRIES = 65_536;
/** Numbers of an entry, as a shift: time, acknowledgement, right edge, TSval. */
const WIDTH_SHIFT = 2;
const ACK = 1;
const EDGE = 2;
const TS_VAL = 3;

/** A ring of acknowledgements. The caller looks at the oldest, by its fields, before taking it. */
export class AckQueue {
  length = 0;
  private head = 0;
  private capacity = 0;
  /** As the flight queue's: plain doubles. */
  private ring: number[] = [];

  /** Adds one that was seen at `timeNs`. */
  push(timeNs: number, ack: number, edge: number, tsVal: number): void {
    if (this.length === this.capacity) this.makeRoom();
    const { ring } = this;
    const at = ((this.head + this.length++) & (this.capacity - 1)) << WIDTH_SHIFT;
    ring[at] = timeNs;
    ring[at + ACK] = ack;
    ring[at + EDGE] = edge;
    ring[at + TS_VAL] = tsVal;
  }

  /** Forgets the oldest. */
  drop(): void {
    this.head = (this.head + 1) & (this.capacity - 1);
    this.length--;
  }

  /** When the one at `index` (0 is the oldest) was seen, in ns. */
  timeNs(index: number): number {
    return this.at(index, 0);
  }

  /** What the one at `index` acknowledges. */
  ack(index: number): number {
    return this.at(index, ACK);
  }

  /** Where its window ends. */
  edge(index: number): number {
    return this.at(index, EDGE);
  }

  tsVal(index: number): number {
    return this.at(index, TS_VAL);
  }

  private at(index: number, field: number): number {
    return this.ring[(((this.head + index) & (this.capacity - 1)) << WIDTH_SHIFT) + field]!;
  }

  private makeRoom(): void {
    if (this.capacity >= MOST_ENTRIES) {
      this.drop();
      return;
    }
    const capacity = this.capacity === 0 ? FIRST_ENTRIES : this.capacity * 2;
    // 0.5 makes V8 choose unboxed doubles for the whole array.
    const ring: number[] = new Array(capacity << WIDTH_SHIFT).fill(0.5);
    for (let index = 0; index < this.length; index++) {
      for (let field = 0; field <= TS_VAL; field++) ring[(index << WIDTH_SHIFT) + field] = this.at(index, field);
    }
    this.ring = ring;
    this.head = 0;
    this.capacity = capacity;
  }
}
