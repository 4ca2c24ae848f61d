// Station "analysis": the window scale of a connection whose handshake was not captured. The data itself tells, if the
// window bounded it: bytes in flight never exceed the true window, and a sender that waits for the window fills it to
// the last byte again and again. Otherwise the answer is "not known".

import { LimitState } from './limit-clock.ts';

const SHIFTS = 15;
const STATES = 5;
/** Frames that must end exactly at the window's edge, at one scale, before that scale is called sure. */
const ENOUGH_HITS = 4;

/** Time by state for every scale at once, and how well each scale fits. */
export class WindowScaleSearch {
  /** The smallest scale under which no frame went beyond the window. */
  minimumShift = 0;
  private readonly hits: Int32Array = new Int32Array(SHIFTS);
  /** [smallest shift at which the next segment would fit][state]. */
  private readonly total: Float64Array = new Float64Array((SHIFTS + 1) * STATES);
  private readonly tentative: Float64Array = new Float64Array((SHIFTS + 1) * STATES);
  private fits = 0;
  /** Bit s: under shift s the window was used up, and has not opened by a third since (tcp_tso_win_divisor). */
  private usedUp = 0;
  private dirty = false;
  private state: number = LimitState.Idle;

  /**
   * Data was sent: `inFlight` bytes from the acknowledgement that had reached its sender to its end, as far as is known, under the raw
   * window `effectiveRaw` that came with it; `atLeast` from the last one that the tap has seen, with the window `raw`.
   */
  sent(inFlight: number, atLeast: number, raw: number, effectiveRaw: number): void {
    if (this.dirty) this.commit();
    if (raw === 0) return;
    while (this.minimumShift < SHIFTS - 1 && raw << this.minimumShift < atLeast) this.minimumShift++;
    for (let shift = this.minimumShift; shift < SHIFTS; shift++) {
      if (effectiveRaw > 0 && effectiveRaw << shift === inFlight) this.hits[shift]!++;
    }
  }

  private commit(): void {
    const { total, tentative } = this;
    for (let index = 0; index < total.length; index++) {
      const time = tentative[index]!;
      if (time === 0) continue;
      total[index]! += time;
      tentative[index] = 0;
    }
    this.dirty = false;
  }

  /** Time passed in the state that `becomes` set last. */
  advance(elapsedNs: number): void {
    if (this.state === LimitState.Idle) return;
    this.tentative[this.fits * STATES + this.state]! += elapsedNs;
    this.dirty = true;
  }

  /**
   * From now on: what limits if the window does not, and which scales would leave room for one more segment. `mostInFlight` is what the
   * congestion window has held at least.
   */
  becomes(state: number, inFlight: number, raw: number, segmentBytes: number, mostInFlight: number): void {
    this.state = state;
    let shift = 0;
    let usedUp = 0;
    for (; shift < SHIFTS; shift++) {
      const window = raw << shift;
      const room = window - inFlight;
      const isDeferred =
        (this.usedUp & (1 << shift)) !== 0 && room * 3 < window && window <= mostInFlight + segmentBytes;
      if (room >= segmentBytes && !isDeferred) break;
      usedUp |= 1 << shift;
    }
    this.usedUp = usedUp;
    this.fits = shift;
  }

  /** The scale, when the data proves it. */
  proven(): number | undefined {
    return this.hits[this.minimumShift]! >= ENOUGH_HITS ? this.minimumShift : undefined;
  }

  /** Nanoseconds by state under scale `shift`. Indexed like LimitState. */
  nanoseconds(shift: number): number[] {
    const result = [0, 0, 0, 0, 0];
    for (let fits = 0; fits <= SHIFTS; fits++) {
      for (let state = 1; state < STATES; state++) {
        const time = this.total[fits * STATES + state]!;
        if (fits > shift) result[LimitState.ReceiveWindow]! += time;
        else result[state]! += time;
      }
    }
    return result;
  }

  /** Shares are the same under every scale not excluded: the window cannot have mattered. */
  never(): boolean {
    for (let fits = this.minimumShift + 1; fits <= SHIFTS; fits++) {
      for (let state = 1; state < STATES; state++) if (this.total[fits * STATES + state]! > 0) return false;
    }
    return true;
  }
}
