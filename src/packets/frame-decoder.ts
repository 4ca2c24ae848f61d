// Station "packets": one captured frame into one row. The common frame (Ethernet, IPv4 without options, TCP) has a road of
// its own; everything else walks its layers. Lengths are checked before they are used; what is wrong becomes a note in
// the row and never an exception.

import { fold, onesSum } from '../bytes/checksum.ts';
import { FrameFlags, LinkType } from '../wire/frame.ts';
import { Encapsulations, LayerKind } from './encapsulations.ts';
import { decodeIcmp } from './icmp-decode.ts';
import {
  ChecksumPlace,
  ChecksumState,
  Col,
  clearHead,
  encapsulationOf,
  kindOf,
  Note,
  type PacketBatch,
  PacketKind,
  Rare,
  rareOf,
  setHeaderBytes,
  setIp,
  setKind,
  setPlace,
  setProtocol,
  setTunnelChecksum,
  tapOf,
  tcpOptionBytesOf,
} from './packet-batch.ts';
import { type ChecksumBudget, createChecksumBudget, decodeTcp } from './tcp-decode.ts';

const ETHERNET_BYTES = 14;
/** Without its check sequence. */
const SHORTEST_FRAME_BYTES = 60;
/** Layers walked before a frame is called malformed. */
const MOST_LAYERS = 16;
const VXLAN_PORT = 4789;
/** linux/if_arp.h: the device type that SLL headers give for lo. */
const ARPHRD_LOOPBACK = 772;
/** Linux's vxlan default before an explicit dstport became usual (drivers/net/vxlan, v6.18: still the default). */
const VXLAN_LINUX_PORT = 8472;
const GENEVE_PORT = 6081;

/** Decodes frames into a batch. Holds what must be remembered between frames: tunnels met, taps met, checksum budget. */
export class FrameDecoder {
  readonly encapsulations: Encapsulations = new Encapsulations();
  /** Taps: capture interfaces, split by the kernel's ifindex where the link header names it (SLL2). */
  readonly taps: { interfaceIndex: number; ifIndex: number }[] = [];
  private readonly tapNumbers = new Map<number, number>();
  readonly budget: ChecksumBudget = createChecksumBudget();
  /** The batch's rows; set anew when they get other views. */
  words: Int32Array;
  // The frame at hand. Fields, not arguments: the layers call each other and each needs most of them.
  private base = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  /** Link-header bytes in the file minus those of Ethernet: what headerBytes must be corrected by. */
  private linkStart = 0;
  private capturedEnd = 0;
  private frameEnd = 0;
  private layersLeft = 0;

  constructor(batch: PacketBatch) {
    this.words = batch.words;
  }

  /** Decodes one frame, the capture's `row`th from 0, into the row whose words start at `base`. The caller sets the row's time. */
  decode(
    base: number,
    row: number,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    linkType: number,
    tap: number,
    flags: number,
    plain: boolean,
  ): void {
    const words = this.words;
    words[base + Col.row] = row;
    clearHead(words, base);
    setPlace(words, base, tap, 0);
    const notes = (flags === 0 ? 0 : notesOfFlags(flags)) | (originalLength < SHORTEST_FRAME_BYTES ? Note.Short : 0);
    if (plain && this.decodePlain(base, view, start, capturedLength, originalLength, notes)) return;
    this.decodeLayers(base, view, start, capturedLength, originalLength, linkType, notes);
  }

  /** Ethernet, IPv4 with 20 bytes of header, not a fragment, TCP. */
  private decodePlain(
    base: number,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    startNotes: number,
  ): boolean {
    const words = this.words;
    let ipBytes = view.getUint16(start + 16);
    let notes = startNotes;
    const room = originalLength - ETHERNET_BYTES;
    if (ipBytes !== room) {
      if (ipBytes === 0) {
        ipBytes = room;
        notes |= Note.LengthZero;
      } else if (ipBytes > room) {
        return false;
      } else if (originalLength <= 64) notes |= Note.Padded;
    }
    if ((view.getUint16(start + 20) & 0x4000) !== 0) notes |= Note.DontFragment;
    const source = view.getInt32(start + 26);
    const destination = view.getInt32(start + 30);
    if (view.getInt32(start) === 0 && view.getInt32(start + 8) >>> 16 === 0 && view.getInt32(start + 4) === 0)
      notes |= Note.LoopbackLink;
    words[base + Col.notes] = notes;
    words[base + Col.source] = source;
    words[base + Col.destination] = destination;
    setIp(words, base, view.getUint16(start + 18), view.getUint8(start + 22), view.getUint8(start + 15));
    const pseudoSum = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
    if (!decodeTcp(words, base, view, start + 34, start + capturedLength, ipBytes - 20, pseudoSum, this.budget))
      return false;
    setHeaderBytes(words, base, ETHERNET_BYTES + 40 + tcpOptionBytesOf(words, base));
    return true;
  }

