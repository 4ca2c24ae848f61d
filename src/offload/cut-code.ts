// Station "offload": the loop over a super-packet's equal segments in WebAssembly: TCP behind one IP header. What it does for a segment
// is what Segmenter.write does, with the segment before it for a template.

import { instanceIn, type VectorCode, vectorCodeOf } from '../bytes/summable-memory.ts';
import {
  at,
  branchIf,
  type Code,
  call,
  drop,
  end,
  get,
  I32,
  i32Add,
  i32And,
  i32ShiftRight,
  i32Sub,
  i32Xor,
  ifThen,
  load16,
  load32,
  loop,
  minusOne,
  moduleOf,
  number,
  set,
  store8,
  store16,
  store32,
  tee,
} from '../bytes/wasm.ts';

/**
 * What `cut` goes by, and where it is in its memory: 32-bit numbers, then the template. Offsets count from the record's first byte. Sums are
 * of little-endian words, folded. It changes what the next segment gets: `sequence`, `id`.
 */
export const Cut = {
  /** Of the record's header and the frame's headers. */
  headerBytes: 0,
  payloadBytes: 4,
  sequence: 8,
  sequenceOffset: 12,
  checksumOffset: 16,
  /** Sum of the TCP header with the pseudo-header, without sequence number and checksum. */
  tcpSum: 20,
  /** Of the IPv4 ID; 0 for IPv6. */
  idOffset: 24,
  id: 28,
  idStep: 32,
  ipChecksumOffset: 36,
  /** Sum of the IPv4 header without ID and checksum. */
  ipSum: 40,
  template: 64,
} as const;

/** cut(from, to, count, run): writes the records of `count` segments, 1 at least; returns where they end. */
export type CutSegments = (from: number, to: number, count: number, run: number) => number;

const [from, to, count, run, place, sum] = [0, 1, 2, 3, 4, 5] as const;
const copySum = 0;

const field = (offset: number): Code => [...get(run), load32, ...at(offset)];
const placeOf = (offset: number): Code => [...get(to), ...field(offset), i32Add];
/** Stores the bytes of a number, from the one `shift` bits up. */
const storeByte = (value: Code, shift: number, offset: number): Code => [
  ...[...get(place), ...value, ...number(shift), i32ShiftRight, store8, ...at(offset)],
];
const addWordAt = (offset: number): Code => [...get(place), load16, ...at(offset), i32Add];
const foldSum: Code = [
  ...[...get(sum), ...number(16), i32ShiftRight, ...get(sum), ...number(0xffff), i32And, i32Add, ...set(sum)],
];
/** Stores the complement of the sum on the stack, folded, as a checksum. */
const storeChecksum = (offset: number): Code => [
  ...[...set(sum), ...foldSum, ...foldSum],
  ...[...placeOf(offset), ...get(sum), ...minusOne, i32Xor, store16, ...at(0)],
];
const increase = (offset: number, by: Code): Code => [
  ...[...get(run), ...field(offset), ...by, i32Add, store32, ...at(offset)],
];

const writeId: Code = [
  ...[...field(Cut.idOffset), ...ifThen, ...placeOf(Cut.idOffset), ...set(place)],
  ...[...storeByte(field(Cut.id), 8, 0), ...storeByte(field(Cut.id), 0, 1)],
  ...[...field(Cut.ipSum), ...addWordAt(0), ...storeChecksum(Cut.ipChecksumOffset), end],
];

const writeTcp: Code = [
  ...[...placeOf(Cut.sequenceOffset), ...set(place)],
  ...[24, 16, 8, 0].flatMap((shift, offset) => storeByte(field(Cut.sequence), shift, offset)),
  ...[...get(from), ...placeOf(Cut.headerBytes), ...field(Cut.payloadBytes), call, copySum],
  ...[...field(Cut.tcpSum), i32Add, ...addWordAt(0), ...addWordAt(2), ...storeChecksum(Cut.checksumOffset)],
];

const cutCode: Code = [
  ...[1, 2, I32, ...loop],
  ...[...get(run), ...number(Cut.template), i32Add, ...get(to), ...field(Cut.headerBytes), call, copySum, drop],
  ...[...writeId, ...writeTcp],
  ...[...increase(Cut.sequence, field(Cut.payloadBytes)), ...increase(Cut.id, field(Cut.idStep))],
  ...[...get(from), ...field(Cut.payloadBytes), i32Add, ...set(from)],
  ...[...placeOf(Cut.headerBytes), ...field(Cut.payloadBytes), i32Add, ...set(to)],
  ...[...get(count), ...number(1), i32Sub, ...tee(count), branchIf, 0, end],
  ...[...get(to), end],
];

const cutModule = (): Uint8Array =>
  moduleOf([
    { name: 'copySum', parameters: 3 },
    { name: 'cut', parameters: 4, code: cutCode },
  ]);

const loops: WeakMap<VectorCode, CutSegments> = new WeakMap();

/** The loop over this memory; undefined when it is ordinary memory. */
export function cutSegmentsIn(buffer: ArrayBufferLike): CutSegments | undefined {
  const code = vectorCodeOf(buffer);
  if (code === undefined) return undefined;
  const known = loops.get(code);
  if (known !== undefined) return known;
  const { cut } = instanceIn<{ readonly cut: CutSegments }>(code, cutModule());
  loops.set(code, cut);
  return cut;
}
