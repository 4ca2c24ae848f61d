// Station "analysis": what the data has told of the window scale of a connection whose handshake was not captured, as the packet
// loop has added it up (engine/assembly/scale-search.ts says how it tells).

import type { Engine } from '../engine/engine.ts';
import * as Place from '../engine/layout/search-places.ts';
import { LimitState } from './limit-clock.ts';

/** Frames that must end exactly at the window's edge, at one scale, before that scale is called sure. */
const ENOUGH_HITS = 4;

/** Time by state for every scale at once, and how well each scale fits. */
export class WindowScaleSearch {
  private readonly engine: Engine;
  private readonly at: number;

  /** `at`: where it lies in the loop's memory, in bytes. */
  constructor(engine: Engine, at: number) {
    this.engine = engine;
    this.at = at;
  }

  /** The smallest scale under which no frame went beyond the window. */
  get minimumShift(): number {
    return this.engine.words[(this.at + Place.minimumShift) >> 2]!;
  }

  /** The scale, when the data proves it. */
  proven(): number | undefined {
    const shift = this.minimumShift;
    return this.engine.words[((this.at + Place.hits) >> 2) + shift]! >= ENOUGH_HITS ? shift : undefined;
  }

  /** Nanoseconds by state under scale `shift`. Indexed like LimitState. */
  nanoseconds(shift: number): number[] {
    const result = [0, 0, 0, 0, 0];
    for (let fits = 0; fits <= Place.shifts; fits++) {
      for (let state = 1; state < Place.states; state++) {
        const time = this.total(fits, state);
        if (fits > shift) result[LimitState.ReceiveWindow]! += time;
        else result[state]! += time;
      }
    }
    return result;
  }

  /** Shares are the same under every scale not excluded: the window cannot have mattered. */
  never(): boolean {
    for (let fits = this.minimumShift + 1; fits <= Place.shifts; fits++) {
      for (let state = 1; state < Place.states; state++) if (this.total(fits, state) > 0) return false;
    }
    return true;
  }

  private total(fits: number, state: number): number {
    return this.engine.doubles[((this.at + Place.total) >> 3) + fits * Place.states + state]!;
  }
}
