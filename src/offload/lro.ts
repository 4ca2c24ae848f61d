// Station "offload": large receive offload: the card (or before 4.9 net/ipv4/inet_lro.c) merges with looser rules than GRO, and
// later headers win: acknowledgement, window and the echoed timestamp are those of the last segment. What was merged cannot be cut
// again into what came. The rules for joining are those of inet_lro.c, v2.6.32; cards differ in ways that only their firmware knows.

import { checksumField, onesSum } from '../bytes/checksum.ts';
import { IpProtocol, Ipv4 } from '../wire/ipv4.ts';
import { Ipv6 } from '../wire/ipv6.ts';
import { Tcp } from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { transportPseudoSum } from './checksum-offload.ts';
import { flowHash } from './gro-match.ts';
import { HeldPacket } from './held.ts';
import { FrameLayers, LayerKind } from './layers.ts';
import type { LroDriver } from './receive-offloads.ts';

/** Takes what the card hands to the driver. `segmentBytes` is gso_size, 0 for none. */
export interface LroSink {
  onSingle(view: DataView, start: number, capturedLength: number, originalLength: number, tag: number): void;
  onMerged(held: HeldPacket, segmentBytes: number): void;
}

/** The one option layout that is merged: NOP NOP timestamps, or none. */
const alignedTimestamps = 0x0101_080a;
const timestampBytes = 12;
/** An IP packet cannot be longer. */
const mostPacketBytes = 65_535;
/** Sessions that a card keeps: inet_lro's users had 8 to 64. */
const mostSessions = 32;

interface Session {
  readonly held: HeldPacket;
  largestBytes: number;
  leastHops: number;
  lastTimestamp: number;
}

/** The merging engine of one receive queue. */
export class Lro {
  private readonly driver: LroDriver;
  private readonly sink: LroSink;
  private readonly sessions: Session[] = [];
  private readonly free: HeldPacket[] = [];
  private readonly layers: FrameLayers = new FrameLayers();
  private readonly doneLayers: FrameLayers = new FrameLayers();
  private linkType = 0;

  constructor(driver: LroDriver, sink: LroSink) {
    this.driver = driver;
    this.sink = sink;
  }

  /** One frame from the wire, whose checksums the card has found right. */
  receive(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    linkType: number,
    tag: number,
  ): void {
    const { layers } = this;
    this.linkType = linkType;
    const known = layers.parse(view, start, capturedLength, originalLength, linkType);
    const isTcp = layers.transport === IpProtocol.Tcp && layers.layerCount === 1;
    const index = isTcp ? this.findSession(view, start) : -1;
    if (!known || !isTcp || !this.isMergeable(view, start, capturedLength)) {
      if (index >= 0) this.release(index);
      this.sink.onSingle(view, start, capturedLength, originalLength, tag);
      return;
    }
    if (index >= 0) {
      const session = this.sessions[index]!;
      if (this.mayJoin(session, view, start)) {
        this.join(session, view, start, capturedLength, tag);
        if (this.isFull(session) || view.getUint8(start + layers.transportOffset + Tcp.flags) & TcpFlag.Psh)
          this.release(index);
        return;
      }
      this.release(index);
    }
    this.open(view, start, capturedLength, originalLength, tag);
  }

  /** The end of a poll, or the card's timer. */
  flush(): void {
    while (this.sessions.length > 0) this.release(0);
  }

  private findSession(view: DataView, start: number): number {
    const { layers } = this;
    const hash = flowHash(view, start, layers);
    return this.sessions.findIndex(({ held }) => {
      if (held.flowHash !== hash || held.transportOffset !== layers.transportOffset) return false;
      if (held.kinds[0] !== layers.kinds[0]) return false;
      const isV4 = layers.kinds[0] === LayerKind.Ipv4;
      const from = layers.networkOffset + (isV4 ? Ipv4.source : Ipv6.source);
      const words = isV4 ? 2 : 8;
      for (let i = 0; i < words; i += 1)
        if (held.view.getInt32(from + 4 * i) !== view.getInt32(start + from + 4 * i)) return false;
      return held.view.getInt32(held.transportOffset) === view.getInt32(start + layers.transportOffset);
    });
  }

  /** Data with nothing but ACK (and PSH) set, no options but aligned timestamps with an echo, no CE mark, no IP options, no padding. */
  private isMergeable(view: DataView, start: number, capturedLength: number): boolean {
    const { layers } = this;
    if (layers.trailerBytes !== 0 || layers.hasIpv4Options || layers.payloadBytes === 0 || layers.lengthFromFrame)
      return false;
    if (capturedLength < layers.payloadOffset || layers.transportOffset - layers.networkOffset > Ipv6.headerBytes)
      return false;
    const tcp = start + layers.transportOffset;
    if ((view.getUint8(tcp + Tcp.flags) | TcpFlag.Psh) !== (TcpFlag.Ack | TcpFlag.Psh)) return false;
    const ip = start + layers.networkOffset;
    const trafficClass =
      layers.kinds[0] === LayerKind.Ipv4 ? view.getUint8(ip + Ipv4.typeOfService) : view.getUint16(ip) >> 4;
    if ((trafficClass & 3) === 3) return false;
    const optionBytes = layers.payloadOffset - layers.transportOffset - Tcp.headerBytes;
    if (optionBytes === 0) return true;
    if (optionBytes !== timestampBytes || view.getInt32(tcp + Tcp.options) !== alignedTimestamps) return false;
    return view.getInt32(tcp + Tcp.options + 8) !== 0;
  }

