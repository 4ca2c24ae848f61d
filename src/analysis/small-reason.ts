// Station "analysis": why most bytes travel in small frames.

import type { CapturePoints } from './capture-point.ts';
import type { DirectionState } from './direction-state.ts';
import type { RowSample, SmallReason } from './measurement.ts';
import { MOST_ROWS, sampleOf } from './sample.ts';
import { halfWindow, largestSuperPacket } from './segment-size.ts';
import { SEND_CAUSES, SendCause } from './small-frames.ts';

export interface SmallPackets {
  readonly present: boolean;
  readonly reason?: SmallReason;
  readonly confidence?: number;
  readonly bytesByReason: Record<SmallReason, number>;
  readonly samples: Record<SmallReason, RowSample>;
  readonly spacingMedianNs?: number;
  readonly cutBursts: number;
  readonly longestCutBurst: number;
}

const reasons: readonly SmallReason[] = [
  'receive-window',
  'application',
  'send-buffer',
  'congestion-window',
  'pacing',
  'segmentation-off',
  'path-mtu',
  'split-below-tcp',
  'retransmission',
  'unknown',
];

const reasonOfCause: readonly SmallReason[] = [
  'retransmission',
  'receive-window',
  'application',
  'send-buffer',
  'congestion-window',
  'pacing',
  'pacing',
  'segmentation-off',
  'unknown',
  'pacing',
];

/** Segments below this share of the larger MSS option, or packets below 1,280 bytes (the IPv6 minimum), are small for the link. */
const SMALL_MSS_SHARE = 0.9;
const SMALL_MTU_BYTES = 1280;
/** Median spacing of paced frames is close to their mean spacing (0.85..1 measured); bursts have 0.001..0.3. */
const EVEN_SHARE = 0.5;
/** Share of the busy time without anything to send: 0.33..0.86 with a send buffer below the path's need, 0.01..0.07 in bulk without (v6.18). */
const BUFFER_SHARE = 0.15;
/** Of frames of whole segments, the share that no acknowledgement explains: a timer sends them where they come evenly (a judgement). */
const TIMED_SHARE = 0.3;
const NEVER_IDLE_SHARE = 0.95;
/** Share of the busy time without anything to send, from elsewhere: 0.07..0.82 with a small send buffer, 0.97 on with a writer that has a timer (v6.18). */
const WRITER_SHARE = 0.9;
/** TCP sends when a third of the window is free (tcp_tso_should_defer, v6.18): a larger window allows frames that are not small. */
const WINDOWS_OF_SMALL = 3;
/** A frame is as large as TCP builds them (tcp_tso_autosize may take a segment off). */
const LARGEST_SHARE = 0.9;
/** bbr_min_tso_rate (net/ipv4/tcp_bbr.c, v6.18), and a little more for its headroom. */
const SLOW_BITS_PER_SECOND = 1_500_000;

/** Judges the frames of a direction. `segment` is the payload of a full wire packet. */
export function judgeSmallPackets(
  own: DirectionState,
  segment: number,
  points: CapturePoints,
  six: boolean,
  shares: { readonly receiveWindow: number; readonly sender: number },
): SmallPackets {
  const bytesByReason = noBytes();
  const samples = noSamples();
  const noted = own.run + own.smallFrames + own.smallLargeBytes > 0;
  if (!noted || own.payloadBytes === 0) {
    return { present: false, bytesByReason, samples, cutBursts: 0, longestCutBurst: 0 };
  }
  const reasonByCause = mapCauses(own, segment, points, shares);
  for (let cause = 0; cause < SEND_CAUSES; cause++) {
    const reason = reasonByCause[cause]!;
    const frames = own.smallFramesOf(cause);
    if (frames === undefined) continue;
    bytesByReason[reason] += frames.payloadBytes;
    const { rows, count } = frames;
    samples[reason] = joined(samples[reason], { rows, count });
  }
  const smallShare = smallBytes(own, segment) / own.payloadBytes;
  const mssIsSmall = segmentIsSmall(own, six);
  const present = smallShare > 0.5 || mssIsSmall;
  const result: { -readonly [K in keyof SmallPackets]: SmallPackets[K] } = {
    present,
    bytesByReason,
    samples,
    cutBursts: own.cutBursts,
    longestCutBurst: own.longestCutBurst,
  };
  const spacing = own.spacing?.quantile(0.5);
  if (spacing !== undefined) result.spacingMedianNs = spacing;
  if (!present) return result;
  const [reason, share] = largestShare(bytesByReason);
  if (mssIsSmall && (smallShare <= 0.5 || reason === 'unknown')) {
    result.reason = 'path-mtu';
    result.confidence = smallShare <= 0.5 ? 0.9 : 0.7;
    return result;
  }
  // Without a window, or its scale, it may have bounded what looks like something else.
  const isInDoubt = own.rawMax < 0 || (own.scaleShift < 0 && reason !== 'application');
  const doubt = isInDoubt ? 0.6 : 1;
  result.reason = reason;
  result.confidence = reason === 'unknown' ? 0.5 : Math.min(0.97, 0.3 + 0.7 * share) * doubt;
  return result;
}

