// Station "offload": Linux software GRO: which of the segments that one NAPI poll brings become one packet, and when each packet
// goes up (dev_gro_receive in net/core/gro.c, tcp_gro_receive in net/ipv4/tcp_offload.c). Byte for byte and in the kernel's
// order; the lab compares it with the running kernel. What differs by version is in rules.ts.

import { fold, onesSum } from '../bytes/checksum.ts';
import { IpProtocol, Ipv4, ipv4HeaderBytes } from '../wire/ipv4.ts';
import { Ipv6 } from '../wire/ipv6.ts';
import { Tcp } from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { Udp } from '../wire/udp.ts';
import { checksumOffset } from './checksum-offload.ts';
import { flowHash, hasHeadersOf, networkRefuses, refusal, sameFlow } from './gro-match.ts';
import { HeldPacket } from './held.ts';
import { FrameLayers, LayerKind } from './layers.ts';
import { NextFrame } from './next-frame.ts';
import { type GroRules, groLegacyMaximumBytes, heldPacketsPerBucket } from './rules.ts';

/** Takes the packets that go up, in order. The bytes are only lent for the call. */
export interface GroSink {
  /** A frame that was not merged with another: its own bytes. */
  onSingle(view: DataView, start: number, capturedLength: number, originalLength: number, tag: number): void;
  /** A merged packet; its bytes are `held.view` from 0 on. */
  onMerged(held: HeldPacket): void;
}

/** What is known of a frame's TCP checksum before GRO looks. */
export type ChecksumKnowledge =
  /** It is looked at; a wrong one makes the frame go up alone and at once. */
  | 'verify'
  /** As `verify`, but a field that holds the pseudo-header sum is taken for one that an offload still has to fill. */
  | 'verify-or-partial'
  /** Not looked at: the device vouched for it, it was left open, or the capture cut it. */
  | 'trusted';

/** What the device says of a frame that it has merged itself (LRO, HW-GRO). */
export interface DeviceMerge {
  /** gso_size; 0 when it merged nothing, or does not say: then software GRO takes the frame for one segment. */
  readonly segmentBytes: number;
  /** gso_segs. */
  readonly segmentCount: number;
  /** Said by a guest or a TAP (SKB_GSO_DODGY): the kernel merges nothing to it. */
  readonly isUntrusted?: boolean;
  /** The mark of the last frame in it. */
  readonly lastTag?: number;
}

const notMerged: DeviceMerge = { segmentBytes: 0, segmentCount: 1 };

/** How the receiving device presents its frames. */
export interface GroOptions {
  readonly rules: GroRules;
  /** The device gives a receive hash, which spreads the flows over the buckets. Without, all share one bucket. */
  readonly receiveHash?: boolean;
  /** Frames with a VLAN tag can be merged (the tag is stripped by the device, or the kernel has 802.1Q support). */
  readonly mergeTagged?: boolean;
  /** The host itself ends the VXLAN and Geneve tunnels, so that they have sockets with a GRO handler. */
  readonly endsUdpTunnels?: boolean;
  /** A device that merges in hardware by these rules stops after so many segments, and begins only with frames of so many bytes. */
  readonly mostSegments?: number;
  readonly leastFrameBytes?: number;
  /** Packets that are held no longer, with their buffers; several contexts may share it. */
  readonly pool?: HeldPacket[];
  /** UDP datagrams are merged too (rx-udp-gro-forwarding, or a socket that asked for it). */
  readonly forwardsUdp?: boolean;
  /** gro_max_size and gro_ipv4_max_size; 65,536 unless BIG TCP is set up. */
  readonly maximumBytes?: number;
}

/** Flags after which a packet cannot grow. */
const endingFlags = TcpFlag.Fin | TcpFlag.Syn | TcpFlag.Rst | TcpFlag.Psh | TcpFlag.Urg;

/** UDP_GRO_CNT_MAX, net/ipv4/udp_offload.c. */
const mostDatagrams = 64;

