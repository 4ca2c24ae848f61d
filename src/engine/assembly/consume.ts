// Station "analysis": rows of a batch in, connection by connection. A connection's state is some kilobytes; visited for a handful of rows
// at once it is fetched into the cache once, visited row by row it is fetched for every packet. So rows wait, copied side by side, until
// their connection has several: reading them then is reading on, not a jump through the batch for each.

import * as C from '../layout/connection';
import * as Flow from '../layout/flow-places';
import * as P from '../layout/parts';
import * as Row from '../layout/row-places';
import * as Scratch from '../layout/scratch';
import { opened, other, tooBig, unusual } from './callbacks';
import { tightenFlight } from './flight';
import { findFlow, flowAt, forgetFlows, renewFlow, reversed } from './flows';
import { allocate, ensureHeadroom, ensureRoom, forgetMemory, release, reserve } from './memory';
import { tightenPending } from './pending';
import { tightenQuantile } from './quantiles';
import { flagsOf, kindOf, sackBlocksOf, tunnelChecksumOf } from './rows';
import { trackTcp } from './track';
import { takeUsual } from './usual';

const FIRST_WAITING: i32 = 2;
const MOST_WAITING: i32 = 128;
/** With many connections few rows of each wait: 8 kB of rows for each of 100,000 would be most of the memory. */
const MANY_CONNECTIONS: i32 = 1024;
const MOST_WAITING_OF_MANY: i32 = 4;

let rowCapacity: i32 = 0;
let rows: usize = 0;
let rareRows: usize = 0;
/** What a restart leaves as it is ends here. */
let afterRows: usize = 0;

/** Makes room for batches of `capacity` rows, each with a rare part; gives its address. Call first. */
export function makeRows(capacity: i32): usize {
  if (capacity <= rowCapacity) return rows;
  rowCapacity = capacity;
  const bytes = capacity * Row.bytes;
  ensureRoom(2 * bytes);
  rows = reserve(2 * bytes);
  rareRows = rows + bytes;
  afterRows = rareRows + bytes;
  ensureHeadroom();
  return rows;
}

/** Makes the loop ready for another capture. Addresses from before mean nothing then. */
export function restart(): void {
  forgetMemory(afterRows);
  forgetFlows();
}

/** Takes the first `length` rows; gives how many of them were TCP. */
export function consume(length: i32): i32 {
  let tcpRows = 0;
  for (let index = 0; index < length; index++) {
    ensureHeadroom();
    if (kindOf(rowAt(index)) == Row.tcp) {
      tcpRows++;
      enqueue(index);
    } else other(index);
  }
  return tcpRows;
}

function rowAt(index: i32): usize {
  return rows + <usize>(index * Row.bytes);
}

function rareAt(index: i32): usize {
  return rareRows + <usize>(index * Row.bytes);
}

/** Puts a row behind those of its connection that wait. */
function enqueue(index: i32): void {
  const row = rowAt(index);
  const rare = rareAt(index);
  const entry = findFlow(row, rare, 6);
  if (load<u32>(entry, Flow.connection) == 0) open(entry, index);
  else if ((flagsOf(row) & (Row.syn | Row.ackFlag)) == Row.syn) openAgain(entry, index);
  wait(entry, row, rare, reversed);
  if ((flagsOf(row) & (Row.fin | Row.rst)) != 0) noteClose(entry, row);
  if (load<i32>(entry, Flow.closed) == Flow.bothClosed) takeClosed(entry);
}

function noteClose(entry: usize, row: usize): void {
  const side = reversed ? 2 : 1;
  const closes = (flagsOf(row) & Row.rst) != 0 ? Flow.bothClosed : side;
  store<i32>(entry, load<i32>(entry, Flow.closed) | closes, Flow.closed);
}

/** Few rows come after the end of a connection, if any: none has to wait, and what only an open one needs is given back. */
function takeClosed(entry: usize): void {
  takeRows(entry);
  release(load<u32>(entry, Flow.waitingRows), load<i32>(entry, Flow.waitingCapacity) * Row.bytes);
  store<i32>(entry, 0, Flow.waitingCapacity);
  const first = <usize>load<u32>(entry, Flow.connection) + C.directions;
  tighten(first);
  tighten(first + P.recordBytes);
}

/** Gives back what a direction has room for beyond what it holds. */
function tighten(own: usize): void {
  tightenFlight(own);
  tightenPending(own);
  tightenQuantile(own + P.windows);
  tightenQuantile(own + P.ackDelay);
  tightenQuantile(own + P.turns);
  tightenQuantile(own + P.answerGaps);
  tightenQuantile(own + P.spacing);
  tightenQuantile(own + P.dataGaps);
}

