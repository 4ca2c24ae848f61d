// Station "bytes": the few words of WebAssembly (release 2.0, section 5) that the code here is written in, instruction by instruction.

/** Bytes of code. */
export type Code = readonly number[];

export const I32 = 0x7f;
export const V128 = 0x7b;
export const block: Code = [0x02, 0x40];
export const loop: Code = [0x03, 0x40];
export const ifThen: Code = [0x04, 0x40];
export const end = 0x0b;
export const branch = 0x0c;
export const branchIf = 0x0d;
export const call = 0x10;
export const drop = 0x1a;
export const i32Const = 0x41;
export const i32IsZero = 0x45;
export const i32Equal = 0x46;
export const i32NotEqual = 0x47;
export const i32LessThan = 0x49;
export const i32GreaterThan = 0x4b;
export const i32Add = 0x6a;
export const i32Sub = 0x6b;
export const i32Remainder = 0x70;
export const i32And = 0x71;
export const i32Or = 0x72;
export const i32Xor = 0x73;
export const i32ShiftLeft = 0x74;
export const i32ShiftRight = 0x76;

/** Loads and stores, to be followed by `at`. */
export const load32 = 0x28;
export const load64 = 0x29;
export const load8 = 0x2d;
export const load16 = 0x2f;
export const store32 = 0x36;
export const store64 = 0x37;
export const store8 = 0x3a;
export const store16 = 0x3b;
export const loadVector: Code = [0xfd, 0x00];
export const storeVector: Code = [0xfd, 0x0b];
/** Into the low lane, zeros above. */
export const loadVector32: Code = [0xfd, 0x5c];
export const loadVector64: Code = [0xfd, 0x5d];
/** All of vectors of four 32-bit numbers. */
export const vectorAdd: Code = [0xfd, 0xae, 0x01];
export const vectorSub: Code = [0xfd, 0xb1, 0x01];
export const vectorShiftLeft: Code = [0xfd, 0xab, 0x01];
export const vectorShiftRight: Code = [0xfd, 0xad, 0x01];
export const extractLane: Code = [0xfd, 0x1b];
export const vectorAnd: Code = [0xfd, 0x4e];
export const vectorOr: Code = [0xfd, 0x50];
export const vectorXor: Code = [0xfd, 0x51];
export const vectorIsAnyTrue: Code = [0xfd, 0x53];

/** LEB128 of a number from 0 on, signed or not: a signed one has a last byte below 64. */
function leb(value: number, lastBelow: number): Code {
  return value < lastBelow ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7, lastBelow)];
}

const unsigned = (value: number): Code => leb(value, 128);
export const number = (value: number): Code => [i32Const, ...leb(value, 64)];
/** All ones, in signed LEB128. */
export const minusOne: Code = [i32Const, 0x7f];
export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
export const tee = (local: number): Code => [0x22, local];
/** The place of a load or store: an offset to the address, which need not be aligned. */
export const at = (offset: number): Code => [0x00, ...unsigned(offset)];
export const advance = (local: number, bytes: number): Code => [
  ...[...get(local), ...number(bytes), i32Add, ...set(local)],
];

const ascii = (word: string): Code => Array.from(word, (letter) => letter.charCodeAt(0));
const text = (word: string): Code => [word.length, ...ascii(word)];
const vector = (items: readonly Code[]): Code => [items.length, ...items.flat()];
const section = (id: number, items: readonly Code[]): Code => {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
};

/** A function of so many 32-bit numbers that gives one. */
export interface Routine {
  readonly name: string;
  readonly parameters: number;
  /** Locals and instructions; without, it is taken from `js`. */
  readonly code?: Code;
}

/** The module of some functions; it takes `js.memory`. Functions that are taken come first, and are called by their place. */
export function moduleOf(routines: readonly Routine[]): Uint8Array {
  const own = routines.flatMap(({ name, code }, index) => (code === undefined ? [] : [{ name, code, index }]));
  const taken = routines.flatMap(({ name, code }, index) => (code === undefined ? [{ name, index }] : []));
  const types = routines.map(({ parameters }) => [
    ...[0x60, parameters, ...new Array<number>(parameters).fill(I32), 1, I32],
  ]);
  return new Uint8Array([
    ...[0x00, ...ascii('asm'), 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, [
      ...taken.map(({ name, index }) => [...text('js'), ...text(name), 0x00, index]),
      [...text('js'), ...text('memory'), 0x02, 0x00, 0x01],
    ]),
    ...section(
      3,
      own.map(({ index }) => [index]),
    ),
    ...section(
      7,
      own.map(({ name, index }) => [...text(name), 0x00, index]),
    ),
    ...section(
      10,
      own.map(({ code }) => [...unsigned(code.length), ...code]),
    ),
  ]);
}
