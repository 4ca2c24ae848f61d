// Station "analysis": the pace of a sender that TCP itself holds back (sk_max_pacing_rate, or congestion control's). After `bytes` it waits
// bytes / rate, so waits after bursts of any size tell one rate (net/ipv4/tcp_output.c tcp_update_skb_after_send, tcp_pacing_check,
// v4.20+). To the kernel such a wait is busy time that no window limits: the pace is asked before the window is (tcp_write_xmit).

import * as D from '../layout/doubles';
import * as F from '../layout/flags';
import * as Scratch from '../layout/scratch';
import * as W from '../layout/words';
import { isQuick } from './clock';
import { usualSegment } from './segment';

/** Frames closer than this left together. */
const ONE_INSTANT_NS: f64 = 30_000;
/** Sooner after an acknowledgement data may be its answer. */
const ANSWER_NS: f64 = 300_000;
/** A timer is late by tens of microseconds; the rate is a whole number of bytes a second. */
const SLACK_NS: f64 = 100_000;
const SLACK_SHARE: f64 = 0.03;
const ENOUGH_FITS: i32 = 3;
const SURE_FITS: i32 = 12;
/** That one rate fits a burst of another size, by this share, counts twice: a writer that sleeps does not know how much it wrote. */
const OTHER_SHARE: f64 = 0.1;
const MOST_FITS: i32 = 64;

/** New data of `payload` bytes is at hand. Says in the scratch place `pacedNs` for how long its pace held it back. */
export function takePace(own: usize, payload: i32): void {
  const nowNs = load<f64>(Scratch.nowNs);
  if (nowNs - load<f64>(own, D.lastDataNs) < ONE_INSTANT_NS) {
    store<i32>(own, load<i32>(own, W.burstBytes) + payload, W.burstBytes);
    return;
  }
  if (load<i32>(own, F.drained) == 0) {
    const bytes = <f64>load<i32>(own, W.burstBytes);
    // Less than a segment waits for the window's timer (tcp_write_timer), not for a pace.
    if (bytes > 0 && bytes >= usualSegment(own)) takeWait(own, nowNs - load<f64>(own, D.burstNs), bytes);
  }
  store<f64>(own, nowNs, D.burstNs);
  store<i32>(own, payload, W.burstBytes);
}

/** The burst before, of so many bytes, left `waitNs` ago. */
function takeWait(own: usize, waitNs: f64, bytes: f64): void {
  const known = load<f64>(own, D.paceNsPerByte);
  const fits = load<i32>(own, W.paceFits);
  const before = load<i32>(own, W.paceMisses);
  const isKnown = fits >= ENOUGH_FITS && fits >= 2 * before;
  // Of waits that end with an acknowledgement nothing but a pace that is sure can say that it came first.
  if (fits >= SURE_FITS && fits >= 8 * before) store<f64>(Scratch.pacedNs, known * bytes);
  if (load<f64>(Scratch.nowNs) - load<f64>(own, D.effectiveAckNs) < ANSWER_NS) return;
  if (known > 0 && Math.abs(waitNs - known * bytes) < SLACK_NS + SLACK_SHARE * waitNs) {
    store<i32>(own, min(fits + weightOf(own, bytes), MOST_FITS), W.paceFits);
    store<i32>(own, <i32>bytes, W.paceBytes);
    store<f64>(own, known + (waitNs / bytes - known) / 8, D.paceNsPerByte);
    store<f64>(Scratch.pacedNs, isKnown ? Infinity : Scratch.pacedPerhaps);
    return;
  }
  const misses = before + 1;
  store<i32>(own, misses, W.paceMisses);
  if (misses <= fits) return;
  store<f64>(own, waitNs / bytes, D.paceNsPerByte);
  store<i32>(own, <i32>bytes, W.paceBytes);
  store<i32>(own, 0, W.paceFits);
  store<i32>(own, 0, W.paceMisses);
  store<f64>(own, 0, D.paceSuspenseNs);
}

/**
 * What one more wait that fits says. On a path with delay TCP sends so little at once, the more so the lower its rate (tcp_tso_autosize),
 * that equal bursts at equal intervals may as well be an application's (isWritten in clock.ts).
 */
function weightOf(own: usize, bytes: f64): i32 {
  if (Math.abs(bytes - <f64>load<i32>(own, W.paceBytes)) > OTHER_SHARE * bytes) return 2;
  return isQuick(own) ? 1 : 0;
}
