// Station "analysis": the state of a direction, when its packets have passed, as a measurement.

import type { CapturePoints } from './capture-point.ts';
import type { ConnectionState } from './connection-state.ts';
import { waitedForWindow } from './data.ts';
import type { DirectionState } from './direction-state.ts';
import { LimitState } from './limit-clock.ts';
import type { DirectionMeasurement, WindowMeasurement } from './measurement.ts';
import { sampleOf } from './sample.ts';
import { believedSingle, halfWindow, largestSuperPacket } from './segment-size.ts';
import { judgeSmallPackets } from './small-reason.ts';

/** Preamble, start delimiter, frame check sequence and gap that every Ethernet packet occupies beside its bytes. */
const ETHERNET_OVERHEAD_BYTES = 24;
/** A window that stays low for this long, and for this share of the connection, does not recover. */
const CLAMPED_NS = 200_000_000;
const CLAMPED_SHARE = 0.25;
/** Below it the tap may as well be beside the receiver. */
const SURE_OF_SENDER = 0.9;
const LIKELY_SENDER = 0.7;

/** Fields are added where they are known: objects spread into objects took half of the time of a short connection. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Measures one direction as `side` (0 from the client). Ends its state: call once. `ecnNegotiated` as its connection knows it. */
export function finishDirection(
  connection: ConnectionState,
  own: DirectionState,
  points: CapturePoints,
  side: 0 | 1,
  ecnNegotiated: boolean | undefined,
): DirectionMeasurement {
  const { loop } = own.engine;
  loop.settlePrevious(own.at, -1, 0);
  loop.applyRest(own.at);
  // What was probed for goes on to wait.
  if (own.lastProbeNs > own.lastDataNs) waitedForWindow(own, connection.lastNs);
  // What it waited for while it still had something to send; after the last data every sender waits.
  const senderShare = own.clock.nanoseconds(LimitState.Sender) / Math.max(1, own.clock.busyNs);
  own.clock.finish();
  const segment = fullSegment(own);
  recount(own, segment);
  const limits = limitShares(own);
  const receiveWindow = limits.receiveWindow ?? 0;
  const shares = { receiveWindow, sender: own.scaleShift >= 0 ? senderShare : (limits.sender ?? 0) };
  const usable = idsAreUsable(own);
  const { ce, ece, cwr } = own;
  const measured: Draft<DirectionMeasurement> = {
    side,
    frames: own.frames,
    dataFrames: own.dataFrames,
    payloadBytes: own.payloadBytes,
    uniquePayloadBytes: own.uniqueBytes,
    capturePoint: points.directions[own.side],
    capturePointConfidence: points.confidence,
    capturePointEvidence: points.evidence[own.side],
    superPackets: sampleOf(own.superFrames),
    superPacketBytes: own.superBytes,
    wirePackets: own.wirePackets,
    wireDataPackets: own.wireDataPackets,
    wireBytes: own.wireHeaderBytes,
    wireExactness: usable || isSingle(own) ? 'known' : 'inferred',
    wireHow: wireHow(own, usable),
    ipIdAgree: own.idAgree,
    ipIdCompared: own.idCompared,
    bigTcp: sampleOf(own.bigTcp),
    aboveMss: sampleOf(own.aboveMss),
    checksums: checksumFields(own),
    smallPackets: judgeSmallPackets(own, segment, points, connection.six, shares),
    busyNs: Math.round(own.clock.busyNs),
    limits,
    limitsOverTime: own.scaleShift >= 0 ? own.clock.overTime() : [],
    maxInFlightBytes: own.maxInFlight,
    window: windowFields(connection, own, receiveWindow),
    retransmissions: lossFields(own),
    outOfOrder: sampleOf(own.outOfOrder),
    duplicateAcks: sampleOf(own.duplicateAcks),
    stretchAcks: own.stretchAcks,
    largestAckBytes: own.largestAck,
    windowProbes: sampleOf(own.windowProbes),
    keepAlives: sampleOf(own.keepAlives),
    repeatedFins: sampleOf(own.repeatedFins),
    ecn: ecnNegotiated === undefined ? { ce, ece, cwr } : { ce, ece, cwr, negotiated: ecnNegotiated },
  };
  if (own.firstDataRow >= 0) addData(measured, own);
  if (segment > 0) addSegment(measured, own, segment);
  const kind = superPacketKind(own, points);
  if (kind !== undefined) measured.superPacketKind = kind;
  const mode = idMode(own);
  if (mode !== undefined) measured.ipIdMode = mode;
  addOffloadAnswers(measured, own, points, segment);
  addLimitKinds(measured, own);
  if (own.clock.inferredNs > 0) measured.inferredBusyNs = Math.round(own.clock.inferredNs);
  return measured;
}

