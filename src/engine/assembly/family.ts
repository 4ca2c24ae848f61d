// From a direction's record to its relatives.

import * as C from '../layout/connection';
import * as P from '../layout/parts';

/** Side of the direction: 0 or 1. */
export function sideOf(own: usize): i32 {
  return load<i32>(own, P.side);
}

/** Index of the direction's connection. */
export function numberOf(own: usize): i32 {
  return load<i32>(own - C.directions - <usize>sideOf(own) * P.recordBytes, C.number);
}
