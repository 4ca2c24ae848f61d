// Station "lab", the score: what `explain` measured of one direction against the kernel's own account of it.
import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import type { DirectionTruth, HostTruth, TapTruth } from '../truth.ts';
import { type Check, figureCheck, type Place, wordCheck } from './check.ts';

/** rwnd_limited and busy time tick in jiffies, 4 ms at HZ 250: shares of less busy time than this say nothing ... */
const LEAST_BUSY_US = 100_000;
/** ... and nothing is held to be wrong by less than the clock that it is held against can show. */
const TICK_US = 4000;
/** Percentage points of the receive window's share, as shares of 1. */
const WINDOW_LIMIT_AT_SENDER = 0.02;
const WINDOW_LIMIT_ELSEWHERE = 0.06;
const BUSY_LIMIT_AT_SENDER = 0.05;
/** Elsewhere the way from the sender to the tap is not seen: what waited on it is known only by estimate. */
const BUSY_LIMIT_ELSEWHERE = 0.1;
/**
 * Both clocks are compared where data was outstanding for most of the time. Many short busy periods are one tick or none
 * each: 60 of them blur a sum by some 15 ms, and those that follow a timer, which fires at a tick, by much more.
 */
const LEAST_BUSY_SHARE = 0.7;
const WIRE_PACKETS_LIMIT = 0.002;
const RETRANSMISSIONS_LIMIT = 0.02;
/** The largest super-packet of TCP over IPv4 at the usual segment size; "small" is below half of it (report contract). */
const LARGEST_SUPER_PACKET_BYTES = 65_160;

/** One direction of a connection in one capture. */
export interface ScoredDirection {
  readonly place: Place;
  readonly tap: TapTruth;
  readonly truth: DirectionTruth;
  readonly sender: HostTruth | undefined;
  readonly elapsedUs: number;
  /** The direction that the scenario is about. */
  readonly isMain: boolean;
  readonly connection: ConnectionMeasurement;
  readonly measured: DirectionMeasurement;
}

/** All checks of one direction that carried data. */
export function scoreDirection(scored: ScoredDirection): Check[] {
  const { truth, measured, place, isMain } = scored;
  if (truth.bytesWritten === 0) return [];
  const atSender = place.at === 'sender' || place.at === 'both';
  const canTell = atSender && !looksLikeCable(scored);
  const tso = wordCheck('tso-in-effect', place, word(measured.tsoInEffect), [String(truth.tsoInEffect)], canTell);
  const checks = [pointCheck(scored), tso, ...mergeCheck(scored)];
  if (!isMain) return checks;
  checks.push(...reasonCheck(scored, atSender), ...limitChecks(scored, atSender));
  if (atSender && !scored.tap.severalTaps) checks.push(...countChecks(scored));
  return checks;
}

/** A sender that finishes all checksums itself, and cuts: a tap on its cable shows the same. */
function looksLikeCable({ truth, measured }: ScoredDirection): boolean {
  const { single, multi } = measured.checksums;
  return truth.tsoInEffect === false && single.partial + multi.partial === 0;
}

const word = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : String(value));

function pointCheck({ place, tap, connection, measured, isMain }: ScoredDirection): Check {
  const { at } = place;
  if (at !== 'both') {
    const isBeside = isBehindVeth(tap) || isBesidePeer(tap);
    const accepted = at === 'between' && isBeside ? [at, isMain ? 'receiver' : 'sender'] : [at];
    return wordCheck('capture-point', place, known(measured.capturePoint), accepted, true);
  }
  if (connection.capturePoint === 'both') return wordCheck('capture-point', place, 'both', ['both'], true);
  // Of two taps in one file the copies are set aside, and what is left is the sender's.
  const accepted = tap.severalTaps ? ['both', 'sender'] : ['both'];
  return wordCheck('capture-point', place, known(measured.capturePoint), accepted, true);
}

/**
 * The last device of a bridge or router, whose link is a veth pair: what the host at its other end sends passes it as it left
 * that host's TCP, checksums unfinished, and what it gets is what that host gets. No file tells the two ends apart.
 */
const isBehindVeth = ({ host, device }: TapTruth): boolean => host.startsWith('middle') && device === 'p2';

/** The wire of a peer in user space ends in the peer itself. */
const isBesidePeer = ({ host }: TapTruth): boolean => host === 'peer';

const known = (point: string): string | undefined => (point === 'unknown' ? undefined : point);

/** Where the counters or the scenario say who merged. */
function mergeCheck({ place, truth, measured }: ScoredDirection): Check[] {
  if (place.at !== 'receiver') return [];
  const merged = isMerged(truth);
  if (merged === undefined) return [];
  return [wordCheck('receive-merge', place, word(measured.receiveMergeInEffect), [String(merged)], false)];
}

function isMerged({ mergedBy, receiverSegmentsPerFrame: perFrame }: DirectionTruth): boolean | undefined {
  // Without gso_size the host counts a merged frame as one segment.
  if (mergedBy === 'card-without-gso-size') return true;
  if (mergedBy === 'never-cut' || perFrame === 1) return false;
  return mergedBy === null ? undefined : true;
}

