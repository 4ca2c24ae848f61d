// Station "bytes": the WebAssembly behind summable memory: sums of 16-bit words by vectors of 16 bytes, with and without a copy of what
// is summed.

import {
  advance,
  at,
  block,
  branch,
  branchIf,
  type Code,
  end,
  extractLane,
  get,
  I32,
  i32Add,
  i32And,
  i32LessThan,
  i32Sub,
  ifThen,
  load8,
  load16,
  load32,
  load64,
  loadVector,
  loadVector32,
  loadVector64,
  loop,
  moduleOf,
  number,
  set,
  store8,
  store16,
  store32,
  store64,
  storeVector,
  tee,
  V128,
  vectorAdd,
  vectorShiftLeft,
  vectorShiftRight,
  vectorSub,
} from './wasm.ts';

/** Locals: a vector, and the sums of 32-bit words and of their high halves. */
interface Sums {
  readonly value: number;
  readonly words: number;
  readonly high: number;
}

/**
 * Adds the vector in `value` to the sums. Three operations: the wrapped sum of all 32-bit words gives the low halves once the high
 * halves, summed apart, are taken off.
 */
const addVector = ({ value, words, high }: Sums): Code => [
  ...[...get(words), ...get(value), ...vectorAdd, ...set(words)],
  ...[...get(high), ...get(value), ...number(16), ...vectorShiftRight, ...vectorAdd, ...set(high)],
];

/** The sum of all 16-bit words that were added, onto the stack. */
function totalOf({ value, words, high }: Sums): Code {
  const lane = (index: number): Code => [...get(value), ...extractLane, index];
  return [
    ...[...get(words), ...get(high), ...number(16), ...vectorShiftLeft, ...vectorSub],
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
    ...[...get(length), ...number(32), i32Sub, ...tee(length), branchIf, 0, end],
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
    ...[...get(length), ...number(bytes), i32And, ...ifThen],
    ...[...body, ...advance(from, bytes), ...advance(to, bytes), end],
  ];
  return [
    ...[2, 1, I32, 3, V128],
    ...[...block, ...loop, ...get(length), ...number(64), i32LessThan, branchIf, 1],
    ...[...copyVector(0), ...copyVector(16), ...copyVector(32), ...copyVector(48)],
    ...[...advance(from, 64), ...advance(to, 64)],
    ...[...get(length), ...number(64), i32Sub, ...set(length), branch, 0, end, end],
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
  return moduleOf([
    { name: 'sum', parameters: 2, code: sumCode() },
    { name: 'copySum', parameters: 3, code: copySumCode() },
  ]);
}
