// Station "analysis": where the tap stood, from what the packets could only look like there. Each piece of evidence adds to
// the log-odds of "beside side 0", "beside side 1" or "between"; the weights are judgements, checked against captures whose
// tap is known (`wiretruth lab score`, docs/path.md).

import type { ConnectionState } from './connection-state.ts';
import type { DirectionState } from './direction-state.ts';
import type { CapturePointEvidence, ConnectionCapturePoint, DirectionCapturePoint } from './measurement.ts';

/** Both sides' answers together: below this the path adds no delay that could be told from the stacks' own. */
const QUICK_PATH_NS = 300_000;

/** Sooner than a stack answers: packets that were under way together. */
const FASTEST_ANSWER_NS = 2500;
const SLOWEST_ANSWER_NS = 30_000;
const LEAST_ACKS = 8;
const SOME_LAG = 0.35;
/**
 * Without delay on the path another processor, or a reader that has the socket, takes data while its acknowledgement is made: up to half
 * of the acknowledgements beside the receiver leave open what has come within the last 1..4 µs. Later ones: 0..26 % beside the receiver
 * (median 0), 0..87 % beside the sender (50 transfers over a veth pair, both ends captured, v6.18).
 */
const SOME_LATE = 0.3;
const FEW_LATE = 0.12;
/** Longer, and it was not the stack alone that took the time of an answer in the handshake. */
const SLOWEST_HANDSHAKE_NS = 150_000;
/**
 * A stack's own turn at its tap, where the path has delay: 2 to 66 µs at TAPs (v6.18 in a VM), the least where both sides send; a card, its interrupts and a cable to the next
 * tap add some tens. So near to an end finished checksums say that its device cannot finish them (a TAP without offloads, `ethtool -K tx
 * off`) rather than that the tap is on the way.
 */
/** Less is the grain of a clock. */
const FASTEST_HOST_NS = 900;
const SLOWEST_HOST_NS = 80_000;
const HOST_SHARE = 0.05;
/** Of the client's to the server's wait: beside the client it is less, beside the server more. */
const EVEN_HANDSHAKE = 0.73;
/** A receiver's stack answers within this many times the sender's turn at the sender's tap; what takes longer waited for a reader. */
const READERS_SHARE = 3.5;
const FRAMES_IN_FLIGHT = 2;

const INITIAL_TTLS: readonly number[] = [64, 128, 255];

/** Where the tap stood for each direction, with evidence. */
export interface CapturePoints {
  readonly connection: ConnectionCapturePoint;
  readonly directions: readonly [DirectionCapturePoint, DirectionCapturePoint];
  readonly confidence: number;
  readonly evidence: readonly [CapturePointEvidence[], CapturePointEvidence[]];
  /** Packets of both sides carry unfinished checksums: no wire in between (veth, virtio, loopback). */
  readonly virtualPath: boolean;
}

type Place = 0 | 1 | 2;
const BETWEEN: Place = 2;

class Scores {
  readonly odds: [number, number, number] = [0, 0, -0.7];
  readonly evidence: [CapturePointEvidence[], CapturePointEvidence[]] = [[], []];

  add(
    place: Place,
    weight: number,
    kind: CapturePointEvidence['kind'],
    values: Readonly<Record<string, number>>,
    rows: readonly number[],
  ): void {
    this.odds[place] += weight;
    for (const side of [0, 1] as const)
      this.evidence[side].push({ kind, pointsTo: pointOf(place, side), weight, values, rows });
  }
}

function pointOf(place: Place, side: 0 | 1): DirectionCapturePoint {
  if (place === BETWEEN) return 'between';
  return place === side ? 'sender' : 'receiver';
}

/** Numbers of both sides under their names for client (first) and server (second). */
function inOrder(
  connection: ConnectionState,
  first: string,
  ofSide0: number,
  second: string,
  ofSide1: number,
): Record<string, number> {
  return connection.serverFirst ? { [first]: ofSide1, [second]: ofSide0 } : { [first]: ofSide0, [second]: ofSide1 };
}

