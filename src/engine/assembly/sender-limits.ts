// Station "analysis": what a sender waits for, moment by moment, as its own stack would see it. At a tap beside the sender an
// acknowledgement counts when it is captured; at any other tap it counts one turn of the sender later (the time from the
// tap to the sender and back), which is when its effects can pass the tap.

import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as Scratch from '../layout/scratch';
import * as State from '../layout/states';
import * as W from '../layout/words';
import { advanceClock, SLOWEST_TURN_NS } from './clock';
import { add, isSet } from './fields';
import { allocate } from './memory';
import * as Pending from './pending';
import { dropPending, pendingAt, pushPending, releasePending } from './pending';
import { searchAdvance, searchBecomes } from './scale-search';
import { largestSuperPacket, usualSegment } from './segment';

/** sysctl tcp_tso_win_divisor (net/ipv4/tcp_output.c tcp_tso_should_defer, v6.18). */
const WINDOW_DIVISOR: i64 = 3;

/** How much longer than its turn a sender may take before an acknowledgement counts without proof: one more turn, within
 * bounds. With timestamps data proves within a tick which acknowledgements had arrived, so there more can be waited for. */
const LEAST_SLACK_NS: f64 = 100_000;
const MOST_SLACK_NS: f64 = 2_000_000;
const MOST_PROVABLE_SLACK_NS: f64 = 20_000_000;

/** What a loss leaves of the congestion window (CUBIC: RFC 9438 section 4.6). */
const REDUCED_SHARE: f64 = 0.7;

const RECENT_EDGES: i32 = 32;
/** Segments that Linux sends before the first acknowledgement (TCP_INIT_CWND, include/net/tcp.h, v2.6.39+; RFC 6928). */
export const INITIAL_WINDOW: i32 = 10;
/** A segment's payload where nothing tells it (RFC 9293 section 3.7.1). */
const DEFAULT_SEGMENT: f64 = 536;

/** Advances the clock to the scratch place `effectNs` in the state that held. */
export function advanceTo(own: usize): void {
  const elapsed = advanceClock(own, load<f64>(Scratch.effectNs));
  if (load<u32>(own, P.scaleSearch) == 0) return;
  if (elapsed > 0) searchAdvance(own, elapsed);
}

/** An acknowledgement is seen at the tap. */
export function acknowledgementSeen(own: usize, ack: i32, edge: i32, tsVal: i32): void {
  const nowNs = load<f64>(Scratch.nowNs);
  if (load<i32>(own, F.near) != 0) {
    store<f64>(Scratch.effectNs, nowNs);
    takeEffect(own, ack, edge);
    return;
  }
  applyPending(own);
  pushPending(own, nowNs, ack, edge, tsVal);
}

/** Applies the acknowledgements whose turn is surely over by now, each at the time it took effect. */
export function applyPending(own: usize): void {
  if (load<i32>(own, P.pendingLength) == 0) return;
  const nowNs = load<f64>(Scratch.nowNs);
  const turn = isSet(own, D.turnNs) ? load<f64>(own, D.turnNs) : 0;
  let slack = turn;
  if (slack < LEAST_SLACK_NS) slack = LEAST_SLACK_NS;
  else if (slack > MOST_SLACK_NS) slack = mostSlack(own, slack);
  for (;;) {
    const at = load<f64>(pendingAt(own, 0), Pending.timeNs) + turn;
    if (at + slack > nowNs) return;
    store<f64>(Scratch.effectNs, at);
    takePending(own);
    if (load<i32>(own, P.pendingLength) == 0) return;
  }
}

function mostSlack(own: usize, wanted: f64): f64 {
  const most = load<i32>(own, W.timestampBytes) > 0 ? MOST_PROVABLE_SLACK_NS : MOST_SLACK_NS;
  return wanted < most ? wanted : most;
}

/**
 * Data is seen. Acknowledgements that it proves to have reached the sender take effect now, because a sender that waited for
 * them answered at once: it echoes a later timestamp, or it does not fit the window without them.
 */
export function applyProven(own: usize, end: i32, tsEcr: i32, hasTimestamps: bool): void {
  applyPending(own);
  if (load<i32>(own, P.pendingCapacity) == 0) return;
  const nowNs = load<f64>(Scratch.nowNs);
  if (hasTimestamps && tsEcr != load<i32>(own, W.echoedTsVal)) measureEcho(own, tsEcr);
  store<f64>(Scratch.effectNs, nowNs);
  while (load<i32>(own, P.pendingLength) > 0) {
    const oldest = pendingAt(own, 0);
    const seenNs = load<f64>(oldest, Pending.timeNs);
    const newer = hasTimestamps ? tsEcr - load<i32>(oldest, Pending.tsVal) : -1;
    const echoed = newer > 0 || (newer == 0 && seenNs + load<f64>(own, D.echoTurnNs) <= nowNs);
    const beyond = load<i32>(own, W.windowBytes) >= 0 && end - load<i32>(own, W.effectiveEdge) > 0;
    if (!echoed && !beyond) break;
    // Without timestamps the acknowledgement that data needed tells the turn, if the window is what it waited for.
    const turn = nowNs - seenNs;
    const known = load<f64>(own, D.turnNs);
    if (!hasTimestamps && turn < 4 * known) add(own, D.turnNs, (turn - known) / 8);
    takePending(own);
  }
}