/** One NAPI context's GRO state. */
export class Gro {
  private readonly rules: GroRules;
  private readonly options: GroOptions;
  private readonly sink: GroSink;
  private readonly maximumBytes: number;
  /** Held packets of each bucket, oldest first. */
  private readonly buckets: HeldPacket[][];
  private readonly free: HeldPacket[];
  private readonly layers: FrameLayers = new FrameLayers();
  private heldCount = 0;
  /** The packet that took the last frame, while it is held: `layers` are its headers. The next frame mostly goes on with it. */
  private recent: HeldPacket | undefined = undefined;
  private recentLinkType = 0;
  /** What would go on with `recent`, if two frames did already. */
  private readonly next: NextFrame = new NextFrame();

  constructor(options: GroOptions, sink: GroSink) {
    this.rules = options.rules;
    this.options = options;
    this.sink = sink;
    this.layers.looksIntoUdp = options.endsUdpTunnels === true;
    this.maximumBytes = options.maximumBytes ?? groLegacyMaximumBytes;
    this.free = options.pool ?? [];
    this.buckets = Array.from({ length: options.rules.buckets }, () => []);
  }

  /**
   * The short way for a frame of the link type of the last one: true when it has joined the packet that the last one joined, and
   * is held; false when it is for `receive`.
   */
  continues(view: DataView, start: number, capturedLength: number, originalLength: number, tag: number): boolean {
    const { recent, next } = this;
    if (recent === undefined || recent !== next.held || capturedLength !== originalLength) return false;
    if (recent.segmentCount >= (this.options.mostSegments ?? Number.POSITIVE_INFINITY)) return false;
    return this.hasRoom(recent, recent.segmentBytes) && next.join(view, start, capturedLength, true, tag);
  }

  /**
   * The same for the records of a little-endian pcap from `at` on, `most` of them at most: see NextFrame.joinRecords. Returns how many
   * were taken; `tag` is that of the first one.
   */
  continuesWith(
    view: DataView,
    last: number,
    at: number,
    end: number,
    most: number,
    mostFraction: number,
    tag: number,
  ): number {
    const { recent, next } = this;
    if (recent === undefined || recent !== next.held) return 0;
    // As many as hasRoom allows one after the other.
    const bytesLeft = this.maximumBytes - (recent.originalLength - recent.networkOffset);
    const room = Math.ceil(bytesLeft / recent.segmentBytes) - 1;
    const segmentsLeft = (this.options.mostSegments ?? Number.POSITIVE_INFINITY) - recent.segmentCount;
    const count = Math.min(most, room, segmentsLeft);
    if (count < 1) return 0;
    const joined = next.joinRecords(view, last, at, end, count, mostFraction);
    if (joined > 0) recent.grow(joined, tag + joined - 1);
    return joined;
  }

  /** One frame from the device. It goes up before the call returns, or is held. `tag` comes back with it. */
  receive(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    linkType: number,
    checksum: ChecksumKnowledge,
    tag: number,
    merged: DeviceMerge = notMerged,
  ): void {
    const layers = this.layers;
    const { recent } = this;
    this.recent = undefined;
    if (recent !== undefined && linkType === this.recentLinkType && merged === notMerged) {
      if (this.goesOn(recent, view, start, capturedLength, originalLength)) {
        layers.repeat(originalLength);
        this.receiveTcp(recent.flowHash, recent, view, start, capturedLength, originalLength, checksum, tag, merged);
        return;
      }
    }
    this.recentLinkType = linkType;
    layers.parse(view, start, capturedLength, originalLength, linkType);
    if (layers.transport === IpProtocol.Udp && this.options.forwardsUdp === true) {
      this.receiveUdp(view, start, capturedLength, originalLength, checksum, tag);
      return;
    }
    if (layers.transport !== IpProtocol.Tcp || !this.isConsidered(view, start)) {
      this.sink.onSingle(view, start, capturedLength, originalLength, tag);
      return;
    }
    const hash = flowHash(view, start, layers);
    this.receiveTcp(hash, undefined, view, start, capturedLength, originalLength, checksum, tag, merged);
  }

