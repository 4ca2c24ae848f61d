// Station "offload": where the headers of one frame lie, as far as an offload has to know them to cut or merge it.
//
// Not the decoder of packets/: this one walks tunnels down to the innermost TCP or UDP header, remembers every header that
// carries a length, and answers only one question: may this frame be cut or merged without guessing?

import { Ethernet, EtherType } from '../wire/ethernet.ts';
import { LinkType } from '../wire/frame.ts';
import { Geneve, geneveHeaderBytes, genevePort } from '../wire/geneve.ts';
import { Gre, GreFlag, greHeaderBytes } from '../wire/gre.ts';
import { IpProtocol, Ipv4, Ipv4Fragment, ipv4HeaderBytes } from '../wire/ipv4.ts';
import { Ipv6, Ipv6Extension, Ipv6Jumbo, ipv6ExtensionBytes, isWalkableExtension } from '../wire/ipv6.ts';
import { Pppoe, PppProtocol } from '../wire/pppoe.ts';
import { Sll, Sll2 } from '../wire/sll.ts';
import { Tcp, tcpHeaderBytes } from '../wire/tcp.ts';
import { Udp } from '../wire/udp.ts';
import { isVlanType, Vlan } from '../wire/vlan.ts';
import { Vxlan, vxlanPorts } from '../wire/vxlan.ts';

/** Headers that carry a length, checksum or identification of their own. */
export const LayerKind = { Ipv4: 1, Ipv6: 2, UdpTunnel: 3, Gre: 4, Pppoe: 5 } as const;

/** Why a frame can be neither cut nor merged; 'none' when it can. */
export type LayerProblem =
  | 'none'
  | 'unknown-link-type'
  | 'not-ip'
  | 'cut-in-headers'
  | 'lying-length'
  | 'bad-header'
  | 'fragment'
  | 'other-transport'
  | 'sequenced-gre'
  | 'too-deep';

/** More nested headers than any stack cuts; bounds the walk. */
const maximumLayers = 8;

/** The headers of one frame. Offsets count from the frame's first byte. Reused: `parse` overwrites everything. */
export class FrameLayers {
  /** Datagrams to the ports of VXLAN and Geneve are walked into; a host without such a tunnel takes them for datagrams. */
  looksIntoUdp = true;
  problem: LayerProblem = 'none';
  /** Headers with a length of their own, from the outside in. */
  layerCount = 0;
  readonly kinds: Uint8Array = new Uint8Array(maximumLayers);
  readonly offsets: Int32Array = new Int32Array(maximumLayers);
  /** Offset of the outermost IP header. */
  networkOffset = 0;
  /** Index in `kinds` of the innermost IP header. */
  innerIpLayer = -1;
  /** A hop-by-hop header that only says the jumbo length: Linux takes it out before the wire. -1 without. */
  jumboOffset = -1;
  /** IpProtocol.Tcp or IpProtocol.Udp, 0 before one was found. */
  transport = 0;
  transportOffset = 0;
  payloadOffset = 0;
  /** First byte after the packet, as the outermost IP header (or for length 0 the frame) says. May lie beyond what was captured. */
  packetEnd = 0;
  /** The outermost IP header said 0, so that `packetEnd` comes from the frame's length. */
  lengthFromFrame = false;
  /** Bytes behind the packet: padding, check sequence or a vendor's trailer. */
  trailerBytes = 0;
  hasIpv4Options = false;
  /** A length field contradicts another or the frame; the walk went on, so that `transport` may be known all the same. */
  lengthsLie = false;

  private view: DataView = emptyView;
  private start = 0;
  private captured = 0;
  private original = 0;

  /** Bytes of TCP or UDP payload that the frame stands for. */
  get payloadBytes(): number {
    return this.packetEnd - this.payloadOffset;
  }

  /** Finds the headers of a frame. Returns whether there is a whole TCP or UDP header with lengths that agree. */
  parse(view: DataView, start: number, capturedLength: number, originalLength: number, linkType: number): boolean {
    this.view = view;
    this.start = start;
    this.captured = capturedLength;
    this.original = originalLength;
    this.layerCount = 0;
    this.innerIpLayer = -1;
    this.jumboOffset = -1;
    this.transport = 0;
    this.packetEnd = 0;
    this.lengthFromFrame = false;
    this.hasIpv4Options = false;
    this.lengthsLie = false;
    this.problem = this.parseLink(linkType);
    if (this.problem === 'none' && this.lengthsLie) this.problem = 'lying-length';
    this.trailerBytes = originalLength - this.packetEnd;
    return this.problem === 'none';
  }

