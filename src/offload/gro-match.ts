// Station "offload": the two questions of GRO about a held packet and a newcomer: the same flow? and if so, may it join?

import { Gre, GreFlag } from '../wire/gre.ts';
import { Ipv4 } from '../wire/ipv4.ts';
import { Ipv6 } from '../wire/ipv6.ts';
import { Pppoe } from '../wire/pppoe.ts';
import { Tcp } from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { Udp } from '../wire/udp.ts';
import type { HeldPacket, IdPattern } from './held.ts';
import { type FrameLayers, LayerKind } from './layers.ts';
import type { GroRules } from './rules.ts';

/** Version and flow label of the first word of an IPv6 header, and its traffic class. */
const flowLabelMask = 0xf00f_ffff;
const trafficClassMask = 0x0ff0_0000;

/** A number that is equal for all frames of a flow: of the innermost addresses and ports. Stands in for the device's receive hash. */
export function flowHash(view: DataView, start: number, layers: FrameLayers): number {
  const layer = layers.innerIpLayer;
  const ip = start + layers.offsets[layer]!;
  let mixed = view.getInt32(start + layers.transportOffset + Tcp.sourcePort);
  if (layers.kinds[layer] === LayerKind.Ipv4) {
    mixed ^= Math.imul(view.getInt32(ip + Ipv4.source), 0x9e37_79b1) ^ view.getInt32(ip + Ipv4.destination);
  } else {
    for (let at = Ipv6.source; at < Ipv6.headerBytes; at += 4) {
      mixed = Math.imul(mixed, 0x85eb_ca6b) ^ view.getInt32(ip + at);
    }
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/** Whether the newcomer belongs to the held packet's flow: link header, addresses, tunnels, ports. */
export function sameFlow(
  held: HeldPacket,
  view: DataView,
  start: number,
  layers: FrameLayers,
  rules: GroRules,
): boolean {
  if (held.layerCount !== layers.layerCount || held.transportOffset !== layers.transportOffset) return false;
  if (held.networkOffset !== layers.networkOffset) return false;
  // MAC addresses, tags and EtherType, or the cooked header.
  if (!equalBytes(held.view, 0, view, start, firstOffset(layers))) return false;
  for (let layer = 0; layer < layers.layerCount; layer += 1) {
    const offset = layers.offsets[layer]!;
    if (held.kinds[layer] !== layers.kinds[layer] || held.offsets[layer] !== offset) return false;
    const next = layer + 1 < layers.layerCount ? layers.offsets[layer + 1]! : layers.transportOffset;
    if (!sameFlowLayer(layers.kinds[layer]!, held.view, offset, view, start + offset, next - offset, rules))
      return false;
  }
  return held.view.getInt32(held.transportOffset) === view.getInt32(start + layers.transportOffset);
}

/**
 * Whether a frame has the link and IP header of the held packet, but for length, ID and checksum, ends where they say, and has its
 * ports and length of TCP header. Only of packets with one IP header and nothing around it.
 */
export function hasHeadersOf(held: HeldPacket, view: DataView, start: number, originalLength: number): boolean {
  const network = held.networkOffset;
  const ip = start + network;
  const tcp = held.transportOffset;
  // Up to the addresses, and from there to the ports.
  let rest = network + Ipv6.nextHeader;
  if (held.kinds[0] === LayerKind.Ipv4) {
    rest = network + Ipv4.source;
    if (view.getUint16(ip + Ipv4.totalLength) !== originalLength - network) return false;
    if (!equalBytes(held.view, 0, view, start, network + Ipv4.totalLength)) return false;
    if (held.view.getInt32(network + Ipv4.fragment) !== view.getInt32(ip + Ipv4.fragment)) return false;
  } else {
    const payloadLength = originalLength - network - Ipv6.headerBytes;
    if (payloadLength === 0 || view.getUint16(ip + Ipv6.payloadLength) !== payloadLength) return false;
    if (!equalBytes(held.view, 0, view, start, network + Ipv6.payloadLength)) return false;
  }
  const offsets = (held.view.getUint8(tcp + Tcp.dataOffset) ^ view.getUint8(start + tcp + Tcp.dataOffset)) >> 4;
  return offsets === 0 && equalBytes(held.view, rest, view, start + rest, tcp + Tcp.sequence - rest);
}

function firstOffset(layers: FrameLayers): number {
  return layers.layerCount > 0 ? layers.offsets[0]! : 0;
}

/** One header with everything up to the next one, `length` bytes in all. */
function sameFlowLayer(
  kind: number,
  heldView: DataView,
  held: number,
  view: DataView,
  at: number,
  length: number,
  rules: GroRules,
): boolean {
  switch (kind) {
    case LayerKind.Ipv4:
      if (rules.tosIsFlow && heldView.getUint8(held + Ipv4.typeOfService) !== view.getUint8(at + Ipv4.typeOfService))
        return false;
      return (
        heldView.getUint8(held + Ipv4.protocol) === view.getUint8(at + Ipv4.protocol) &&
        equalBytes(heldView, held + Ipv4.source, view, at + Ipv4.source, 8)
      );
    case LayerKind.Ipv6: {
      const label = (heldView.getInt32(held) ^ view.getInt32(at)) & flowLabelMask;
      if (label !== 0 || heldView.getUint8(held + Ipv6.nextHeader) !== view.getUint8(at + Ipv6.nextHeader))
        return false;
      if (rules.hopLimitIsFlow && heldView.getUint8(held + Ipv6.hopLimit) !== view.getUint8(at + Ipv6.hopLimit))
        return false;
      // Addresses, and extension headers byte for byte.
      return equalBytes(heldView, held + Ipv6.source, view, at + Ipv6.source, length - Ipv6.source);
    }
    case LayerKind.UdpTunnel: {
      const heldHas = heldView.getUint16(held + Udp.checksum) !== 0;
      if (heldView.getInt32(held) !== view.getInt32(at) || heldHas !== (view.getUint16(at + Udp.checksum) !== 0))
        return false;
      return equalBytes(heldView, held + Udp.headerBytes, view, at + Udp.headerBytes, length - Udp.headerBytes);
    }
    case LayerKind.Gre: {
      if (heldView.getInt32(held) !== view.getInt32(at)) return false;
      const skipped = view.getUint16(at) & GreFlag.Checksum ? 8 : Gre.headerBytes;
      return equalBytes(heldView, held + skipped, view, at + skipped, length - skipped);
    }
    case LayerKind.Pppoe:
      return (
        heldView.getInt32(held) === view.getInt32(at) &&
        heldView.getUint16(held + Pppoe.pppProtocol) === view.getUint16(at + Pppoe.pppProtocol)
      );
    default:
      return false;
  }
}

/**
 * Whether the newcomer, of the same flow, must not join. `mergedBytes` is its gso_size when the device merged it, else 0. Decides
 * the ID patterns when it is the second that may.
 */
export function refusal(
  held: HeldPacket,
  view: DataView,
  start: number,
  layers: FrameLayers,
  rules: GroRules,
  mergedBytes: number,
): boolean {
  return tcpRefuses(held, view, start, layers, rules, mergedBytes) || networkRefuses(held, view, start, layers, rules);
}

/** The same by the IP headers alone. Decides the ID patterns when it is the second that may join. */
export function networkRefuses(
  held: HeldPacket,
  view: DataView,
  start: number,
  layers: FrameLayers,
  rules: GroRules,
): boolean {
  for (let layer = 0; layer < layers.layerCount; layer += 1) {
    const at = start + layers.offsets[layer]!;
    const kind = layers.kinds[layer];
    if (kind === LayerKind.Ipv4 && ipv4Refuses(held, layer, view, at, rules)) return true;
    if (kind === LayerKind.Ipv6 && ipv6Refuses(held, layer, view, at)) return true;
  }
  if (held.segmentCount === 1) decidePatterns(held, view, start, layers);
  return false;
}

function tcpRefuses(
  held: HeldPacket,
  view: DataView,
  start: number,
  layers: FrameLayers,
  rules: GroRules,
  mergedBytes: number,
): boolean {
  const mine = held.transportOffset;
  const tcp = start + layers.transportOffset;
  // Data offset, all flags, window: the fourth word of the header.
  const ignored = (TcpFlag.Fin | TcpFlag.Psh | (rules.cwr === 'newcomer-refused' ? TcpFlag.Cwr : 0)) << 16;
  const newWord = view.getInt32(tcp + Tcp.dataOffset);
  if (rules.cwr !== 'difference-refused' && (newWord >>> 16) & TcpFlag.Cwr) return true;
  if ((held.view.getInt32(mine + Tcp.dataOffset) ^ newWord) & ~ignored) return true;
  if (held.view.getInt32(mine + Tcp.acknowledgement) !== view.getInt32(tcp + Tcp.acknowledgement)) return true;
  const optionBytes = layers.payloadOffset - layers.transportOffset - Tcp.headerBytes;
  if (!equalBytes(held.view, mine + Tcp.options, view, tcp + Tcp.options, optionBytes)) return true;
  const payloadBytes = layers.payloadBytes;
  if (mergedBytes > 0 ? mergedBytes !== held.segmentBytes : payloadBytes === 0 || payloadBytes > held.segmentBytes)
    return true;
  return ((held.view.getInt32(mine + Tcp.sequence) + held.payloadBytes) | 0) !== view.getInt32(tcp + Tcp.sequence);
}

function ipv6Refuses(held: HeldPacket, layer: number, view: DataView, at: number): boolean {
  const mine = held.offsets[layer]!;
  if ((held.view.getInt32(mine) ^ view.getInt32(at)) & trafficClassMask) return true;
  return held.view.getUint8(mine + Ipv6.hopLimit) !== view.getUint8(at + Ipv6.hopLimit);
}

function ipv4Refuses(held: HeldPacket, layer: number, view: DataView, at: number, rules: GroRules): boolean {
  const mine = held.offsets[layer]!;
  if (held.view.getUint8(mine + Ipv4.timeToLive) !== view.getUint8(at + Ipv4.timeToLive)) return true;
  if (held.view.getUint8(mine + Ipv4.typeOfService) !== view.getUint8(at + Ipv4.typeOfService)) return true;
  const fragment = view.getUint16(at + Ipv4.fragment);
  if (held.view.getUint16(mine + Ipv4.fragment) !== fragment) return true;
  const dontFragment = fragment !== 0;
  if (layer !== held.innerIpLayer) {
    if (rules.outerIpv4Id === 'ignored') return false;
    if (rules.outerIpv4Id === 'ignored-with-df' && dontFragment) return false;
  }
  const step = (view.getUint16(at + Ipv4.identification) - held.view.getUint16(mine + Ipv4.identification)) & 0xffff;
  return !idGoesOn(step, held.segmentCount, held.idPatterns[layer], dontFragment, rules);
}

/** Whether an ID that lies `step` after the first one fits the `count` + 1st packet. */
function idGoesOn(step: number, count: number, pattern: IdPattern, dontFragment: boolean, rules: GroRules): boolean {
  if (rules.ipv4Id === 'df-incrementing') return dontFragment && step === (count & 0xffff);
  const fixedAllowed = dontFragment || rules.ipv4Id === 'fixed';
  if (count === 1) return step === 1 || (step === 0 && fixedAllowed);
  return pattern === 'fixed' ? step === 0 : step === (count & 0xffff);
}

function decidePatterns(held: HeldPacket, view: DataView, start: number, layers: FrameLayers): void {
  for (let layer = 0; layer < layers.layerCount; layer += 1) {
    if (layers.kinds[layer] !== LayerKind.Ipv4) continue;
    const id = view.getUint16(start + layers.offsets[layer]! + Ipv4.identification);
    const isFixed = id === held.view.getUint16(held.offsets[layer]! + Ipv4.identification);
    held.idPatterns[layer] = isFixed ? 'fixed' : 'incrementing';
  }
}

function equalBytes(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (a.getInt32(aStart + i) !== b.getInt32(bStart + i)) return false;
  for (; i < length; i += 1) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
  return true;
}
