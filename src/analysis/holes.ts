// Station "analysis": ranges of data that the tap has not seen although later data came by.

import { type Seq32, seqAdd, seqDistance } from '../bytes/seq32.ts';
import type { DirectionState, Hole } from './direction-state.ts';

const MOST_HOLES = 64;
const BEFORE_CAPTURE_BYTES = 0x10_0000;

/** Later data came before what lies between. `ipId` is the later data's, or -1. */
export function openHole(data: DirectionState, start: Seq32, end: Seq32, ipId: number): void {
  data.holes ??= [];
  if (data.holes.length >= MOST_HOLES) data.holes.shift();
  data.holes.push({ start, end, openedNs: data.engine.nowNs, ipId, ipIdKnown: ipId >= 0, beforeCapture: false });
  data.openHoles = data.holes.length;
  data.holeCount++;
  const bytes = seqDistance(start, end);
  if (bytes > data.largestHoleBytes) data.largestHoleBytes = bytes;
}

/** The first data of a connection whose start was not captured: what was sent just before it may still come late. */
export function openBeforeCapture(data: DirectionState, start: Seq32, ipId: number): void {
  data.holes ??= [];
  const before = seqAdd(start, -BEFORE_CAPTURE_BYTES);
  data.holes.push({
    start: before,
    end: start,
    openedNs: data.engine.nowNs,
    ipId,
    ipIdKnown: ipId >= 0,
    beforeCapture: true,
  });
  data.openHoles = data.holes.length;
}

/** What a frame filled: bytes never seen before, and the first hole that it touched, as it was. */
export interface Filling {
  readonly bytes: number;
  readonly hole: Hole;
}

/** Takes the range from `start` to `end` out of all holes; undefined if none of it was missing. */
export function fillHoles(data: DirectionState, start: Seq32, end: Seq32): Filling | undefined {
  const holes = data.holes;
  if (holes === undefined || holes.length === 0) return undefined;
  let first: Hole | undefined;
  let bytes = 0;
  const left: Hole[] = [];
  for (const hole of holes) {
    const from = seqDistance(hole.start, start) > 0 ? start : hole.start;
    const to = seqDistance(end, hole.end) > 0 ? end : hole.end;
    const filled = seqDistance(from, to);
    if (filled <= 0) {
      left.push(hole);
      continue;
    }
    first ??= hole;
    bytes += filled;
    if (seqDistance(hole.start, from) > 0) left.push({ ...hole, end: from });
    if (seqDistance(to, hole.end) > 0) left.push({ ...hole, start: to });
  }
  if (first === undefined) return undefined;
  data.holes = left;
  data.openHoles = left.length;
  return { bytes, hole: first };
}
