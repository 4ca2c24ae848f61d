// Station "analysis": the frames that are sent and not yet acknowledged, oldest first, as retransmissions need them. The packet loop
// adds and removes them (engine/assembly/flight.ts).

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import * as Place from '../engine/layout/flight-places.ts';
import * as P from '../engine/layout/parts.ts';
import type { LoopRecord } from './direction-record.ts';

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
      if (seqDistance(this.word(middle, Place.end) as Seq32, seq) >= 0) low = middle + 1;
      else high = middle - 1;
    }
    if (low >= this.length || seqDistance(this.startOf(low), seq) < 0) return -1;
    return low;
  }

  startOf(index: number): Seq32 {
    return this.word(index, Place.start) as Seq32;
  }

  ipIdOf(index: number): number {
    return this.word(index, Place.ipId);
  }

  /** When the frame was last sent, in ns. */
  sentNs(index: number): number {
    const time = this.own.engine.doubles[(this.address(index) + Place.timeNs) >>> 3]!;
    return time >= 0 ? time : -1 - time;
  }

  /** Marks frames from the one at `index` up to `end` as sent again at `timeNs`: their acknowledgement is no RTT sample (Karn). */
  retransmitted(index: number, end: Seq32, timeNs: number): void {
    const { length } = this;
    for (let at = index; at < length; at++) {
      if (seqDistance(this.startOf(at), end) <= 0) return;
      this.own.engine.doubles[(this.address(at) + Place.timeNs) >>> 3] = -1 - timeNs;
    }
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
