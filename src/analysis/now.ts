// Station "analysis": the time of the row at hand. One shared record instead of an argument: a double that is passed to a
// function which is not inlined is boxed on the heap, per call and packet.

/** Times of the row that is being taken, in nanoseconds since the capture's first packet. */
export interface Now {
  /** When the tap saw the row. */
  ns: number;
  /** When the acknowledgement at hand takes effect at the sender, as the tap sees it. */
  effectNs: number;
}

/** Set by trackTcp, read by all that it calls. */
export const now: Now = { ns: 0.5, effectNs: 0.5 };