function reasonCheck(scored: ScoredDirection, atSender: boolean): Check[] {
  const { place, truth, measured } = scored;
  if (truth.smallPacketsReason === null) return [];
  const { present, reason } = measured.smallPackets;
  if (!present && !framesWereSmall(scored)) return [];
  const found = present ? (reason === 'unknown' ? undefined : reason) : 'not small';
  const accepted = [truth.smallPacketsReason, ...truth.smallPacketsAlso];
  // Merging at the receiver makes large frames of small ones: there "not small" is what the capture shows.
  if (found === 'not small' && !atSender) return [];
  return [wordCheck('small-packets-reason', place, found, accepted, atSender)];
}

/** The sending device's own count: on average less than a quarter of a super-packet in each frame. */
function framesWereSmall({ truth, sender }: ScoredDirection): boolean {
  if (sender === undefined || sender.deviceCounters.txPackets === 0) return true;
  return truth.bytesWritten / sender.deviceCounters.txPackets < LARGEST_SUPER_PACKET_BYTES / 4;
}

function limitChecks(scored: ScoredDirection, atSender: boolean): Check[] {
  const { place, truth, measured, elapsedUs } = scored;
  const { busyTimeUs, rwndLimitedUs } = truth.senderInfo ?? {};
  if (busyTimeUs === undefined || rwndLimitedUs === undefined) return [];
  if (busyTimeUs <= LEAST_BUSY_US || busyTimeUs < LEAST_BUSY_SHARE * elapsedUs) return [];
  const checks: Check[] = [];
  const share = measured.limits.receiveWindow;
  const want = rwndLimitedUs / busyTimeUs;
  const limit = Math.max(atSender ? WINDOW_LIMIT_AT_SENDER : WINDOW_LIMIT_ELSEWHERE, TICK_US / busyTimeUs);
  if (share === undefined)
    checks.push(wordCheck('receive-window-share', place, undefined, [shorter(want)], sawHandshake(scored.tap)));
  else if (sawWhole(scored))
    checks.push(figureCheck('receive-window-share', place, figure(share, want, share - want, limit)));
  if (!sawWhole(scored) || wasCutOff(truth) || waitsUnseen(truth)) return checks;
  const busyUs = measured.busyNs / 1000;
  const usual = atSender ? BUSY_LIMIT_AT_SENDER : BUSY_LIMIT_ELSEWHERE + lostShare(truth);
  const busyLimit = Math.max(usual, (2 * TICK_US) / busyTimeUs);
  checks.push(figureCheck('busy-time', place, figure(busyUs, busyTimeUs, busyUs / busyTimeUs - 1, busyLimit)));
  return checks;
}

/** The window scale is the last option of Linux's SYN: Ethernet, IPv6 at most, and a whole TCP header. */
const sawHandshake = ({ startedLate, snaplen }: TapTruth): boolean => !startedLate && snaplen >= 14 + 40 + 40;

function countChecks(scored: ScoredDirection): Check[] {
  const { place, truth, measured } = scored;
  const { dataSegsOut, totalRetrans } = truth.senderInfo ?? {};
  if (dataSegsOut === undefined || totalRetrans === undefined || !sawWhole(scored) || wasCutOff(truth)) return [];
  const packets = measured.wireDataPackets;
  const again = measured.retransmissions.packets;
  const packetError = (packets - dataSegsOut) / Math.max(1, dataSegsOut);
  const againError = (again - totalRetrans) / Math.max(1, totalRetrans);
  return [
    figureCheck('wire-data-packets', place, figure(packets, dataSegsOut, packetError, WIRE_PACKETS_LIMIT)),
    figureCheck('retransmissions', place, figure(again, totalRetrans, againError, RETRANSMISSIONS_LIMIT)),
  ];
}

/** TCP_INFO is about the whole transfer: a capture that began in its midst cannot be compared with it. */
function sawWhole({ tap, truth, measured }: ScoredDirection): boolean {
  return !tap.startedLate || measured.uniquePayloadBytes >= truth.bytesWritten;
}

/** To the kernel data is busy, too, that waits for Nagle or cork, or in a queue between TCP and the tap: nothing shows it. */
const waitsUnseen = ({ smallPacketsReason }: DirectionTruth): boolean =>
  smallPacketsReason === 'application' || smallPacketsReason === 'split-below-tcp';

/** What was lost before the tap is seen only when it is sent again. */
const lostShare = ({ senderInfo }: DirectionTruth): number =>
  (senderInfo?.totalRetrans ?? 0) / Math.max(1, senderInfo?.dataSegsOut ?? 1);

/** Ended by its deadline: the kernel went on sending after the last sample was taken. */
function wasCutOff({ senderInfo, bytesWritten }: DirectionTruth): boolean {
  return (senderInfo?.bytesAcked ?? 0) < bytesWritten;
}

const shorter = (value: number): string => value.toPrecision(4).replace(/\.?0+$/, '');

function figure(
  found: number,
  truth: number,
  error: number,
  limit: number,
): { readonly found: number; readonly truth: number; readonly error: number; readonly limit: number } {
  return { found: Number(found.toPrecision(5)), truth: Number(truth.toPrecision(5)), error, limit };
}