  private mayJoin(session: Session, view: DataView, start: number): boolean {
    const { layers } = this;
    const { held } = session;
    const tcp = start + layers.transportOffset;
    if (held.payloadOffset !== layers.payloadOffset) return false;
    const next = (held.view.getInt32(held.transportOffset + Tcp.sequence) + held.payloadBytes) | 0;
    if (view.getInt32(tcp + Tcp.sequence) !== next) return false;
    if (held.originalLength - held.networkOffset + layers.payloadBytes > mostPacketBytes) return false;
    // A timestamp must not be older than the one before.
    return !this.hasTimestamps() || ((view.getInt32(tcp + Tcp.options + 4) - session.lastTimestamp) | 0) >= 0;
  }

  private hasTimestamps(): boolean {
    return this.layers.payloadOffset - this.layers.transportOffset > Tcp.headerBytes;
  }

  private open(view: DataView, start: number, capturedLength: number, originalLength: number, tag: number): void {
    const { layers } = this;
    const isTooShort = originalLength < this.driver.leastFrameBytes;
    if (isTooShort || view.getUint8(start + layers.transportOffset + Tcp.flags) & TcpFlag.Psh) {
      this.sink.onSingle(view, start, capturedLength, originalLength, tag);
      return;
    }
    if (this.sessions.length === mostSessions) this.release(0);
    const held = this.free.pop() ?? new HeldPacket();
    held.start(view, start, capturedLength, layers, flowHash(view, start, layers), tag);
    const hops = hopsOf(view, start, layers);
    const lastTimestamp = this.hasTimestamps() ? view.getInt32(start + layers.transportOffset + Tcp.options + 4) : 0;
    this.sessions.push({ held, largestBytes: layers.payloadBytes, leastHops: hops, lastTimestamp });
  }

  private join(session: Session, view: DataView, start: number, capturedLength: number, tag: number): void {
    const { layers } = this;
    const { held } = session;
    const tcp = start + layers.transportOffset;
    const mine = held.transportOffset;
    held.append(view, start, capturedLength, layers, tag);
    held.view.setInt32(mine + Tcp.acknowledgement, view.getInt32(tcp + Tcp.acknowledgement));
    held.view.setUint16(mine + Tcp.window, view.getUint16(tcp + Tcp.window));
    if (this.hasTimestamps()) {
      held.view.setInt32(mine + Tcp.options + 8, view.getInt32(tcp + Tcp.options + 8));
      session.lastTimestamp = view.getInt32(tcp + Tcp.options + 4);
    }
    session.largestBytes = Math.max(session.largestBytes, layers.payloadBytes);
    session.leastHops = Math.min(session.leastHops, hopsOf(view, start, layers));
  }

  private isFull({ held }: Session): boolean {
    return held.segmentCount >= this.driver.mostSegments;
  }

  private release(index: number): void {
    const [session] = this.sessions.splice(index, 1);
    if (session === undefined) return;
    const { held } = session;
    if (held.segmentCount === 1)
      this.sink.onSingle(held.view, 0, held.capturedLength, held.originalLength, held.firstTag);
    else {
      this.complete(session);
      this.sink.onMerged(held, this.segmentBytesOf(session));
    }
    this.free.push(held);
  }

  private segmentBytesOf({ held, largestBytes }: Session): number {
    switch (this.driver.segmentSize) {
      case 'missing':
        return 0;
      case 'largest':
        return largestBytes;
      case 'average':
        return Math.ceil(held.payloadBytes / held.segmentCount);
      case 'first':
        return held.segmentBytes;
    }
  }

  /** Lengths are always made right; the checksum as the driver does it. */
  private complete({ held, leastHops }: Session): void {
    const field = held.transportOffset + Tcp.checksum;
    const first = held.view.getUint16(field);
    const hopsAt = held.networkOffset + (held.kinds[0] === LayerKind.Ipv4 ? Ipv4.timeToLive : Ipv6.hopLimit);
    if (this.driver.hops === 'minimum') held.view.setUint8(hopsAt, leastHops);
    held.complete();
    if (this.driver.checksum === 'first-segment') held.view.setUint16(field, first);
    const isWhole = held.capturedLength === held.originalLength;
    if (this.driver.checksum !== 'recomputed' || !isWhole) return;
    this.doneLayers.parse(held.view, 0, held.capturedLength, held.originalLength, this.linkType);
    held.view.setUint16(field, 0);
    const pseudo = transportPseudoSum(held.view, 0, this.doneLayers);
    const sum = onesSum(held.view, held.transportOffset, held.originalLength - held.transportOffset, pseudo);
    held.view.setUint16(field, checksumField(sum));
  }
}

function hopsOf(view: DataView, start: number, layers: FrameLayers): number {
  const ip = start + layers.networkOffset;
  return view.getUint8(ip + (layers.kinds[0] === LayerKind.Ipv4 ? Ipv4.timeToLive : Ipv6.hopLimit));
}
