// Station "packets": which share of a capture a thread takes, by the same hash as packets/shard.ts.

import * as Place from '../layout/reader-places';
import * as Row from '../layout/row-places';
import { wordAt } from './tcp-options';

const IPV4_WITHOUT_OPTIONS: i32 = 0x45;
// Read as they lie: the lower byte first.
const TYPE_IPV4: i32 = 0x0008;
const TYPE_IPV6: i32 = 0xdd86;
const TYPE_VLAN: i32 = 0x0081;
const FRAGMENT: i32 = 0xff3f;
const PROTOCOL_TCP: i32 = 6;
/** Ethernet, IPv4 and TCP without options. */
const SHORTEST: i32 = 54;
/** IPv6 and the ports behind it. */
const IPV6_BYTES: i32 = 44;

/** The frame at `start` is another thread's, as can be said without decoding it: for the forms that shardOfFrame of packets/shard.ts knows. */
export function isOthersFrame(start: usize, captured: i32): bool {
  if (captured < SHORTEST) return false;
  const isTagged = <i32>load<u16>(start, 12) === TYPE_VLAN;
  const ip = isTagged ? start + 18 : start + 14;
  const type = <i32>load<u16>(ip - 2);
  if (type === TYPE_IPV4) {
    if (<i32>load<u8>(ip) !== IPV4_WITHOUT_OPTIONS || <i32>load<u8>(ip, 9) !== PROTOCOL_TCP) return false;
    if ((<i32>load<u16>(ip, 6) & FRAGMENT) !== 0) return false;
    return isOthers(wordAt(ip + 12) ^ wordAt(ip + 16), wordAt(ip + 20));
  }
  if (type !== TYPE_IPV6 || <i32>(ip - start) + IPV6_BYTES > captured) return false;
  if (load<u8>(ip) >>> 4 !== 6 || <i32>load<u8>(ip, 6) !== PROTOCOL_TCP) return false;
  return isOthers(wordAt(ip + 8) ^ wordAt(ip + 24), wordAt(ip + 40));
}

/** The same for a row. */
export function isOthersRow(row: usize): bool {
  return isOthers(load<i32>(row, Row.source) ^ load<i32>(row, Row.destination), load<i32>(row, Row.ports));
}

function isOthers(addresses: i32, ports: i32): bool {
  let hash = (addresses * <i32>0x9e3779b1) ^ (((ports >>> 16) ^ (ports & 0xffff)) * <i32>0x85ebca6b);
  hash ^= hash >>> 15;
  const share = ((hash * 0x2c1b3c6d) >>> 13) & load<i32>(Place.shardMask);
  return share !== load<i32>(Place.shardIndex);
}