  /** Takes a frame that has the headers of the last one parsed, and ends where its IP header says. */
  repeat(originalLength: number): void {
    this.packetEnd = originalLength;
    this.trailerBytes = 0;
  }

  private parseLink(linkType: number): LayerProblem {
    switch (linkType) {
      case LinkType.Ethernet:
        return this.parseEthernet(0);
      case LinkType.Raw:
      case LinkType.Ipv4:
      case LinkType.Ipv6:
        return this.parseRawIp(0);
      case LinkType.Null:
      case LinkType.Loop:
        return this.parseRawIp(4);
      case LinkType.LinuxSll:
        if (this.captured < Sll.headerBytes) return 'cut-in-headers';
        return this.parseNetwork(this.view.getUint16(this.start + Sll.protocol), Sll.headerBytes);
      case LinkType.LinuxSll2:
        if (this.captured < Sll2.headerBytes) return 'cut-in-headers';
        return this.parseNetwork(this.view.getUint16(this.start + Sll2.protocol), Sll2.headerBytes);
      default:
        return 'unknown-link-type';
    }
  }

  private parseRawIp(offset: number): LayerProblem {
    if (this.captured <= offset) return 'cut-in-headers';
    const version = this.view.getUint8(this.start + offset) >> 4;
    if (version === 4) return this.parseIpv4(offset);
    return version === 6 ? this.parseIpv6(offset) : 'not-ip';
  }

  private parseEthernet(offset: number): LayerProblem {
    if (this.captured < offset + Ethernet.headerBytes) return 'cut-in-headers';
    return this.parseNetwork(this.view.getUint16(this.start + offset + Ethernet.type), offset + Ethernet.headerBytes);
  }

  private parseNetwork(firstType: number, firstOffset: number): LayerProblem {
    let type = firstType;
    let offset = firstOffset;
    // Two tags are the standard (802.1ad); the bound keeps a frame of nothing but tags from a long walk.
    for (let tags = 0; isVlanType(type) && tags < maximumLayers; tags += 1) {
      if (this.captured < offset + Vlan.tagBytes) return 'cut-in-headers';
      type = this.view.getUint16(this.start + offset + 2);
      offset += Vlan.tagBytes;
    }
    if (type === EtherType.Ipv4) return this.parseIpv4(offset);
    if (type === EtherType.Ipv6) return this.parseIpv6(offset);
    if (type === EtherType.PppoeSession) return this.parsePppoe(offset);
    return 'not-ip';
  }

  private parsePppoe(offset: number): LayerProblem {
    if (this.captured < offset + Pppoe.headerBytes) return 'cut-in-headers';
    if (this.view.getUint16(this.start + offset) !== 0x1100) return 'bad-header';
    if (!this.addLayer(LayerKind.Pppoe, offset)) return 'too-deep';
    const protocol = this.view.getUint16(this.start + offset + Pppoe.pppProtocol);
    if (protocol === PppProtocol.Ipv4) return this.parseIpv4(offset + Pppoe.headerBytes);
    return protocol === PppProtocol.Ipv6 ? this.parseIpv6(offset + Pppoe.headerBytes) : 'not-ip';
  }

  private addLayer(kind: number, offset: number): boolean {
    if (this.layerCount >= maximumLayers) return false;
    this.kinds[this.layerCount] = kind;
    this.offsets[this.layerCount] = offset;
    this.layerCount += 1;
    return true;
  }

  /** Takes the packet's end from an IP header: the outermost one sets it, inner ones must agree. */
  private setEnd(end: number): void {
    if (this.innerIpLayer < 0) {
      if (end > this.original) this.lengthsLie = true;
      this.packetEnd = Math.min(end, this.original);
    } else if (end !== this.packetEnd) {
      this.lengthsLie = true;
    }
  }

