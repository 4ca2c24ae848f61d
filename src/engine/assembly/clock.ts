// Station "analysis": where a sender's busy time went, in the kernel's sense (net/ipv4/tcp_output.c tcp_chrono_*, v6.18):
// busy from the first unsent or unacknowledged byte to none; limited by the receive window when the next segment does not
// fit. Time after the last new data is tentative: only the next new data proves that something was waiting. Times never run
// backwards here: an earlier one counts as the last.

import * as Cause from '../layout/causes';
import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as Scratch from '../layout/scratch';
import * as State from '../layout/states';
import * as W from '../layout/words';
import { add, isSet } from './fields';
import { allocate } from './memory';
import { usualSegment } from './segment';

/** Stretches of time before bins are worth their memory; until then there is one limit over all. */
const COMMITS_BEFORE_BINS: i32 = 24;
/** For each, from the receive window on, the address of its bins: floats. */
const STATES: i32 = 4;
const FIRST_BIN_NS: f64 = 1_000_000;
/** A sender's answer to an acknowledgement: 4..60 µs at a tap beside it, v6.18 in a VM; more under load. */
export const SLOWEST_TURN_NS: f64 = 300_000;
export const FASTEST_TURN_NS: f64 = 40_000;
/** sk_pacing_shift 10: a packet holds what its rate gives in 1/1024 s. */
const PACED_NS: f64 = 976_563;
const PACING_RTT_NS: f64 = 512_000;
const MOST_PACED_BYTES: f64 = 65_536;
/** A little less than ten, for what is acknowledged while they leave. */
const FIRST_BURST_SEGMENTS: f64 = 8;
const LATE_RUN: i32 = 2;

/** Places in the record, in bytes: of states, where time is added up for each. */
const TOTAL: usize = D.clockTotal;
const TENTATIVE: usize = D.clockTentative;

/** Adds the time since the last call to the state that held until now; gives it, in ns. */
export function advanceClock(own: usize, nowNs: f64): f64 {
  if (!isSet(own, D.clockLastNs)) {
    store<f64>(own, nowNs, D.clockLastNs);
    store<f64>(own, nowNs, D.clockBinStartNs);
    return 0;
  }
  const elapsed = nowNs - load<f64>(own, D.clockLastNs);
  if (elapsed <= 0) return 0;
  store<f64>(own, nowNs, D.clockLastNs);
  const state = load<i32>(own, W.clockState);
  if (state != State.idle || isQueued(own)) {
    const at = own + ((<usize>state) << 3);
    store<f64>(at, load<f64>(at, TENTATIVE) + elapsed, TENTATIVE);
  }
  return elapsed;
}

/** Nothing is in flight, but the last frame of data did not end where a write ends. */
function isQueued(own: usize): bool {
  return load<i32>(own, F.drained) == 0 && load<i32>(own, W.firstDataRow) >= 0;
}

/** The data at hand left the sender together with what came before it: the time between was the wire's, and belongs to what the sender waits for after all of it. */
export function holdClock(own: usize): void {
  const held =
    load<f64>(own, TENTATIVE) +
    load<f64>(own, TENTATIVE + (State.sender << 3)) +
    load<f64>(own, TENTATIVE + (State.network << 3));
  store<f64>(own, load<f64>(own, D.clockHeld) + held, D.clockHeld);
  store<f64>(own, 0, TENTATIVE);
  store<f64>(own, 0, TENTATIVE + (State.sender << 3));
  store<f64>(own, 0, TENTATIVE + (State.network << 3));
}

/** Time since the last new data in which the window was closed. */
export function blockedNs(own: usize): f64 {
  return load<f64>(own, TENTATIVE + (State.receiveWindow << 3));
}

/** The window did not limit after all: there was nothing that it could have held back. */
export function forgetBlocked(own: usize): void {
  const blocked = own + TENTATIVE + (State.receiveWindow << 3);
  add(own, TENTATIVE + (State.sender << 3), load<f64>(blocked));
  store<f64>(blocked, 0);
  if (load<i32>(own, W.clockState) == State.receiveWindow) store<i32>(own, State.sender, W.clockState);
}

