// Station "analysis": acknowledgements that the tap has seen and the sender not yet, oldest first.

const FIRST_ENTRIES = 16;
/** Entries remembered; beyond it the oldest is forgotten. */
const MOST_ENTRIES = 65_536;
/** Words of an entry: acknowledgement, right edge, TSval. */
const WIDTH_SHIFT = 2;
const EDGE = 1;
const TS_VAL = 2;

/** A ring of acknowledgements. The caller looks at the oldest, by its fields, before taking it. */
export class AckQueue {
  length = 0;
  private head = 0;
  private capacity = 0;
  private words: Int32Array = new Int32Array(0);
  private times: Float64Array = new Float64Array(0);

  /** Adds one that was seen at `timeNs`. */
  push(timeNs: number, ack: number, edge: number, tsVal: number): void {
    if (this.length === this.capacity) this.makeRoom();
    const slot = (this.head + this.length++) & (this.capacity - 1);
    this.times[slot] = timeNs;
    const at = slot << WIDTH_SHIFT;
    this.words[at] = ack;
    this.words[at + EDGE] = edge;
    this.words[at + TS_VAL] = tsVal;
  }

  /** Forgets the oldest. */
  drop(): void {
    this.head = (this.head + 1) & (this.capacity - 1);
    this.length--;
  }

  /** When the one at `index` (0 is the oldest) was seen, in ns. */
  timeNs(index: number): number {
    return this.times[(this.head + index) & (this.capacity - 1)]!;
  }

  /** What the one at `index` acknowledges. */
  ack(index: number): number {
    return this.words[((this.head + index) & (this.capacity - 1)) << WIDTH_SHIFT]!;
  }

  /** Where its window ends. */
  edge(index: number): number {
    return this.words[(((this.head + index) & (this.capacity - 1)) << WIDTH_SHIFT) + EDGE]!;
  }

  tsVal(index: number): number {
    return this.words[(((this.head + index) & (this.capacity - 1)) << WIDTH_SHIFT) + TS_VAL]!;
  }

  private makeRoom(): void {
    if (this.capacity >= MOST_ENTRIES) {
      this.drop();
      return;
    }
    const capacity = this.capacity === 0 ? FIRST_ENTRIES : this.capacity * 2;
    const words = new Int32Array(capacity << WIDTH_SHIFT);
    const times = new Float64Array(capacity);
    for (let index = 0; index < this.length; index++) {
      times[index] = this.timeNs(index);
      words[index << WIDTH_SHIFT] = this.ack(index);
      words[(index << WIDTH_SHIFT) + EDGE] = this.edge(index);
      words[(index << WIDTH_SHIFT) + TS_VAL] = this.tsVal(index);
    }
    this.words = words;
    this.times = times;
    this.head = 0;
    this.capacity = capacity;
  }
}