  private parseIpv4(offset: number): LayerProblem {
    if (this.captured < offset + Ipv4.headerBytes) return 'cut-in-headers';
    const at = this.start + offset;
    const headerBytes = ipv4HeaderBytes(this.view, at);
    if (this.view.getUint8(at) >> 4 !== 4 || headerBytes < Ipv4.headerBytes) return 'bad-header';
    if (this.captured < offset + headerBytes) return 'cut-in-headers';
    if (headerBytes > Ipv4.headerBytes) this.hasIpv4Options = true;
    let totalLength = this.view.getUint16(at + Ipv4.totalLength);
    if (totalLength === 0 && this.innerIpLayer < 0) {
      totalLength = this.original - offset;
      this.lengthFromFrame = true;
    }
    if (totalLength < headerBytes) this.lengthsLie = true;
    this.setEnd(offset + totalLength);
    if (!this.addIp(LayerKind.Ipv4, offset)) return 'too-deep';
    const fragment = this.view.getUint16(at + Ipv4.fragment);
    if (fragment & (Ipv4Fragment.MoreFragments | Ipv4Fragment.OffsetMask)) return 'fragment';
    return this.parseTransport(this.view.getUint8(at + Ipv4.protocol), offset + headerBytes);
  }

  private addIp(kind: number, offset: number): boolean {
    if (!this.addLayer(kind, offset)) return false;
    if (this.innerIpLayer < 0) this.networkOffset = offset;
    this.innerIpLayer = this.layerCount - 1;
    return true;
  }

  private parseIpv6(offset: number): LayerProblem {
    if (this.captured < offset + Ipv6.headerBytes) return 'cut-in-headers';
    const at = this.start + offset;
    if (this.view.getUint8(at) >> 4 !== 6) return 'bad-header';
    const outermost = this.innerIpLayer < 0;
    const nextHeader = this.view.getUint8(at + Ipv6.nextHeader);
    let payloadLength = this.view.getUint16(at + Ipv6.payloadLength);
    if (payloadLength === 0 && outermost) {
      payloadLength = this.jumboLength(offset, nextHeader);
      this.lengthFromFrame = true;
    }
    if (payloadLength < 0) return 'lying-length';
    this.setEnd(offset + Ipv6.headerBytes + payloadLength);
    if (!this.addIp(LayerKind.Ipv6, offset)) return 'too-deep';
    return this.parseExtensions(nextHeader, offset + Ipv6.headerBytes);
  }

  /** True payload length of an IPv6 packet whose field says 0: the jumbo option's, or without one the frame's (BIG TCP of 7.0 on). */
  private jumboLength(offset: number, nextHeader: number): number {
    const option = offset + Ipv6.headerBytes;
    const fromFrame = this.original - option;
    if (nextHeader !== IpProtocol.HopByHop || this.captured < option + Ipv6Jumbo.headerBytes) return fromFrame;
    const at = this.start + option;
    const isJumbo =
      this.view.getUint8(at + Ipv6Extension.length) === 0 &&
      this.view.getUint8(at + Ipv6Jumbo.optionType) === Ipv6Jumbo.jumboOption &&
      this.view.getUint8(at + Ipv6Jumbo.optionLength) === 4;
    if (!isJumbo) return fromFrame;
    this.jumboOffset = option;
    return this.view.getUint32(at + Ipv6Jumbo.payloadLength);
  }

  private parseExtensions(firstHeader: number, firstOffset: number): LayerProblem {
    let nextHeader = firstHeader;
    let offset = firstOffset;
    for (let walked = 0; isWalkableExtension(nextHeader); walked += 1) {
      if (walked === maximumLayers) return 'too-deep';
      if (this.captured < offset + 8) return 'cut-in-headers';
      const bytes = ipv6ExtensionBytes(this.view, this.start + offset);
      nextHeader = this.view.getUint8(this.start + offset);
      offset += bytes;
      if (offset > this.packetEnd) this.lengthsLie = true;
      if (offset > this.captured) return 'cut-in-headers';
    }
    if (nextHeader === IpProtocol.Fragment) return 'fragment';
    return this.parseTransport(nextHeader, offset);
  }

  private parseTransport(protocol: number, offset: number): LayerProblem {
    switch (protocol) {
      case IpProtocol.Tcp:
        return this.parseTcp(offset);
      case IpProtocol.Udp:
        return this.parseUdp(offset);
      case IpProtocol.Ipv4:
        return this.parseIpv4(offset);
      case IpProtocol.Ipv6:
        return this.parseIpv6(offset);
      case IpProtocol.Gre:
        return this.parseGre(offset);
      default:
        return 'other-transport';
    }
  }

