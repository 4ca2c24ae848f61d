// Memory of the packet loop: taken from the end, given back to lists by size. Nothing here is collected: what a connection holds is given
// back when it has been measured.

import * as Scratch from '../layout/scratch';

/** Grown by at least this much, so that views of the memory are made anew rarely. */
const GROWTH_BYTES: usize = 16 << 20;
/** What one row can take at most: rings that double (1.5 MB each), a record, and room to spare. */
const HEADROOM_BYTES: usize = 8 << 20;

const CACHE_LINE: usize = 64;
const LEAST_BYTES: i32 = 16;
/** The number of the largest size that is split, 16 MiB: a table of flows that has been outgrown is of no use whole. */
const LARGEST_SPLIT: i32 = 48;

let top: usize = __heap_base;
/** Where `top` may be at most before memory has to grow. */
let safeTop: usize = 0;

/** The host makes its views of the memory anew. */
declare function grown(): void;
/** There is no more memory: throws. */
declare function exhausted(): void;

/** Takes back all from `start` on: the next use finds that memory zero. */
export function forgetMemory(start: usize): void {
  if (start == 0) start = __heap_base;
  memory.fill(start, 0, top - start);
  memory.fill(Scratch.freeLists, 0, 64 << 2);
  top = start;
}

/** Makes sure that `bytes` can be taken. Before the first row only. */
export function ensureRoom(bytes: i32): void {
  const missing = <i32>(top - ((<usize>memory.size()) << 16)) + bytes;
  if (missing > 0 && memory.grow((missing + 0xffff) >> 16) < 0) exhausted();
  noteSize();
  ensureHeadroom();
}

/** Makes sure that one more row can be taken without growing. Only here does memory grow, when nobody holds a view of it. */
export function ensureHeadroom(): void {
  if (top > safeTop) grow();
}

function grow(): void {
  // Less would do, if there is less left.
  if (memory.grow(GROWTH_BYTES >> 16) < 0 && memory.grow(HEADROOM_BYTES >> 16) < 0) exhausted();
  noteSize();
  grown();
}

function noteSize(): void {
  const size = (<usize>memory.size()) << 16;
  safeTop = size > HEADROOM_BYTES ? size - HEADROOM_BYTES : 0;
}

/** Sizes are rounded up to a power of two, or to one and a half of it: this is the number of such a size. */
function classOf(bytes: i32): i32 {
  const whole = 31 - clz(bytes - 1);
  return 2 * whole + (bytes > 3 << (whole - 1) ? 2 : 1);
}

function bytesOf(sizeClass: i32): i32 {
  const whole = sizeClass >> 1;
  return (sizeClass & 1) == 0 ? 1 << whole : 3 << (whole - 1);
}

/** `bytes` (16 to 2^30) of memory, all zero. */
export function allocate(bytes: i32): usize {
  const sizeClass = classOf(bytes);
  const list: usize = Scratch.freeLists + ((<usize>sizeClass) << 2);
  const rounded = bytesOf(sizeClass);
  let free: usize = load<u32>(list);
  if (free != 0) store<u32>(list, load<u32>(free));
  else {
    free = split(sizeClass, rounded);
    if (free == 0) return reserve(rounded);
  }
  memory.fill(free, 0, rounded);
  return free;
}

/** The first `wanted` bytes of a larger piece that was given back, if there is one; the rest of it is given back again. */
function split(sizeClass: i32, wanted: i32): usize {
  for (let larger = sizeClass + 1; larger <= LARGEST_SPLIT; larger++) {
    const list: usize = Scratch.freeLists + ((<usize>larger) << 2);
    const free: usize = load<u32>(list);
    if (free == 0) continue;
    store<u32>(list, load<u32>(free));
    let rest = free + <usize>wanted;
    for (let left = bytesOf(larger) - wanted; left >= LEAST_BYTES; ) {
      const part = classWithin(left);
      giveBack(rest, part);
      rest += bytesOf(part);
      left -= bytesOf(part);
    }
    return free;
  }
  return 0;
}

/** The number of the largest size that is not above `bytes`. */
function classWithin(bytes: i32): i32 {
  const sizeClass = classOf(bytes);
  return bytesOf(sizeClass) > bytes ? sizeClass - 1 : sizeClass;
}

function giveBack(at: usize, sizeClass: i32): void {
  const list: usize = Scratch.freeLists + ((<usize>sizeClass) << 2);
  store<u32>(at, load<u32>(list));
  store<u32>(list, <u32>at);
}

/** Gives back what `allocate(bytes)` gave. */
export function release(at: usize, bytes: i32): void {
  giveBack(at, classOf(bytes));
}

/** Memory of exactly this size, a multiple of 8, that stays. What fills whole lines of the processor's cache begins with one. */
export function reserve(bytes: i32): usize {
  if ((bytes & (CACHE_LINE - 1)) == 0) top = (top + CACHE_LINE - 1) & ~(CACHE_LINE - 1);
  const at = top;
  top += bytes;
  return at;
}