  /**
   * Whether a frame has the headers of the packet that took the one before it, as far as `parse`, `isConsidered` and `sameFlow` look
   * at them: what they say has not to be asked again. Whether it may join is another question.
   */
  private goesOn(
    recent: HeldPacket,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
  ): boolean {
    if (recent.layerCount !== 1 || recent.transport !== IpProtocol.Tcp) return false;
    if (Math.min(capturedLength, originalLength) < recent.payloadOffset) return false;
    if (!hasHeadersOf(recent, view, start, originalLength)) return false;
    const ip = start + recent.networkOffset;
    return recent.kinds[0] !== LayerKind.Ipv4 || onesSum(view, ip, Ipv4.headerBytes, 0) === 0xffff;
  }

  /** A TCP frame that `layers` are the headers of. `known`: the held packet of its flow, when that is known. */
  private receiveTcp(
    hash: number,
    known: HeldPacket | undefined,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    checksum: ChecksumKnowledge,
    tag: number,
    merged: DeviceMerge,
  ): void {
    const layers = this.layers;
    const isTaken = merged.segmentBytes === 0 || (this.rules.mergesMerged && merged.isUntrusted !== true);
    const isHoldable = isTaken && this.isWhole(view, start, capturedLength);
    if (isHoldable && !this.checksumsPass(view, start, capturedLength, checksum)) {
      this.sink.onSingle(view, start, capturedLength, originalLength, tag);
      return;
    }
    const bucket = this.bucketOf(hash);
    const heldIndex = known === undefined ? this.findHeld(bucket, view, start, hash) : bucket.indexOf(known);
    const flags = view.getUint8(start + layers.transportOffset + Tcp.flags);
    const payloadBytes = originalLength - layers.payloadOffset;
    const isRagged = merged.segmentBytes > 0 && payloadBytes !== merged.segmentBytes * merged.segmentCount;
    let joined = false;
    if (heldIndex >= 0) {
      const held = bucket[heldIndex]!;
      joined = isHoldable && this.mayJoin(held, view, start, merged.segmentBytes);
      if (joined) {
        held.append(view, start, capturedLength, layers, merged.lastTag ?? tag);
        if (merged.segmentBytes > 0) held.countMerged(held.segmentBytes, merged.segmentCount);
      }
      const isShort = merged.segmentBytes > 0 ? isRagged : payloadBytes < held.segmentBytes;
      if (!joined || isShort || flags & endingFlags) this.release(bucket, heldIndex);
      else this.recent = held;
      // A frame that a device has merged says nothing of those that follow.
      if (joined && held === known && merged === notMerged)
        this.follow(held, view, start, capturedLength, originalLength);
    }
    if (joined) return;
    if (!isHoldable || payloadBytes === 0 || isRagged || flags & endingFlags) {
      this.sink.onSingle(view, start, capturedLength, originalLength, tag);
    } else {
      this.hold(bucket, view, start, capturedLength, hash, tag, merged);
    }
  }

  /**
   * A datagram, where UDP is merged (udp_gro_receive_segment, net/ipv4/udp_offload.c, v6.18): equal lengths, a shorter one ends it,
   * 64 of them at most, and only with a checksum.
   */
  private receiveUdp(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    checksum: ChecksumKnowledge,
    tag: number,
  ): void {
    const layers = this.layers;
    const udp = start + layers.transportOffset;
    const length = view.getUint16(udp + Udp.length);
    const isHoldable = this.isWhole(view, start, capturedLength);
    const isTold = length > Udp.headerBytes && length === originalLength - layers.transportOffset;
    const hasChecksum = view.getUint16(udp + Udp.checksum) !== 0;
    const passes = !isHoldable || this.checksumsPass(view, start, capturedLength, checksum);
    if (!this.isConsidered(view, start) || !isTold || !hasChecksum || !passes) {
      this.sink.onSingle(view, start, capturedLength, originalLength, tag);
      return;
    }
    const hash = flowHash(view, start, layers);
    const bucket = this.bucketOf(hash);
    const heldIndex = this.findHeld(bucket, view, start, hash);
    if (heldIndex >= 0) {
      const held = bucket[heldIndex]!;
      const mostBytes = held.segmentBytes;
      const joins =
        isHoldable &&
        layers.payloadBytes <= mostBytes &&
        this.hasRoom(held, layers.payloadBytes) &&
        !networkRefuses(held, view, start, layers, this.rules);
      if (joins) held.append(view, start, capturedLength, layers, tag);
      if (!joins || layers.payloadBytes !== mostBytes || held.segmentCount >= mostDatagrams)
        this.release(bucket, heldIndex);
      if (joins) return;
    }
    if (isHoldable) this.hold(bucket, view, start, capturedLength, hash, tag, notMerged);
    else this.sink.onSingle(view, start, capturedLength, originalLength, tag);
  }