  private parseTcp(offset: number): LayerProblem {
    if (offset + Tcp.headerBytes > this.original) return 'lying-length';
    if (this.captured < offset + Tcp.headerBytes) return 'cut-in-headers';
    const headerBytes = tcpHeaderBytes(this.view, this.start + offset);
    if (headerBytes < Tcp.headerBytes || offset + headerBytes > this.original) return 'bad-header';
    if (offset + headerBytes > this.packetEnd) this.lengthsLie = true;
    this.transport = IpProtocol.Tcp;
    this.transportOffset = offset;
    this.payloadOffset = offset + headerBytes;
    return 'none';
  }

  private parseUdp(offset: number): LayerProblem {
    if (offset + Udp.headerBytes > this.packetEnd) this.lengthsLie = true;
    if (this.captured < offset + Udp.headerBytes) return 'cut-in-headers';
    const port = this.view.getUint16(this.start + offset + Udp.destinationPort);
    const isVxlan = port === vxlanPorts.iana || port === vxlanPorts.linuxDefault;
    const lengthAgrees = this.view.getUint16(this.start + offset + Udp.length) === this.packetEnd - offset;
    if (!lengthAgrees && !this.lengthFromFrame) this.lengthsLie = true;
    if (this.looksIntoUdp && (isVxlan || port === genevePort)) {
      const saved = this.layerCount;
      const savedIp = this.innerIpLayer;
      const problem = isVxlan ? this.parseVxlan(offset) : this.parseGeneve(offset);
      if (problem === 'none' || problem === 'cut-in-headers') return problem;
      // Not what the port promises, or nothing that can be cut: a datagram like others.
      this.layerCount = saved;
      this.innerIpLayer = savedIp;
    }
    this.transport = IpProtocol.Udp;
    this.transportOffset = offset;
    this.payloadOffset = offset + Udp.headerBytes;
    return 'none';
  }

  private parseVxlan(udpOffset: number): LayerProblem {
    const offset = udpOffset + Udp.headerBytes;
    if (this.captured < offset + Vxlan.headerBytes) return 'cut-in-headers';
    if ((this.view.getUint8(this.start + offset) & Vxlan.validIdentifier) === 0) return 'bad-header';
    if (!this.addLayer(LayerKind.UdpTunnel, udpOffset)) return 'too-deep';
    return this.parseEthernet(offset + Vxlan.headerBytes);
  }

  private parseGeneve(udpOffset: number): LayerProblem {
    const offset = udpOffset + Udp.headerBytes;
    if (this.captured < offset + Geneve.headerBytes) return 'cut-in-headers';
    if (this.view.getUint8(this.start + offset) >> 6 !== 0) return 'bad-header';
    if (!this.addLayer(LayerKind.UdpTunnel, udpOffset)) return 'too-deep';
    const type = this.view.getUint16(this.start + offset + Geneve.protocol);
    const inner = offset + geneveHeaderBytes(this.view, this.start + offset);
    return type === EtherType.TransparentBridging ? this.parseEthernet(inner) : this.parseNetwork(type, inner);
  }

  private parseGre(offset: number): LayerProblem {
    if (offset + Gre.headerBytes > this.packetEnd) this.lengthsLie = true;
    if (this.captured < offset + Gre.headerBytes) return 'cut-in-headers';
    const flags = this.view.getUint16(this.start + offset);
    if (flags & (GreFlag.Routing | GreFlag.VersionMask)) return 'bad-header';
    // A sequence number counts packets: what the cut ones had cannot be known (and the kernel does not offload it).
    if (flags & GreFlag.Sequence) return 'sequenced-gre';
    if (!this.addLayer(LayerKind.Gre, offset)) return 'too-deep';
    const inner = offset + greHeaderBytes(flags);
    if (inner > this.captured) return 'cut-in-headers';
    const type = this.view.getUint16(this.start + offset + Gre.protocol);
    return type === EtherType.TransparentBridging ? this.parseEthernet(inner) : this.parseNetwork(type, inner);
  }
}

const emptyView = new DataView(new ArrayBuffer(0));
