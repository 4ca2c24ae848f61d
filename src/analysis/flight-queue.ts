// Station "analysis": the frames that are sent and not yet acknowledged, oldest first.

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import { now } from './now.ts';

/** Numbers of an entry: end, time, row, start, IP ID. */
const WIDTH = 5;
const TIME = 1;
const ROW = 2;
const START = 3;
const IP_ID = 4;
const FIRST_ENTRIES = 4;
/** Frames remembered of one direction; beyond it the oldest is forgotten (only its RTT sample is lost). */
const MOST_ENTRIES = 65_536;

/**
 * A ring of frames; a retransmitted frame has its time negated minus one. Plain doubles, grown on demand: typed arrays of a few
 * entries would take three times the memory.
 */
export class FlightQueue {
  length = 0;
  /** Set by `takeAcked`: send time of the newest frame that was wholly acknowledged and never retransmitted, or -1. */
  sampleNs = -1;
  private head = 0;
  private capacity = 0;
  private ring: number[] = noEntries;

  push(start: number, end: number, row: number, ipId: number): void {
    if (this.length === this.capacity) this.makeRoom();
    const { ring } = this;
    const at = ((this.head + this.length++) & (this.capacity - 1)) * WIDTH;
    ring[at] = end;
    ring[at + TIME] = now.ns;
    ring[at + ROW] = row;
    ring[at + START] = start;
    ring[at + IP_ID] = ipId;
  }

  /** Removes all frames that `ack` covers whole. */
  takeAcked(ack: Seq32): void {
    const { ring } = this;
    const mask = this.capacity - 1;
    let left = this.length;
    let slot = this.head;
    let newest = -1;
    while (left > 0 && ((ack - ring[slot * WIDTH]!) | 0) >= 0) {
      newest = slot;
      slot = (slot + 1) & mask;
      left--;
    }
    this.length = left;
    this.head = slot;
    const time = newest < 0 ? -1 : ring[newest * WIDTH + TIME]!;
    this.sampleNs = time >= 0 ? time : -1;
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
    if (low >= this.length || seqDistance(this.startOf(low), seq) < 0) return -1;
    return low;
  }

  startOf(index: number): Seq32 {
    return this.at(index, START) as Seq32;
  }

  ipIdOf(index: number): number {
    return this.at(index, IP_ID);
  }

  /** When the frame was last sent. */
  sentNs(index: number): number {
    const time = this.at(index, TIME);
    return time >= 0 ? time : -1 - time;
  }

  /** Marks frames from the one at `index` up to `end` as sent again at `timeNs`: their acknowledgement is no RTT sample (Karn). */
  retransmitted(index: number, end: Seq32, timeNs: number): void {
    for (let at = index; at < this.length; at++) {
      if (seqDistance(this.startOf(at), end) <= 0) return;
      this.ring[this.slotOf(at) * WIDTH + TIME] = -1 - timeNs;
    }
  }

  private slotOf(index: number): number {
    return (this.head + index) & (this.capacity - 1);
  }

  private at(index: number, field: number): number {
    return this.ring[this.slotOf(index) * WIDTH + field]!;
  }

  private makeRoom(): void {
    if (this.capacity >= MOST_ENTRIES) {
      this.head = (this.head + 1) & (this.capacity - 1);
      this.length--;
      return;
    }
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

/** As in connection-state.ts: a time is a double from the first instance on. */
function settleShape(): void {
  const queue = new FlightQueue();
  queue.sampleNs = 0.5;
}
settleShape();
