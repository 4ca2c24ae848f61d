// Where the parts of a row lie (packets/packet-batch.ts), and what reads those that hold several numbers. `row` is its address.

import * as Row from '../layout/row-places';

export function kindOf(row: usize): i32 {
  return load<i32>(row, Row.head) & 0xf;
}

export function sackBlocksOf(row: usize): i32 {
  return (load<i32>(row, Row.head) >>> 4) & 0xf;
}

export function flagsOf(row: usize): i32 {
  return (load<i32>(row, Row.head) >>> 8) & 0x1ff;
}

export function checksumOf(row: usize): i32 {
  return (load<i32>(row, Row.head) >>> 17) & 0x3;
}

export function tunnelChecksumOf(row: usize): i32 {
  return (load<i32>(row, Row.head) >>> 19) & 0x7;
}

export function optionBytesOf(row: usize): i32 {
  return (load<i32>(row, Row.head) >>> 22) & 0x3f;
}

export function ipIdOf(row: usize): i32 {
  return load<i32>(row, Row.ip) >>> 16;
}

/** The IP ID, or -1 with IPv6, which has none. */
export function idOf(row: usize): i32 {
  return (load<i32>(row, Row.notes) & Row.ipv6) != 0 ? -1 : ipIdOf(row);
}

export function ttlOf(row: usize): i32 {
  return (load<i32>(row, Row.ip) >>> 8) & 0xff;
}

export function ecnOf(row: usize): i32 {
  return load<i32>(row, Row.ip) & 3;
}

export function tapOf(row: usize): i32 {
  return load<i32>(row, Row.place) >>> 16;
}

export function windowOf(row: usize): i32 {
  return load<i32>(row, Row.windowAndHeader) >>> 16;
}

export function headerBytesOf(row: usize): i32 {
  return load<i32>(row, Row.windowAndHeader) & 0xffff;
}
