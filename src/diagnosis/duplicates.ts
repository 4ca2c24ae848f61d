// Who made the copies of packets that are in the file more than once: a second tap, which copies what it sees, or the path, which
// copies now and then.

import type { ConnectionMeasurement } from '../analysis/measurement.ts';
import { say } from './rule.ts';
import type { Message } from './verdict.ts';

/** A second tap shows all packets of a direction at least; of both this share is left when not every copy can be told. */
const SECOND_TAP_SHARE = 0.2;

/** Copies are few, and came over one interface: the path or a device on it made them. */
export function isCopiedByPath({ duplicates, directions: [first, second] }: ConnectionMeasurement): boolean {
  return duplicates.sameInterface && duplicates.count < SECOND_TAP_SHARE * (first.frames + second.frames);
}

/** What the copies in the file say against a count of retransmissions, `ofTap` if a second tap made them; undefined without copies. */
export function copiesAgainst(
  connection: ConnectionMeasurement,
  ofTap: 'packet-loss.against.duplicates' | 'small-packets-retransmission.against.duplicates',
): Message | undefined {
  const { count } = connection.duplicates;
  if (count === 0) return undefined;
  return say(isCopiedByPath(connection) ? 'packet-loss.against.copied-by-path' : ofTap, { count });
}
