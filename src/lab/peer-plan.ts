// Station "lab": a receiver that offers exactly the windows it is told to, as plain data for the peer process.

/** From `atMs` after the handshake on, the window is chosen so. */
export interface WindowRule {
  readonly atMs: number;
  /** `constant`: this 16-bit value in every ACK. `frozen`: the right edge stays where it is, what is left shrinks to 0. */
  readonly kind: 'constant' | 'frozen';
  /** Raw 16-bit value for `constant`. */
  readonly raw: number;
}

/** What the peer does; it accepts one connection and reads everything. */
export interface PeerPlan {
  readonly mssOption: number;
  /** Absent: no window scaling option in the SYN-ACK. */
  readonly windowScale?: number;
  /** ACKs leave this long after the segment came: the round trip time. */
  readonly rttUs: number;
  /** One ACK for so many segments; the last ones of a burst are always acknowledged. */
  readonly ackEverySegments: number;
  readonly windows: readonly WindowRule[];
  readonly tso: boolean;
  readonly recordFile?: string;
}

/** What the peer saw. */
export interface PeerResult {
  readonly wireFrames: number;
  readonly wireDataFrames: number;
  readonly handedOver: number;
  readonly bytesRead: number;
  /** SYN-ACK, ACKs and FIN. */
  readonly framesSent: number;
}
