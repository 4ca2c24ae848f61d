// Station "analysis": the frames that are sent and not yet acknowledged, oldest first.

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import { now } from './now.ts';

const WIDTH = 5;
const FIRST_ENTRIES = 4;
/** Frames remembered of one direction; beyond it the oldest is forgotten (only its RTT sample is lost). */
const MOST_ENTRIES = 65_536;

/** A ring of (end, time, row, start, IP ID); a retransmitted frame has its time negated minus one. Plain doubles, grown on demand. */
export class FlightQueue {
  length = 0;
  /** Set by `takeAcked`: send time of the newest frame that was wholly acknowledged and never retransmitted, or -1. */
  sampleNs = -1;
  private head = 0;
  private ring: number[] = noEntries;
  private capacity = 0;

  push(start: number, end: number, row: number, ipId: number): void {
    if (this.length === this.capacity) {
      if (this.capacity >= MOST_ENTRIES) this.drop();
      else this.grow();
    }
    const slot = ((this.head + this.length) & (this.capacity - 1)) * WIDTH;
    const ring = this.ring;
    ring[slot] = end;
    ring[slot + 1] = now.ns;
    ring[slot + 2] = row;
    ring[slot + 3] = start;
    ring[slot + 4] = ipId;
    this.length++;
  }

  /** Removes all frames that `ack` covers whole. */
  takeAcked(ack: Seq32): void {
    this.sampleNs = -1;
    const mask = this.capacity - 1;
    while (this.length > 0) {
      const slot = (this.head & mask) * WIDTH;
      if (seqDistance(this.ring[slot] as Seq32, ack) < 0) return;
      const time = this.ring[slot + 1]!;
      this.sampleNs = time >= 0 ? time : -1;
      this.head = (this.head + 1) & mask;
      this.length--;
    }
  }

  /** Index of the queued frame that holds sequence number `seq`, or -1. */
  find(seq: Seq32): number {
    let low = 0;
    let high = this.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (seqDistance(this.at(middle, 0) as Seq32, seq) >= 0) low = middle + 1;
      else high = middle - 1;
    }
    if (low >= this.length || seqDistance(this.at(low, 3) as Seq32, seq) < 0) return -1;
    return low;
  }

  startOf(index: number): Seq32 {
    return this.at(index, 3) as Seq32;
  }

  ipIdOf(index: number): number {
    return this.at(index, 4);
  }

  /** When the frame was last sent. */
  sentNs(index: number): number {
    const time = this.at(index, 1);
    return time >= 0 ? time : -1 - time;
  }

  /** Marks frames from the one at `index` up to `end` as sent again at `timeNs`: their acknowledgement is no RTT sample (Karn). */
  retransmitted(index: number, end: Seq32, timeNs: number): void {
    for (let at = index; at < this.length; at++) {
      if (seqDistance(this.at(at, 3) as Seq32, end) <= 0) return;
      this.ring[((this.head + at) & (this.capacity - 1)) * WIDTH + 1] = -1 - timeNs;
    }
  }

  private at(index: number, field: number): number {
    return this.ring[((this.head + index) & (this.capacity - 1)) * WIDTH + field]!;
  }

  private drop(): void {
    this.head = (this.head + 1) & (this.capacity - 1);
    this.length--;
  }

  private grow(): void {
    const capacity = this.capacity === 0 ? FIRST_ENTRIES : this.capacity * 2;
    // 0.5 makes V8 choose unboxed doubles for the whole array.
    const ring: number[] = new Array(capacity * WIDTH).fill(0.5);
    for (let index = 0; index < this.length; index++) {
      for (let field = 0; field < WIDTH; field++) ring[index * WIDTH + field] = this.at(index, field);
    }
    this.ring = ring;
    this.head = 0;
    this.capacity = capacity;
  }
}

const noEntries: number[] = [];

/** As in direction-state.ts: a time is a double from the first instance on. */
function settleShape(): void {
  const queue = new FlightQueue();
  queue.sampleNs = 0.5;
}
settleShape();
