// Station "analysis": the frames that are sent and not yet acknowledged, oldest first.

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import { now } from './now.ts';

/** Words of an entry: end, start, row, IP ID. */
const WIDTH_SHIFT = 2;
const START = 1;
const ROW = 2;
const IP_ID = 3;
const FIRST_ENTRIES = 4;
/** Frames remembered of one direction; beyond it the oldest is forgotten (only its RTT sample is lost). */
const MOST_ENTRIES = 65_536;

/** A ring of frames; a retransmitted frame has its time negated minus one. Grown on demand. */
export class FlightQueue {
  length = 0;
  /** Set by `takeAcked`: send time of the newest frame that was wholly acknowledged and never retransmitted, or -1. */
  sampleNs = -1;
  private head = 0;
  private capacity = 0;
  private words: Int32Array = noWords;
  private times: Float64Array = noTimes;

  push(start: number, end: number, row: number, ipId: number): void {
    if (this.length === this.capacity) this.makeRoom();
    const slot = (this.head + this.length++) & (this.capacity - 1);
    this.times[slot] = now.ns;
    const { words } = this;
    const at = slot << WIDTH_SHIFT;
    words[at] = end;
    words[at + START] = start;
    words[at + ROW] = row;
    words[at + IP_ID] = ipId;
  }

  /** Removes all frames that `ack` covers whole. */
  takeAcked(ack: Seq32): void {
    const { words } = this;
    const mask = this.capacity - 1;
    let left = this.length;
    let slot = this.head;
    let newest = -1;
    while (left > 0 && ((ack - words[slot << WIDTH_SHIFT]!) | 0) >= 0) {
      newest = slot;
      slot = (slot + 1) & mask;
      left--;
    }
    this.length = left;
    this.head = slot;
    const time = newest < 0 ? -1 : this.times[newest]!;
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
    const time = this.times[this.slotOf(index)]!;
    return time >= 0 ? time : -1 - time;
  }

  /** Marks frames from the one at `index` up to `end` as sent again at `timeNs`: their acknowledgement is no RTT sample (Karn). */
  retransmitted(index: number, end: Seq32, timeNs: number): void {
    for (let at = index; at < this.length; at++) {
      if (seqDistance(this.startOf(at), end) <= 0) return;
      this.times[this.slotOf(at)] = -1 - timeNs;
    }
  }

  private slotOf(index: number): number {
    return (this.head + index) & (this.capacity - 1);
  }

  private at(index: number, word: number): number {
    return this.words[(this.slotOf(index) << WIDTH_SHIFT) + word]!;
  }

  private makeRoom(): void {
    if (this.capacity >= MOST_ENTRIES) {
      this.head = (this.head + 1) & (this.capacity - 1);
      this.length--;
      return;
    }
    const capacity = this.capacity === 0 ? FIRST_ENTRIES : this.capacity * 2;
    const words = new Int32Array(capacity << WIDTH_SHIFT);
    const times = new Float64Array(capacity);
    for (let index = 0; index < this.length; index++) {
      const slot = this.slotOf(index);
      times[index] = this.times[slot]!;
      words.set(this.words.subarray(slot << WIDTH_SHIFT, (slot + 1) << WIDTH_SHIFT), index << WIDTH_SHIFT);
    }
    this.words = words;
    this.times = times;
    this.head = 0;
    this.capacity = capacity;
  }
}

const noWords: Int32Array = new Int32Array(0);
const noTimes: Float64Array = new Float64Array(0);

/** As in connection-state.ts: a time is a double from the first instance on. */
function settleShape(): void {
  const queue = new FlightQueue();
  queue.sampleNs = 0.5;
}
settleShape();