interface PartialShare {
  readonly partial: number;
  readonly complete: number;
  readonly share: number | undefined;
}

/** How many packets of one segment at most carry only the pseudo-header sum. A cut packet whose field is not that sum is complete. */
function partialShare(side: DirectionState): PartialShare {
  const tally = side.checksums;
  const complete = tally.singleValid + tally.singleWrong + tally.singleUnknown;
  const all = complete + tally.singlePartial;
  return { partial: tally.singlePartial, complete, share: all === 0 ? undefined : tally.singlePartial / all };
}

/** One packet in 65,536 carries the pseudo-header sum by chance. */
function isComplete(side: PartialShare): boolean {
  return side.share !== undefined && side.share < 0.02;
}

/** Finds the tap of a connection. */
export function findCapturePoint(connection: ConnectionState): CapturePoints {
  const [first, second] = connection.sides;
  const shares = [partialShare(first), partialShare(second)] as const;
  const virtualPath = (shares[0].share ?? 0) > 0.5 && (shares[1].share ?? 0) > 0.5;
  if (connection.loopback) return loopback(connection, virtualPath);
  const copies = connection.duplicates?.sample.count ?? 0;
  const bothEnds = copies * 4 > first.frames + second.frames && first.incoming + second.incoming === 0;
  const scores = new Scores();
  byPacketType(scores, first, second);
  for (const side of [0, 1] as const) {
    byChecksum(scores, connection.sides[side], shares[side], shares[side === 0 ? 1 : 0], side);
    byPadding(scores, connection.sides[side], connection.sides[side === 0 ? 1 : 0], side);
    byLoss(scores, connection.sides[side], side);
    byLag(scores, connection.sides[side], side);
    byLagAfterPartial(scores, connection.sides[side], shares[side], shares[side === 0 ? 1 : 0]);
  }
  if (isComplete(shares[0]) && isComplete(shares[1])) {
    scores.add(
      BETWEEN,
      shares[0].complete + shares[1].complete > 20 ? 6.5 : 2.5,
      'valid-checksum',
      { completeCount: shares[0].complete + shares[1].complete },
      [],
    );
  }
  byTtl(scores, connection);
  byTiming(scores, connection);
  const found = conclude(scores, virtualPath);
  // The first copy of each packet is nearest to where it was sent.
  return bothEnds ? { ...found, connection: 'both', directions: ['sender', 'sender'] } : found;
}

function loopback(connection: ConnectionState, virtualPath: boolean): CapturePoints {
  const evidence: CapturePointEvidence[] = [
    { kind: 'loopback', pointsTo: 'sender', weight: 8, values: {}, rows: [connection.firstRow] },
  ];
  return {
    connection: 'both',
    directions: ['sender', 'sender'],
    confidence: 0.99,
    evidence: [evidence, evidence],
    virtualPath,
  };
}

function byPacketType(scores: Scores, first: DirectionState, second: DirectionState): void {
  const share = (side: DirectionState) => side.outgoing / Math.max(1, side.incoming + side.outgoing);
  for (const side of [0, 1] as const) {
    const own = side === 0 ? first : second;
    const other = side === 0 ? second : first;
    if (own.incoming + own.outgoing === 0) continue;
    const values: Record<string, number> = {};
    if (own.outgoing > 0) values['outgoingCount'] = own.outgoing;
    if (own.incoming > 0) values['incomingCount'] = own.incoming;
    const otherMarked = other.incoming + other.outgoing > 0;
    if (share(own) > 0.9 && !(otherMarked && share(other) > 0.9))
      scores.add(side, 8, 'packet-type', values, [own.firstRow]);
    else if (share(own) < 0.1 && !(otherMarked && share(other) < 0.1)) {
      scores.add(side === 0 ? 1 : 0, 8, 'packet-type', values, [own.firstRow]);
    } else scores.add(BETWEEN, 8, 'packet-type', values, [own.firstRow]);
  }
}

