// Station "analysis": retransmissions by kind.

import { seqDistance } from '../bytes/seq32.ts';
import type { DataFrame } from './data-frame.ts';
import type { DirectionState } from './direction-state.ts';
import { Sample } from './sample.ts';

/** TCP_RTO_MIN is 200 ms (include/net/tcp.h, v6.18); timers tick in jiffies, and a tap may see the last ACK late. */
export const TIMER_QUIET_NS = 180_000_000;
/** Duplicate acknowledgements that start a fast retransmission without SACK (RFC 5681 section 3.2). */
const DUPLICATES_FOR_FAST = 3;

type Kind = 'fast' | 'timeout' | 'tailProbe';

/** Notes a frame that carries data sent before; `bytes` of it are old. Gives its kind. */
export function noteRetransmission(data: DirectionState, frame: DataFrame, bytes: number): Kind {
  data.retransmitted ??= new Sample();
  data.retransmitted.add(frame.row);
  const packets = bytes >= frame.payload ? frame.segments : Math.max(1, Math.ceil(bytes / Math.max(1, frame.segment)));
  data.retransmittedPackets += packets;
  data.retransmittedBytes += bytes;
  const alreadyAcked = seqDistance(frame.end, data.una) >= 0;
  if (alreadyAcked) data.spuriousPackets += packets;
  const kind = kindOf(data, frame);
  if (kind === 'tailProbe') {
    data.tailProbePackets += packets;
    data.probeSinceAck = true;
  } else {
    if (kind === 'timeout') data.timeoutPackets += packets;
    else data.fastPackets += packets;
    if (!data.inRecovery || (kind === 'timeout' && !data.timeoutRecovery)) {
      data.recoveryPoint = data.next;
      data.inRecovery = true;
      data.timeoutRecovery = kind === 'timeout';
    }
  }
  const index = data.flight.find(frame.start);
  if (index >= 0) data.flight.retransmitted(index, frame.end, data.engine.nowNs);
  return kind;
}

/** Notes a FIN without data that was sent before. */
export function noteRepeatedFin(data: DirectionState, row: number): void {
  data.repeatedFins ??= new Sample();
  data.repeatedFins.add(row);
}

/**
 * Fast: the receiver had reported data above it (SACK or three duplicate ACKs). Without such a report a timer sent it: the
 * tail loss probe sends the last segment (RFC 8985 section 7), the retransmission timeout the first one unacknowledged
 * (RFC 6298 section 5); what follows a timeout until all is repaired belongs to it.
 */
function kindOf(data: DirectionState, frame: DataFrame): Kind {
  const { nowNs } = data.engine;
  const quiet = nowNs - Math.max(data.lastDataNs, data.lastAckNs);
  const index = data.flight.find(frame.start);
  const sinceSent = index < 0 ? nowNs - data.lastDataNs : nowNs - data.flight.sentNs(index);
  const reported =
    (data.sackSeen && seqDistance(frame.end, data.sackHighest) > 0) || data.duplicateRun >= DUPLICATES_FOR_FAST;
  const isTail = seqDistance(frame.end, data.next) === 0;
  const first = seqDistance(data.una, frame.start) <= 0;
  if (data.inRecovery && data.timeoutRecovery && !(reported && quiet < TIMER_QUIET_NS && !first)) return 'timeout';
  if (reported && !(quiet >= TIMER_QUIET_NS && first && sinceSent >= TIMER_QUIET_NS)) return 'fast';
  if (isTail && data.sackPermitted && !data.probeSinceAck && !data.inRecovery) return 'tailProbe';
  if (quiet >= TIMER_QUIET_NS || sinceSent >= TIMER_QUIET_NS) return 'timeout';
  return data.inRecovery || data.duplicateRun > 0 ? 'fast' : isTail ? 'tailProbe' : 'fast';
}
