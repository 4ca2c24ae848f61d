// Station "capture": what the readers of both formats share.

import * as Place from '../layout/reader-places';
import { ensureHeadroom, ensureRoom, reserve } from './memory';

/** Bytes of frames that were captured whole before the checksum of only one row in eight is still checked (packets/tcp-decode.ts). */
const CHECKSUM_BUDGET_BYTES: f64 = 16 * 1024 * 1024;

/** One number of 16 bits for each VLAN. */
const CHAIN_BYTES: i32 = 2 * 4096;
const INTERFACE_BYTES: i32 = Place.mostInterfaces * Place.interfaceBytes;

/** Makes the tables and buffers whose addresses lie in the reader's places. Call for each capture, after makeRows. */
export function makeReader(): void {
  ensureRoom(2 * Place.chunkBytes + CHAIN_BYTES + INTERFACE_BYTES);
  store<u32>(Place.chunk, <u32>reserve(Place.chunkBytes));
  store<u32>(Place.copy, <u32>reserve(Place.chunkBytes));
  store<u32>(Place.chains, <u32>reserve(CHAIN_BYTES));
  store<u32>(Place.interfaces, <u32>reserve(INTERFACE_BYTES));
  store<i32>(Place.interfaceCount, 0);
  ensureHeadroom();
}

/** Whether the checksum of the capture's frame `number` may be added up, when so many bytes of whole frames have been seen with it. */
export function mayAdd(spentBytes: f64, number: i32): bool {
  return spentBytes <= CHECKSUM_BUDGET_BYTES || (number & 7) === 0;
}

/** How a run of `packets` records ended. */
export function noteRun(packets: i32, length: i32, spentBytes: f64, lastTime: f64): void {
  store<i32>(Place.packets, packets);
  store<i32>(Place.length, length);
  store<f64>(Place.spentBytes, spentBytes);
  store<f64>(Place.lastTime, lastTime);
}

/** Counts bytes to one of the sums. */
export function addBytes(sum: usize, bytes: i64): void {
  store<f64>(sum, load<f64>(sum) + <f64>bytes);
}

/** Leaves a frame to the caller. */
export function leaveFrame(frame: usize, captured: i32, original: i32, interfaceIndex: i32, flags: i32): void {
  store<u32>(Place.frameAt, <u32>frame);
  store<i32>(Place.frameCaptured, captured);
  store<i32>(Place.frameOriginal, original);
  store<i32>(Place.frameInterface, interfaceIndex);
  store<i32>(Place.frameFlags, flags);
}