  private decodeLayers(
    base: number,
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    linkType: number,
    notes: number,
  ): void {
    this.base = base;
    this.view = view;
    this.capturedEnd = start + capturedLength;
    this.frameEnd = start + Math.max(originalLength, capturedLength);
    this.layersLeft = MOST_LAYERS;
    const words = this.words;
    words[base + Col.notes] = notes;
    setKind(words, base, PacketKind.Undecoded);
    if (!this.link(linkType, start) && kindOf(words, base) === PacketKind.Undecoded) {
      const cut = capturedLength < originalLength ? Note.HeaderCut : 0;
      words[base + Col.notes] = words[base + Col.notes]! | Note.Malformed | cut;
    }
  }

  private note(bits: number): void {
    this.words[this.base + Col.notes] = this.words[this.base + Col.notes]! | bits;
  }

  private has(at: number, bytes: number): boolean {
    return at + bytes <= this.capturedEnd;
  }

  /** The link header. True when the frame was understood, if only as "something else". */
  private link(linkType: number, at: number): boolean {
    const view = this.view;
    switch (linkType) {
      case LinkType.Ethernet:
        this.linkStart = at;
        if (!this.has(at, ETHERNET_BYTES)) return false;
        if (view.getInt32(at) === 0 && view.getInt32(at + 4) === 0 && view.getInt32(at + 8) === 0)
          this.note(Note.LoopbackLink);
        return this.etherType(view.getUint16(at + 12), at + ETHERNET_BYTES);
      case LinkType.LinuxSll:
        if (!this.has(at, 16)) return false;
        this.linkStart = at + 16 - ETHERNET_BYTES;
        this.packetType(view.getUint16(at));
        if (view.getUint16(at + 2) === ARPHRD_LOOPBACK) this.note(Note.LoopbackLink);
        return this.etherType(view.getUint16(at + 14), at + 16);
      case LinkType.LinuxSll2:
        if (!this.has(at, 20)) return false;
        this.linkStart = at + 20 - ETHERNET_BYTES;
        this.packetType(view.getUint8(at + 10));
        if (view.getUint16(at + 8) === ARPHRD_LOOPBACK) this.note(Note.LoopbackLink);
        this.tap(view.getInt32(at + 4));
        return this.etherType(view.getUint16(at), at + 20);
      case LinkType.Raw:
      case LinkType.Ipv4:
      case LinkType.Ipv6:
      case 12:
      case 14:
        this.linkStart = at - ETHERNET_BYTES;
        return this.anyIp(at);
      case LinkType.Null:
      case LinkType.Loop:
        this.linkStart = at + 4 - ETHERNET_BYTES;
        if (!this.has(at, 4)) return false;
        this.note(Note.LoopbackLink);
        return this.anyIp(at + 4);
      default:
        return true;
    }
  }

  /** SLL packet types (linux/if_packet.h): 4 is outgoing, 0..3 arrived. */
  private packetType(type: number): void {
    this.note(type === 4 ? Note.Outgoing : Note.Incoming);
  }

  private tap(ifIndex: number): void {
    const { words, base } = this;
    setPlace(words, base, this.tapNumber(tapOf(words, base), ifIndex), encapsulationOf(words, base));
  }

  /** The tap for a capture interface, and for one kernel interface of it (0 where there is no such thing). */
  tapNumber(interfaceIndex: number, ifIndex: number): number {
    const key = interfaceIndex * 0x1_0000_0000 + (ifIndex >>> 0);
    const known = this.tapNumbers.get(key);
    if (known !== undefined) return known;
    if (this.taps.length >= 0xffff) return 0;
    const number = this.taps.push({ interfaceIndex, ifIndex }) - 1;
    this.tapNumbers.set(key, number);
    return number;
  }

