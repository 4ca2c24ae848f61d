// Station "packets": which share of a capture a thread takes. All rows of a connection, in both directions, and of the ICMP
// messages about it fall into one share, so that two threads can read one file and need nothing of each other.

import { EtherType } from '../wire/ethernet.ts';
import { LinkType } from '../wire/frame.ts';
import { IpProtocol } from '../wire/ipv4.ts';
import { Col, kindOf, PacketKind } from './packet-batch.ts';

/** One share of several. */
export interface Shard {
  /** 0 .. count - 1. Share 0 also takes what belongs to no flow. */
  readonly index: number;
  /** A power of two. */
  readonly count: number;
}

/** The frame has the form that `FrameDecoder` has a road of its own for: Ethernet, IPv4 without options, whole, TCP. */
export function isPlain(view: DataView, start: number, capturedLength: number, linkType: number): boolean {
  return (
    linkType === LinkType.Ethernet &&
    capturedLength >= 54 &&
    view.getUint16(start + 12) === 0x0800 &&
    view.getUint8(start + 14) === 0x45 &&
    view.getUint8(start + 23) === 6 &&
    (view.getUint16(start + 20) & 0x3fff) === 0
  );
}

/**
 * The share of a frame that can be told without decoding it: 0 .. mask, or -1. Ethernet with at most one VLAN tag, IPv4 without options
 * or IPv6, whole, TCP (engine/assembly/shard.ts says the same).
 */
export function shardOfFrame(
  view: DataView,
  start: number,
  capturedLength: number,
  linkType: number,
  mask: number,
): number {
  if (linkType !== LinkType.Ethernet || capturedLength < 54) return -1;
  const isTagged = view.getUint16(start + 12) === EtherType.Vlan;
  const at = isTagged ? start + 18 : start + 14;
  const type = view.getUint16(at - 2);
  if (type === EtherType.Ipv4) {
    const isTcp = view.getUint8(at) === 0x45 && view.getUint8(at + 9) === IpProtocol.Tcp;
    if (!isTcp || (view.getUint16(at + 6) & 0x3fff) !== 0) return -1;
    return shardOf(view.getInt32(at + 12), view.getInt32(at + 16), view.getInt32(at + 20), mask);
  }
  if (type !== EtherType.Ipv6 || at + 44 > start + capturedLength) return -1;
  if (view.getUint8(at) >>> 4 !== 6 || view.getUint8(at + 6) !== IpProtocol.Tcp) return -1;
  return shardOf(view.getInt32(at + 8), view.getInt32(at + 24), view.getInt32(at + 40), mask);
}

/** The share of a decoded row. */
export function shardOfRow(words: Int32Array, base: number, mask: number): number {
  const kind = kindOf(words, base);
  if (kind !== PacketKind.Tcp && kind !== PacketKind.Udp && kind !== PacketKind.IcmpTooBig) return 0;
  return shardOf(words[base + Col.source]!, words[base + Col.destination]!, words[base + Col.ports]!, mask);
}

/** The same for both directions. */
function shardOf(source: number, destination: number, ports: number, mask: number): number {
  let hash = Math.imul(source ^ destination, 0x9e3779b1) ^ Math.imul((ports >>> 16) ^ (ports & 0xffff), 0x85ebca6b);
  hash ^= hash >>> 15;
  return (Math.imul(hash, 0x2c1b3c6d) >>> 13) & mask;
}
