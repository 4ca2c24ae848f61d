// Station "offload": one packet that GRO holds: the first segment's headers, and the payload of all that joined it.

import { checksumField, fold, onesSum } from '../bytes/checksum.ts';
import { copyBytes } from '../bytes/copy.ts';
import { summableBytes } from '../bytes/summable-memory.ts';
import { IpProtocol, Ipv4, ipv4HeaderBytes } from '../wire/ipv4.ts';
import { Ipv6 } from '../wire/ipv6.ts';
import { Pppoe } from '../wire/pppoe.ts';
import { Tcp } from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { Udp } from '../wire/udp.ts';
import { type FrameLayers, LayerKind } from './layers.ts';

/** How the IPv4 ID goes on from segment to segment; undefined until the second has come. */
export type IdPattern = 'incrementing' | 'fixed' | undefined;

const firstBufferBytes = 70_000;

/** A held packet. Its buffer is reused for the next one. */
export class HeldPacket {
  bytes: Uint8Array = summableBytes(firstBufferBytes);
  view: DataView = viewOf(this.bytes);
  /** Bytes in the buffer: all, or the beginning when the capture cut its packets. */
  capturedLength = 0;
  /** Length that the packet has, from the link header on. */
  originalLength = 0;
  /** Segments merged, this one included: gso_segs. */
  segmentCount = 0;
  /** Payload of the first segment: gso_size. */
  segmentBytes = 0;
  payloadBytes = 0;
  flowHash = 0;
  layerCount = 0;
  readonly kinds: Uint8Array = new Uint8Array(8);
  readonly offsets: Int32Array = new Int32Array(8);
  readonly idPatterns: IdPattern[] = new Array<IdPattern>(8).fill(undefined);
  innerIpLayer = 0;
  networkOffset = 0;
  /** IpProtocol.Tcp or IpProtocol.Udp. */
  transport: number = IpProtocol.Tcp;
  transportOffset = 0;
  payloadOffset = 0;
  /** Caller's marks of the first and the last segment: packet numbers. */
  firstTag = 0;
  lastTag = 0;

  /** Takes a frame as the first segment. */
  start(
    view: DataView,
    start: number,
    capturedLength: number,
    layers: FrameLayers,
    flowHash: number,
    tag: number,
  ): void {
    this.capturedLength = Math.min(capturedLength, layers.packetEnd);
    this.originalLength = layers.packetEnd;
    this.reserve(this.capturedLength);
    copyBytes(view, start, this.view, 0, this.capturedLength);
    this.segmentCount = 1;
    this.segmentBytes = layers.payloadBytes;
    this.payloadBytes = layers.payloadBytes;
    this.flowHash = flowHash;
    this.layerCount = layers.layerCount;
    this.innerIpLayer = layers.innerIpLayer;
    this.networkOffset = layers.networkOffset;
    this.transport = layers.transport;
    this.transportOffset = layers.transportOffset;
    this.payloadOffset = layers.payloadOffset;
    for (let layer = 0; layer < layers.layerCount; layer += 1) {
      this.kinds[layer] = layers.kinds[layer]!;
      this.offsets[layer] = layers.offsets[layer]!;
      this.idPatterns[layer] = undefined;
    }
    this.firstTag = tag;
    this.lastTag = tag;
  }

  /** Appends a segment that may be merged. */
  append(view: DataView, start: number, capturedLength: number, layers: FrameLayers, tag: number): void {
    const captured = Math.max(0, Math.min(capturedLength, layers.packetEnd) - layers.payloadOffset);
    // What follows a hole cannot be shown: a captured packet is a prefix.
    if (this.capturedLength === this.originalLength && captured > 0) {
      this.reserve(this.capturedLength + captured);
      copyBytes(view, start + layers.payloadOffset, this.view, this.capturedLength, captured);
      this.capturedLength += captured;
    }
    this.originalLength += layers.payloadBytes;
    this.payloadBytes += layers.payloadBytes;
    this.segmentCount += 1;
    this.lastTag = tag;
    if (this.transport !== IpProtocol.Tcp) return;
    const flags = view.getUint8(start + layers.transportOffset + Tcp.flags) & (TcpFlag.Fin | TcpFlag.Psh);
    const at = this.transportOffset + Tcp.flags;
    this.view.setUint8(at, this.view.getUint8(at) | flags);
  }