/** New data was sent: the tentative time was what it looked like. `waited`: the window held data back while nothing was in flight. */
export function commitClock(own: usize, waited: bool): void {
  const elsewhere =
    load<i64>(own, TENTATIVE) |
    load<i64>(own, TENTATIVE + (State.receiveWindow << 3)) |
    load<i64>(own, TENTATIVE + (State.sender << 3)) |
    load<i64>(own, TENTATIVE + (State.recovery << 3)) |
    load<i64>(own, TENTATIVE + (State.waiting << 3)) |
    load<i64>(own, D.clockHeld);
  // The usual case, in which all of the time was the network's: adding nothing to the others can be left out.
  if (elsewhere == 0) commitNetwork(own);
  else commitAll(own, waited);
}

function commitNetwork(own: usize): void {
  const network = load<f64>(own, TENTATIVE + (State.network << 3));
  if (network == 0) return;
  addTotal(own, State.network, network);
  store<f64>(own, load<f64>(own, D.clockLastNs), D.clockCommittedNs);
  const bin = binOf(own, network);
  if (bin >= 0) addToBin(load<u32>(own, P.clockBins), State.network, bin, network);
  store<f64>(own, 0, TENTATIVE + (State.network << 3));
}

function commitAll(own: usize, waited: bool): void {
  if (!waited) store<f64>(own, 0, TENTATIVE + (State.waiting << 3));
  if (load<f64>(own, D.clockHeld) != 0) releaseHeld(own);
  const pacedNs = load<f64>(Scratch.pacedNs);
  const byWindow = load<i32>(own, W.lastCause) == Cause.window && pacedNs != Infinity;
  let queued = load<f64>(own, TENTATIVE);
  if (queued > 0 && pacedNs != Infinity) {
    if (byWindow ? isLate(own) : isWritten(own)) {
      if (pacedNs == Scratch.pacedPerhaps) add(own, D.paceSuspenseNs, queued);
      queued = 0;
      store<f64>(own, 0, TENTATIVE);
    }
  } else if (queued > 0) {
    // The waits before were paced, too.
    queued += load<f64>(own, D.paceSuspenseNs);
    store<f64>(own, 0, D.paceSuspenseNs);
  }
  const closed =
    load<f64>(own, TENTATIVE + (State.receiveWindow << 3)) + load<f64>(own, TENTATIVE + (State.waiting << 3));
  // The pace is asked before the window is.
  const paced = Math.min(closed, Math.max(0, pacedNs));
  const window = closed - paced + (byWindow ? queued : 0);
  const sender = load<f64>(own, TENTATIVE + (State.sender << 3));
  const network = load<f64>(own, TENTATIVE + (State.network << 3)) + paced + (byWindow ? 0 : queued);
  const recovery = load<f64>(own, TENTATIVE + (State.recovery << 3));
  const sum = window + sender + network + recovery;
  if (sum == 0) return;
  addTotal(own, State.idle, queued);
  addTotal(own, State.receiveWindow, window);
  addTotal(own, State.sender, sender);
  addTotal(own, State.network, network);
  addTotal(own, State.recovery, recovery);
  store<f64>(own, window, TENTATIVE + (State.receiveWindow << 3));
  store<f64>(own, network, TENTATIVE + (State.network << 3));
  store<f64>(own, load<f64>(own, D.clockLastNs), D.clockCommittedNs);
  const bin = binOf(own, sum);
  if (bin >= 0) {
    const bins: usize = load<u32>(own, P.clockBins);
    addToBin(bins, State.receiveWindow, bin, window);
    addToBin(bins, State.sender, bin, sender);
    addToBin(bins, State.network, bin, network);
    addToBin(bins, State.recovery, bin, recovery);
  }
  // One by one: filling memory is a call into the machine's library.
  store<f64>(own, 0, TENTATIVE);
  store<f64>(own, 0, TENTATIVE + (State.receiveWindow << 3));
  store<f64>(own, 0, TENTATIVE + (State.sender << 3));
  store<f64>(own, 0, TENTATIVE + (State.network << 3));
  store<f64>(own, 0, TENTATIVE + (State.recovery << 3));
  store<f64>(own, 0, TENTATIVE + (State.waiting << 3));
}

