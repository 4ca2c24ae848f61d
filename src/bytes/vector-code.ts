// Station "bytes": the WebAssembly behind summable memory, written out instruction by instruction (WebAssembly 2.0, section 5): sums
// of 16-bit words by vectors of 16 bytes, with and without a copy of what is summed.

const I32 = 0x7f;
const V128 = 0x7b;
const block = [0x02, 0x40] as const;
const loop = [0x03, 0x40] as const;
const ifThen = [0x04, 0x40] as const;
const end = 0x0b;
const branch = 0x0c;
const branchIf = 0x0d;
const i32Const = 0x41;
const i32LessThan = 0x49;
const i32Add = 0x6a;
const i32Sub = 0x6b;
const i32And = 0x71;
/** All of vectors of four 32-bit numbers. */
const vectorAdd = [0xfd, 0xae, 0x01] as const;
const vectorSub = [0xfd, 0xb1, 0x01] as const;
const vectorShiftLeft = [0xfd, 0xab, 0x01] as const;
const vectorShiftRight = [0xfd, 0xad, 0x01] as const;
const extractLane = [0xfd, 0x1b] as const;

/** Loads and stores take an alignment and an offset: alignment 0 promises nothing. */
const load16 = 0x2f;
const load8 = 0x2d;
const load32 = 0x28;
const load64 = 0x29;
const store64 = 0x37;
const store32 = 0x36;
const store16 = 0x3b;
const store8 = 0x3a;
const loadVector = [0xfd, 0x00] as const;
const storeVector = [0xfd, 0x0b] as const;
/** Into the low lane, zeros above. */
const loadVector32 = [0xfd, 0x5c] as const;
const loadVector64 = [0xfd, 0x5d] as const;

type Code = readonly number[];

/** Locals: a vector, and the sums of 32-bit words and of their high halves. */
interface Sums {
  readonly value: number;
  readonly words: number;
  readonly high: number;
}

/** A number in LEB128: the lengths and constants here are below 8,192. */
const number = (value: number): Code => (value < 64 ? [value] : [(value & 0x7f) | 0x80, value >> 7]);
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const at = (offset: number): Code => [0x00, offset];
const advance = (local: number, bytes: number): Code => [
  ...[...get(local), i32Const, ...number(bytes), i32Add, ...set(local)],
];

/**
 * Adds the vector in `value` to the sums. Three operations: the wrapped sum of all 32-bit words gives the low halves once the high
 * halves, summed apart, are taken off.
 */
const addVector = ({ value, words, high }: Sums): Code => [
  ...[...get(words), ...get(value), ...vectorAdd, ...set(words)],
  ...[...get(high), ...get(value), i32Const, 16, ...vectorShiftRight, ...vectorAdd, ...set(high)],
];

/** The sum of all 16-bit words that were added, onto the stack. */
function totalOf({ value, words, high }: Sums): Code {
  const lane = (index: number): Code => [...get(value), ...extractLane, index];
  return [
    ...[...get(words), ...get(high), i32Const, 16, ...vectorShiftLeft, ...vectorSub],
    ...[...get(high), ...vectorAdd, ...set(value)],
    ...[...lane(0), ...lane(1), i32Add, ...lane(2), i32Add, ...lane(3), i32Add],
  ];
}

/** sum(at, length): 32 bytes a turn. */
function sumCode(): Code {
  const [from, length] = [0, 1];
  const sums: Sums = { value: 2, words: 3, high: 4 };
  const addAt = (offset: number): Code => [
    ...[...get(from), ...loadVector, ...at(offset), ...set(sums.value), ...addVector(sums)],
  ];
  return [
    ...[1, 3, V128],
    ...[...loop, ...addAt(0), ...addAt(16), ...advance(from, 32)],
    ...[...get(length), i32Const, ...number(32), i32Sub, ...tee(length), branchIf, 0, end],
    ...[...totalOf(sums), end],
  ];
}

/** copySum(from, to, length): 64 bytes a turn, then what the bits of the length below that say. */
function copySumCode(): Code {
  const [from, to, length, tail] = [0, 1, 2, 3];
  const sums: Sums = { value: 4, words: 5, high: 6 };
  const copyVector = (offset: number): Code => [
    ...[...get(to), ...get(from), ...loadVector, ...at(offset), ...tee(sums.value), ...storeVector, ...at(offset)],
    ...addVector(sums),
  ];
  /** The low bytes of a vector, zeros above. */
  const copyPart = (loadPart: Code, load: number, store: number): Code => [
    ...[...get(to), ...get(from), load, ...at(0), store, ...at(0)],
    ...[...get(from), ...loadPart, ...at(0), ...set(sums.value), ...addVector(sums)],
  ];
  const copyNumber = (load: number, store: number): Code => [
    ...[...get(to), ...get(from), load, ...at(0), store, ...at(0)],
    ...[...get(tail), ...get(from), load, ...at(0), i32Add, ...set(tail)],
  ];
  const ifBit = (bytes: number, body: Code): Code => [
    ...[...get(length), i32Const, ...number(bytes), i32And, ...ifThen],
    ...[...body, ...advance(from, bytes), ...advance(to, bytes), end],
  ];
  return [
    ...[2, 1, I32, 3, V128],
    ...[...block, ...loop, ...get(length), i32Const, ...number(64), i32LessThan, branchIf, 1],
    ...[...copyVector(0), ...copyVector(16), ...copyVector(32), ...copyVector(48)],
    ...[...advance(from, 64), ...advance(to, 64)],
    ...[...get(length), i32Const, ...number(64), i32Sub, ...set(length), branch, 0, end, end],
    ...ifBit(32, [...copyVector(0), ...copyVector(16)]),
    ...ifBit(16, copyVector(0)),
    ...ifBit(8, copyPart(loadVector64, load64, store64)),
    ...ifBit(4, copyPart(loadVector32, load32, store32)),
    ...ifBit(2, copyNumber(load16, store16)),
    ...ifBit(1, copyNumber(load8, store8)),
    ...[...totalOf(sums), ...get(tail), i32Add, end],
  ];
}

/** The module: it takes `js.memory` and gives `sum` and `copySum`. */
export function vectorModule(): Uint8Array {
  const functions = [sumCode(), copySumCode()].map((code) => [...unsigned(code.length), ...code]);
  return new Uint8Array([
    ...[0x00, ...ascii('asm'), 0x01, 0x00, 0x00, 0x00],
    ...section(1, [2, ...[0x60, 2, I32, I32, 1, I32], ...[0x60, 3, I32, I32, I32, 1, I32]]),
    ...section(2, [1, ...text('js'), ...text('memory'), 0x02, 0x00, 0x01]),
    ...section(3, [2, 0, 1]),
    ...section(7, [2, ...text('sum'), 0x00, 0, ...text('copySum'), 0x00, 1]),
    ...section(10, [2, ...functions.flat()]),
  ]);
}

const unsigned = (value: number): Code => (value < 128 ? [value] : [(value & 0x7f) | 0x80, value >> 7]);
const ascii = (word: string): Code => Array.from(word, (letter) => letter.charCodeAt(0));
const text = (word: string): Code => [word.length, ...ascii(word)];
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