  private follow(
    held: HeldPacket,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
  ): void {
    if (held !== this.recent || held === this.next.held || capturedLength !== originalLength) return;
    const { innerIpLayer, transportOffset, transport } = this.layers;
    const pseudo = this.pseudoHeaderSum(view, start, innerIpLayer, transportOffset, transport);
    this.next.follow(held, view, start, capturedLength, pseudo);
  }

  /** The end of a NAPI poll: everything that is held goes up, oldest first, bucket by bucket. */
  flush(): void {
    if (this.heldCount === 0) return;
    this.recent = undefined;
    for (const bucket of this.buckets) {
      for (const held of bucket) this.passUp(held);
      while (bucket.length > 0) bucket.pop();
    }
    this.heldCount = 0;
  }

  /** Bytes kept for held packets; does not grow with the length of the stream. */
  get bufferBytes(): number {
    const held = this.buckets.flat().concat(this.free);
    return held.reduce((sum, packet) => sum + packet.bytes.length, 0);
  }

  /** Whether the frame reaches the handler of its transport at all. What does not goes up at once, before what is held. */
  private isConsidered(view: DataView, start: number): boolean {
    const layers = this.layers;
    if (layers.hasIpv4Options) return false;
    if (layers.problem !== 'none' && layers.problem !== 'lying-length') return false;
    if (this.options.mergeTagged === false && layers.networkOffset > 14) return false;
    let ipHeaders = 0;
    for (let layer = 0; layer < layers.layerCount; layer += 1) {
      const kind = layers.kinds[layer]!;
      const at = start + layers.offsets[layer]!;
      if (kind === LayerKind.Pppoe && !this.rules.pppoe) return false;
      if (kind === LayerKind.Ipv4 || kind === LayerKind.Ipv6) ipHeaders += 1;
      // inet_gro_receive wants 0x45 and a header that sums up.
      if (kind === LayerKind.Ipv4 && onesSum(view, at, ipv4HeaderBytes(view, at), 0) !== 0xffff) return false;
    }
    // One level of encapsulation (encap_mark of struct napi_gro_cb).
    return ipHeaders <= 2;
  }

  /** Whether the frame may be held or merged: its lengths agree to the byte, and no IPv4 flag but DF is set. */
  private isWhole(view: DataView, start: number, capturedLength: number): boolean {
    const layers = this.layers;
    if (layers.problem !== 'none' || layers.trailerBytes !== 0 || layers.lengthFromFrame) return false;
    if (capturedLength < layers.payloadOffset) return false;
    if (layers.packetEnd < (this.options.leastFrameBytes ?? 0)) return false;
    for (let layer = 0; layer < layers.layerCount; layer += 1) {
      if (layers.kinds[layer] !== LayerKind.Ipv4) continue;
      // Fragments were refused before; what is left is the reserved bit.
      if (view.getUint8(start + layers.offsets[layer]! + Ipv4.fragment) & 0x80) return false;
    }
    return true;
  }

  private checksumsPass(view: DataView, start: number, capturedLength: number, knowledge: ChecksumKnowledge): boolean {
    const layers = this.layers;
    if (knowledge === 'trusted' || capturedLength < layers.packetEnd) return true;
    const transport = layers.transportOffset;
    const pseudo = this.pseudoHeaderSum(view, start, layers.innerIpLayer, transport, layers.transport);
    const field = view.getUint16(start + checksumOffset(layers));
    if (knowledge === 'verify-or-partial' && field === pseudo) return true;
    if (onesSum(view, start + transport, layers.packetEnd - transport, pseudo) !== 0xffff) return false;
    for (let layer = 0; layer < layers.layerCount; layer += 1) {
      if (layers.kinds[layer] !== LayerKind.UdpTunnel) continue;
      const udp = layers.offsets[layer]!;
      if (view.getUint16(start + udp + Udp.checksum) === 0) continue;
      const outer = this.pseudoHeaderSum(view, start, layer - 1, udp, IpProtocol.Udp);
      if (onesSum(view, start + udp, layers.packetEnd - udp, outer) !== 0xffff) return false;
    }
    return true;
  }