function byChecksum(scores: Scores, own: DirectionState, mine: PartialShare, theirs: PartialShare, side: 0 | 1): void {
  const far = side === 0 ? 1 : 0;
  const rows = own.partialSample?.rows ?? [];
  if (mine.share !== undefined && mine.share > 0.5 && (theirs.share ?? 0) < 0.5) {
    scores.add(side, theirs.share === undefined ? 3 : 6, 'partial-checksum', { partialCount: mine.partial }, rows);
  }
  const { multiPartial, multiValid, multiWrong, multiUnknown } = own.checksums;
  if (mine.share !== undefined && mine.share < 0.5) {
    // A host that merges in software also leaves the checksums of what it sends to its card.
    if (multiPartial > 0)
      scores.add(
        far,
        (theirs.share ?? 1) > 0.5 ? 5 : 0.5,
        'merged-frames',
        { mergedCount: multiPartial },
        own.superFrames?.rows ?? [],
      );
    else if (multiValid + multiWrong + multiUnknown > 0) {
      scores.add(
        far,
        3,
        'merged-frames',
        { mergedCount: multiValid + multiWrong + multiUnknown },
        own.superFrames?.rows ?? [],
      );
    }
  }
}

/** A short frame without Ethernet padding has not been on a wire: it was captured where it was sent. */
function byPadding(scores: Scores, own: DirectionState, other: DirectionState, side: 0 | 1): void {
  if (own.unpaddedShort > 0 && own.padded === 0 && other.padded > 0) {
    scores.add(side, 4, 'padding', { unpaddedCount: own.unpaddedShort, peerPaddedCount: other.padded }, []);
  }
}

function byLoss(scores: Scores, own: DirectionState, side: 0 | 1): void {
  const unseen = own.unseenPackets;
  if (unseen > 0) {
    const weight = -Math.min(4, 1 + unseen);
    scores.add(side, weight, 'retransmission-of-unseen', { packetCount: unseen }, own.retransmitted?.rows ?? []);
  }
  const seen = own.retransmittedPackets - unseen - own.spuriousPackets - own.dsackPackets;
  if (seen > 0 && unseen === 0) {
    scores.add(
      side === 0 ? 1 : 0,
      -Math.min(3, 0.5 + seen / 4),
      'retransmission-of-unseen',
      { seenTwiceCount: seen },
      [],
    );
  }
}

/**
 * Beside the receiver an acknowledgement leaves nothing open that the tap has seen: 0.5 % of them do (median), 29 % in the
 * worst twentieth of 159 captures; beside the sender 90 % (median), unless it never has two frames in flight.
 */
function byLag(scores: Scores, own: DirectionState, side: 0 | 1): void {
  const count = own.laggingAcks + own.currentAcks;
  if (count < LEAST_ACKS) return;
  const far = side === 0 ? 1 : 0;
  const isQuick = own.turnMinNs + own.peerTurnMinNs <= QUICK_PATH_NS;
  const lagging = isQuick ? own.lateLaggingAcks : own.laggingAcks;
  const share = lagging / count;
  const values = { laggingCount: lagging, ackCount: count };
  if (isQuick) {
    if (share > SOME_LATE) scores.add(far, -3.5, 'acknowledgement-lag', values, []);
    else if (share > FEW_LATE) scores.add(far, -1, 'acknowledgement-lag', values, []);
  } else if (share > 0.5) scores.add(far, -4, 'acknowledgement-lag', values, []);
  else if (share > SOME_LAG) scores.add(far, -1.5, 'acknowledgement-lag', values, []);
  // Where the path adds no delay each frame is acknowledged before the next is sent, at either end.
  else if (share < 0.05 && own.maxInFlight > FRAMES_IN_FLIGHT * own.maxPayload)
    scores.add(far, 2.5, 'acknowledgement-lag', { ackCount: count }, []);
}