  private etherType(type: number, at: number): boolean {
    if (this.layersLeft-- === 0) return false;
    switch (type) {
      case 0x0800:
        return this.ipv4(at);
      case 0x86dd:
        return this.ipv6(at);
      case 0x8100:
      case 0x88a8:
      case 0x9100:
        if (!this.has(at, 4)) return false;
        this.layer(LayerKind.Vlan, this.view.getUint16(at) & 0xfff);
        return this.etherType(this.view.getUint16(at + 2), at + 4);
      case 0x8847:
      case 0x8848:
        return this.mpls(at);
      case 0x8864:
        if (!this.has(at, 8)) return false;
        this.layer(LayerKind.Pppoe, this.view.getUint16(at + 2));
        return this.anyIp(at + 8);
      default:
        setKind(this.words, this.base, PacketKind.Other);
        return true;
    }
  }

  private layer(kind: number, value: number): void {
    const { words, base } = this;
    const chain = this.encapsulations.add(encapsulationOf(words, base), kind, value);
    setPlace(words, base, tapOf(words, base), chain);
  }

  private mpls(start: number): boolean {
    let at = start;
    for (let label = 0; label < MOST_LAYERS; label++) {
      if (!this.has(at, 4)) return false;
      const entry = this.view.getInt32(at);
      this.layer(LayerKind.Mpls, entry >>> 12);
      at += 4;
      if ((entry & 0x100) !== 0) return this.anyIp(at);
    }
    return false;
  }

  /** IP by its version nibble, where nothing else says which. */
  private anyIp(at: number): boolean {
    if (!this.has(at, 1)) return false;
    const version = this.view.getUint8(at) >>> 4;
    if (version === 4) return this.ipv4(at);
    if (version === 6) return this.ipv6(at);
    setKind(this.words, this.base, PacketKind.Other);
    return true;
  }

  private ipv4(at: number): boolean {
    const { words, base, view } = this;
    if (!this.has(at, 20) || view.getUint8(at) >>> 4 !== 4) return false;
    const headerBytes = (view.getUint8(at) & 0xf) << 2;
    if (headerBytes < 20 || !this.has(at, headerBytes)) return false;
    let totalBytes = view.getUint16(at + 2);
    const room = this.frameEnd - at;
    if (totalBytes === 0) {
      totalBytes = room;
      this.note(Note.LengthZero);
    } else if (totalBytes > room) {
      // Inside the first fragment of a tunnel's packet the rest comes with the other fragments: the length is true.
      if ((words[base + Col.notes]! & Note.FirstFragment) !== 0) this.frameEnd = at + totalBytes;
      else {
        this.note(Note.Malformed);
        totalBytes = room;
      }
    } else if (totalBytes < room) {
      if (this.frameEnd - this.linkStart <= 64) this.note(Note.Padded);
      this.frameEnd = at + totalBytes;
    }
    if (totalBytes < headerBytes) return false;
    const fragment = view.getUint16(at + 6);
    words[base + Col.notes] = words[base + Col.notes]! & ~(Note.Ipv6 | Note.DontFragment | Note.FirstFragment);
    if ((fragment & 0x4000) !== 0) this.note(Note.DontFragment);
    const source = view.getInt32(at + 12);
    const destination = view.getInt32(at + 16);
    words[base + Col.source] = source;
    words[base + Col.destination] = destination;
    setIp(words, base, view.getUint16(at + 4), view.getUint8(at + 8), view.getUint8(at + 1));
    const protocol = view.getUint8(at + 9);
    if ((fragment & 0x1fff) !== 0) {
      setKind(words, base, PacketKind.Fragment);
      words[base + Col.payloadBytes] = totalBytes - headerBytes;
      setProtocol(words, base, protocol);
      return true;
    }
    if ((fragment & 0x2000) !== 0) this.note(Note.FirstFragment);
    const pseudoSum = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
    return this.transport(protocol, at + headerBytes, totalBytes - headerBytes, pseudoSum);
  }

