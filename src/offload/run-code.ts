// Station "offload": the loop of GRO's short way in WebAssembly: over the records of a little-endian pcap whose frames simply go on.
// What it does for a record is what NextFrame.join does for a frame, and one call does it for a whole burst.

import { instanceIn, type VectorCode, vectorCodeOf } from '../bytes/summable-memory.ts';
import {
  at,
  block,
  branch,
  branchIf,
  type Code,
  call,
  end,
  get,
  I32,
  i32Add,
  i32And,
  i32Equal,
  i32GreaterThan,
  i32IsZero,
  i32LessThan,
  i32NotEqual,
  i32Or,
  i32Remainder,
  i32ShiftLeft,
  i32Sub,
  ifThen,
  load8,
  load16,
  load32,
  loadVector,
  loop,
  moduleOf,
  number,
  set,
  store32,
  tee,
  V128,
  vectorAnd,
  vectorIsAnyTrue,
  vectorOr,
  vectorXor,
} from '../bytes/wasm.ts';

/** Most bytes of headers that are compared. */
export const runHeaderBytes = 256;

/**
 * What `joinRun` goes by, and where it is in its memory: 32-bit numbers, then the headers, and ones where they have to be equal. Sums are
 * of little-endian words, folded. It changes what the next record has to have: `leastFraction`, `to`, `sequence`, `id`.
 */
export const Run = {
  seconds: 0,
  /** The record's fraction of a second, from and to. */
  leastFraction: 4,
  mostFraction: 8,
  frameBytes: 12,
  /** A multiple of 16: what is compared. */
  comparedBytes: 16,
  payloadOffset: 20,
  payloadBytes: 24,
  /** Where the payload goes, in the memory. */
  to: 28,
  sequence: 32,
  sequenceOffset: 36,
  checksumOffset: 40,
  /** Sum of the TCP header with the pseudo-header, without sequence number and checksum. */
  tcpSum: 44,
  /** The field's bytes when it is the pseudo-header sum only. */
  pseudoSum: 48,
  /** Of the IPv4 ID; 0 for IPv6. */
  idOffset: 52,
  id: 56,
  idStep: 60,
  ipChecksumOffset: 64,
  /** Sum of the IPv4 header without ID and checksum. */
  ipSum: 68,
  headers: 96,
  masks: 352,
  bytes: 608,
} as const;

/** joinRun(at, end, count, run): takes at most `count` records, 1 at least, and returns where the first that was not taken begins. */
export type JoinRun = (at: number, end: number, count: number, run: number) => number;

const recordHeaderBytes = 16;
const [record, limit, count, run, frame, sum, place, differences] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const copySum = 0;

const field = (offset: number): Code => [...get(run), load32, ...at(offset)];
const setField = (offset: number, value: Code): Code => [...get(run), ...value, store32, ...at(offset)];
/** The address of what lies at the offset that a field says, in the frame. */
const placeOf = (offset: number): Code => [...get(frame), ...field(offset), i32Add];
const byte = (offset: number): Code => [...get(place), load8, ...at(offset)];
/** Two bytes at `place`, in network order. */
const bigEndian16 = (offset: number): Code => [
  ...[...byte(offset), ...number(8), i32ShiftLeft, ...byte(offset + 1), i32Or],
];
const recordWord = (offset: number): Code => [...get(record), load32, ...at(offset)];
/** Whether a sum is not that of a right checksum: 0xffff when folded, so a multiple of that. */
const isWrong: Code = [...number(0xffff), i32Remainder];

/** The record is as long as the last one and captured whole, and of its time. `stop`: how many blocks out the loop ends. */
const checkRecord = (stop: number): Code => [
  ...[...get(limit), ...get(record), i32Sub, ...field(Run.frameBytes), ...number(recordHeaderBytes), i32Add],
  ...[i32LessThan, branchIf, stop],
  ...[...recordWord(0), ...field(Run.seconds), i32NotEqual, branchIf, stop],
  ...[...recordWord(4), ...field(Run.leastFraction), i32LessThan, branchIf, stop],
  ...[...recordWord(4), ...field(Run.mostFraction), i32GreaterThan, branchIf, stop],
  ...[...recordWord(8), ...field(Run.frameBytes), i32NotEqual, branchIf, stop],
  ...[...recordWord(12), ...field(Run.frameBytes), i32NotEqual, branchIf, stop],
];

