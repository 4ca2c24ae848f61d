// Station "analysis": acknowledgements of what the capture does not hold. The packet loop takes all others
// (engine/assembly/acknowledgements.ts).

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
import type { DirectionState } from './direction-state.ts';
import { Sample } from './sample.ts';

/** Acknowledged but never captured. Before any data was seen this is the capture's late start. */
export function takeUnseen(data: DirectionState, ack: Seq32, row: number): void {
  const probe = data.probedByte && seqDistance(data.next, ack) === 1;
  if (probe || (data.dataFrames === 0 && !data.synSeen)) return;
  data.ackedUnseen ??= new Sample();
  data.ackedUnseen.add(row);
}

/** Holes below the acknowledgement were delivered: the capture missed them. */
export function forgetAckedHoles(data: DirectionState, ack: Seq32, row: number): void {
  const holes = data.holes!;
  let kept = 0;
  for (const hole of holes) {
    if (seqDistance(hole.start, ack) > 0 && !hole.beforeCapture) {
      data.ackedUnseen ??= new Sample();
      data.ackedUnseen.add(row);
    }
    if (seqDistance(hole.end, ack) >= 0) continue;
    holes[kept++] = hole;
  }
  holes.length = kept;
  data.openHoles = kept;
}