  private ipv6(at: number): boolean {
    const { words, base, view } = this;
    if (!this.has(at, 40) || view.getUint8(at) >>> 4 !== 6) return false;
    let payload = view.getUint16(at + 4);
    const room = this.frameEnd - at - 40;
    this.note(Note.Ipv6);
    words[base + Col.notes] = words[base + Col.notes]! & ~(Note.DontFragment | Note.FirstFragment);
    setIp(words, base, 0, view.getUint8(at + 7), (view.getUint16(at) >>> 4) & 0xff);
    let pseudoSum = 0;
    for (let word = 0; word < 16; word++) pseudoSum += view.getUint16(at + 8 + word * 2);
    words[base + Col.source] = view.getInt32(at + 8);
    words[base + Col.destination] = view.getInt32(at + 24);
    const rare = rareOf(words, base);
    for (let word = 0; word < 3; word++) {
      words[rare + Rare.sourceTail + word] = view.getInt32(at + 12 + word * 4);
      words[rare + Rare.destinationTail + word] = view.getInt32(at + 28 + word * 4);
    }
    if (payload === 0 && room > 0) {
      payload = room;
      const jumbo = view.getUint8(at + 6) === 0 && this.has(at + 40, 8) && view.getUint16(at + 42) === 0xc204;
      this.note(jumbo ? Note.Jumbo : Note.LengthZero);
    } else if (payload > room) {
      this.note(Note.Malformed);
      payload = room;
    } else this.frameEnd = at + 40 + payload;
    return this.ipv6Extensions(view.getUint8(at + 6), at + 40, payload, pseudoSum);
  }

  /** Extension headers (RFC 8200 section 4) up to the transport header. */
  private ipv6Extensions(firstHeader: number, start: number, length: number, pseudoSum: number): boolean {
    let header = firstHeader;
    let at = start;
    let left = length;
    for (let count = 0; count < MOST_LAYERS; count++) {
      let bytes = 0;
      if (header === 0 || header === 43 || header === 60 || header === 135) {
        if (!this.has(at, 8)) return false;
        bytes = (this.view.getUint8(at + 1) + 1) << 3;
      } else if (header === 51) {
        if (!this.has(at, 8)) return false;
        bytes = (this.view.getUint8(at + 1) + 2) << 2;
      } else if (header === 44) {
        if (!this.has(at, 8)) return false;
        bytes = 8;
        const offset = this.view.getUint16(at + 2);
        if (offset >>> 3 !== 0) {
          setKind(this.words, this.base, PacketKind.Fragment);
          this.words[this.base + Col.payloadBytes] = left - 8;
          setProtocol(this.words, this.base, this.view.getUint8(at));
          return true;
        }
        if ((offset & 1) !== 0) this.note(Note.FirstFragment);
      } else return this.transport(header, at, left, pseudoSum);
      if (bytes > left || !this.has(at, bytes)) return false;
      header = this.view.getUint8(at);
      at += bytes;
      left -= bytes;
    }
    return false;
  }

  private transport(protocol: number, at: number, length: number, pseudoSum: number): boolean {
    if (this.layersLeft-- === 0) return false;
    const { words, base, view } = this;
    switch (protocol) {
      case 6:
        if (!decodeTcp(words, base, view, at, this.capturedEnd, length, pseudoSum, this.budget)) return false;
        setHeaderBytes(words, base, Math.min(at - this.linkStart + 20 + tcpOptionBytesOf(words, base), 0xffff));
        return true;
      case 17:
        return this.udp(at, length, pseudoSum);
      case 4:
      case 41:
        this.layer(LayerKind.IpInIp, 0);
        return protocol === 4 ? this.ipv4(at) : this.ipv6(at);
      case 47:
        return this.gre(at, length);
      case 1:
        return decodeIcmp(words, base, view, at, this.capturedEnd, false);
      case 58:
        return decodeIcmp(words, base, view, at, this.capturedEnd, true);
      default:
        setKind(words, base, PacketKind.Other);
        return true;
    }
  }

  private udp(at: number, length: number, pseudoSum: number): boolean {
    const { words, base, view } = this;
    if (length < 8 || !this.has(at, 8)) return false;
    const destinationPort = view.getUint16(at + 2);
    setKind(words, base, PacketKind.Udp);
    words[base + Col.ports] = view.getInt32(at);
    words[base + Col.payloadBytes] = length - 8;
    setHeaderBytes(words, base, Math.min(at - this.linkStart + 8, 0xffff));
    if (destinationPort === VXLAN_PORT || destinationPort === VXLAN_LINUX_PORT)
      return this.vxlan(at, length, pseudoSum);
    if (destinationPort === GENEVE_PORT) return this.geneve(at, length, pseudoSum);
    return true;
  }