  /** The outermost IPv4 header has one ID in all segments (SKB_GSO_TCP_FIXEDID). */
  get outerIdIsFixed(): boolean {
    const outermost = this.offsets.indexOf(this.networkOffset);
    return this.idPatterns[outermost] === 'fixed';
  }

  /** The same of the innermost header (SKB_GSO_TCP_FIXEDID_INNER in a tunnel). */
  get innerIdIsFixed(): boolean {
    return this.idPatterns[this.innerIpLayer] === 'fixed';
  }

  /** Segments like the first one, whose payload is in the buffer already, behind the others. */
  grow(segmentCount: number, tag: number): void {
    const payloadBytes = segmentCount * this.segmentBytes;
    this.capturedLength += payloadBytes;
    this.originalLength += payloadBytes;
    this.payloadBytes += payloadBytes;
    this.segmentCount += segmentCount;
    this.lastTag = tag;
  }

  /** Makes room for so many bytes in all. */
  reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const larger = summableBytes(length * 2);
    larger.set(this.bytes.subarray(0, this.capturedLength));
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  /** The frame just taken was merged by the device: it brings several segments. */
  countMerged(segmentBytes: number, segmentCount: number): void {
    if (this.segmentCount === 1) this.segmentBytes = segmentBytes;
    this.segmentCount += segmentCount - 1;
  }

  /** Makes the headers of a merged packet right: lengths, IP checksums, and the checksum left at its pseudo-header sum. */
  complete(): void {
    if (this.segmentCount === 1) return;
    for (let layer = this.layerCount - 1; layer >= 0; layer -= 1) this.completeLayer(layer);
    const isTcp = this.transport === IpProtocol.Tcp;
    if (!isTcp) this.view.setUint16(this.transportOffset + Udp.length, this.originalLength - this.transportOffset);
    const sum = this.pseudoHeaderSum(this.innerIpLayer, this.transportOffset, this.transport);
    this.view.setUint16(this.transportOffset + (isTcp ? Tcp.checksum : Udp.checksum), sum);
  }

  private completeLayer(layer: number): void {
    const offset = this.offsets[layer]!;
    const length = this.originalLength - offset;
    switch (this.kinds[layer]) {
      case LayerKind.Ipv4:
        // Above 65,535 the field is 0 (iph_set_totlen, include/linux/ip.h, v6.3).
        this.view.setUint16(offset + Ipv4.totalLength, length > 0xffff ? 0 : length);
        this.view.setUint16(offset + Ipv4.checksum, 0);
        this.view.setUint16(
          offset + Ipv4.checksum,
          checksumField(onesSum(this.view, offset, ipv4HeaderBytes(this.view, offset), 0)),
        );
        break;
      case LayerKind.Ipv6:
        this.view.setUint16(offset + Ipv6.payloadLength, length - Ipv6.headerBytes);
        break;
      case LayerKind.UdpTunnel:
        this.view.setUint16(offset + Udp.length, length);
        if (this.view.getUint16(offset + Udp.checksum) !== 0) {
          this.view.setUint16(offset + Udp.checksum, this.pseudoHeaderSum(layer - 1, offset, IpProtocol.Udp));
        }
        break;
      case LayerKind.Pppoe:
        this.view.setUint16(offset + Pppoe.payloadLength, length - Pppoe.pppProtocol);
        break;
    }
  }

  private pseudoHeaderSum(ipLayer: number, transportOffset: number, protocol: number): number {
    const ip = this.offsets[ipLayer]!;
    const length = this.originalLength - transportOffset;
    const isV4 = this.kinds[ipLayer] === LayerKind.Ipv4;
    const addresses = isV4 ? onesSum(this.view, ip + Ipv4.source, 8, 0) : onesSum(this.view, ip + Ipv6.source, 32, 0);
    return fold(addresses + protocol + (length >>> 16) + (length & 0xffff));
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
