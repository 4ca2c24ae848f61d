// Station "analysis": what a sender waits for, moment by moment, as its own stack would see it. At a tap beside the sender an
// acknowledgement counts when it is captured; at any other tap it counts one turn of the sender later (the time from the
// tap to the sender and back), which is when its effects can pass the tap.

import type { Seq32 } from '../bytes/seq32.ts';
import { AckQueue } from './ack-queue.ts';
import { B, D, I } from './direction-record.ts';
import type { DirectionState } from './direction-state.ts';
import { LimitState } from './limit-clock.ts';
import { now } from './now.ts';
import { segmentSize } from './segment-size.ts';

/** sysctl tcp_tso_win_divisor (net/ipv4/tcp_output.c tcp_tso_should_defer, v6.18). */
const WINDOW_DIVISOR = 3;

/** How much longer than its turn a sender may take before an acknowledgement counts without proof: one more turn, within
 * bounds. With timestamps data proves within a tick which acknowledgements had arrived, so there more can be waited for. */
const LEAST_SLACK_NS = 100_000;
const MOST_SLACK_NS = 2_000_000;
const MOST_PROVABLE_SLACK_NS = 20_000_000;

const RECENT_EDGES = 32;

/** Advances the clock to `now.effectNs` in the state that held. */
export function advanceTo(direction: DirectionState): void {
  const elapsed = direction.clock.advance(now.effectNs);
  if (elapsed > 0 && direction.i[direction.io + B.searching] !== 0) direction.scaleSearch?.advance(elapsed);
}

/** An acknowledgement is seen at the tap. */
export function acknowledgementSeen(direction: DirectionState, ack: Seq32, edge: Seq32, tsVal: number): void {
  if (direction.i[direction.io + B.near] !== 0) {
    now.effectNs = now.ns;
    takeEffect(direction, ack, edge);
    return;
  }
  const pending = applyPending(direction) ?? newQueue(direction);
  pending.push(now.ns, ack, edge, tsVal);
}

function newQueue(direction: DirectionState): AckQueue {
  direction.pendingAcks = new AckQueue();
  return direction.pendingAcks;
}

/** Applies the acknowledgements whose turn is surely over by now, each at the time it took effect; gives the rest. */
export function applyPending(direction: DirectionState): AckQueue | undefined {
  const pending = direction.pendingAcks;
  if (pending === undefined || pending.length === 0) return pending;
  const { f, i, fo, io } = direction;
  const nowNs = now.ns;
  const known = f[fo + D.turnNs]!;
  const turn = known > 0 ? known : 0;
  const most = i[io + I.timestampBytes]! > 0 ? MOST_PROVABLE_SLACK_NS : MOST_SLACK_NS;
  const slack = Math.max(LEAST_SLACK_NS, Math.min(most, turn));
  while (pending.length > 0) {
    const at = pending.timeNs(0) + turn;
    if (at + slack > nowNs) break;
    now.effectNs = at;
    takePending(direction, pending);
  }
  return pending;
}

/**
 * Data is seen. Acknowledgements that it proves to have reached the sender take effect now, because a sender that waited for
 * them answered at once: it echoes a later timestamp, or it does not fit the window without them.
 */
export function applyProven(direction: DirectionState, end: Seq32, tsEcr: number, hasTimestamps: boolean): void {
  const pending = applyPending(direction);
  if (pending === undefined) return;
  const { f, i, fo, io } = direction;
  const nowNs = now.ns;
  if (hasTimestamps && tsEcr !== i[io + I.echoedTsVal]) measureEcho(direction, pending, tsEcr);
  now.effectNs = nowNs;
  while (pending.length > 0) {
    const seenNs = pending.timeNs(0);
    const newer = hasTimestamps ? (tsEcr - pending.tsVal(0)) | 0 : -1;
    const echoed = newer > 0 || (newer === 0 && seenNs + f[fo + D.echoTurnNs]! <= nowNs);
    const beyond = i[io + I.windowBytes]! >= 0 && ((end - i[io + I.effectiveEdge]!) | 0) > 0;
    if (!echoed && !beyond) break;
    // Without timestamps the acknowledgement that data needed tells the turn, if the window is what it waited for.
    const turn = nowNs - seenNs;
    if (!hasTimestamps && turn < 4 * f[fo + D.turnNs]!) f[fo + D.turnNs]! += (turn - f[fo + D.turnNs]!) / 8;
    takePending(direction, pending);
  }
}