/** What only a direction with data has. */
function addData(measured: Draft<DirectionMeasurement>, own: DirectionState): void {
  measured.firstDataRow = own.firstDataRow;
  measured.lastDataRow = own.lastDataRow;
  measured.firstDataNs = own.firstDataNs;
  measured.lastDataNs = own.lastDataNs;
  measured.maxPayloadBytes = own.maxPayload;
  addMedianSizes(measured, own);
  const delay = own.ackDelay;
  if (delay !== undefined) {
    measured.ackDelayNs = {
      min: delay.min,
      median: delay.quantile(0.5) ?? delay.min,
      p95: delay.quantile(0.95) ?? delay.max,
      count: delay.count,
    };
  }
  const flowNs = own.lastDataNs - own.firstDataNs;
  if (flowNs > 0) measured.rateBitsPerSec = (own.uniqueBytes * 8e9) / flowNs;
}

/**
 * The kernel counts SYN and SYN-ACK that it sent again among a connection's retransmissions (tcpi_total_retrans: measured on 6.18 with
 * the first SYN lost, 1; with the first SYN-ACK lost, 1 and 2).
 */
function lossFields(own: DirectionState): DirectionMeasurement['retransmissions'] {
  const handshake = own.synAgain?.count ?? 0;
  return {
    frames: sampleOf(own.retransmitted),
    packets: own.retransmittedPackets + handshake,
    bytes: own.retransmittedBytes,
    fast: own.fastPackets,
    timeout: own.timeoutPackets + handshake,
    tailProbe: own.tailProbePackets,
    spurious: Math.max(own.spuriousPackets, Math.min(own.dsackPackets, own.retransmittedPackets)),
    handshake,
    originalUnseen: own.unseenPackets,
    largestHoleBytes: own.largestHoleBytes,
    holes: own.holeCount,
  };
}

