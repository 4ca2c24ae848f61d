// Station "packets": one captured Ethernet frame into the row that packets/frame-decoder.ts makes of it, word by word, if it has the form
// that nearly all have: at most one VLAN tag, IPv4 without options or IPv6 without extension headers, not a fragment, TCP, no length
// that contradicts another. Any other is left to that decoder.

import * as Place from '../layout/reader-places';
import * as Row from '../layout/row-places';
import { fold, foldsTo, onesSum, SWAPPED } from './ones-sum';
import { clearSynOptions, decodeOptions, wordAt } from './tcp-options';

const ETHERNET_BYTES: i32 = 14;
const TAG_BYTES: i32 = 4;
const IPV4_BYTES: i32 = 20;
const IPV6_BYTES: i32 = 40;
const TCP_BYTES: i32 = 20;
/** Without its check sequence. */
const SHORTEST_FRAME_BYTES: i32 = 60;
/** With it: some taps show it. */
const LONGEST_PADDED_BYTES: i32 = 64;
const PROTOCOL_TCP: i32 = 6;

// EtherTypes and other fields of a frame as they are read here: the lower byte is the one that lies first.
const IPV4: i32 = 0x0008;
const IPV6: i32 = 0xdd86;
const VLAN: i32 = 0x0081;
const SERVICE_VLAN: i32 = 0xa888;
const OLD_SERVICE_VLAN: i32 = 0x0091;
// In the second word of an IPv4 header.
const FRAGMENT: i32 = 0x3fff;
const DONT_FRAGMENT: i32 = 0x4000;
const IPV4_WITHOUT_OPTIONS: i32 = 0x45;
/** NOP, NOP, kind 8, length 10: how Linux, BSD and Windows write the timestamp option (RFC 7323 appendix A). */
const ALIGNED_TIMESTAMP: i32 = 0x0a080101;

/** The head of a row of TCP in no tunnel. */
const HEAD: i32 = Row.tcp | (Row.noTunnel << 19);

/** A 16-bit number of a packet, at any address. */
function halfAt(at: usize): i32 {
  return <i32>bswap<u16>(load<u16>(at));
}

