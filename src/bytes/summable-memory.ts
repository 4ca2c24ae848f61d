// Station "bytes": memory over which the Internet checksum is added up 16 bytes at a time.
//
// JavaScript has no vector instructions, WebAssembly has, but works on memory of its own only. So whoever reads captures gets the
// memory for it here, and `onesSum` looks whether the bytes that it is given lie in such memory: 5 GB/s without, 20 with.

/** Sum of 16-bit words in the machine's little-endian order, over at most 65,536 bytes, a multiple of 32. */
type SumWords = (at: number, length: number) => number;

/** The part of it that is used: the language's own library of types, all that pure code has, does not know it. */
declare const WebAssembly:
  | undefined
  | {
      readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
      readonly Module: new (code: Uint8Array) => object;
      readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly sum: SumWords } };
    };

const pageBytes = 65_536;
/** Memory is taken in pieces of this size, which the system fills in page by page as they are used. */
const arenaBytes = 16 << 20;
const alignment = 64;

const sums: WeakMap<ArrayBufferLike, SumWords> = new WeakMap();
/** The last answer: sums come in runs over the same memory. */
let lastBuffer: ArrayBufferLike | undefined;
let lastSum: SumWords | undefined;
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
    const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(sumModule())), { js: { memory } });
    sums.set(memory.buffer, instance.exports.sum);
    return memory.buffer;
  } catch {
    // A processor without vectors, a page whose policy forbids WebAssembly, an address space too small: slower, not wrong.
    return undefined;
  }
}

/** Copies to a place in `memory`, a view of a whole ArrayBuffer: inside of it no view has to be made of what is copied. */
export function copyInto(memory: Uint8Array, to: number, source: DataView, start: number, length: number): void {
  const from = source.byteOffset + start;
  if (source.buffer === memory.buffer) memory.copyWithin(to, from, from + length);
  else memory.set(new Uint8Array(source.buffer, from, length), to);
}

/** The sum function of this memory; undefined when it is ordinary memory. */
export function sumWordsOf(buffer: ArrayBufferLike): SumWords | undefined {
  if (buffer !== lastBuffer) {
    lastBuffer = buffer;
    lastSum = sums.get(buffer);
  }
  return lastSum;
}

const I32 = 0x7f;
const V128 = 0x7b;
const local = { get: 0x20, set: 0x21 } as const;
const at = 0;
const length = 1;
const low = 2;
const high = 3;
const i32Add = 0x6a;
const i32Sub = 0x6b;
const i32Const = 0x41;
const vectorAdd = [0xfd, 0xae, 0x01];

/** Adds the eight 16-bit words at `at` + `offset` to the four 32-bit sums of `sum`: i32x4.extadd_pairwise_i16x8_u. */
const addEightWords = (sum: number, offset: number): readonly number[] => [
  ...[local.get, sum, local.get, at, 0xfd, 0x00, 0x00, offset],
  ...[0xfd, 0x7f, ...vectorAdd, local.set, sum],
];

const lane = (index: number): readonly number[] => [local.get, low, 0xfd, 0x1b, index];

/** The function's code (WebAssembly 2.0, section 5.4); two sums, so that an addition does not wait for the one before. */
const sumCode: readonly number[] = [
  ...[0x01, 0x02, V128],
  // do { two times eight words; at += 32; length -= 32 } while (length != 0)
  ...[0x03, 0x40, ...addEightWords(low, 0), ...addEightWords(high, 16)],
  ...[local.get, at, i32Const, 32, i32Add, local.set, at],
  ...[local.get, length, i32Const, 32, i32Sub, 0x22, length, 0x0d, 0x00, 0x0b],
  ...[local.get, low, local.get, high, ...vectorAdd, local.set, low],
  ...[...lane(0), ...lane(1), i32Add, ...lane(2), i32Add, ...lane(3), i32Add, 0x0b],
];

/** The module: it takes `js.memory` and gives `sum`. */
function sumModule(): readonly number[] {
  return [
    ...[0x00, ...ascii('asm'), 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 2, I32, I32, 1, I32]),
    ...section(2, [1, ...text('js'), ...text('memory'), 0x02, 0x00, 0x01]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('sum'), 0x00, 0]),
    ...section(10, [1, sumCode.length, ...sumCode]),
  ];
}

const ascii = (word: string): readonly number[] => Array.from(word, (letter) => letter.charCodeAt(0));
const text = (word: string): readonly number[] => [word.length, ...ascii(word)];
/** Everything here is shorter than 128 bytes, so that a length is one byte. */
const section = (id: number, content: readonly number[]): readonly number[] => [id, content.length, ...content];