/** The first data that echoes a timestamp answers the first acknowledgement that carried it: that took one turn. */
function measureEcho(own: usize, tsEcr: i32): void {
  store<i32>(own, tsEcr, W.echoedTsVal);
  const turnNs = load<f64>(own, D.turnNs);
  store<f64>(own, turnNs, D.echoTurnNs);
  const length = load<i32>(own, P.pendingLength);
  for (let index = 0; index < length; index++) {
    const at = pendingAt(own, index);
    const newer = tsEcr - load<i32>(at, Pending.tsVal);
    if (newer > 0) continue;
    if (newer == 0) {
      const took = load<f64>(Scratch.nowNs) - load<f64>(at, Pending.timeNs);
      store<f64>(own, Math.min(took, turnNs * 1.5), D.echoTurnNs);
    }
    return;
  }
}

/** No more packets come: acknowledgements still under way take effect when they would have. */
export function applyRest(own: usize): void {
  store<f64>(Scratch.nowNs, Infinity);
  applyPending(own);
}

/** The tap turned out to be beside the sender: everything pending counts at once. */
export function flushPending(own: usize): void {
  store<f64>(Scratch.effectNs, load<f64>(Scratch.nowNs));
  while (load<i32>(own, P.pendingLength) > 0) takePending(own);
  releasePending(own);
}

function takePending(own: usize): void {
  const oldest = pendingAt(own, 0);
  const ack = load<i32>(oldest, Pending.ack);
  const edge = load<i32>(oldest, Pending.edge);
  dropPending(own);
  noteRecentEdge(own, edge);
  takeEffect(own, ack, edge);
}

function noteRecentEdge(own: usize, edge: i32): void {
  let edges: usize = load<u32>(own, P.recentEdges);
  if (edges == 0) {
    edges = allocate(RECENT_EDGES << 2);
    for (let index = 0; index < RECENT_EDGES; index++) store<i32>(edges + ((<usize>index) << 2), edge);
    store<u32>(own, <u32>edges, P.recentEdges);
  }
  const at = load<i32>(own, W.recentEdgeAt);
  store<i32>(edges + ((<usize>at) << 2), edge);
  store<i32>(own, (at + 1) & (RECENT_EDGES - 1), W.recentEdgeAt);
}

/** A short frame that ends exactly where a recent acknowledgement's window ended was cut by that window, whatever else has arrived since. */
export function endsAtRecentEdge(own: usize, end: i32): bool {
  const length = load<i32>(own, P.pendingLength);
  for (let index = 0; index < length; index++) if (load<i32>(pendingAt(own, index), Pending.edge) == end) return true;
  const edges: usize = load<u32>(own, P.recentEdges);
  if (edges == 0) return false;
  for (let index = 0; index < RECENT_EDGES; index++) if (load<i32>(edges + ((<usize>index) << 2)) == end) return true;
  return false;
}

function takeEffect(own: usize, ack: i32, edge: i32): void {
  advanceTo(own);
  if (ack - load<i32>(own, W.effectiveUna) > 0) store<i32>(own, ack, W.effectiveUna);
  store<i32>(own, edge, W.effectiveEdge);
  store<f64>(own, load<f64>(Scratch.effectNs), D.effectiveAckNs);
  store<i32>(own, 1, F.ackSinceData);
  if (load<i32>(own, F.inRecovery) != 0) {
    if (load<i32>(own, W.effectiveUna) - load<i32>(own, W.recoveryPoint) >= 0) {
      store<i32>(own, 0, F.inRecovery);
      store<i32>(own, 0, F.timeoutRecovery);
    }
  }
  setState(own, false);
}

/** Data was sent (new or again): what does the sender wait for from now on? */
export function dataSent(own: usize): void {
  setState(own, true);
}

/**
 * What TSO defers for after the window had been used up (tcp_tso_should_defer, v6.18): less than a third of the window and
 * less than a full super-packet, if the congestion window, which has been at least what was in flight, may let it go.
 */
function isDeferred(own: usize, room: i32, windowBytes: i32, segment: f64): bool {
  if (<i64>room * WINDOW_DIVISOR >= <i64>windowBytes || <f64>room >= largestSuperPacket(segment)) return false;
  return <f64>windowBytes <= <f64>load<i32>(own, W.mostInFlight) + segment;
}

/**
 * The state after an event. The receive window limits when the next segment does not fit (net/ipv4/tcp_output.c
 * tcp_snd_wnd_test), and goes on to limit while what it leaves is too little for TSO to send (tcp_tso_should_defer: a
 * third of the window, tcp_tso_win_divisor).
 */