/** Four 32-bit numbers of a packet, at any address. */
function wordsAt(at: usize): v128 {
  const bytes = v128.load(at);
  return v128.shuffle<u8>(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Two 32-bit numbers of a packet into two words of a row. */
function takeTwo(to: usize, from: usize): void {
  const bytes = v128.load_zero<u64>(from);
  v128.store_lane<u64>(to, v128.shuffle<u8>(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15), 0);
}

// What the IP header at hand says, for what comes behind it.
/** Bytes of the TCP header and its payload. */
let tcpBytes: i32 = 0;
/** Sum over the addresses. */
let addresses: u64 = 0;
let notes: i32 = 0;

/**
 * Decodes the frame at `start`, of which `captured` bytes are there of `length` on the wire. `place` is the row's word for the tap,
 * `startNotes` what the file says of the frame, `sums` whether the checksum may be added up. The caller sets the row's number and time.
 * False: not a usual frame; the row may be half written then.
 */
export function decodeFrame(
  row: usize,
  rare: usize,
  start: usize,
  captured: i32,
  length: i32,
  place: i32,
  startNotes: i32,
  sums: bool,
): bool {
  if (captured < ETHERNET_BYTES + IPV4_BYTES + TCP_BYTES) return false;
  let type = <i32>load<u16>(start, 12);
  let linkBytes = ETHERNET_BYTES;
  let chain = 0;
  if (type !== IPV4 && isTag(type)) {
    if (captured < ETHERNET_BYTES + TAG_BYTES + IPV4_BYTES + TCP_BYTES) return false;
    const vlan = halfAt(start + ETHERNET_BYTES) & 0xfff;
    chain = load<u16>(<usize>load<u32>(Place.chains) + ((<usize>vlan) << 1));
    if (chain === 0) return false;
    type = load<u16>(start, 16);
    linkBytes = ETHERNET_BYTES + TAG_BYTES;
  }
  notes = startNotes;
  if (length < SHORTEST_FRAME_BYTES) notes |= Row.short;
  if ((load<u64>(start) | <u64>load<u32>(start, 8)) === 0) notes |= Row.loopbackLink;
  const ip = start + <usize>linkBytes;
  let before = linkBytes + IPV4_BYTES;
  if (type === IPV4) {
    if (!decodeIpv4(row, ip, length, linkBytes)) return false;
  } else {
    before = linkBytes + IPV6_BYTES;
    if (type !== IPV6 || captured < before + TCP_BYTES) return false;
    if (!decodeIpv6(row, rare, ip, length - before)) return false;
  }
  store<i32>(row, place | chain, Row.place);
  return decodeTcp(row, rare, start, before, captured - before, sums);
}

function isTag(type: i32): bool {
  return type === VLAN || type === SERVICE_VLAN || type === OLD_SERVICE_VLAN;
}

function decodeIpv4(row: usize, ip: usize, length: i32, linkBytes: i32): bool {
  const words = wordsAt(ip);
  const first = v128.extract_lane<i32>(words, 0);
  const second = v128.extract_lane<i32>(words, 1);
  const third = v128.extract_lane<i32>(words, 2);
  if (first >>> 24 !== IPV4_WITHOUT_OPTIONS || ((third >>> 16) & 0xff) !== PROTOCOL_TCP || (second & FRAGMENT) !== 0)
    return false;
  let ipBytes = first & 0xffff;
  const room = length - linkBytes;
  if (ipBytes !== room) {
    if (ipBytes === 0) {
      ipBytes = room;
      notes |= Row.lengthZero;
    } else if (ipBytes > room) return false;
    else if (length <= LONGEST_PADDED_BYTES) notes |= Row.padded;
  }
  if ((second & DONT_FRAGMENT) !== 0) notes |= Row.dontFragment;
  tcpBytes = ipBytes - IPV4_BYTES;
  addresses = <u64>load<u32>(ip, 12) + <u64>load<u32>(ip, 16);
  takeTwo(row + Row.source, ip + 12);
  store<i32>(row, (second & ~0xffff) | ((third >>> 24) << 8) | ((first >>> 16) & 0xff), Row.ip);
  return true;
}

/** `room` is what the frame has for the payload. */
function decodeIpv6(row: usize, rare: usize, ip: usize, room: i32): bool {
  if (load<u8>(ip) >>> 4 !== 6 || load<u8>(ip, 6) !== PROTOCOL_TCP) return false;
  notes |= Row.ipv6;
  let payload = halfAt(ip + 4);
  if (payload === 0) {
    payload = room;
    notes |= Row.lengthZero;
  } else if (payload > room) return false;
  tcpBytes = payload;
  addresses = onesSum(ip + 8, 32);
  store<i32>(row, ((<i32>load<u8>(ip, 7)) << 8) | ((halfAt(ip) >>> 4) & 0xff), Row.ip);
  store<i32>(row, wordAt(ip + 8), Row.source);
  store<i32>(row, wordAt(ip + 24), Row.destination);
  for (let word: usize = 0; word < 12; word += 4) {
    store<i32>(rare + word, wordAt(ip + 12 + word), Row.sourceTail);
    store<i32>(rare + word, wordAt(ip + 28 + word), Row.destinationTail);
  }
  return true;
}

/** The TCP header behind `before` bytes of other headers, of which `captured` bytes are there with its payload. */
function decodeTcp(row: usize, rare: usize, start: usize, before: i32, captured: i32, sums: bool): bool {
  const at = start + <usize>before;
  const words = wordsAt(at);
  const fourth = v128.extract_lane<i32>(words, 3);
  const headerBytes = (fourth >>> 28) << 2;
  // The caller has seen that the fixed header is there.
  if (headerBytes < TCP_BYTES || headerBytes > tcpBytes) return false;
  const flags = (fourth >>> 16) & 0x1ff;
  const state = checksumState(at, captured, sums);
  store<i32>(row, HEAD | (flags << 8) | (state << 17) | ((headerBytes - TCP_BYTES) << 22), Row.head);
  store<i32>(row, v128.extract_lane<i32>(words, 0), Row.ports);
  store<i32>(row, v128.extract_lane<i32>(words, 1), Row.seq);
  store<i32>(row, v128.extract_lane<i32>(words, 2), Row.ack);
  store<i32>(row, (fourth << 16) | (before + headerBytes), Row.windowAndHeader);
  store<i32>(row, tcpBytes - headerBytes, Row.payloadBytes);
  if (headerBytes === 32 && captured >= 32 && load<i32>(at, 20) === ALIGNED_TIMESTAMP) {
    store<i32>(row, notes | Row.timestamps, Row.notes);
    takeTwo(row + Row.tsVal, at + 24);
    if ((flags & Row.syn) !== 0) clearSynOptions(rare);
    return true;
  }
  store<i32>(row, notes, Row.notes);
  if (headerBytes > TCP_BYTES) decodeOptions(row, rare, at + TCP_BYTES, at + <usize>headerBytes, at + <usize>captured);
  else if ((flags & Row.syn) !== 0) clearSynOptions(rare);
  return true;
}

/**
 * Partial: the field is just the folded pseudo-header sum, not complemented, as tcp_v4_send_check and tcp4_gro_complete
 * leave it (net/ipv4/tcp_ipv4.c, tcp_offload.c, v6.18). Valid and Wrong need the whole segment captured.
 */
function checksumState(at: usize, captured: i32, sums: bool): i32 {
  const pseudoSum = addresses + <u64>(PROTOCOL_TCP + tcpBytes) * SWAPPED;
  if (foldsTo(pseudoSum, load<u16>(at, 16))) return Row.partial;
  if (!sums || tcpBytes > captured) return Row.unknown;
  return fold(pseudoSum + onesSum(at, tcpBytes)) === 0xffff ? Row.valid : Row.wrong;
}
