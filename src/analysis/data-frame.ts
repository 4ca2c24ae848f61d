// Station "analysis": a frame of data, as retransmissions and late data need to know it.

import type { Seq32 } from '../bytes/seq32.ts';

/** What is known of the frame at hand beside its row. */
export interface DataFrame {
  readonly start: Seq32;
  readonly end: Seq32;
  readonly payload: number;
  readonly segments: number;
  /** Payload of a full segment with this frame's options; 0 unknown. */
  readonly segment: number;
  readonly row: number;
  readonly ipId: number;
}