/** The reason of most bytes, and its share of all. */
function largestShare(bytesByReason: Readonly<Record<SmallReason, number>>): [SmallReason, number] {
  let best: SmallReason = 'unknown';
  let total = 0;
  for (const reason of reasons) {
    total += bytesByReason[reason];
    if (bytesByReason[reason] > bytesByReason[best]) best = reason;
  }
  return [best, total === 0 ? 0 : bytesByReason[best] / total];
}

/** Bytes of small frames of one cause. */
function bytesOf(own: DirectionState, cause: number): number {
  return own.smallFramesOf(cause)?.payloadBytes ?? 0;
}

function noBytes(): Record<SmallReason, number> {
  return {
    'receive-window': 0,
    application: 0,
    'send-buffer': 0,
    'congestion-window': 0,
    pacing: 0,
    'segmentation-off': 0,
    'path-mtu': 0,
    'split-below-tcp': 0,
    retransmission: 0,
    unknown: 0,
  };
}

function noSamples(): Record<SmallReason, RowSample> {
  const none = sampleOf(undefined);
  return {
    'receive-window': none,
    application: none,
    'send-buffer': none,
    'congestion-window': none,
    pacing: none,
    'segmentation-off': none,
    'path-mtu': none,
    'split-below-tcp': none,
    retransmission: none,
    unknown: none,
  };
}

function joined(a: RowSample, b: RowSample): RowSample {
  if (a.count === 0) return b;
  const rows = [...a.rows, ...b.rows].toSorted((left, right) => left - right).slice(0, MOST_ROWS);
  return { rows, count: a.count + b.count };
}

/** What each cause means, once the whole direction is known. */
function mapCauses(
  own: DirectionState,
  segment: number,
  points: CapturePoints,
  shares: { readonly receiveWindow: number; readonly sender: number },
): SmallReason[] {
  const map = [...reasonOfCause];
  const whole = [SendCause.AckClocked, SendCause.Spaced, SendCause.Autosized, SendCause.Cut, SendCause.Idle];
  const half = halfWindow(own);
  if (own.mssOption > 0 && half > 0 && half < own.mssOption - own.timestampBytes) {
    for (const cause of [...whole, SendCause.Unknown]) map[cause] = 'receive-window';
    return map;
  }
  const place = points.directions[own.side];
  if (place !== 'sender') {
    // Away from the sender its moments of sending cannot be seen, but what it waited for can.
    let other: SmallReason = 'unknown';
    if (shares.receiveWindow > 0.6 && own.maxWindow < WINDOWS_OF_SMALL * smallBelow(segment)) other = 'receive-window';
    else if (shares.sender > (isNeverIdle(own) ? WRITER_SHARE : 0.6)) other = 'application';
    for (const cause of [...whole, SendCause.Unknown]) map[cause] = other;
    map[SendCause.BufferFreed] = 'application';
    return map;
  }
  const superShare = own.superBytes / Math.max(1, own.payloadBytes);
  const queued = own.queuedBelowFrames / Math.max(1, own.dataFrames);
  const wholeBytes = whole.reduce((sum, cause) => sum + bytesOf(own, cause), 0);
  // More large frames than bursts of single ones: nothing is cut before the tap. A program that hands over one segment at a time does it.
  const isUncut = (own.superFrames?.count ?? 0) > own.cutBursts;
  if (superShare < 0.05 && wholeBytes > 0) {
    const cutShare = bytesOf(own, SendCause.Cut) / wholeBytes;
    if (!isUncut && (cutShare > 0.1 || (own.cutBursts >= 3 && queued < 0.3)))
      for (const cause of whole) map[cause] = 'segmentation-off';
    else if (queued > 0.3) for (const cause of whole) map[cause] = 'split-below-tcp';
    else if (isUncut) map[SendCause.Cut] = 'unknown';
  } else if (superShare >= 0.05) {
    // What cuts below TCP cuts the largest: where these pass whole, a program filled one segment after the other.
    const isSplit = own.maxPayload < LARGEST_SHARE * largestSuperPacket(segment);
    map[SendCause.Cut] = isSplit ? 'split-below-tcp' : 'unknown';
    if (isSplit && queued > 0.3 && bytesOf(own, SendCause.Cut) > 0) map[SendCause.Spaced] = 'split-below-tcp';
  }
  if (own.scaleShift < 0 && shares.receiveWindow > 0.5) {
    // Frame by frame the window was not known; over all it is.
    for (const cause of [...whole, SendCause.WriteEnd, SendCause.BufferFreed]) map[cause] = 'receive-window';
    return map;
  }
  writerOrTimer(own, map, segment, shares.sender);
  // Sent the moment an acknowledgement came, in a connection that the window holds back: the window let it.
  if (shares.receiveWindow > 0.5 && map[SendCause.AckClocked] === 'congestion-window')
    map[SendCause.AckClocked] = 'receive-window';
  return map;
}

