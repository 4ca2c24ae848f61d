// Station "wire": frames made from their fields, for tests, the lab and the simulator. Overwrites every byte that it claims,
// so that a buffer may hold anything before (tests fill it with 0xa5).

import { checksumField, fold, onesSum } from '../bytes/checksum.ts';
import { EtherType } from './ethernet.ts';
import { IpProtocol, Ipv4Fragment, writeIpv4Checksum } from './ipv4.ts';

/** One IP header. Addresses are given by their last byte: 10.0.0.N, fd00::N. */
export interface IpSpec {
  readonly version: 4 | 6;
  readonly source: number;
  readonly destination: number;
  /** IPv4 TTL or IPv6 hop limit. */
  readonly hops: number;
  /** IPv4 TOS or IPv6 traffic class. */
  readonly trafficClass: number;
  /** IPv6 only. */
  readonly flowLabel?: number;
  /** IPv4 only: identification, the 16-bit flags and offset word, options (a multiple of 4 bytes). */
  readonly identification?: number;
  readonly fragment?: number;
  readonly options?: Uint8Array;
  /** IPv6 only: headers between this one and the transport. Their `nextHeader` bytes are written. */
  readonly extensions?: readonly { readonly type: number; readonly bytes: Uint8Array }[];
  /** Added to the right header checksum (IPv4) and to the right length field. */
  readonly checksumError?: number;
  readonly lengthError?: number;
}

/** A TCP header; `options` is a multiple of 4 bytes. */
export interface TcpSpec {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** TcpFlag bits, AE as 0x100. */
  readonly flags: number;
  readonly window: number;
  readonly urgentPointer?: number;
  readonly options?: Uint8Array;
}

/** A UDP header; a checksum of `none` is the field 0. */
export interface UdpSpec {
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A tunnel around the inner IP packet. */
export type TunnelSpec =
  | { readonly kind: 'ip'; readonly outer: IpSpec }
  | { readonly kind: 'gre'; readonly outer: IpSpec; readonly key?: number; readonly checksum?: boolean }
  | {
      readonly kind: 'vxlan' | 'geneve';
      readonly outer: IpSpec;
      readonly sourcePort: number;
      readonly identifier: number;
      readonly checksum?: boolean;
      /** Geneve only, a multiple of 4 bytes. */
      readonly options?: Uint8Array;
    };

/** A whole Ethernet frame. */
export interface FrameSpec {
  /** Last bytes of the MAC addresses 02:00:00:00:00:N. */
  readonly macSource: number;
  readonly macDestination: number;
  /** 802.1Q tags from the outside in: the 16-bit control fields; two or more use the provider type for all but the last. */
  readonly vlanTags?: readonly number[];
  readonly tunnel?: TunnelSpec;
  readonly ip: IpSpec;
  readonly tcp?: TcpSpec;
  readonly udp?: UdpSpec;
  readonly payload: Uint8Array;
  /** `partial` is the pseudo-header sum as checksum offload leaves it; a number is added to the right value. */
  readonly checksum: 'full' | 'partial' | 'none' | number;
  /** Bytes after the packet. */
  readonly trailer?: Uint8Array;
}

/** Offsets that the encoder found out, from the frame's first byte. */
export interface EncodedFrame {
  readonly length: number;
  readonly transportOffset: number;
  readonly payloadOffset: number;
}

/** Writes the frame into `out` at `at`; the caller has made room (headers stay below 1,024 bytes). */
export function encodeFrame(spec: FrameSpec, out: Uint8Array, at = 0): EncodedFrame {
  const writer = new FrameWriter(out, at);
  return writer.frame(spec);
}

class FrameWriter {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly start: number;
  private at: number;
  private transportOffset = 0;
  private payloadOffset = 0;

  constructor(out: Uint8Array, at: number) {
    this.bytes = out;
    this.view = new DataView(out.buffer, out.byteOffset, out.byteLength);
    this.start = at;
    this.at = at;
  }

  frame(spec: FrameSpec): EncodedFrame {
    const top = spec.tunnel === undefined ? spec.ip : spec.tunnel.outer;
    this.ethernet(spec, top.version, spec.vlanTags ?? []);
    if (spec.tunnel === undefined) this.ip(spec.ip, transportOf(spec), () => this.transport(spec));
    else this.tunnel(spec, spec.tunnel);
    if (spec.trailer !== undefined) this.copy(spec.trailer);
    return {
      length: this.at - this.start,
      transportOffset: this.transportOffset - this.start,
      payloadOffset: this.payloadOffset - this.start,
    };
  }

