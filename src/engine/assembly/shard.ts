// Station "packets": which share of a capture a thread takes, by the same hash as packets/shard.ts.

import * as Place from '../layout/reader-places';
import * as Row from '../layout/row-places';
import { wordAt } from './tcp-options';

const IPV4_WITHOUT_OPTIONS: i32 = 0x45;
const TYPE_IPV4: i32 = 0x0008;
const PROTOCOL_TCP: i32 = 6;
const FRAGMENT: i32 = 0xff3f;
/** Ethernet, IPv4 and TCP without options. */
const SHORTEST: i32 = 54;

/** The frame at `start` is another thread's, as can be said without decoding it: it has the form of `isPlain` in packets/shard.ts. */
export function isOthersFrame(start: usize, captured: i32): bool {
  if (load<i32>(Place.shardMask) === 0 || captured < SHORTEST) return false;
  if (<i32>load<u16>(start, 12) !== TYPE_IPV4 || <i32>load<u8>(start, 14) !== IPV4_WITHOUT_OPTIONS) return false;
  if (<i32>load<u8>(start, 23) !== PROTOCOL_TCP || (<i32>load<u16>(start, 20) & FRAGMENT) !== 0) return false;
  return isOthers(wordAt(start + 26) ^ wordAt(start + 30), wordAt(start + 34));
}

/** The same for a row. */
export function isOthersRow(row: usize): bool {
  if (load<i32>(Place.shardMask) === 0) return false;
  return isOthers(load<i32>(row, Row.source) ^ load<i32>(row, Row.destination), load<i32>(row, Row.ports));
}

function isOthers(addresses: i32, ports: i32): bool {
  let hash = (addresses * <i32>0x9e3779b1) ^ (((ports >>> 16) ^ (ports & 0xffff)) * <i32>0x85ebca6b);
  hash ^= hash >>> 15;
  const share = ((hash * 0x2c1b3c6d) >>> 13) & load<i32>(Place.shardMask);
  return share !== load<i32>(Place.shardIndex);
}