function setState(own: usize, sent: bool): void {
  const next = load<i32>(own, W.next);
  const inFlight = next - load<i32>(own, W.effectiveUna) - load<i32>(own, F.finSent);
  let segment = usualSegment(own);
  if (segment == 0) segment = DEFAULT_SEGMENT;
  const windowBytes = load<i32>(own, W.windowBytes);
  const room = windowBytes >= 0 ? load<i32>(own, W.effectiveEdge) - next : unscaledRoom(own, next);
  const isSearching = load<u32>(own, P.scaleSearch) != 0;
  let blocked = <f64>room < segment;
  let congested = false;
  if (blocked) {
    congested = isCongested(own, inFlight, segment);
    blocked = !congested;
  } else if (isSearching) congested = isCongested(own, inFlight, segment);
  if (inFlight > load<i32>(own, W.mostInFlight)) store<i32>(own, inFlight, W.mostInFlight);
  if (inFlight <= 0) setIdle(own, blocked, sent);
  else if (isRecovering(own, blocked, inFlight, segment)) store<i32>(own, State.recovery, W.clockState);
  else if (congested) setSending(own);
  else if (blocked) setBlocked(own, sent);
  else if (load<i32>(own, W.clockState) != State.receiveWindow) setSending(own);
  else if (!isDeferred(own, room, windowBytes, segment)) setOpened(own, sent);
  if (!isSearching) return;
  // What another window than the receiver's holds back, no scale of that one does.
  const held = congested || isRecovering(own, true, inFlight, segment);
  searchBecomes(own, inFlight, held ? 0 : segment);
}

/**
 * Loss recovery holds data back, unless it is the window that is full. What has arrived behind a loss no longer counts against the
 * congestion window (tcp_packets_in_flight), which is lowered to a share of what it was and no further (tcp_cwnd_reduction, RFC 6937):
 * once less is under way than that, the receive window is what the kernel calls the limit.
 */
function isRecovering(own: usize, blocked: bool, inFlight: i32, segment: f64): bool {
  if (load<i32>(own, F.inRecovery) == 0) return false;
  if (!blocked || load<i32>(own, F.timeoutRecovery) != 0) return true;
  // Duplicate acknowledgements say the same to TCP (tcp_add_reno_sack); where a snap length cuts the blocks off, all is taken to have arrived.
  if (load<i32>(own, F.sackSeen) == 0) return false;
  const underWay = <f64>(load<i32>(own, W.next) - load<i32>(own, W.sackHighest)) + segment;
  return underWay >= REDUCED_SHARE * <f64>inFlight;
}

/** Of a window of unknown scale this much is known, that it is closed. */
function unscaledRoom(own: usize, next: i32): i32 {
  if (load<i32>(own, W.scaleShift) >= 0) return i32.MAX_VALUE;
  const edge = load<i32>(own, W.effectiveEdge);
  return edge == load<i32>(own, W.effectiveUna) ? edge - next : i32.MAX_VALUE;
}

/**
 * Slow start adds a segment for each that is acknowledged, so that the congestion window never holds more than that and the first ten.
 * Where it is used up as well, it is the one that the kernel calls the limit: it asks it first (tcp_write_xmit, v6.18).
 */
function isCongested(own: usize, inFlight: i32, segment: f64): bool {
  const sent = load<i32>(own, W.packetsSent);
  if (sent < 0 || load<i32>(own, F.synSeen) == 0 || load<i32>(own, F.inRecovery) != 0) return false;
  const frames = load<i32>(own, P.flightLength);
  const flight = max(frames, <i32>Math.ceil(<f64>inFlight / segment));
  return 2 * flight >= sent + INITIAL_WINDOW;
}

/** Nothing is in flight. */
function setIdle(own: usize, blocked: bool, sent: bool): void {
  if (blocked) {
    store<i32>(own, load<i32>(own, F.started) != 0 ? State.waiting : State.idle, W.clockState);
    return;
  }
  if (!sent) {
    const before = load<i32>(own, W.clockState);
    if (before == State.waiting) store<i32>(own, 1, F.windowBlocked);
    else if (before == State.receiveWindow) noteOpened(own);
  }
  store<i32>(own, State.idle, W.clockState);
}

/** The window is used up. Data that comes soon after an acknowledgement is its answer. */
function setBlocked(own: usize, sent: bool): void {
  store<i32>(own, State.receiveWindow, W.clockState);
  if (!sent) return;
  const isAnswer = load<f64>(Scratch.nowNs) - load<f64>(own, D.effectiveAckNs) < SLOWEST_TURN_NS;
  store<i32>(own, isAnswer ? 0 : -1, W.opened);
}

/** The window is open, so that it is up to the sender or to the network. */
function setSending(own: usize): void {
  store<i32>(own, load<i32>(own, F.drained) != 0 ? State.sender : State.network, W.clockState);
}

/** It is open again, after it had limited. */
function setOpened(own: usize, sent: bool): void {
  setSending(own);
  if (!sent) noteOpened(own);
}

function noteOpened(own: usize): void {
  const opened = load<i32>(own, W.opened);
  if (opened > 0) return;
  store<i32>(own, opened == 0 ? 1 : 2, W.opened);
  store<f64>(own, load<f64>(own, D.effectiveAckNs), D.openedNs);
}
