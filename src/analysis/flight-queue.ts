// Station "analysis": the frames that are sent and not yet acknowledged, oldest first, as retransmissions need them. The packet loop
// adds and removes them (engine/assembly/flight.ts).

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import * as Place from '../engine/layout/flight-places.ts';
import * as P from '../engine/layout/parts.ts';
import type { LoopRecord } from './direction-record.ts';

/** Acknowledged frames that are looked at. */
const MOST_REMEMBERED = 64;

/** The queue of a direction; a retransmitted frame has its time negated minus one. */
export class FlightQueue {
  private readonly own: LoopRecord;

  constructor(own: LoopRecord) {
    this.own = own;
  }

  get length(): number {
    return this.own.word(P.flightLength);
  }

  /** Index of the queued frame that holds sequence number `seq`, or -1. */
  find(seq: Seq32): number {
    let low = 0;
    let high = this.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (seqDistance(this.endOf(middle), seq) >= 0) low = middle + 1;
      else high = middle - 1;
    }
    if (low >= this.length || seqDistance(this.startOf(low), seq) < 0) return -1;
    return low;
  }

  /**
   * Index of the frame that holds sequence number `seq`, in flight or, below 0, among those that were acknowledged last: -1 is the newest
   * of these. Undefined if it is not remembered.
   */
  findSeen(seq: Seq32): number | undefined {
    const index = this.find(seq);
    if (index >= 0) return index;
    for (let past = -1; this.isRemembered(past); past--) {
      if (seqDistance(this.endOf(past), seq) >= 0) return undefined;
      if (seqDistance(this.startOf(past), seq) >= 0) return past;
    }
    return undefined;
  }

  /** IP ID of the frame that begins at `seq`, or of the first behind it; -1 without an ID, undefined if there is none. */
  idBehind(seq: Seq32): number | undefined {
    let index = this.length;
    let low = 0;
    while (low < index) {
      const middle = (low + index) >> 1;
      if (seqDistance(seq, this.startOf(middle)) >= 0) index = middle;
      else low = middle + 1;
    }
    if (index === 0) while (this.isRemembered(index - 1) && seqDistance(seq, this.startOf(index - 1)) >= 0) index--;
    return index === this.length ? undefined : this.ipIdOf(index);
  }

  /** What was acknowledged lies where it was until new frames take its place. */
  private isRemembered(past: number): boolean {
    if (-past > Math.min(MOST_REMEMBERED, this.own.word(P.flightCapacity) - this.length)) return false;
    return this.word(past, Place.start) !== this.word(past, Place.end);
  }

  startOf(index: number): Seq32 {
    return this.word(index, Place.start) as Seq32;
  }

  endOf(index: number): Seq32 {
    return this.word(index, Place.end) as Seq32;
  }

  ipIdOf(index: number): number {
    return this.word(index, Place.ipId);
  }

  /** When the frame, or a part of it, was last sent, in ns. */
  sentNs(index: number): number {
    const time = this.timeOf(index);
    return time >= 0 ? time : -1 - time;
  }

  /** A part of it at least. */
  wasSentAgain(index: number): boolean {
    return this.timeOf(index) < 0;
  }

  /** Marks frames from the one at `index` up to `end` as sent again at `timeNs`: their acknowledgement is no RTT sample (Karn). */
  retransmitted(index: number, end: Seq32, timeNs: number): void {
    const { length } = this;
    for (let at = index; at < length; at++) {
      if (seqDistance(this.startOf(at), end) <= 0) return;
      this.own.engine.doubles[(this.address(at) + Place.timeNs) >>> 3] = -1 - timeNs;
    }
  }

  private timeOf(index: number): number {
    return this.own.engine.doubles[(this.address(index) + Place.timeNs) >>> 3]!;
  }

  private word(index: number, place: number): number {
    return this.own.engine.words[(this.address(index) + place) >>> 2]!;
  }

  private address(index: number): number {
    const { own } = this;
    const slot = (own.word(P.flightHead) + index) & (own.word(P.flightCapacity) - 1);
    return own.word(P.flightRing) + slot * Place.bytes;
  }
}