/** A SYN with another initial sequence number on known ports is a new connection, as Wireshark counts streams. */
function openAgain(entry: usize, index: i32): void {
  if (isOpening(load<u32>(entry, Flow.connection), rowAt(index))) return;
  takeRows(entry);
  renewFlow(entry, rowAt(index), rareAt(index));
  open(entry, index);
}

function open(entry: usize, index: i32): void {
  store<u32>(entry, <u32>opened(index), Flow.connection);
}

function isOpening(connection: usize, row: usize): bool {
  return load<i32>(connection, C.openedBySyn) != 0 && load<i32>(connection, C.openingSeq) == load<i32>(row, Row.seq);
}

/** Copies a row behind those of its flow that wait; if no more can wait then, all are taken first. */
function wait(entry: usize, row: usize, rare: usize, isReversed: bool): void {
  if (load<i32>(entry, Flow.waitingCount) == load<i32>(entry, Flow.waitingCapacity)) makeRoom(entry);
  const count = load<i32>(entry, Flow.waitingCount);
  const to = load<u32>(entry, Flow.waitingRows) + <usize>(count * Row.bytes);
  store<i32>(entry, count + 1, Flow.waitingCount);
  copyRow(to, row);
  if (isReversed) store<i32>(to, load<i32>(row, Row.head) | Row.fromSecondSide, Row.head);
  if ((flagsOf(row) & Row.syn) != 0) store<i32>(to, load<i32>(rare, Row.synOptions), Row.waitingSynOptions);
  else if (sackBlocksOf(row) > 0) {
    store<i32>(to, load<i32>(rare, Row.sackLeft), Row.waitingSackLeft);
    store<i32>(to, load<i32>(rare, Row.sackRight), Row.waitingSackRight);
    store<i32>(to, load<i32>(rare, Row.sackHighest), Row.waitingSackHighest);
  }
}

/** 64 bytes; copying memory of any size is a call into the machine's library. */
function copyRow(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}

/** Takes the rows that wait, and has more wait from now on. */
function makeRoom(entry: usize): void {
  takeRows(entry);
  const capacity = load<i32>(entry, Flow.waitingCapacity);
  const most = load<i32>(entry, Flow.number) < MANY_CONNECTIONS ? MOST_WAITING : MOST_WAITING_OF_MANY;
  if (capacity >= most) return;
  const wider = capacity == 0 ? FIRST_WAITING : capacity * 2;
  if (capacity > 0) release(load<u32>(entry, Flow.waitingRows), capacity * Row.bytes);
  store<u32>(entry, <u32>allocate(wider * Row.bytes), Flow.waitingRows);
  store<i32>(entry, wider, Flow.waitingCapacity);
}

/** Puts a message about a connection of the capture behind that connection's rows. About any other it opens none. */
export function enqueueTooBig(index: i32): void {
  const row = rowAt(index);
  const rare = rareAt(index);
  const entry = findFlow(row, rare, 6);
  if (load<u32>(entry, Flow.connection) != 0) wait(entry, row, rare, reversed);
}

/** Number of a row's flow, times two; plus one when the row goes against the flow's first. */
export function flowOf(index: i32, protocol: i32): i32 {
  const entry = findFlow(rowAt(index), rareAt(index), protocol);
  return (load<i32>(entry, Flow.number) << 1) | (reversed ? 1 : 0);
}

/** Takes all rows that wait. */
export function takeWaiting(): void {
  for (let index = 0, entry = flowAt(0); entry != 0; entry = flowAt(++index)) takeRows(entry);
}

function takeUnusual(connection: usize, own: usize, other: usize, row: usize): void {
  if (kindOf(row) == Row.tcp) {
    if ((load<i32>(row, Row.notes) & Row.malformed) != 0 || tunnelChecksumOf(row) != Row.noTunnel)
      unusual(load<i32>(connection, C.number), row);
    trackTcp(connection, own, other, row);
  } else tooBig(load<i32>(connection, C.number), load<i32>(own, P.side), row);
}

/** Takes the rows of a flow that wait. */
function takeRows(entry: usize): void {
  const connection: usize = load<u32>(entry, Flow.connection);
  let row: usize = load<u32>(entry, Flow.waitingRows);
  for (let left = load<i32>(entry, Flow.waitingCount); left > 0; left--) {
    ensureHeadroom();
    store<f64>(Scratch.nowNs, load<f64>(row, Row.timeNs));
    let own = connection + C.directions;
    let other = own + P.recordBytes;
    if ((load<i32>(row, Row.head) & Row.fromSecondSide) != 0) {
      other = own;
      own += P.recordBytes;
    }
    if (!takeUsual(connection, own, other, row)) takeUnusual(connection, own, other, row);
    row += Row.bytes;
  }
  store<i32>(entry, 0, Flow.waitingCount);
}