  private u8(value: number): void {
    this.view.setUint8(this.at, value);
    this.at += 1;
  }

  private u16(value: number): void {
    this.view.setUint16(this.at, value);
    this.at += 2;
  }

  private u32(value: number): void {
    this.view.setUint32(this.at, value);
    this.at += 4;
  }

  private copy(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private ethernet(spec: FrameSpec, ipVersion: 4 | 6, tags: readonly number[]): void {
    for (const last of [spec.macDestination, spec.macSource]) {
      this.u16(0x0200);
      this.u32(last & 0xff);
    }
    tags.forEach((control, index) => {
      this.u16(index === tags.length - 1 ? EtherType.Vlan : EtherType.ProviderVlan);
      this.u16(control);
    });
    this.u16(ipVersion === 4 ? EtherType.Ipv4 : EtherType.Ipv6);
  }

  /** Writes an IP header, then what it carries, then its lengths and checksum. */
  private ip(spec: IpSpec, protocol: number, body: () => void): void {
    if (spec.version === 4) this.ipv4(spec, protocol, body);
    else this.ipv6(spec, protocol, body);
  }

  private ipv4(spec: IpSpec, protocol: number, body: () => void): void {
    const start = this.at;
    const options = spec.options ?? new Uint8Array(0);
    this.u8(0x40 | ((20 + options.length) >> 2));
    this.u8(spec.trafficClass);
    this.u16(0);
    this.u16(spec.identification ?? 0);
    this.u16(spec.fragment ?? Ipv4Fragment.DontFragment);
    this.u8(spec.hops);
    this.u8(protocol);
    this.u16(0);
    this.u32(0x0a00_0000 | spec.source);
    this.u32(0x0a00_0000 | spec.destination);
    this.copy(options);
    body();
    const length = this.at - start + (spec.lengthError ?? 0);
    // A total above 65,535 is BIG TCP: the field is 0 (iph_set_totlen, include/linux/ip.h, v6.3).
    this.view.setUint16(start + 2, length > 0xffff ? 0 : length);
    writeIpv4Checksum(this.view, start);
    if (spec.checksumError) this.view.setUint16(start + 10, this.view.getUint16(start + 10) + spec.checksumError);
  }

  private ipv6(spec: IpSpec, protocol: number, body: () => void): void {
    const start = this.at;
    const extensions = spec.extensions ?? [];
    this.u32(((6 << 28) | (spec.trafficClass << 20) | (spec.flowLabel ?? 0)) >>> 0);
    this.u16(0);
    this.u8(extensions[0]?.type ?? protocol);
    this.u8(spec.hops);
    for (const last of [spec.source, spec.destination]) {
      this.u32(0xfd00_0000);
      this.u32(0);
      this.u32(0);
      this.u32(last);
    }
    extensions.forEach((extension, index) => {
      const extensionStart = this.at;
      this.copy(extension.bytes);
      this.view.setUint8(extensionStart, extensions[index + 1]?.type ?? protocol);
    });
    body();
    const length = this.at - start - 40 + (spec.lengthError ?? 0);
    this.view.setUint16(start + 4, length > 0xffff ? 0 : length);
  }

  private tunnel(spec: FrameSpec, tunnel: TunnelSpec): void {
    const inner = (): void => this.ip(spec.ip, transportOf(spec), () => this.transport(spec));
    if (tunnel.kind === 'ip') {
      this.ip(tunnel.outer, spec.ip.version === 4 ? IpProtocol.Ipv4 : IpProtocol.Ipv6, inner);
    } else if (tunnel.kind === 'gre') {
      this.ip(tunnel.outer, IpProtocol.Gre, () => this.gre(tunnel, spec.ip.version, inner));
    } else {
      const outerStart = this.at;
      this.ip(tunnel.outer, IpProtocol.Udp, () => this.udpTunnel(spec, tunnel, outerStart, inner));
    }
  }

  private gre(tunnel: TunnelSpec & { readonly kind: 'gre' }, version: 4 | 6, inner: () => void): void {
    const start = this.at;
    this.u16((tunnel.checksum ? 0x8000 : 0) | (tunnel.key === undefined ? 0 : 0x2000));
    this.u16(version === 4 ? EtherType.Ipv4 : EtherType.Ipv6);
    if (tunnel.checksum) this.u32(0);
    if (tunnel.key !== undefined) this.u32(tunnel.key);
    inner();
    if (tunnel.checksum) {
      this.view.setUint16(start + 4, checksumField(onesSum(this.view, start, this.at - start, 0)));
    }
  }

  private udpTunnel(
    spec: FrameSpec,
    tunnel: TunnelSpec & { readonly kind: 'vxlan' | 'geneve' },
    ipStart: number,
    inner: () => void,
  ): void {
    const start = this.at;
    const isVxlan = tunnel.kind === 'vxlan';
    this.u16(tunnel.sourcePort);
    this.u16(isVxlan ? 4789 : 6081);
    this.u16(0);
    this.u16(0);
    const options = isVxlan ? new Uint8Array(0) : (tunnel.options ?? new Uint8Array(0));
    this.u32(isVxlan ? 0x0800_0000 : ((options.length >> 2) << 24) | EtherType.TransparentBridging);
    this.u32(tunnel.identifier << 8);
    this.copy(options);
    this.ethernet(spec, spec.ip.version, []);
    inner();
    const length = this.at - start;
    this.view.setUint16(start + 4, length);
    if (!tunnel.checksum) return;
    const pseudo = this.pseudoHeaderSum(tunnel.outer, ipStart, IpProtocol.Udp, length);
    const field = checksumField(onesSum(this.view, start, length, pseudo));
    this.view.setUint16(start + 6, field === 0 ? 0xffff : field);
  }

  private pseudoHeaderSum(ip: IpSpec, ipStart: number, protocol: number, length: number): number {
    const addresses =
      ip.version === 4 ? onesSum(this.view, ipStart + 12, 8, 0) : onesSum(this.view, ipStart + 8, 32, 0);
    return fold(addresses + protocol + (length >>> 16) + (length & 0xffff));
  }

  private transport(spec: FrameSpec): void {
    const start = this.at;
    this.transportOffset = start;
    if (spec.tcp !== undefined) this.tcp(spec.tcp);
    else if (spec.udp !== undefined) this.udp(spec.udp, spec.payload.length);
    this.payloadOffset = this.at;
    this.copy(spec.payload);
    if (spec.tcp === undefined && spec.udp === undefined) return;
    const length = this.at - start;
    const field = start + (spec.tcp === undefined ? 6 : 16);
    const extensionBytes = (spec.ip.extensions ?? []).reduce((sum, extension) => sum + extension.bytes.length, 0);
    const headerBytes = spec.ip.version === 4 ? 20 + (spec.ip.options?.length ?? 0) : 40 + extensionBytes;
    const pseudo = this.pseudoHeaderSum(spec.ip, start - headerBytes, transportOf(spec), length);
    if (spec.checksum === 'none') return;
    if (spec.checksum === 'partial') {
      this.view.setUint16(field, pseudo);
      return;
    }
    let value = checksumField(onesSum(this.view, start, length, pseudo));
    if (value === 0 && spec.udp !== undefined) value = 0xffff;
    this.view.setUint16(field, value + (spec.checksum === 'full' ? 0 : spec.checksum));
  }

  private tcp(spec: TcpSpec): void {
    const options = spec.options ?? new Uint8Array(0);
    this.u16(spec.sourcePort);
    this.u16(spec.destinationPort);
    this.u32(spec.sequence);
    this.u32(spec.acknowledgement);
    this.u8((((20 + options.length) >> 2) << 4) | ((spec.flags >> 8) & 1));
    this.u8(spec.flags & 0xff);
    this.u16(spec.window);
    this.u16(0);
    this.u16(spec.urgentPointer ?? 0);
    this.copy(options);
  }

  private udp(spec: UdpSpec, payloadBytes: number): void {
    this.u16(spec.sourcePort);
    this.u16(spec.destinationPort);
    this.u16(8 + payloadBytes);
    this.u16(0);
  }
}

function transportOf(spec: FrameSpec): number {
  if (spec.tcp !== undefined) return IpProtocol.Tcp;
  return spec.udp === undefined ? IpProtocol.NoNextHeader : IpProtocol.Udp;
}
