// Station "analysis": the state of a direction, when its packets have passed, as a measurement.

import type { CapturePoints } from './capture-point.ts';
import type { ConnectionState } from './connection-state.ts';
import type { DirectionState } from './direction-state.ts';
import { LimitState } from './limit-clock.ts';
import type { DirectionMeasurement, WindowMeasurement } from './measurement.ts';
import { sampleOf } from './sample.ts';
import { believedSingle, halfWindow, largestSuperPacket } from './segment-size.ts';
import { applyRest } from './sender-limits.ts';
import { judgeSmallPackets } from './small-reason.ts';
import { ETHERNET_OVERHEAD_BYTES, settlePrevious } from './wire-view.ts';

/** A window that stays low for this long, and for this share of the connection, does not recover. */
const CLAMPED_NS = 200_000_000;
const CLAMPED_SHARE = 0.25;

/** Measures one direction. Ends its state: call once. */
export function finishDirection(
  connection: ConnectionState,
  own: DirectionState,
  points: CapturePoints,
): DirectionMeasurement {
  settlePrevious(own, -1, false);
  applyRest(own);
  // What it waited for while it still had something to send; after the last data every sender waits.
  const senderShare = own.clock.nanoseconds(LimitState.Sender) / Math.max(1, own.clock.busyNs);
  own.clock.finish();
  const segment = fullSegment(own);
  recount(own, segment);
  return {
    side: own.side,
    ...countFields(own),
    capturePoint: points.directions[own.side],
    capturePointConfidence: points.confidence,
    capturePointEvidence: points.evidence[own.side],
    ...segmentFields(own, segment, halfWindow(own)),
    ...medianSizes(own),
    ...superPacketFields(own, points),
    ...wireFields(own),
    ...offloadAnswers(own, points, segment),
    bigTcp: sampleOf(own.bigTcp),
    aboveMss: sampleOf(own.aboveMss),
    checksums: checksumFields(own),
    ...limitFields(connection, own, points, segment, senderShare),
    retransmissions: lossFields(own),
    outOfOrder: sampleOf(own.outOfOrder),
    duplicateAcks: sampleOf(own.duplicateAcks),
    stretchAcks: own.stretchAcks,
    largestAckBytes: own.largestAck,
    windowProbes: sampleOf(own.windowProbes),
    keepAlives: sampleOf(own.keepAlives),
    ecn: { ce: own.ce, ece: own.ece, cwr: own.cwr },
    ...timeFields(own),
  };
}

function countFields(own: DirectionState) {
  const counts = {
    frames: own.frames,
    dataFrames: own.dataFrames,
    payloadBytes: own.payloadBytes,
    uniquePayloadBytes: own.uniqueBytes,
  };
  if (own.firstDataRow < 0) return counts;
  const { firstDataRow, lastDataRow, firstDataNs, lastDataNs } = own;
  return { ...counts, firstDataRow, lastDataRow, firstDataNs, lastDataNs, maxPayloadBytes: own.maxPayload };
}

function superPacketFields(own: DirectionState, points: CapturePoints) {
  const kind = superPacketKind(own, points);
  return {
    superPackets: sampleOf(own.superFrames),
    superPacketBytes: own.superBytes,
    ...(kind === undefined ? {} : { superPacketKind: kind }),
  };
}

function limitFields(
  connection: ConnectionState,
  own: DirectionState,
  points: CapturePoints,
  segment: number,
  senderShare: number,
) {
  const limits = limitShares(own);
  const receiveWindow = limits.receiveWindow ?? 0;
  const shares = { receiveWindow, sender: own.scaleShift >= 0 ? senderShare : (limits.sender ?? 0) };
  return {
    smallPackets: judgeSmallPackets(own, segment, points, connection.six, shares),
    busyNs: Math.round(own.clock.busyNs),
    limits,
    limitsOverTime: own.scaleShift >= 0 ? own.clock.overTime() : [],
    ...limitKinds(own),
    maxInFlightBytes: own.maxInFlight,
    window: windowFields(connection, own, receiveWindow),
  };
}

function lossFields(own: DirectionState): DirectionMeasurement['retransmissions'] {
  return {
    frames: sampleOf(own.retransmitted),
    packets: own.retransmittedPackets,
    bytes: own.retransmittedBytes,
    fast: own.fastPackets,
    timeout: own.timeoutPackets,
    tailProbe: own.tailProbePackets,
    spurious: Math.max(own.spuriousPackets, Math.min(own.dsackPackets, own.retransmittedPackets)),
    originalUnseen: own.unseenPackets,
    largestHoleBytes: own.largestHoleBytes,
    holes: own.holeCount,
  };
}

function timeFields(own: DirectionState): Pick<DirectionMeasurement, 'ackDelayNs' | 'rateBitsPerSec'> {
  const delay = own.ackDelay;
  const flowNs = own.lastDataNs - own.firstDataNs;
  return {
    ...(delay === undefined
      ? {}
      : {
          ackDelayNs: {
            min: delay.min,
            median: delay.quantile(0.5) ?? delay.min,
            p95: delay.quantile(0.95) ?? delay.max,
            count: delay.count,
          },
        }),
    ...(flowNs > 0 ? { rateBitsPerSec: (own.uniqueBytes * 8e9) / flowNs } : {}),
  };
}

