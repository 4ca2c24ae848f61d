// Station "analysis": a few rows that show something, and how many there are.

import type { RowSample } from './measurement.ts';

/** Rows that a sample keeps. */
export const MOST_ROWS = 8;

/** Counts rows and keeps the first eight. */
export class Sample implements RowSample {
  count = 0;
  rows: number[] = [];

  add(row: number, times = 1): void {
    this.count += times;
    // A new array of the exact length: `push` would make room for 17 at once, in every sample of every connection.
    if (this.rows.length < MOST_ROWS) this.rows = [...this.rows, row];
  }
}

const none: RowSample = { count: 0, rows: [] };

/** The sample, or an empty one where nothing was ever noted. */
export function sampleOf(sample: RowSample | undefined): RowSample {
  return sample ?? none;
}
