// Station "diagnosis": whether a direction's single segments were cut by software above the tap. One burst proves nothing
// (an application that gathers whole segments, or the first flight, gives one too); several do, or the host's own word.

import type { ConnectionMeasurement, DirectionMeasurement } from '../analysis/measurement.ts';
import { segmentationState } from './host-features.ts';
import type { DiagnosisContext } from './rule.ts';
import { reasonShare, smallBecauseOf } from './small-packets.ts';

/** Fewer bursts than this are chance. */
const enoughBursts = 3;

/** True where bursts of single segments, or the device's own feature bit, say so; never at a receiver's tap. */
export function cutInSoftware(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  context: DiagnosisContext,
): boolean {
  if (direction.capturePoint === 'receiver') return false;
  const bursts = direction.smallPackets.cutBursts >= enoughBursts;
  if (!smallBecauseOf(direction, 'segmentation-off')) {
    return bursts && reasonShare(direction, 'segmentation-off') >= 0.3;
  }
  return bursts || segmentationState(connection, direction.side, context)?.fact.value.active === false;
}
