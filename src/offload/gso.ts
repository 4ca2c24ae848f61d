// Station "offload": the cut of a super-packet into what goes on the wire, as the kernel's software GSO does it and as it
// expects of a NIC's TSO (skb_segment in net/core/skbuff.c, tcp_gso_segment in net/ipv4/tcp_offload.c, v6.18). Byte for byte: the
// lab compares it with the running kernel.

import { checksumField, fold, onesSum } from '../bytes/checksum.ts';
import { copyBytes, copySum } from '../bytes/copy.ts';
import { summableBytes } from '../bytes/summable-memory.ts';
import { Gre, GreFlag } from '../wire/gre.ts';
import { IpProtocol, Ipv4, ipv4HeaderBytes } from '../wire/ipv4.ts';
import { Ipv6, Ipv6Extension, Ipv6Jumbo } from '../wire/ipv6.ts';
import { Pppoe } from '../wire/pppoe.ts';
import { Tcp } from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { Udp } from '../wire/udp.ts';
import { Cut, type CutSegments, cutSegmentsIn } from './cut-code.ts';
import { type FrameLayers, LayerKind } from './layers.ts';

/** How a super-packet is cut. */
export interface CutOptions {
  /** Payload bytes of each segment but the last: the kernel's gso_size. */
  readonly segmentBytes: number;
  /** The IPv4 ID is the same in all segments instead of one more each: of the outermost header, and of the innermost in a tunnel. */
  readonly outerIdFixed?: boolean;
  readonly innerIdFixed?: boolean;
  /** CWR is a bit of AccECN's counter (RFC 9768): every segment keeps it (SKB_GSO_TCP_ACCECN). */
  readonly accurateEcn?: boolean;
  /** Leave the innermost checksum at its pseudo-header sum, as for a device that fills it in. */
  readonly partialChecksum?: boolean;
}

/** All headers of a frame that is cut: link, VLAN tags, nested IP with options, tunnels, TCP with options. */
const templateBytes = 1024;
/** What a capture has before a frame, when segments are written with it. */
const mostRecordHeaderBytes = 64;

/**
 * Cuts one frame at a time: `begin`, then `write` for each segment. Keeps a header template and sums that are equal in
 * all segments, so that a segment costs its patches and one pass over its payload.
 */
export class Segmenter {
  /** How many packets the frame becomes; 1 when there is nothing to cut. */
  segmentCount = 0;
  /** The segments' headers in bytes, from the frame's first byte to the payload. */
  headerBytes = 0;

  private readonly template: DataView = viewOf(summableBytes(templateBytes));
  private readonly baseSums: Float64Array = new Float64Array(8);
  private readonly kinds: Uint8Array = new Uint8Array(8);
  private readonly offsets: Int32Array = new Int32Array(8);
  private layerCount = 0;
  private firstIpLayer = 0;
  private innerIpLayer = 0;
  private transport = 0;
  private transportOffset = 0;
  private transportSum = 0;
  private tcpHeaderSum = 0;
  private firstSequence = 0;
  private transportLength = 0;
  private keptHeaderBytes = 0;
  private source: DataView = new DataView(new ArrayBuffer(0));
  private payloadStart = 0;
  private capturedPayload = 0;
  private payloadBytes = 0;
  private segmentBytes = 0;
  private outerIdFixed = false;
  private innerIdFixed = false;
  private accurateEcn = false;
  private partial = false;
  /** All this for the loop in WebAssembly, where there is one. */
  private readonly run: DataView = viewOf(summableBytes(Cut.template + mostRecordHeaderBytes + templateBytes));
  private readonly cutSegments: CutSegments | undefined = cutSegmentsIn(this.run.buffer);

  /**
   * Takes a frame that `layers` has parsed. Returns the number of segments; `write` reads the frame's bytes, so `view` must
   * stay as it is until the last one. A frame whose payload fits one segment gives 1.
   */
  begin(view: DataView, start: number, capturedLength: number, layers: FrameLayers, options: CutOptions): number {
    this.segmentBytes = options.segmentBytes;
    this.outerIdFixed = options.outerIdFixed === true;
    this.innerIdFixed = options.innerIdFixed === true;
    this.accurateEcn = options.accurateEcn === true;
    this.payloadBytes = layers.payloadBytes;
    this.segmentCount = Math.max(1, Math.ceil(this.payloadBytes / this.segmentBytes));
    if (layers.payloadOffset > templateBytes || this.segmentBytes < 1) {
      this.segmentCount = 1;
      return 1;
    }
    this.source = view;
    this.payloadStart = start + layers.payloadOffset;
    this.capturedPayload = Math.max(0, Math.min(this.payloadBytes, capturedLength - layers.payloadOffset));
    this.partial = options.partialChecksum === true || this.capturedPayload < this.payloadBytes;
    this.makeTemplate(view, start, capturedLength, layers);
    this.sumHeaders();
    return this.segmentCount;
  }