/**
 * Whether the data comes later than an answer to the last acknowledgement. What the window cut off is sent when its opening
 * arrives: later, it was written later. On a path with delay only the sender's tap tells.
 */
function isLate(own: usize): bool {
  if (load<i32>(own, F.near) == 0 && !isQuick(own)) return false;
  return sinceAck(own) > SLOWEST_TURN_NS;
}

/** The path adds no delay that could be told from the stacks' own. */
export function isQuick(own: usize): bool {
  return load<f64>(own, D.turnMinNs) + load<f64>(own, D.peerTurnMinNs) < SLOWEST_TURN_NS;
}

function sinceAck(own: usize): f64 {
  return load<f64>(own, D.clockLastNs) - load<f64>(own, D.effectiveAckNs);
}

/**
 * Whether what looks like data that waited for its pacing is rather what an application writes in whole segments at intervals:
 * TCP sends so much at once as its rate gives in a millisecond, at least two segments, and on a path of less than some 3 ms up to
 * 64 KiB more, halved for every 512 µs (tcp_tso_autosize, tcp_tso_rtt_log 9, v6.18); and its first ten segments are not paced
 * (tcp_update_skb_after_send, v4.20+). Without delay on the path, where a pace or a queue below TCP holds back one
 * frame after the other, and a writer only some, a frame that comes late counts after two others. A single segment has no such doubt: the last of a write carries PSH.
 */
function isWritten(own: usize): bool {
  const bytes = <f64>load<i32>(own, W.lastRunPayload);
  const segment = usualSegment(own);
  if (bytes <= segment) return false;
  const lateNs = sinceAck(own);
  if (isQuick(own)) {
    const late = lateNs > FASTEST_TURN_NS;
    const run = load<i32>(own, W.lateRun);
    if (late ? run < LATE_RUN : run >= 0) store<i32>(own, late ? run + 1 : run - 1, W.lateRun);
    return late && run <= 0;
  }
  if (load<i32>(own, F.near) == 0 || lateNs <= SLOWEST_TURN_NS) return false;
  const burst = load<i32>(own, F.synSeen) != 0 ? FIRST_BURST_SEGMENTS * segment : 2 * bytes;
  if (<f64>load<i32>(own, W.maxInFlight) < burst) return true;
  const gapNs = load<f64>(own, D.clockLastNs) - load<f64>(own, D.lastDataNs);
  const halvings = Math.min(31, Math.floor(load<f64>(own, D.peerTurnMinNs) / PACING_RTT_NS));
  const more = MOST_PACED_BYTES / <f64>(1 << (<i32>halvings));
  return bytes * (1 - PACED_NS / gapNs) > more + 2 * segment;
}

function addTotal(own: usize, state: i32, time: f64): void {
  const at = own + ((<usize>state) << 3);
  store<f64>(at, load<f64>(at, TOTAL) + time, TOTAL);
}

/** Gives the held time to the state that most of the tentative time was spent in. */
function releaseHeld(own: usize): void {
  let best = own + (State.network << 3);
  for (let state = State.receiveWindow; state <= State.recovery; state++) {
    const at = own + ((<usize>state) << 3);
    if (load<f64>(at, TENTATIVE) > load<f64>(best, TENTATIVE)) best = at;
  }
  const at = best;
  store<f64>(at, load<f64>(at, TENTATIVE) + load<f64>(own, D.clockHeld), TENTATIVE);
  store<f64>(own, 0, D.clockHeld);
}

/** Nothing more will be sent: what came after the last new data was waiting for acknowledgements only. */
export function finishClock(own: usize): void {
  if (load<f64>(own, D.clockHeld) != 0) releaseHeld(own);
  addTotal(own, State.recovery, load<f64>(own, TENTATIVE + (State.recovery << 3)));
  addTotal(
    own,
    State.sender,
    load<f64>(own, TENTATIVE + (State.sender << 3)) +
      load<f64>(own, TENTATIVE + (State.network << 3)) +
      load<f64>(own, TENTATIVE + (State.receiveWindow << 3)),
  );
  memory.fill(own + TENTATIVE, 0, 48);
}

