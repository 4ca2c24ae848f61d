// Station "diagnosis": what the rules about small packets share. One rule a reason; the analysis says for each small frame
// what bounded it, and the verdict goes to the reason that bounded most of the bytes.

import type { ConnectionMeasurement, DirectionMeasurement, RowSample, SmallReason } from '../analysis/measurement.ts';
import { ends, rowsFilter, say, sentFilter, share } from './rule.ts';
import type { Message } from './verdict.ts';

/** Whether small packets are there and this is their main reason. */
export function smallBecauseOf(direction: DirectionMeasurement, reason: SmallReason): boolean {
  return direction.smallPackets.present && direction.smallPackets.reason === reason;
}

/** Share of the bytes in small frames that this reason bounded. */
export function reasonShare(direction: DirectionMeasurement, reason: SmallReason): number {
  const { bytesByReason } = direction.smallPackets;
  return share(bytesByReason[reason], smallBytes(direction));
}

/** Payload bytes in small frames. */
function smallBytes(direction: DirectionMeasurement): number {
  const { bytesByReason } = direction.smallPackets;
  let total = 0;
  for (const reason of reasons) total += bytesByReason[reason];
  return total;
}

/** Payload of the frames that are called small: less than half the largest super-packet (docs/report.md, smallPackets). */
export function smallBelowBytes(direction: DirectionMeasurement): number | undefined {
  const largest = direction.largestSuperPacketBytes;
  return largest === undefined ? undefined : Math.ceil(largest / 2);
}

/** The values that most small-packet messages take. */
export function smallValues(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  reason: SmallReason,
): Readonly<Record<string, number | string | undefined>> {
  const { sender, receiver } = ends(connection, direction.side);
  return {
    sender,
    receiver,
    share: reasonShare(direction, reason),
    frames: direction.smallPackets.samples[reason].count,
    bytes: direction.smallPackets.bytesByReason[reason],
    payload: direction.byteMedianPayloadBytes ?? direction.medianPayloadBytes,
    segment: direction.segmentBytes,
    largest: direction.largestSuperPacketBytes,
    flight: direction.maxInFlightBytes,
  };
}

/** A filter for a sample: the packets themselves when it holds all of them, else what they have in common. */
export function sampleFilter(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  sample: RowSample,
  ...common: readonly string[]
): string | undefined {
  if (sample.rows.length === 0) return undefined;
  if (sample.count <= sample.rows.length || common.length === 0) return rowsFilter(sample.rows);
  return sentFilter(connection, direction.side, ...common);
}

/** The filter condition that shows small data frames. */
export function smallCondition(direction: DirectionMeasurement): string {
  const below = smallBelowBytes(direction);
  return below === undefined ? 'tcp.len>0' : `tcp.len>0 && tcp.len<${below}`;
}

const otherReasonKeys: Readonly<Record<SmallReason, string>> = {
  'receive-window': 'small-packets.also.receive-window',
  application: 'small-packets.also.application',
  'send-buffer': 'small-packets.also.send-buffer',
  'congestion-window': 'small-packets.also.congestion-window',
  pacing: 'small-packets.also.pacing',
  'segmentation-off': 'small-packets.also.segmentation-off',
  'path-mtu': 'small-packets.also.path-mtu',
  'split-below-tcp': 'small-packets.also.split-below-tcp',
  retransmission: 'small-packets.also.retransmission',
  unknown: 'small-packets.also.unknown',
};

const reasons = Object.keys(otherReasonKeys) as readonly SmallReason[];

/** Below this share another reason is noise, not a rival. */
const rivalShare = 0.1;

/** The other reasons that bounded a tenth of the bytes or more, largest first; and what the tap's place keeps from view. */
export function otherReasons(direction: DirectionMeasurement, mine: SmallReason): readonly Message[] {
  const { bytesByReason } = direction.smallPackets;
  const total = smallBytes(direction);
  const rivals: SmallReason[] = [];
  for (const reason of reasons) {
    if (reason !== mine && share(bytesByReason[reason], total) >= rivalShare) rivals.push(reason);
  }
  if (rivals.length === 0) return tapDoubt(direction);
  const sorted = rivals.sort((a, b) => bytesByReason[b] - bytesByReason[a]);
  const said = sorted.map((reason) => say(otherReasonKeys[reason], { share: share(bytesByReason[reason], total) }));
  return [...said, ...tapDoubt(direction)];
}

function tapDoubt(direction: DirectionMeasurement): readonly Message[] {
  switch (direction.capturePoint) {
    case 'sender':
      return [];
    case 'between':
      return [say('small-packets.tap.between')];
    case 'receiver':
      return [say('small-packets.tap.receiver')];
    case 'unknown':
      return [say('small-packets.tap.unknown')];
  }
}