  /** Whether the segments' innermost checksum is only a pseudo-header sum. */
  get checksumIsPartial(): boolean {
    return this.partial;
  }

  /** Length of the packet on the wire, from the link header on. */
  originalLength(index: number): number {
    return this.headerBytes + this.payloadLength(index);
  }

  /** How many of its bytes the capture holds. */
  capturedLength(index: number): number {
    if (this.keptHeaderBytes < this.headerBytes) return this.keptHeaderBytes;
    return this.headerBytes + this.capturedPayloadLength(index);
  }

  /** First sequence number offset of the segment in the frame's payload, in bytes. */
  payloadStartOf(index: number): number {
    return index * this.segmentBytes;
  }

  private payloadLength(index: number): number {
    return Math.min(this.segmentBytes, this.payloadBytes - index * this.segmentBytes);
  }

  private capturedPayloadLength(index: number): number {
    const left = this.capturedPayload - index * this.segmentBytes;
    return Math.max(0, Math.min(left, this.payloadLength(index)));
  }

  /** Writes segment `index` (0 based) and returns the bytes written, `capturedLength(index)`. The caller has made room. */
  write(index: number, out: DataView, at: number): number {
    const payload = this.payloadLength(index);
    const from = this.payloadStart + index * this.segmentBytes;
    copyBytes(this.template, 0, out, at, this.keptHeaderBytes);
    const kept = this.capturedPayloadLength(index);
    let payloadSum = 0;
    if (!this.partial) payloadSum = copySum(this.source, from, out, at + this.headerBytes, payload);
    else if (kept > 0) copyBytes(this.source, from, out, at + this.headerBytes, kept);
    this.transportLength = this.headerBytes - this.transportOffset + payload;
    if (this.transport === IpProtocol.Tcp) this.patchTcp(index, out, at, this.transportLength, payloadSum);
    else this.patchUdp(out, at, this.transportLength, payloadSum);
    for (let layer = this.layerCount - 1; layer >= 0; layer -= 1) this.patchLayer(layer, index, out, at, payload);
    return this.capturedLength(index);
  }

  /** How many segments are like the second one but for ID, sequence number and checksums, and may be written by `writeLike`. */
  get alikeCount(): number {
    const isPlain = this.layerCount === 1 && this.transport === IpProtocol.Tcp && !this.partial;
    return isPlain && this.source.buffer === this.run.buffer ? Math.max(0, this.segmentCount - 3) : 0;
  }

  /**
   * To be called when the second segment was written: its record is at `at` in `out`, with `recordHeaderBytes` before the frame. Returns
   * whether `writeLike` can write others into that buffer.
   */
  prepareLike(out: DataView, at: number, recordHeaderBytes: number): boolean {
    if (this.cutSegments === undefined || out.buffer !== this.run.buffer) return false;
    if (recordHeaderBytes > mostRecordHeaderBytes) return false;
    const { run, transportOffset } = this;
    const ip = this.offsets[0]!;
    const isV4 = this.kinds[0] === LayerKind.Ipv4;
    const tcp = recordHeaderBytes + transportOffset;
    const headerBytes = recordHeaderBytes + this.headerBytes;
    copyBytes(out, at, run, Cut.template, headerBytes);
    run.setInt32(Cut.headerBytes, headerBytes, true);
    run.setInt32(Cut.payloadBytes, this.segmentBytes, true);
    run.setInt32(Cut.sequenceOffset, tcp + Tcp.sequence, true);
    run.setInt32(Cut.checksumOffset, tcp + Tcp.checksum, true);
    const length = this.transportLength;
    const pseudo = this.transportSum + (length >>> 16) + (length & 0xffff);
    const flags = run.getUint8(Cut.template + tcp + Tcp.flags);
    run.setInt32(Cut.tcpSum, swapped(fold(this.tcpHeaderSum + flags + pseudo)), true);
    run.setInt32(Cut.idOffset, isV4 ? recordHeaderBytes + ip + Ipv4.identification : 0, true);
    run.setInt32(Cut.ipChecksumOffset, recordHeaderBytes + ip + Ipv4.checksum, true);
    const ipLength = this.headerBytes - ip + this.segmentBytes;
    run.setInt32(Cut.ipSum, isV4 ? swapped(fold(this.baseSums[0]! + ipLength)) : 0, true);
    run.setInt32(Cut.idStep, this.outerIdFixed ? 0 : 1, true);
    return true;
  }