/** Acknowledgements that no wire has completed yet, but not from this host: a bridge or router before its virtual link. */
function byLagAfterPartial(scores: Scores, own: DirectionState, mine: PartialShare, theirs: PartialShare): void {
  const ackCount = own.laggingAcks + own.currentAcks;
  if (ackCount < LEAST_ACKS || lagShare(own) <= 0.5 || !isComplete(mine) || (theirs.share ?? 0) <= 0.5) return;
  scores.add(BETWEEN, 4, 'acknowledgement-lag', { laggingCount: own.laggingAcks, ackCount }, []);
}

/** Share of acknowledgements that left data open which the tap had seen. */
function lagShare(side: DirectionState): number {
  return side.laggingAcks / Math.max(1, side.laggingAcks + side.currentAcks);
}

function byTtl(scores: Scores, connection: ConnectionState): void {
  const [first, second] = connection.sides;
  if (first.firstTtl < 0 || second.firstTtl < 0) return;
  const fresh = [INITIAL_TTLS.includes(first.firstTtl), INITIAL_TTLS.includes(second.firstTtl)];
  const values = inOrder(connection, 'firstTtl', first.firstTtl, 'secondTtl', second.firstTtl);
  // A host's own packets leave with an initial TTL: one that is lower was already forwarded.
  for (const side of [0, 1] as const) {
    if (!fresh[side]) scores.add(side, -5, 'ttl', values, [(side === 0 ? first : second).firstRow]);
  }
  if (fresh[0] && !fresh[1]) scores.add(0, 2, 'ttl', values, [first.firstRow]);
  else if (fresh[1] && !fresh[0]) scores.add(1, 2, 'ttl', values, [second.firstRow]);
  else if (!fresh[0] && !fresh[1]) scores.add(BETWEEN, 2, 'ttl', values, [first.firstRow]);
}

/** The side beside the tap answers at once; the other's answers take the way there and back. */
function byTiming(scores: Scores, connection: ConnectionState): void {
  const [first, second] = connection.sides;
  const a = Math.min(first.turnMinNs, second.peerTurnMinNs);
  const b = Math.min(second.turnMinNs, first.peerTurnMinNs);
  if (!Number.isFinite(a) || !Number.isFinite(b) || a < 0 || b < 0) {
    byGaps(scores, connection);
    return;
  }
  const total = a + b;
  const share = Math.min(a, b) / Math.max(1, total);
  const values = inOrder(connection, 'firstTurnNs', a, 'secondTurnNs', b);
  // Without delay on the path both turns are the stacks' own few microseconds: other samples tell more.
  if (total < QUICK_PATH_NS) {
    byAnswers(scores, connection);
    byHandshake(scores, connection);
    return;
  }
  const near: Place = a < b ? 0 : 1;
  const nearNs = Math.min(a, b);
  const isHost = share < HOST_SHARE && nearNs > FASTEST_HOST_NS && nearNs < SLOWEST_HOST_NS;
  if (isHost) scores.add(near, 7.3, 'turnaround-timing', values, []);
  else if (share < 0.12) scores.add(near, 5, 'turnaround-timing', values, []);
  else if (share < 0.3) scores.add(near, 2.5, 'turnaround-timing', values, []);
  else if (share < 0.42) scores.add(near, 0.8, 'turnaround-timing', values, []);
  if (share > 0.2) scores.add(BETWEEN, 3, 'turnaround-timing', values, []);
}

/**
 * Neither handshake nor timestamps tell how soon the sides answer, but one follows the other within a host's own turn again and again, and
 * the other takes many times as long.
 */
function byGaps(scores: Scores, connection: ConnectionState): void {
  const [first, second] = connection.sides;
  const a = first.answerGaps;
  const b = second.answerGaps;
  if (a === undefined || b === undefined || a.count < 8 || b.count < 8) return;
  const firstNs = a.quantile(0.1) ?? 0;
  const secondNs = b.quantile(0.1) ?? 0;
  const nearNs = Math.min(firstNs, secondNs);
  if (nearNs < FASTEST_HOST_NS || nearNs > SLOWEST_HOST_NS || nearNs > HOST_SHARE * (firstNs + secondNs)) return;
  const values = inOrder(connection, 'firstTurnNs', firstNs, 'secondTurnNs', secondNs);
  scores.add(firstNs < secondNs ? 0 : 1, 7.3, 'turnaround-timing', values, []);
}