function busyNs(own: usize): f64 {
  return (
    load<f64>(own, TOTAL + (State.receiveWindow << 3)) +
    load<f64>(own, TOTAL + (State.sender << 3)) +
    load<f64>(own, TOTAL + (State.network << 3)) +
    load<f64>(own, TOTAL + (State.recovery << 3))
  );
}

/** The bin in which the tentative time, `sum` in all, lies, which ends now; or -1 if there is none, or if it was spread over several. */
function binOf(own: usize, sum: f64): i32 {
  const bins: usize = load<u32>(own, P.clockBins);
  if (bins == 0) {
    firstSpread(own);
    return -1;
  }
  let binNs = load<f64>(own, D.clockBinNs);
  const sinceStart = load<f64>(own, D.clockLastNs) - load<f64>(own, D.clockBinStartNs);
  while (sinceStart >= binNs * State.bins) {
    halve(own, bins);
    binNs *= 2;
  }
  const place = sinceStart / binNs;
  const whole = Math.floor(place);
  if ((place - whole) * binNs < sum) {
    spreadOver(own, bins, own + TENTATIVE, sum);
    return -1;
  }
  return <i32>whole;
}

/** Adds time in a state to one of its bins; most connections know one state or two. */
function addToBin(bins: usize, state: i32, bin: i32, time: f64): void {
  if (time == 0) return;
  const slot = bins + ((<usize>state - 1) << 2);
  let times: usize = load<u32>(slot);
  if (times == 0) {
    times = allocate(State.bins << 2);
    store<u32>(slot, <u32>times);
  }
  const at = times + ((<usize>bin) << 2);
  store<f32>(at, <f32>(<f64>load<f32>(at) + time));
}

/** Makes the bins when they are worth it: all that went before, evenly. */
function firstSpread(own: usize): void {
  const commits = load<i32>(own, W.clockCommits) + 1;
  store<i32>(own, commits, W.clockCommits);
  if (commits < COMMITS_BEFORE_BINS) return;
  const bins = allocate(STATES << 2);
  store<u32>(own, <u32>bins, P.clockBins);
  store<f64>(own, FIRST_BIN_NS, D.clockBinNs);
  const sinceStart = load<f64>(own, D.clockLastNs) - load<f64>(own, D.clockBinStartNs);
  while (sinceStart >= load<f64>(own, D.clockBinNs) * State.bins) halve(own, bins);
  spreadOver(own, bins, own + TOTAL, busyNs(own));
}

/** Spreads times (of states, from `times` on; `all` in sum), which end now, over the bins they cover. */
function spreadOver(own: usize, bins: usize, times: usize, all: f64): void {
  const startNs = load<f64>(own, D.clockBinStartNs);
  const binNs = load<f64>(own, D.clockBinNs);
  let endNs = load<f64>(own, D.clockLastNs);
  let left = all;
  while (left > 0) {
    const bin = Math.max(0, Math.floor((endNs - startNs - 1e-3) / binNs));
    const binStart = startNs + bin * binNs;
    const part = bin == 0 ? left : Math.min(left, endNs - binStart);
    if (part <= 0) break;
    for (let state = State.receiveWindow; state <= State.recovery; state++)
      addToBin(bins, state, <i32>bin, (load<f64>(times + ((<usize>state) << 3)) * part) / all);
    left -= part;
    endNs = binStart;
  }
}

/** Two bins become one. */
function halve(own: usize, bins: usize): void {
  const half: usize = State.bins << 1;
  for (let state = 0; state < STATES; state++) {
    const times: usize = load<u32>(bins + ((<usize>state) << 2));
    if (times == 0) continue;
    for (let to: usize = 0; to < half; to += 4) {
      const from = times + 2 * to;
      store<f32>(times + to, <f32>(<f64>load<f32>(from) + <f64>load<f32>(from, 4)));
    }
    memory.fill(times + half, 0, half);
  }
  store<f64>(own, load<f64>(own, D.clockBinNs) * 2, D.clockBinNs);
}
