// Station "diagnosis": what the four "limited by" rules share: the share of the busy time, and the longest stretch to look at.

import type { ConnectionMeasurement, DirectionMeasurement, Limit } from '../analysis/measurement.ts';
import { connectionFilter, dataRows, say, seen, sentFilter } from './rule.ts';
import type { Evidence } from './verdict.ts';

/** A limit is the connection's when it held for half of the time that data was on its way or waiting. */
const mainShare = 0.5;

/** Below both, a transfer is too short to have had a limit: ten full segments go out in the first flight. */
const enough = { payloadBytes: 100_000, busyNs: 100e6 } as const;

/** The share of a limit when it is the direction's main one; undefined when it is not, or the transfer is too short. */
export function mainLimit(direction: DirectionMeasurement, limit: Limit): number | undefined {
  if (direction.uniquePayloadBytes < enough.payloadBytes && direction.busyNs < enough.busyNs) return undefined;
  const limited = direction.limits[limit];
  return limited !== undefined && limited >= mainShare ? limited : undefined;
}

/** The share over the whole direction, and its longest stretch by time: frame.time_relative counts from the file's first packet. */
export function limitEvidence(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  limit: Limit,
): Evidence {
  const longest = longestStretch(direction, limit);
  const values = { limited: direction.limits[limit], busy: direction.busyNs };
  if (longest.toNs === 0) {
    return seen(
      say('limited-by.for.share', values),
      dataRows(direction),
      sentFilter(connection, direction.side, 'tcp.len>0'),
    );
  }
  // Both ways: a stretch in which the sender waits holds its peer's acknowledgements, and often nothing else.
  return seen(
    say('limited-by.for.longest', { ...values, from: longest.fromNs, lasted: longest.toNs - longest.fromNs }),
    [],
    connectionFilter(
      connection,
      `frame.time_relative>=${seconds(longest.fromNs)}`,
      `frame.time_relative<=${seconds(longest.toNs)}`,
    ),
  );
}

function longestStretch(direction: DirectionMeasurement, limit: Limit): { fromNs: number; toNs: number } {
  let longest = { fromNs: 0, toNs: 0 };
  for (const stretch of direction.limitsOverTime) {
    if (stretch.limit === limit && stretch.toNs - stretch.fromNs > longest.toNs - longest.fromNs) longest = stretch;
  }
  return longest;
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(6);
}