  private vxlan(at: number, length: number, pseudoSum: number): boolean {
    // RFC 7348 section 5: the I flag must be set; else this is some other use of the port.
    if (
      length < 8 + 8 + ETHERNET_BYTES ||
      !this.has(at + 8, 8 + ETHERNET_BYTES) ||
      (this.view.getUint8(at + 8) & 0x08) === 0
    )
      return true;
    this.tunnel(at, length, pseudoSum, LayerKind.Vxlan, this.view.getInt32(at + 12) >>> 8);
    return this.innerFrame(this.view.getUint16(at + 16 + 12), at + 16 + ETHERNET_BYTES);
  }

  private geneve(at: number, length: number, pseudoSum: number): boolean {
    // RFC 8926 section 3.4: version 0; option length in words of 4 bytes.
    if (length < 16 || !this.has(at + 8, 8) || this.view.getUint8(at + 8) >>> 6 !== 0) return true;
    const inner = at + 16 + ((this.view.getUint8(at + 8) & 0x3f) << 2);
    const protocol = this.view.getUint16(at + 10);
    this.tunnel(at, length, pseudoSum, LayerKind.Geneve, this.view.getInt32(at + 12) >>> 8);
    if (protocol !== 0x6558) return this.innerFrame(protocol, inner);
    if (!this.has(inner, ETHERNET_BYTES)) return true;
    return this.innerFrame(this.view.getUint16(inner + 12), inner + ETHERNET_BYTES);
  }

  /** What is inside a UDP tunnel; if that is not readable the row stays the outer UDP packet. */
  private innerFrame(etherType: number, at: number): boolean {
    const { words, base } = this;
    const payload = words[base + Col.payloadBytes]!;
    const place = words[base + Col.place]!;
    setKind(words, base, PacketKind.Undecoded);
    if (this.etherType(etherType, at) && kindOf(words, base) !== PacketKind.Other) return true;
    setKind(words, base, PacketKind.Udp);
    words[base + Col.payloadBytes] = payload;
    words[base + Col.place] = place;
    return true;
  }

  private tunnel(at: number, length: number, pseudoSum: number, kind: number, value: number): void {
    this.layer(kind, value);
    const field = this.view.getUint16(at + 6);
    let state: number = ChecksumState.Unknown;
    if (field === 0) state = ChecksumPlace.ZeroField;
    else if (field === fold(pseudoSum + 17 + length)) state = ChecksumState.Partial;
    else if (at + length <= this.capturedEnd) {
      state =
        onesSum(this.view, at, length, fold(pseudoSum + 17 + length)) === 0xffff
          ? ChecksumState.Valid
          : ChecksumState.Wrong;
    }
    setTunnelChecksum(this.words, this.base, state);
  }

  /** GRE version 0 (RFC 2784, 2890): optional checksum, key and sequence number; IP or Ethernet inside. */
  private gre(at: number, length: number): boolean {
    if (length < 4 || !this.has(at, 4)) return false;
    const flags = this.view.getUint16(at);
    const protocol = this.view.getUint16(at + 2);
    if ((flags & 0x7) !== 0) {
      setKind(this.words, this.base, PacketKind.Other);
      return true;
    }
    let inner = at + 4;
    if ((flags & 0x8000) !== 0) inner += 4;
    let key = 0;
    if ((flags & 0x2000) !== 0) {
      if (!this.has(inner, 4)) return false;
      key = this.view.getInt32(inner);
      inner += 4;
    }
    if ((flags & 0x1000) !== 0) inner += 4;
    this.layer(LayerKind.Gre, key);
    if (protocol !== 0x6558) return this.etherType(protocol, inner);
    if (!this.has(inner, ETHERNET_BYTES)) return false;
    return this.etherType(this.view.getUint16(inner + 12), inner + ETHERNET_BYTES);
  }
}

function notesOfFlags(flags: number): number {
  let notes = 0;
  const direction = flags & FrameFlags.DirectionMask;
  if (direction === FrameFlags.Inbound) notes |= Note.Incoming;
  else if (direction === FrameFlags.Outbound) notes |= Note.Outgoing;
  if ((flags & FrameFlags.SegmentationOffload) !== 0) notes |= Note.EpbSegmentation;
  if ((flags & FrameFlags.ChecksumNotReady) !== 0) notes |= Note.EpbChecksumNotReady;
  return notes;
}