/** A segment size learnt late and from lengths alone holds for the frames before, too. */
function recount(own: DirectionState, segment: number): void {
  if (own.mssOption > 0 || segment <= 0 || own.idAgree > 0 || own.sizes === undefined) return;
  let packets = 0;
  for (const { size, count } of own.sizes.sorted()) packets += Math.ceil(size / segment) * count;
  const more = packets - own.wireDataPackets;
  own.wirePackets += more;
  own.wireHeaderBytes += more * (own.previousHeader + ETHERNET_OVERHEAD_BYTES);
  own.wireDataPackets = packets;
}

/** Payload of a full wire packet, or 0 when nothing tells. */
function fullSegment(own: DirectionState): number {
  if (own.mssOption > 0) {
    const size = own.mssOption - own.timestampBytes;
    const half = halfWindow(own);
    const bounded = half > 0 && half < size ? half : size;
    return own.learntSegment > 0 && own.learntSegment < bounded ? own.learntSegment : bounded;
  }
  return own.learntSegment > 0 ? own.learntSegment : believedSingle(own);
}

function segmentFields(own: DirectionState, segment: number, half: number) {
  if (segment <= 0) return {};
  const handshake = own.mssOption > 0 ? own.mssOption - own.timestampBytes : undefined;
  let from: 'handshake' | 'observed' | 'ip-id' = 'observed';
  if (handshake !== undefined && (segment === handshake || segment === half)) from = 'handshake';
  else if (segment === own.learntSegment) from = 'ip-id';
  return {
    segmentBytes: segment,
    segmentFrom: from,
    largestSuperPacketBytes: largestSuperPacket(segment),
    ...(handshake === undefined ? {} : { handshakeSegmentBytes: handshake }),
  };
}

function medianSizes(own: DirectionState): { medianPayloadBytes?: number; byteMedianPayloadBytes?: number } {
  const sizes = own.sizes?.sorted() ?? [];
  let frames = 0;
  let bytes = 0;
  let median: number | undefined;
  let byteMedian: number | undefined;
  for (const { size, count } of sizes) {
    frames += count;
    bytes += size * count;
    if (median === undefined && frames * 2 >= own.dataFrames) median = size;
    if (byteMedian === undefined && bytes * 2 >= own.payloadBytes) byteMedian = size;
  }
  return {
    ...(median === undefined ? {} : { medianPayloadBytes: median }),
    ...(byteMedian === undefined ? {} : { byteMedianPayloadBytes: byteMedian }),
  };
}

function superPacketKind(own: DirectionState, points: CapturePoints): DirectionMeasurement['superPacketKind'] {
  if (own.superFrames === undefined) return undefined;
  const { multiPartial, multiValid, multiWrong } = own.checksums;
  const place = points.directions[own.side];
  if (place === 'sender') return 'tso';
  if (points.virtualPath) return 'tso';
  if (place !== 'receiver') return 'unknown';
  if (multiPartial === 0 && multiValid + multiWrong > 0) return 'lro';
  if (multiPartial > 0 && multiValid + multiWrong > multiPartial) return 'mixed';
  return multiPartial > 0 ? 'gro' : 'unknown';
}

type WireHow = DirectionMeasurement['wireHow'][number];

function wireFields(own: DirectionState) {
  const how: WireHow[] = [];
  const usable = own.idCompared > 0 && own.idAgree * 10 >= own.idCompared * 9;
  if (usable) how.push('ip-id');
  if (own.epbSegmentation > 0) how.push('epb-flags');
  if (own.superFrames !== undefined) how.push(own.mssOption > 0 ? 'handshake' : 'length');
  else if (!usable) how.push('single');
  const single = own.superFrames === undefined && (own.mssOption > 0 || own.dataFrames === 0);
  const mode = idMode(own);
  return {
    wirePackets: own.wirePackets,
    wireDataPackets: own.wireDataPackets,
    wireBytes: own.wireHeaderBytes,
    wireExactness: usable || single ? ('known' as const) : ('inferred' as const),
    wireHow: how,
    ipIdAgree: own.idAgree,
    ipIdCompared: own.idCompared,
    ...(mode === undefined ? {} : { ipIdMode: mode }),
  };
}

function idMode(own: DirectionState): DirectionMeasurement['ipIdMode'] {
  if (own.idCompared < 3) return undefined;
  if (own.idAgree * 2 > own.idCompared) return 'incrementing';
  return own.idZeroSteps * 2 > own.idCompared ? 'constant' : 'random';
}