  private pseudoHeaderSum(view: DataView, start: number, ipLayer: number, offset: number, protocol: number): number {
    const layers = this.layers;
    const ip = start + layers.offsets[ipLayer]!;
    const isV4 = layers.kinds[ipLayer] === LayerKind.Ipv4;
    const addresses = isV4 ? onesSum(view, ip + Ipv4.source, 8, 0) : onesSum(view, ip + Ipv6.source, 32, 0);
    const length = layers.packetEnd - offset;
    return fold(addresses + protocol + (length >>> 16) + (length & 0xffff));
  }

  private bucketOf(hash: number): HeldPacket[] {
    const count = this.buckets.length;
    return this.buckets[this.options.receiveHash === true ? (hash >>> 0) % count : 0]!;
  }

  private findHeld(bucket: readonly HeldPacket[], view: DataView, start: number, hash: number): number {
    for (let index = bucket.length - 1; index >= 0; index -= 1) {
      const held = bucket[index]!;
      if (held.flowHash === hash && sameFlow(held, view, start, this.layers, this.rules)) return index;
    }
    return -1;
  }

  private mayJoin(held: HeldPacket, view: DataView, start: number, mergedBytes: number): boolean {
    if (held.segmentCount >= (this.options.mostSegments ?? Number.POSITIVE_INFINITY)) return false;
    return (
      this.hasRoom(held, this.layers.payloadBytes) && !refusal(held, view, start, this.layers, this.rules, mergedBytes)
    );
  }

  /** skb_gro_receive: counted from the outermost IP header; only plain TCP may grow beyond 64 KiB. */
  private hasRoom(held: HeldPacket, payloadBytes: number): boolean {
    const total = held.originalLength - held.networkOffset + payloadBytes;
    if (total >= this.maximumBytes) return false;
    const isPlainTcp = held.layerCount === 1 && held.transport === IpProtocol.Tcp;
    return total < groLegacyMaximumBytes || isPlainTcp;
  }

  private hold(
    bucket: HeldPacket[],
    view: DataView,
    start: number,
    capturedLength: number,
    hash: number,
    tag: number,
    merged: DeviceMerge,
  ): void {
    if (bucket.length >= heldPacketsPerBucket) {
      if (!this.rules.fullBucketEvicts) {
        this.sink.onSingle(view, start, capturedLength, this.layers.packetEnd, tag);
        return;
      }
      this.release(bucket, 0);
    }
    const held = this.free.pop() ?? new HeldPacket();
    held.start(view, start, capturedLength, this.layers, hash, tag);
    if (merged.segmentBytes > 0) held.countMerged(merged.segmentBytes, merged.segmentCount);
    if (merged.lastTag !== undefined) held.lastTag = merged.lastTag;
    bucket.push(held);
    this.heldCount += 1;
    this.recent = held;
  }

  private release(bucket: HeldPacket[], index: number): void {
    const held = bucket[index]!;
    // As splice, without the array that it returns.
    for (let at = index; at < bucket.length - 1; at += 1) bucket[at] = bucket[at + 1]!;
    bucket.pop();
    if (this.recent === held) this.recent = undefined;
    this.heldCount -= 1;
    this.passUp(held);
  }

  private passUp(held: HeldPacket): void {
    if (this.next.held === held) this.next.held = undefined;
    if (held.segmentCount === 1) {
      this.sink.onSingle(held.view, 0, held.capturedLength, held.originalLength, held.firstTag);
    } else {
      held.complete();
      this.sink.onMerged(held);
    }
    this.free.push(held);
  }
}
