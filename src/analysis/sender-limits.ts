// Station "analysis": what a sender waits for, moment by moment, as its own stack would see it. At a tap beside the sender an
// acknowledgement counts when it is captured; at any other tap it counts one turn of the sender later (the time from the
// tap to the sender and back), which is when its effects can pass the tap.

import { type Seq32, seqDistance } from '../bytes/seq32.ts';
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

/** Entries of pendingAcks: time, ack, right edge, TSval. */
const PENDING_WIDTH = 4;
const RECENT_EDGES = 32;

/** Advances the clock to `now.effectNs` in the state that held. */
export function advanceTo(direction: DirectionState): void {
  const elapsed = direction.clock.advance(now.effectNs);
  if (elapsed > 0 && direction.scaleSearch !== undefined) direction.scaleSearch.advance(elapsed);
}

/** An acknowledgement is seen at the tap. */
export function acknowledgementSeen(direction: DirectionState, ack: Seq32, edge: Seq32, tsVal: number): void {
  if (direction.near) {
    now.effectNs = now.ns;
    takeEffect(direction, ack, edge);
    return;
  }
  applyPending(direction);
  direction.pendingAcks ??= [];
  direction.pendingAcks.push(now.ns, ack, edge, tsVal);
}

/** Applies the acknowledgements whose turn is surely over by now, each at the time it took effect. */
export function applyPending(direction: DirectionState): void {
  const pending = direction.pendingAcks;
  if (pending === undefined || pending.length === 0) return;
  const nowNs = now.ns;
  const turn = direction.turnNs > 0 ? direction.turnNs : 0;
  const slack = Math.max(
    LEAST_SLACK_NS,
    Math.min(direction.timestampBytes > 0 ? MOST_PROVABLE_SLACK_NS : MOST_SLACK_NS, turn),
  );
  while (direction.pendingHead < pending.length) {
    const at = pending[direction.pendingHead]! + turn;
    if (at + slack > nowNs) break;
    now.effectNs = at;
    takePending(direction);
  }
  compact(direction, pending);
}

/**
 * Data is seen. Acknowledgements that it proves to have reached the sender take effect now, because a sender that waited for
 * them answered at once: it echoes a later timestamp, or it does not fit the window without them.
 */
export function applyProven(direction: DirectionState, end: Seq32, tsEcr: number, hasTimestamps: boolean): void {
  const pending = direction.pendingAcks;
  if (pending === undefined) return;
  const nowNs = now.ns;
  applyPending(direction);
  if (hasTimestamps) measureEcho(direction, pending, tsEcr);
  now.effectNs = nowNs;
  while (direction.pendingHead < pending.length) {
    const head = direction.pendingHead;
    const newer = hasTimestamps ? (tsEcr - pending[head + 3]!) | 0 : -1;
    const echoed = newer > 0 || (newer === 0 && pending[head]! + direction.echoTurnNs <= nowNs);
    const beyond = direction.windowBytes >= 0 && seqDistance(direction.effectiveEdge, end) > 0;
    if (!echoed && !beyond) break;
    // Without timestamps the acknowledgement that data needed tells the turn, if the window is what it waited for.
    const turn = nowNs - pending[head]!;
    if (!hasTimestamps && turn < 4 * direction.turnNs) direction.turnNs += (turn - direction.turnNs) / 8;
    takePending(direction);
  }
  compact(direction, pending);
}

/** The first data that echoes a timestamp answers the first acknowledgement that carried it: that took one turn. */
function measureEcho(direction: DirectionState, pending: readonly number[], tsEcr: number): void {
  if (tsEcr === direction.echoedTsVal) return;
  direction.echoedTsVal = tsEcr;
  direction.echoTurnNs = direction.turnNs;
  for (let at = direction.pendingHead; at < pending.length; at += PENDING_WIDTH) {
    const newer = (tsEcr - pending[at + 3]!) | 0;
    if (newer > 0) continue;
    if (newer === 0) direction.echoTurnNs = Math.min(now.ns - pending[at]!, direction.turnNs * 1.5);
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
  while (direction.pendingHead < pending.length) takePending(direction);
  direction.pendingAcks = undefined;
  direction.pendingHead = 0;
}

function takePending(direction: DirectionState): void {
  const pending = direction.pendingAcks!;
  const head = direction.pendingHead;
  direction.pendingHead = head + PENDING_WIDTH;
  const edge = pending[head + 2]!;
  direction.recentEdges ??= new Array<number>(RECENT_EDGES).fill(edge);
  direction.recentEdges[direction.recentEdgeAt] = edge;
  direction.recentEdgeAt = (direction.recentEdgeAt + 1) % RECENT_EDGES;
  takeEffect(direction, pending[head + 1] as Seq32, edge as Seq32);
}

function compact(direction: DirectionState, pending: number[]): void {
  if (direction.pendingHead < pending.length) {
    if (direction.pendingHead < 4096) return;
    pending.splice(0, direction.pendingHead);
  } else pending.length = 0;
  direction.pendingHead = 0;
}

function takeEffect(direction: DirectionState, ack: Seq32, edge: Seq32): void {
  advanceTo(direction);
  if (seqDistance(direction.effectiveUna, ack) > 0) direction.effectiveUna = ack;
  direction.effectiveEdge = edge;
  direction.effectiveAckNs = now.effectNs;
  direction.ackSinceData = true;
  if (direction.inRecovery && seqDistance(direction.recoveryPoint, direction.effectiveUna) >= 0) {
    direction.inRecovery = false;
    direction.timeoutRecovery = false;
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
  const inFlight = seqDistance(direction.effectiveUna, direction.next);
  const segment = segmentSize(direction, direction.timestampBytes) || 536;
  let state: number;
  const known = direction.windowBytes >= 0;
  const room = known ? seqDistance(direction.next, direction.effectiveEdge) : 0x7fff_ffff;
  const blocked = room < segment;
  // What TSO defers for: less than a third of the window (tcp_tso_win_divisor) after the window had been used up.
  const deferred =
    !blocked && direction.clock.state === LimitState.ReceiveWindow && room * WINDOW_DIVISOR < direction.windowBytes;
  if (inFlight <= 0) {
    state = blocked && direction.started ? LimitState.Waiting : LimitState.Idle;
    if (!blocked && !sent && direction.clock.state === LimitState.Waiting) direction.windowBlocked = true;
  } else if (direction.inRecovery) state = LimitState.Recovery;
  else if (blocked || deferred) state = LimitState.ReceiveWindow;
  else if (direction.drained) state = LimitState.Sender;
  else state = LimitState.Network;
  direction.clock.state = state;
  if (direction.scaleSearch !== undefined) {
    let other: number = LimitState.Network;
    if (inFlight <= 0) other = LimitState.Idle;
    else if (direction.inRecovery) other = LimitState.Recovery;
    else if (direction.drained) other = LimitState.Sender;
    direction.scaleSearch.becomes(other, inFlight, direction.rawWindow, segment);
  }
}