/** Answers that only a tap at the right place can give. */
function offloadAnswers(
  own: DirectionState,
  points: CapturePoints,
  segment: number,
): { tsoInEffect?: boolean; receiveMergeInEffect?: boolean } {
  if (own.dataFrames === 0) return {};
  const place = points.directions[own.side];
  const several = own.superFrames !== undefined;
  if (place === 'sender') return segment > 0 ? { tsoInEffect: several } : {};
  if (points.virtualPath && segment > 0) return { tsoInEffect: several };
  if (place !== 'receiver') return {};
  if (several) return { receiveMergeInEffect: true };
  return own.dataFrames >= 20 && own.maxPayload >= segment ? { receiveMergeInEffect: false } : {};
}

function checksumFields(own: DirectionState): DirectionMeasurement['checksums'] {
  const tally = own.checksums;
  return {
    single: {
      valid: tally.singleValid,
      partial: tally.singlePartial,
      wrong: tally.singleWrong,
      unknown: tally.singleUnknown,
    },
    multi: {
      valid: tally.multiValid,
      partial: tally.multiPartial,
      wrong: tally.multiWrong,
      unknown: tally.multiUnknown,
    },
    partialSample: sampleOf(own.partialSample),
    wrongSample: sampleOf(own.wrongSample),
  };
}

/** Shares of the busy time; undefined where the window could have mattered and its scale is not known. */
function limitShares(own: DirectionState): DirectionMeasurement['limits'] {
  const busy = own.clock.busyNs;
  if (busy <= 0) return {};
  let times = [0, 1, 2, 3, 4].map((state) => own.clock.nanoseconds(state));
  if (own.scaleShift < 0) {
    const search = own.scaleSearch;
    if (search === undefined) return {};
    const shift = search.proven();
    if (shift === undefined && !(own.near && search.never())) return {};
    times = search.nanoseconds(shift ?? search.minimumShift);
  }
  const sum = times[1]! + times[2]! + times[3]! + times[4]!;
  if (sum <= 0) return {};
  return {
    receiveWindow: times[LimitState.ReceiveWindow]! / sum,
    sender: times[LimitState.Sender]! / sum,
    network: times[LimitState.Network]! / sum,
    recovery: times[LimitState.Recovery]! / sum,
  };
}

function limitKinds(own: DirectionState): Pick<DirectionMeasurement, 'senderLimitKind' | 'networkLimitKind'> {
  if (!own.near) return {};
  const result: { senderLimitKind?: 'application' | 'send-buffer'; networkLimitKind?: 'pacing' | 'congestion-window' } =
    {};
  if (own.writeEndBytes + own.bufferFreedBytes > 0) {
    result.senderLimitKind = own.bufferFreedBytes > own.writeEndBytes ? 'send-buffer' : 'application';
  }
  if (own.spacedBytes + own.ackClockedBytes > 0) {
    result.networkLimitKind = own.spacedBytes > own.ackClockedBytes ? 'pacing' : 'congestion-window';
  }
  return result;
}

function windowFields(connection: ConnectionState, own: DirectionState, windowShare: number): WindowMeasurement {
  const openZeroNs = own.zeroSinceNs >= 0 ? Math.max(0, connection.lastNs - own.zeroSinceNs) : 0;
  const handshakeShift = own.scaleShift >= 0 ? own.scaleShift : undefined;
  const proven = handshakeShift === undefined ? own.scaleSearch?.proven() : undefined;
  const shift = handshakeShift ?? proven;
  const scale = proven === undefined ? 1 : 2 ** proven;
  const lowForNs = own.lowSinceNs >= 0 ? connection.lastNs - own.lowSinceNs : 0;
  const clamped =
    lowForNs > CLAMPED_NS && lowForNs > CLAMPED_SHARE * (connection.lastNs - connection.firstNs) && windowShare > 0.2;
  const half = halfWindow(own);
  const halved = own.mssOption > 0 && half > 0 && half < own.mssOption - own.timestampBytes;
  const median = own.windows?.quantile(0.5);
  return {
    ...(shift === undefined
      ? {}
      : { scaleShift: shift, scaleFrom: proven === undefined ? 'handshake' : 'bytes-in-flight' }),
    ...(own.largestWindow < 0
      ? {}
      : { minBytes: own.minWindow, maxBytes: own.largestWindow, lastBytes: own.windowBytes }),
    ...(median === undefined ? {} : { medianBytes: median }),
    ...(proven === undefined || own.rawMax < 0 ? {} : { minBytes: own.rawMin * scale, maxBytes: own.rawMax * scale }),
    ...(own.rawMax < 0 ? {} : { rawMin: own.rawMin, rawMax: own.rawMax }),
    zeroWindows: sampleOf(own.zeroWindows),
    zeroWindowPeriods: own.zeroPeriods,
    zeroWindowNs: Math.round(own.zeroNs + openZeroNs),
    clamped,
    ...(clamped
      ? {
          clampedAtBytes: own.lowBytes,
          clampedSinceRow: own.lowSinceRow,
          clampedForNs: lowForNs,
          beforeClampBytes: own.beforeLowBytes,
        }
      : {}),
    framesAtRightEdge: sampleOf(own.atEdge),
    ...(halved ? { halfWindowSegmentBytes: half } : {}),
  };
}