  /** Writes `count` segments from `index` on, whole with their record headers, to `at` in `out`: after `prepareLike` said that it can. */
  writeLike(index: number, count: number, out: DataView, at: number): void {
    const { run } = this;
    const ipId = this.template.getUint16(this.offsets[0]! + Ipv4.identification);
    run.setInt32(Cut.id, ipId + (this.outerIdFixed ? 0 : index), true);
    run.setInt32(Cut.sequence, this.firstSequence + index * this.segmentBytes, true);
    const from = this.source.byteOffset + this.payloadStart + index * this.segmentBytes;
    this.cutSegments?.(from, out.byteOffset + at, count, run.byteOffset);
  }

  private makeTemplate(view: DataView, start: number, capturedLength: number, layers: FrameLayers): void {
    const jumbo = layers.jumboOffset;
    const removed = jumbo < 0 ? 0 : Ipv6Jumbo.headerBytes;
    const kept = Math.min(capturedLength, layers.payloadOffset);
    copyBytes(view, start, this.template, 0, removed === 0 ? kept : jumbo);
    if (removed > 0) {
      // Linux takes the jumbo option out before it cuts (ipv6_gso_segment, ipv6_hopopt_jumbo_remove, v6.18).
      copyBytes(view, start + jumbo + removed, this.template, jumbo, kept - jumbo - removed);
      this.template.setUint8(
        layers.networkOffset + Ipv6.nextHeader,
        view.getUint8(start + jumbo + Ipv6Extension.nextHeader),
      );
    }
    this.headerBytes = layers.payloadOffset - removed;
    this.keptHeaderBytes = kept - removed;
    this.layerCount = layers.layerCount;
    this.innerIpLayer = layers.innerIpLayer;
    this.firstIpLayer = -1;
    for (let layer = 0; layer < layers.layerCount; layer += 1) {
      const kind = layers.kinds[layer]!;
      const offset = layers.offsets[layer]!;
      this.kinds[layer] = kind;
      this.offsets[layer] = offset > jumbo && removed > 0 ? offset - removed : offset;
      if (this.firstIpLayer < 0 && (kind === LayerKind.Ipv4 || kind === LayerKind.Ipv6)) this.firstIpLayer = layer;
    }
    this.transport = layers.transport;
    this.transportOffset = layers.transportOffset - removed;
  }

  /** Sums of what stays the same: each IPv4 header without length, ID and checksum; the transport header with pseudo-header. */
  private sumHeaders(): void {
    const header = this.template;
    for (let layer = 0; layer < this.layerCount; layer += 1) {
      if (this.kinds[layer] !== LayerKind.Ipv4) continue;
      const offset = this.offsets[layer]!;
      const whole = onesSum(header, offset, ipv4HeaderBytes(header, offset), 0);
      const changing =
        (header.getUint16(offset + Ipv4.totalLength) ^ 0xffff) +
        (header.getUint16(offset + Ipv4.identification) ^ 0xffff) +
        (header.getUint16(offset + Ipv4.checksum) ^ 0xffff);
      this.baseSums[layer] = whole + changing;
    }
    const ip = this.offsets[this.innerIpLayer]!;
    const isV4 = this.kinds[this.innerIpLayer] === LayerKind.Ipv4;
    const addresses = isV4 ? onesSum(header, ip + Ipv4.source, 8, 0) : onesSum(header, ip + Ipv6.source, 32, 0);
    this.transportSum = fold(addresses + this.transport);
    if (this.transport !== IpProtocol.Tcp) return;
    this.firstSequence = header.getUint32(this.transportOffset + Tcp.sequence);
    if (!this.partial) this.sumTcpHeader(header);
  }

  /** The TCP header without what differs between segments: sequence number, flags, checksum. */
  private sumTcpHeader(header: DataView): void {
    const tcp = this.transportOffset;
    const flags = header.getUint8(tcp + Tcp.flags);
    header.setUint32(tcp + Tcp.sequence, 0);
    header.setUint16(tcp + Tcp.checksum, 0);
    header.setUint8(tcp + Tcp.flags, 0);
    this.tcpHeaderSum = onesSum(header, tcp, this.headerBytes - tcp, 0);
    header.setUint8(tcp + Tcp.flags, flags);
  }

  private patchTcp(index: number, out: DataView, at: number, length: number, payloadSum: number): void {
    const tcp = at + this.transportOffset;
    const sequence = (this.firstSequence + index * this.segmentBytes) >>> 0;
    out.setUint32(tcp + Tcp.sequence, sequence);
    let flags = this.template.getUint8(this.transportOffset + Tcp.flags);
    if (index > 0 && !this.accurateEcn) flags &= ~TcpFlag.Cwr;
    if (index < this.segmentCount - 1) flags &= ~(TcpFlag.Fin | TcpFlag.Psh);
    out.setUint8(tcp + Tcp.flags, flags);
    const pseudo = fold(this.transportSum + (length >>> 16) + (length & 0xffff));
    if (this.partial) {
      out.setUint16(tcp + Tcp.checksum, pseudo);
      return;
    }
    const changing = (sequence >>> 16) + (sequence & 0xffff) + flags;
    out.setUint16(tcp + Tcp.checksum, checksumField(this.tcpHeaderSum + changing + pseudo + payloadSum));
  }