/** The first data that echoes a timestamp answers the first acknowledgement that carried it: that took one turn. */
function measureEcho(direction: DirectionState, pending: AckQueue, tsEcr: number): void {
  direction.echoedTsVal = tsEcr;
  const { turnNs } = direction;
  direction.echoTurnNs = turnNs;
  for (let index = 0; index < pending.length; index++) {
    const newer = (tsEcr - pending.tsVal(index)) | 0;
    if (newer > 0) continue;
    if (newer === 0) direction.echoTurnNs = Math.min(now.ns - pending.timeNs(index), turnNs * 1.5);
    return;
  }
}

/** No more packets come: acknowledgements still under way take effect when they would have. */
export function applyRest(direction: DirectionState): void {
  now.ns = Number.POSITIVE_INFINITY;
  applyPending(direction);
}

/** The tap turned out to be beside the sender: everything pending counts at once. */
export function flushPending(direction: DirectionState): void {
  const pending = direction.pendingAcks;
  if (pending === undefined) return;
  now.effectNs = now.ns;
  while (pending.length > 0) takePending(direction, pending);
  direction.pendingAcks = undefined;
}

function takePending(direction: DirectionState, pending: AckQueue): void {
  const { i, io } = direction;
  const ack = pending.ack(0);
  const edge = pending.edge(0);
  pending.drop();
  direction.recentEdges ??= new Int32Array(RECENT_EDGES).fill(edge);
  const at = i[io + I.recentEdgeAt]!;
  direction.recentEdges[at] = edge;
  i[io + I.recentEdgeAt] = (at + 1) % RECENT_EDGES;
  takeEffect(direction, ack as Seq32, edge as Seq32);
}

function takeEffect(direction: DirectionState, ack: Seq32, edge: Seq32): void {
  advanceTo(direction);
  const { f, i, fo, io } = direction;
  if (((ack - i[io + I.effectiveUna]!) | 0) > 0) i[io + I.effectiveUna] = ack;
  i[io + I.effectiveEdge] = edge;
  f[fo + D.effectiveAckNs] = now.effectNs;
  i[io + B.ackSinceData] = 1;
  if (i[io + B.inRecovery] !== 0 && ((i[io + I.effectiveUna]! - i[io + I.recoveryPoint]!) | 0) >= 0) {
    i[io + B.inRecovery] = 0;
    i[io + B.timeoutRecovery] = 0;
  }
  setState(direction, false);
}

/** Data was sent (new or again): what does the sender wait for from now on? */
export function dataSent(direction: DirectionState): void {
  setState(direction, true);
}

/**
 * The state after an event. The receive window limits when the next segment does not fit (net/ipv4/tcp_output.c
 * tcp_snd_wnd_test), and goes on to limit while what it leaves is too little for TSO to send (tcp_tso_should_defer: a
 * third of the window, tcp_tso_win_divisor).
 */
function setState(direction: DirectionState, sent: boolean): void {
  const { i, io } = direction;
  const inFlight = (i[io + I.next]! - i[io + I.effectiveUna]!) | 0;
  const segment = segmentSize(direction, i[io + I.timestampBytes]!) || 536;
  const windowBytes = i[io + I.windowBytes]!;
  const room = windowBytes >= 0 ? (i[io + I.effectiveEdge]! - i[io + I.next]!) | 0 : 0x7fff_ffff;
  const blocked = room < segment;
  const before = i[io + I.clockState]!;
  let state: number;
  if (inFlight <= 0) {
    state = blocked && i[io + B.started] !== 0 ? LimitState.Waiting : LimitState.Idle;
    if (!blocked && !sent && before === LimitState.Waiting) i[io + B.windowBlocked] = 1;
  } else if (i[io + B.inRecovery] !== 0) state = LimitState.Recovery;
  // What TSO defers for: less than a third of the window (tcp_tso_win_divisor) after the window had been used up.
  else if (blocked || (before === LimitState.ReceiveWindow && room * WINDOW_DIVISOR < windowBytes))
    state = LimitState.ReceiveWindow;
  else if (i[io + B.drained] !== 0) state = LimitState.Sender;
  else state = LimitState.Network;
  i[io + I.clockState] = state;
  if (i[io + B.searching] !== 0) searchGoesOn(direction, inFlight, segment);
}

function searchGoesOn(direction: DirectionState, inFlight: number, segment: number): void {
  let other: number = LimitState.Network;
  if (inFlight <= 0) other = LimitState.Idle;
  else if (direction.inRecovery) other = LimitState.Recovery;
  else if (direction.drained) other = LimitState.Sender;
  direction.scaleSearch?.becomes(other, inFlight, direction.rawWindow, segment);
}
