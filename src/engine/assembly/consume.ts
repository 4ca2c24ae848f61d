// Station "analysis": rows of a batch in, connection by connection. A connection's state is some kilobytes; visited once a batch it is
// fetched into the cache once, visited row by row it is fetched for every packet.

import * as C from '../layout/connection';
import * as Flow from '../layout/flow-places';
import * as Row from '../layout/row-places';
import * as Scratch from '../layout/scratch';
import { opened, other, tooBig, unusual } from './callbacks';
import { created, findFlow, forgetFlows, renewFlow, reversed } from './flows';
import { ensureHeadroom, ensureRoom, forgetMemory, reserve } from './memory';
import { flagsOf, kindOf, tunnelChecksumOf } from './rows';
import { trackTcp } from './track';

/** A link is a row's index times two, plus the side that it goes from. */
const NO_LINK: i32 = -1;

let rowCapacity: i32 = 0;
let rows: usize = 0;
let rareRows: usize = 0;
/** The link behind each row. */
let nextLinks: usize = 0;
/** Addresses of the connections that have rows in this batch. */
let touched: usize = 0;
/** What a restart leaves as it is ends here. */
let afterRows: usize = 0;
let touchedCount: i32 = 0;
let tcpRows: i32 = 0;

/** Makes room for batches of `capacity` rows, each with a rare part; gives its address. Call first. */
export function makeRows(capacity: i32): usize {
  if (capacity <= rowCapacity) return rows;
  rowCapacity = capacity;
  const bytes = capacity * Row.bytes;
  ensureRoom(2 * bytes + 8 * capacity);
  rows = reserve(2 * bytes);
  rareRows = rows + bytes;
  nextLinks = reserve(4 * capacity);
  touched = reserve(4 * capacity);
  afterRows = touched + 4 * capacity;
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
  touchedCount = 0;
  tcpRows = 0;
  for (let index = 0; index < length; index++) {
    ensureHeadroom();
    if (kindOf(rowAt(index)) == Row.tcp) enqueue(index);
    else other(index);
  }
  for (let visit = 0; visit < touchedCount; visit++) takeRows(load<u32>(touched + ((<usize>visit) << 2)));
  return tcpRows;
}

function rowAt(index: i32): usize {
  return rows + <usize>(index * Row.bytes);
}

function rareAt(index: i32): usize {
  return rareRows + <usize>(index * Row.bytes);
}

/** Puts a row at the end of its connection's list. */
function enqueue(index: i32): void {
  tcpRows++;
  const row = rowAt(index);
  const rare = rareAt(index);
  const entry = findFlow(row, rare, 6);
  const isNew = created;
  let connection: usize = load<u32>(entry, Flow.connection);
  if (connection == 0) connection = open(entry, index);
  if ((flagsOf(row) & (Row.syn | Row.ackFlag)) == Row.syn && !isNew && !isOpening(connection, row)) {
    // A SYN with another initial sequence number on known ports is a new connection, as Wireshark counts streams.
    renewFlow(entry, row, rare);
    connection = open(entry, index);
  }
  append(connection, index, reversed ? 1 : 0);
}

function open(entry: usize, index: i32): usize {
  const connection = opened(index);
  store<i32>(connection, NO_LINK, C.firstLink);
  store<u32>(entry, <u32>connection, Flow.connection);
  return connection;
}

function isOpening(connection: usize, row: usize): bool {
  return load<i32>(connection, C.openedBySyn) != 0 && load<i32>(connection, C.openingSeq) == load<i32>(row, Row.seq);
}

function append(connection: usize, index: i32, side: i32): void {
  const link = (index << 1) | side;
  store<i32>(nextLinks + ((<usize>index) << 2), NO_LINK);
  if (load<i32>(connection, C.firstLink) == NO_LINK) {
    store<i32>(connection, link, C.firstLink);
    store<u32>(touched + ((<usize>touchedCount) << 2), <u32>connection);
    touchedCount++;
  } else store<i32>(nextLinks + ((<usize>load<i32>(connection, C.lastLink)) << 2), link);
  store<i32>(connection, index, C.lastLink);
}

/** Puts a message about a connection of the capture behind that connection's rows. About any other it opens none. */
export function enqueueTooBig(index: i32): void {
  const entry = findFlow(rowAt(index), rareAt(index), 6);
  const connection: usize = load<u32>(entry, Flow.connection);
  if (connection != 0) append(connection, index, reversed ? 1 : 0);
}

/** Number of a row's flow, times two; plus one when the row goes against the flow's first. */
export function flowOf(index: i32, protocol: i32): i32 {
  const entry = findFlow(rowAt(index), rareAt(index), protocol);
  return (load<i32>(entry, Flow.number) << 1) | (reversed ? 1 : 0);
}

/** All rows of a connection in this batch. */
function takeRows(connection: usize): void {
  let link = load<i32>(connection, C.firstLink);
  const number = load<i32>(connection, C.number);
  while (link >= 0) {
    ensureHeadroom();
    const index = link >> 1;
    const row = rowAt(index);
    store<f64>(Scratch.nowNs, load<f64>(row, Row.timeNs));
    if (kindOf(row) == Row.tcp) {
      if ((load<i32>(row, Row.notes) & Row.malformed) != 0 || tunnelChecksumOf(row) != Row.noTunnel)
        unusual(number, index);
      trackTcp(connection, link & 1, row, rareAt(index), index);
    } else tooBig(number, link & 1, index);
    link = load<i32>(nextLinks + ((<usize>index) << 2));
  }
  store<i32>(connection, NO_LINK, C.firstLink);
}