/** A segment size learnt late and from lengths alone holds for the frames before, too. */
function recount(own: DirectionState, segment: number): void {
  if (own.mssOption > 0 || segment <= 0 || own.idAgree > 0 || own.firstDataRow < 0) return;
  const packets = own.sizes.segments(segment);
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

function addSegment(measured: Draft<DirectionMeasurement>, own: DirectionState, segment: number): void {
  const handshake = own.mssOption > 0 ? own.mssOption - own.timestampBytes : undefined;
  let from: 'handshake' | 'observed' | 'ip-id' = 'observed';
  if (handshake !== undefined && (segment === handshake || segment === halfWindow(own))) from = 'handshake';
  else if (segment === own.learntSegment && own.idAgree > 0) from = 'ip-id';
  measured.segmentBytes = segment;
  measured.segmentFrom = from;
  measured.largestSuperPacketBytes = largestSuperPacket(segment);
  if (handshake !== undefined) measured.handshakeSegmentBytes = handshake;
}

function addMedianSizes(measured: Draft<DirectionMeasurement>, own: DirectionState): void {
  const median = own.sizes.median(own.dataFrames);
  if (median !== undefined) measured.medianPayloadBytes = median;
  const byteMedian = own.sizes.byteMedian(own.payloadBytes);
  if (byteMedian !== undefined) measured.byteMedianPayloadBytes = byteMedian;
}

function superPacketKind(own: DirectionState, points: CapturePoints): DirectionMeasurement['superPacketKind'] {
  if (!own.hasSuperFrames) return undefined;
  const { multiPartial, multiValid, multiWrong } = own.checksums;
  const place = points.directions[own.side];
  if (place === 'sender') return 'tso';
  // Uncut or merged: on a virtual path both look the same (addOffloadAnswers).
  if (place !== 'receiver' || points.virtualPath) return 'unknown';
  if (multiPartial === 0 && multiValid + multiWrong > 0) return 'lro';
  if (multiPartial > 0 && multiValid + multiWrong > multiPartial) return 'mixed';
  return multiPartial > 0 ? 'gro' : 'unknown';
}

type WireHow = DirectionMeasurement['wireHow'][number];

function idsAreUsable(own: DirectionState): boolean {
  return own.idCompared > 0 && own.idAgree * 10 >= own.idCompared * 9;
}

/** Every frame was one packet, by the handshake's segment size. */
function isSingle(own: DirectionState): boolean {
  return !own.hasSuperFrames && (own.mssOption > 0 || own.dataFrames === 0);
}

function wireHow(own: DirectionState, idsUsable: boolean): WireHow[] {
  const how: WireHow[] = [];
  if (idsUsable) how.push('ip-id');
  if (own.epbSegmentation > 0) how.push('epb-flags');
  if (own.hasSuperFrames) how.push(own.mssOption > 0 ? 'handshake' : 'length');
  else if (!idsUsable) how.push('single');
  return how;
}

function idMode(own: DirectionState): DirectionMeasurement['ipIdMode'] {
  if (own.idCompared < 3) return undefined;
  if (own.idAgree * 2 > own.idCompared) return 'incrementing';
  return own.idZeroSteps * 2 > own.idCompared ? 'constant' : 'random';
}

/** Answers that only a tap at the right place can give. */
function addOffloadAnswers(
  measured: Draft<DirectionMeasurement>,
  own: DirectionState,
  points: CapturePoints,
  segment: number,
): void {
  if (own.dataFrames === 0) return;
  const place = points.directions[own.side];
  const several = own.hasSuperFrames;
  if (place === 'sender') {
    // Frames of one segment tell of the sender's device only if nothing on the way can have cut them.
    // Large ones may have been merged if the tap is beside the receiver after all, as a guess on a virtual path may hide.
    const isLikely = points.confidence >= (points.virtualPath ? LIKELY_SENDER : 0);
    if (segment > 0 && (several ? isLikely : points.virtualPath || points.confidence >= SURE_OF_SENDER))
      measured.tsoInEffect = several;
  } else if (points.virtualPath) {
    // What a veth pair hands over uncut looks like what GRO at its other end has merged (veth_xdp_rcv_skb, v6.18), also when TSO is off:
    // the last packet of what was one skb carries PSH, and ends the merge. Only that nothing is large needs no merge to be explained.
    if (segment > 0 && !several) measured.tsoInEffect = false;
  } else if (place === 'receiver') {
    if (several) measured.receiveMergeInEffect = true;
    else if (own.dataFrames >= 20 && own.maxPayload >= segment) measured.receiveMergeInEffect = false;
  }
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

function addLimitKinds(measured: Draft<DirectionMeasurement>, own: DirectionState): void {
  const { clock } = own;
  // No congestion window holds data back while nothing is in flight.
  const waited = clock.inferredNs * 2 > clock.nanoseconds(LimitState.Network);
  if (waited) measured.networkLimitKind = 'pacing';
  if (!own.near) return;
  const { bufferFreedBytes, writeEndBytes, spacedBytes, ackClockedBytes } = own;
  if (writeEndBytes + bufferFreedBytes > 0)
    measured.senderLimitKind = bufferFreedBytes > writeEndBytes ? 'send-buffer' : 'application';
  if (spacedBytes + ackClockedBytes > 0 && !waited)
    measured.networkLimitKind = spacedBytes > ackClockedBytes ? 'pacing' : 'congestion-window';
}

function windowFields(connection: ConnectionState, own: DirectionState, windowShare: number): WindowMeasurement {
  const openZeroNs = own.zeroSinceNs >= 0 ? Math.max(0, connection.lastNs - own.zeroSinceNs) : 0;
  const lowForNs = own.lowSinceNs >= 0 ? connection.lastNs - own.lowSinceNs : 0;
  const clamped =
    lowForNs > CLAMPED_NS && lowForNs > CLAMPED_SHARE * (connection.lastNs - connection.firstNs) && windowShare > 0.2;
  const window: Draft<WindowMeasurement> = {
    zeroWindows: sampleOf(own.zeroWindows),
    zeroWindowPeriods: own.zeroPeriods,
    zeroWindowNs: Math.round(own.zeroNs + openZeroNs),
    clamped,
    framesAtRightEdge: sampleOf(own.atEdge),
  };
  addWindowSizes(window, own);
  if (clamped) {
    window.clampedAtBytes = own.lowBytes;
    window.clampedSinceRow = own.lowSinceRow;
    window.clampedForNs = lowForNs;
    window.beforeClampBytes = own.beforeLowBytes;
  }
  const half = halfWindow(own);
  if (own.mssOption > 0 && half > 0 && half < own.mssOption - own.timestampBytes) window.halfWindowSegmentBytes = half;
  return window;
}

function addWindowSizes(window: Draft<WindowMeasurement>, own: DirectionState): void {
  if (own.rawMax >= 0) {
    window.rawMin = own.rawMin;
    window.rawMax = own.rawMax;
  }
  if (own.largestWindow >= 0) {
    window.minBytes = own.minWindow;
    window.maxBytes = own.largestWindow;
    window.lastBytes = own.windowBytes;
  }
  const median = own.windows?.quantile(0.5);
  if (median !== undefined) window.medianBytes = median;
  if (own.scaleShift >= 0) {
    window.scaleShift = own.scaleShift;
    window.scaleFrom = 'handshake';
    return;
  }
  const proven = own.scaleSearch?.proven();
  if (proven === undefined) return;
  window.scaleShift = proven;
  window.scaleFrom = 'bytes-in-flight';
  if (own.rawMax < 0) return;
  window.minBytes = own.rawMin * 2 ** proven;
  window.maxBytes = own.rawMax * 2 ** proven;
}