/** The headers differ nowhere but where they may: 16 bytes a turn. */
const checkHeaders = (stop: number): Code => [
  ...[...number(0), ...set(place), ...get(differences), ...get(differences), ...vectorXor, ...set(differences)],
  ...loop,
  ...[...get(record), ...get(place), i32Add, ...loadVector, ...at(recordHeaderBytes)],
  ...[...get(run), ...get(place), i32Add, ...loadVector, ...at(Run.headers), ...vectorXor],
  ...[...get(run), ...get(place), i32Add, ...loadVector, ...at(Run.masks), ...vectorAnd],
  ...[...get(differences), ...vectorOr, ...set(differences)],
  ...[...get(place), ...number(16), i32Add, ...tee(place), ...field(Run.comparedBytes), i32LessThan, branchIf, 0, end],
  ...[...get(differences), ...vectorIsAnyTrue, branchIf, stop],
];

const checkId = (stop: number): Code => [
  ...[...field(Run.idOffset), ...ifThen, ...placeOf(Run.idOffset), ...set(place)],
  ...[...bigEndian16(0), ...field(Run.id), i32NotEqual, branchIf, stop + 1],
  ...[...get(place), load16, ...at(0), ...placeOf(Run.ipChecksumOffset), load16, ...at(0), i32Add],
  ...[...field(Run.ipSum), i32Add, ...isWrong, branchIf, stop + 1, end],
];

/** The sequence number goes on, and the TCP checksum is right, or left open. Copies the payload on the way. */
const checkTcp = (stop: number): Code => [
  ...[...placeOf(Run.sequenceOffset), ...set(place)],
  ...[...bigEndian16(0), ...number(16), i32ShiftLeft, ...bigEndian16(2), i32Or],
  ...[...field(Run.sequence), i32NotEqual, branchIf, stop],
  ...[...placeOf(Run.payloadOffset), ...field(Run.to), ...field(Run.payloadBytes), call, copySum],
  ...[...field(Run.tcpSum), i32Add, ...get(place), load16, ...at(0), i32Add, ...get(place), load16, ...at(2), i32Add],
  ...[...placeOf(Run.checksumOffset), load16, ...at(0), ...tee(place), i32Add, ...set(sum)],
  ...[...get(sum), ...isWrong, i32IsZero, ...get(place), ...field(Run.pseudoSum), i32Equal, i32Or],
  ...[i32IsZero, branchIf, stop],
];

/** joinRun, as above. */
const joinRunCode: Code = [
  ...[2, 3, I32, 1, V128],
  ...[...block, ...loop, ...checkRecord(1)],
  ...[...get(record), ...number(recordHeaderBytes), i32Add, ...set(frame)],
  ...[...checkHeaders(1), ...checkId(1), ...checkTcp(1)],
  ...setField(Run.leastFraction, recordWord(4)),
  ...setField(Run.to, [...field(Run.to), ...field(Run.payloadBytes), i32Add]),
  ...setField(Run.sequence, [...field(Run.sequence), ...field(Run.payloadBytes), i32Add]),
  ...setField(Run.id, [...field(Run.id), ...field(Run.idStep), i32Add, ...number(0xffff), i32And]),
  ...[...get(frame), ...field(Run.frameBytes), i32Add, ...set(record)],
  ...[...get(count), ...number(1), i32Sub, ...tee(count), i32IsZero, branchIf, 1, branch, 0, end, end],
  ...[...get(record), end],
];

const runModule = (): Uint8Array =>
  moduleOf([
    { name: 'copySum', parameters: 3 },
    { name: 'joinRun', parameters: 4, code: joinRunCode },
  ]);

const loops: WeakMap<VectorCode, JoinRun> = new WeakMap();

/** The loop over this memory; undefined when it is ordinary memory. */
export function joinRunIn(buffer: ArrayBufferLike): JoinRun | undefined {
  const code = vectorCodeOf(buffer);
  if (code === undefined) return undefined;
  const known = loops.get(code);
  if (known !== undefined) return known;
  const { joinRun } = instanceIn<{ readonly joinRun: JoinRun }>(code, runModule());
  loops.set(code, joinRun);
  return joinRun;
}