/** The tenth percentile of how soon each side answers: 2..4 µs beside the tap, 5..8 µs across a veth pair (v6.18). */
function byAnswers(scores: Scores, connection: ConnectionState): void {
  const [first, second] = connection.sides;
  // Packets of a stream that others are under way with follow each other by chance.
  if (lagShare(first) > SOME_LAG || lagShare(second) > SOME_LAG) return;
  const a = first.answerGaps;
  const b = second.answerGaps;
  if (a === undefined || b === undefined || a.count < 8 || b.count < 8) return;
  const firstNs = Math.max(FASTEST_ANSWER_NS, a.quantile(0.1) ?? 0);
  const secondNs = Math.max(FASTEST_ANSWER_NS, b.quantile(0.1) ?? 0);
  // Slower than a stack answers: something else decided when to send.
  if (Math.max(firstNs, secondNs) > SLOWEST_ANSWER_NS) return;
  const weight = Math.min(3, 2.2 * Math.abs(Math.log(secondNs / firstNs)));
  if (weight < 0.5) return;
  const slower = firstNs < secondNs ? second : first;
  if (isReaders(slower) && Math.max(firstNs, secondNs) > READERS_SHARE * Math.min(firstNs, secondNs)) return;
  scores.add(
    firstNs < secondNs ? 0 : 1,
    weight,
    'turnaround-timing',
    inOrder(connection, 'firstTurnNs', firstNs, 'secondTurnNs', secondNs),
    [],
  );
}

/** What it answers are data, and it has little of its own: it acknowledges when a reader has read, whatever the path. */
function isReaders(side: DirectionState): boolean {
  return side.dataFrames * 2 < side.frames;
}

/**
 * Handshake without delay on the path: a server takes 15..25 µs for a SYN, a client 10..20 for a SYN-ACK. Beside the client the ratio of
 * second to first wait is 0.15..0.79, beside the server 0.6..2 (110 transfers over a veth pair, v6.18; docs/adr/0014-transfers-by-chance.md).
 */
function byHandshake(scores: Scores, connection: ConnectionState): void {
  const clientSide = connection.serverFirst ? 1 : 0;
  const client = connection.sides[clientSide].handshakeTurnNs;
  const server = connection.sides[clientSide === 0 ? 1 : 0].handshakeTurnNs;
  if (client < 0 || server < 0 || client > SLOWEST_HANDSHAKE_NS) return;
  const ratio = Math.max(1000, client) / Math.max(1000, server);
  const weight = Math.max(-2, Math.min(2, 4 * Math.log(EVEN_HANDSHAKE / ratio)));
  if (Math.abs(weight) < 0.2) return;
  const place: Place = weight > 0 ? clientSide : clientSide === 0 ? 1 : 0;
  scores.add(
    place,
    Math.abs(weight),
    'handshake-timing',
    { clientTurnNs: client, serverTurnNs: server },
    connection.synRows,
  );
}

function conclude(scores: Scores, virtualPath: boolean): CapturePoints {
  const { odds, evidence } = scores;
  const most = Math.max(...odds);
  const place = odds.indexOf(most) as Place;
  const sum = odds.reduce((total, value) => total + Math.exp(value - most), 0);
  const confidence = 1 / sum;
  const known = evidence[0].length > 0 && confidence > 0.45;
  const directions: [DirectionCapturePoint, DirectionCapturePoint] = known
    ? [pointOf(place, 0), pointOf(place, 1)]
    : ['unknown', 'unknown'];
  return {
    connection: directions[0],
    directions,
    confidence: known ? Math.min(confidence, 0.99) : 0,
    evidence,
    virtualPath,
  };
}
