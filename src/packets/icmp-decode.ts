// Station "packets": ICMP and ICMPv6. A "too big" message becomes a row about the TCP packet that it quotes.

import { Col, PacketKind, Rare, rareOf, setIp, setKind } from './packet-batch.ts';

/** ICMP type 3 code 4 (RFC 1191) and ICMPv6 type 2 code 0 (RFC 4443 section 3.2), as type and code together. */
const FRAGMENTATION_NEEDED = 0x0304;
const PACKET_TOO_BIG = 0x0200;
const TCP = 6;

/** Decodes the ICMP header at `at` into the row at `base`; `end` is the end of the captured bytes. Always understood. */
export function decodeIcmp(
  words: Int32Array,
  base: number,
  view: DataView,
  at: number,
  end: number,
  six: boolean,
): true {
  setKind(words, base, PacketKind.Icmp);
  if (at + 8 > end || view.getUint16(at) !== (six ? PACKET_TOO_BIG : FRAGMENTATION_NEEDED)) return true;
  const from = words[base + Col.source]!;
  if (!(six ? quoteOfIpv6(words, base, view, at, end) : quoteOfIpv4(words, base, view, at, end))) return true;
  words[base + Col.seq] = from;
  setKind(words, base, PacketKind.IcmpTooBig);
  return true;
}

function quoteOfIpv4(words: Int32Array, base: number, view: DataView, at: number, end: number): boolean {
  const quoted = at + 8;
  const headerBytes = quoted + 20 <= end ? (view.getUint8(quoted) & 0xf) << 2 : 0;
  if (headerBytes < 20 || quoted + headerBytes + 4 > end || view.getUint8(quoted + 9) !== TCP) return false;
  words[base + Col.source] = view.getInt32(quoted + 12);
  words[base + Col.destination] = view.getInt32(quoted + 16);
  words[base + Col.ports] = view.getInt32(quoted + headerBytes);
  setIp(words, base, view.getUint16(at + 6), 0, 0);
  return true;
}

function quoteOfIpv6(words: Int32Array, base: number, view: DataView, at: number, end: number): boolean {
  const quoted = at + 8;
  if (quoted + 44 > end || view.getUint8(quoted + 6) !== TCP) return false;
  words[base + Col.source] = view.getInt32(quoted + 8);
  words[base + Col.destination] = view.getInt32(quoted + 24);
  const rare = rareOf(words, base);
  for (let word = 0; word < 3; word++) {
    words[rare + Rare.sourceTail + word] = view.getInt32(quoted + 12 + word * 4);
    words[rare + Rare.destinationTail + word] = view.getInt32(quoted + 28 + word * 4);
  }
  words[base + Col.ports] = view.getInt32(quoted + 40);
  setIp(words, base, Math.min(view.getUint32(at + 4), 0xffff), 0, 0);
  return true;
}
