// Station "bytes": memory over which the Internet checksum is added up 16 bytes at a time.
//
// JavaScript has no vector instructions, WebAssembly has, but works on memory of its own only. So whoever reads captures gets the
// memory for it here, and `onesSum` looks whether the bytes that it is given lie in such memory: 5 GB/s without, 20 with.

import { vectorModule } from './vector-code.ts';

/** What sums, in memory of its own. Sums are of 16-bit words in the machine's little-endian order, over at most 65,536 bytes. */
export interface VectorCode {
  /** The length is a multiple of 32, and not 0. */
  readonly sum: (at: number, length: number) => number;
  /** Of any length; the last odd byte is the low half of a word. The two ranges do not overlap. */
  readonly copySum: (from: number, to: number, length: number) => number;
  /** The memory itself. */
  readonly memory: object;
}

/** The part of it that is used: the language's own library of types, all that pure code has, does not know it. */
declare const WebAssembly:
  | undefined
  | {
      readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
      readonly Module: new (code: Uint8Array) => object;
      readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
    };

const pageBytes = 65_536;
/** Memory is taken in pieces of this size, which the system fills in page by page as they are used. */
const arenaBytes = 16 << 20;
const alignment = 64;

const codes: WeakMap<ArrayBufferLike, VectorCode> = new WeakMap();
/** The last answer: sums come in runs over the same memory. */
let lastBuffer: ArrayBufferLike | undefined;
let lastCode: VectorCode | undefined;
/** The piece that is given away at present, and how much of it is. An older one goes when nobody uses anything of it. */
let arena: ArrayBuffer | undefined;
let arenaUsed = 0;

/**
 * New memory of `length` bytes, all zero; ordinary memory where there is no WebAssembly with vectors. What is asked for one after the
 * other mostly lies in one ArrayBuffer, within which copies are quickest.
 */
export function summableBytes(length: number): Uint8Array {
  if (arena === undefined || arenaUsed + length > arena.byteLength) {
    arena = makeArena(Math.max(length, arenaBytes));
    arenaUsed = 0;
    if (arena === undefined) return new Uint8Array(length);
  }
  const start = arenaUsed;
  arenaUsed = (start + length + alignment - 1) & -alignment;
  return new Uint8Array(arena, start, length);
}

function makeArena(length: number): ArrayBuffer | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    const pages = Math.ceil(length / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(vectorModule()), { js: { memory } });
    const { sum, copySum } = instance.exports as Omit<VectorCode, 'memory'>;
    codes.set(memory.buffer, { sum, copySum, memory });
    return memory.buffer;
  } catch {
    // A processor without vectors, a page whose policy forbids WebAssembly, an address space too small: slower, not wrong.
    return undefined;
  }
}

/** More code for memory that has some: a module that may take `js.memory`, `js.sum` and `js.copySum`. */
export function instanceIn<Exports>(js: VectorCode, module: Uint8Array): Exports {
  if (typeof WebAssembly === 'undefined') throw new Error('there is no WebAssembly');
  return new WebAssembly.Instance(new WebAssembly.Module(module), { js }).exports as Exports;
}

/** The code of this memory; undefined when it is ordinary memory. */
export function vectorCodeOf(buffer: ArrayBufferLike): VectorCode | undefined {
  if (buffer !== lastBuffer) {
    lastBuffer = buffer;
    lastCode = codes.get(buffer);
  }
  return lastCode;
}