  private patchUdp(out: DataView, at: number, length: number, payloadSum: number): void {
    const udp = at + this.transportOffset;
    out.setUint16(udp + Udp.length, length);
    // RFC 768: a field of zero says that there is no checksum.
    if (out.getUint16(udp + Udp.checksum) === 0) return;
    const pseudo = fold(this.transportSum + length);
    if (this.partial) {
      out.setUint16(udp + Udp.checksum, pseudo);
      return;
    }
    out.setUint16(udp + Udp.checksum, 0);
    const field = checksumField(onesSum(out, udp, Udp.headerBytes, pseudo + payloadSum));
    out.setUint16(udp + Udp.checksum, field === 0 ? 0xffff : field);
  }

  private patchLayer(layer: number, index: number, out: DataView, at: number, payload: number): void {
    const offset = this.offsets[layer]!;
    const length = this.headerBytes - offset + payload;
    switch (this.kinds[layer]) {
      case LayerKind.Ipv4:
        this.patchIpv4(layer, index, out, at + offset, length);
        break;
      case LayerKind.Ipv6:
        out.setUint16(at + offset + Ipv6.payloadLength, length - Ipv6.headerBytes);
        break;
      case LayerKind.UdpTunnel:
        out.setUint16(at + offset + Udp.length, length);
        this.patchTunnelChecksum(layer, out, at, length);
        break;
      case LayerKind.Gre:
        this.patchGreChecksum(offset, out, at);
        break;
      case LayerKind.Pppoe:
        out.setUint16(at + offset + Pppoe.payloadLength, length - Pppoe.pppProtocol);
        break;
    }
  }

  private patchIpv4(layer: number, index: number, out: DataView, at: number, length: number): void {
    const isOuter = layer === this.firstIpLayer;
    const fixed = isOuter ? this.outerIdFixed : this.innerIdFixed;
    const first = this.template.getUint16(this.offsets[layer]! + Ipv4.identification);
    const identification = (first + (fixed ? 0 : index)) & 0xffff;
    out.setUint16(at + Ipv4.totalLength, length);
    out.setUint16(at + Ipv4.identification, identification);
    out.setUint16(at + Ipv4.checksum, checksumField(this.baseSums[layer]! + length + identification));
  }

  /**
   * Sum over everything from `offset` to the segment's end, without reading the payload again: what the innermost checksum
   * covers adds up to the complement of its pseudo-header (local checksum offload, Documentation/networking/checksum-offloads.rst).
   */
  private sumFrom(offset: number, out: DataView, at: number): number {
    const headers = onesSum(out, at + offset, this.transportOffset - offset, 0);
    if (!this.innerChecksummed(out, at)) return onesSum(out, at + this.transportOffset, this.transportLength, headers);
    const length = this.transportLength;
    const pseudo = fold(this.transportSum + (length >>> 16) + (length & 0xffff));
    return fold(headers + (~pseudo & 0xffff));
  }

  private innerChecksummed(out: DataView, at: number): boolean {
    return this.transport === IpProtocol.Tcp || out.getUint16(at + this.transportOffset + Udp.checksum) !== 0;
  }

  /** Without an inner checksum the payload itself is needed, all of it. */
  private canSum(out: DataView, at: number): boolean {
    return this.innerChecksummed(out, at) || this.capturedPayload === this.payloadBytes;
  }

  private patchTunnelChecksum(layer: number, out: DataView, at: number, length: number): void {
    const offset = this.offsets[layer]!;
    if (out.getUint16(at + offset + Udp.checksum) === 0 || !this.canSum(out, at)) return;
    const ipOffset = this.offsets[layer - 1]!;
    const isV4 = this.kinds[layer - 1] === LayerKind.Ipv4;
    const addresses = isV4
      ? onesSum(out, at + ipOffset + Ipv4.source, 8, 0)
      : onesSum(out, at + ipOffset + Ipv6.source, 32, 0);
    out.setUint16(at + offset + Udp.checksum, 0);
    const field = checksumField(addresses + IpProtocol.Udp + length + this.sumFrom(offset, out, at));
    out.setUint16(at + offset + Udp.checksum, field === 0 ? 0xffff : field);
  }

  private patchGreChecksum(offset: number, out: DataView, at: number): void {
    if ((out.getUint16(at + offset) & GreFlag.Checksum) === 0 || !this.canSum(out, at)) return;
    out.setUint16(at + offset + Gre.checksum, 0);
    out.setUint16(at + offset + Gre.checksum, checksumField(this.sumFrom(offset, out, at)));
  }
}

function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