/**
 * Frames that no acknowledgement explains are paced when they come evenly: two segments at a time or more, one only when it
 * is slow. Otherwise somebody wrote them then. If the sender was out of data for much of its busy time although data was
 * in flight, and went on in whole segments as acknowledgements came, its send buffer held its writer back.
 */
function writerOrTimer(own: DirectionState, map: SmallReason[], segment: number, senderShare: number): void {
  const wholeBytes =
    bytesOf(own, SendCause.AckClocked) + bytesOf(own, SendCause.Spaced) + bytesOf(own, SendCause.Autosized);
  const writtenBytes = bytesOf(own, SendCause.Idle) + bytesOf(own, SendCause.WriteEnd);
  const bursts = !isEven(own);
  if (
    senderShare >= BUFFER_SHARE &&
    bursts &&
    wholeBytes > writtenBytes &&
    wholeBytes > bytesOf(own, SendCause.BufferFreed)
  ) {
    for (const cause of [SendCause.Spaced, SendCause.AckClocked, SendCause.Autosized, SendCause.BufferFreed]) {
      if (map[cause] !== 'segmentation-off' && map[cause] !== 'split-below-tcp') map[cause] = 'send-buffer';
    }
    return;
  }
  map[SendCause.BufferFreed] = 'application';
  const timed = !bursts && (medianPayload(own) > segment || isSlow(own));
  // A timer that sends many frames sends those, too, that an acknowledgement happens to come before.
  const timedBytes = bytesOf(own, SendCause.Spaced) + bytesOf(own, SendCause.Idle);
  if (timed && timedBytes > TIMED_SHARE * wholeBytes && map[SendCause.AckClocked] === 'congestion-window')
    map[SendCause.AckClocked] = 'pacing';
  if (map[SendCause.Idle] === 'pacing' && !timed) map[SendCause.Idle] = 'application';
  if (map[SendCause.Spaced] === 'pacing' && !timed)
    map[SendCause.Spaced] = bursts ? 'congestion-window' : 'application';
}

/** A writer that a full send buffer holds back has always data in flight, and from elsewhere looks like a slow one. */
function isNeverIdle(own: DirectionState): boolean {
  return own.clock.busyNs > NEVER_IDLE_SHARE * (own.lastDataNs - own.firstDataNs);
}

function isEven(own: DirectionState): boolean {
  const meanGap = (own.lastDataNs - own.firstDataNs) / Math.max(1, own.dataFrames - 1);
  return (own.dataGaps?.quantile(0.5) ?? 0) >= EVEN_SHARE * meanGap;
}

function isSlow(own: DirectionState): boolean {
  return (own.uniqueBytes * 8e9) / Math.max(1, own.lastDataNs - own.firstDataNs) < SLOW_BITS_PER_SECOND;
}

function medianPayload(own: DirectionState): number {
  return own.sizes.median(own.dataFrames) ?? 0;
}

/** Payload bytes in small frames. */
function smallBytes(own: DirectionState, segment: number): number {
  return own.sizes.bytesBelow(smallBelow(segment));
}

/** Frames with less payload than half the largest super-packet are small. */
function smallBelow(segment: number): number {
  return segment > 0 ? largestSuperPacket(segment) / 2 : 32_580;
}

function segmentIsSmall(own: DirectionState, six: boolean): boolean {
  if (own.mssOption === 0) return false;
  const larger = Math.max(own.synMss, own.peerSynMss);
  return own.mssOption + (six ? 60 : 40) <= SMALL_MTU_BYTES || own.mssOption < SMALL_MSS_SHARE * larger;
}
