// Station "offload": for each frame of a capture, in order: was it one packet on the wire, or at which size was it cut?

import { IpProtocol, Ipv4 } from '../wire/ipv4.ts';
import { Tcp } from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { type FrameLayers, LayerKind } from './layers.ts';
import {
  type DirectionSizes,
  type FrameSizes,
  isPossibleCount,
  SegmentSizer,
  type WaitingFrame,
} from './segment-sizer.ts';

/** More than GSO_MAX_SIZE (8 * 65,535, include/linux/netdevice.h, v6.3) is no frame that a stack made. */
const largestFrameBytes = 8 * 65_535;

/** MTU of ordinary Ethernet, and the one that every IPv4 link is taken to have (RFC 1122 section 3.3.3). */
const ethernetMtu = 1500;
const leastMtu = 576;

/** What `decide` says of a frame. `wait`: the caller keeps the frame until its `decided` is set. */
export type Decision = 'whole' | 'cut' | 'wait';

/** Decides frame by frame. Frames that wait are decided by the next frame of their direction, or by `giveUp`. */
export class WireDecision {
  private readonly sizer: SegmentSizer = new SegmentSizer();
  private readonly given: number | undefined;
  /** Size and source of the last `cut`. */
  segmentBytes = 0;
  source: WaitingFrame['source'] = 'guess';
  /** The direction of the last frame. */
  private direction: DirectionSizes | undefined = undefined;
  /** Frames larger than their link's MTU, as it seems, that were left whole because nothing tells their segments. */
  undecidableFrames = 0;
  /** Frames cut by the handshake's size whose successor's ID then spoke for another number of packets. */
  contradictedFrames = 0;

  constructor(givenSegmentBytes?: number) {
    this.given = givenSegmentBytes;
  }

  /** Looks at a frame that `layers` has parsed. `tap` keeps apart what several taps of one capture saw of a connection. */
  decide(view: DataView, start: number, capturedLength: number, layers: FrameLayers, tap = 0): Decision {
    const direction = this.sizer.direction(view, start, layers, tap);
    this.direction = direction;
    const payload = layers.payloadBytes;
    const id = idOf(view, start, layers);
    const sequence =
      layers.transport === IpProtocol.Tcp ? view.getInt32(start + layers.transportOffset + Tcp.sequence) : 0;
    this.settlePrevious(direction, id, sequence, layers.transport);
    this.sizer.observe(direction, view, start, capturedLength, layers);
    direction.lastCutBytes = 0;
    direction.lastId = id;
    direction.lastPayload = payload;
    // Of frames that can be asked about later only: most are too small to matter.
    const sizes = payload === 0 ? direction.lastSizes : sizesOf(layers);
    direction.lastSizes = sizes;
    if (layers.transport === IpProtocol.Tcp)
      direction.lastEnd = (sequence + payload + controlBytes(view, start, layers)) | 0;
    if (payload === 0 || layers.packetEnd > largestFrameBytes) return 'whole';
    if (this.given !== undefined) return this.cutAt(this.given, 'given', payload);
    return layers.transport === IpProtocol.Tcp
      ? this.decideTcp(direction, id, payload, sizes)
      : this.decideUdp(direction, id, payload, sizes);
  }

  /** Makes the frame that `decide` told to keep known to its direction. */
  wait(frame: WaitingFrame): void {
    if (this.direction !== undefined) this.direction.waiting = frame;
  }

  /** The frame cannot wait longer (the queue is full, the input ends): what is known must do. `layers` holds its headers. */
  giveUp(frame: WaitingFrame, view: DataView, start: number, layers: FrameLayers, tap = 0): void {
    const direction = this.sizer.direction(view, start, layers, tap);
    if (direction.waiting === frame) direction.waiting = undefined;
    this.withoutId(frame, direction, layers.transport === IpProtocol.Tcp, sizesOf(layers));
  }

  private cutAt(size: number, source: WaitingFrame['source'], payload: number): Decision {
    if (payload <= size) return 'whole';
    this.segmentBytes = size;
    this.source = source;
    return 'cut';
  }

  private decideTcp(direction: DirectionSizes, id: number, payload: number, sizes: FrameSizes): Decision {
    const known = this.sizer.known(direction, sizes.optionBytes);
    if (known && payload <= this.sizer.bytes) return 'whole';
    if (!known && sizes.packetBytes <= leastMtu) return 'whole';
    if (known && direction.isConfirmed && this.sizer.source === 'handshake') {
      direction.lastCutBytes = this.sizer.bytes;
      return this.cutAt(this.sizer.bytes, 'handshake', payload);
    }
    if (id >= 0 && !direction.idsAreWild) return 'wait';
    if (known) return this.cutAt(this.sizer.bytes, this.sizer.source, payload);
    if (this.sizer.guess(direction, sizes)) return this.cutAt(this.sizer.bytes, 'guess', payload);
    this.noteUndecidable(sizes);
    return 'whole';
  }

  private decideUdp(direction: DirectionSizes, id: number, payload: number, sizes: FrameSizes): Decision {
    // A datagram that fits its link is one; a larger one that is no fragment was, or will be, cut.
    if (sizes.packetBytes <= ethernetMtu) return 'whole';
    if (id >= 0 && !direction.idsAreWild) return 'wait';
    if (direction.learnt > 0) return this.cutAt(direction.learnt, 'learnt', payload);
    this.noteUndecidable(sizes);
    return 'whole';
  }

  private noteUndecidable(sizes: FrameSizes): void {
    if (sizes.packetBytes > ethernetMtu) this.undecidableFrames += 1;
  }

  /** The next frame of a direction is here: its ID says how many packets the one before stands for. */
  private settlePrevious(direction: DirectionSizes, id: number, sequence: number, transport: number): void {
    const frame = direction.waiting;
    direction.waiting = undefined;
    const isTcp = transport === IpProtocol.Tcp;
    const follows = !isTcp || sequence === direction.lastEnd;
    if (id < 0 || direction.lastId < 0 || !follows) {
      if (frame !== undefined) this.withoutId(frame, direction, isTcp, direction.lastSizes);
      return;
    }
    const step = (id - direction.lastId) & 0xffff;
    // A bare acknowledgement before this frame used one ID too.
    const payload = direction.lastPayload;
    const possible = payload === 0 ? step === 1 : isPossibleCount(payload, step);
    direction.noteStep(step, possible);
    const usable = possible && step > 0 && !direction.idsAreWild;
    if (usable && payload > 0 && (isTcp || step > 1)) direction.vote(payload, step);
    if (frame === undefined) {
      if (direction.lastCutBytes > 0) this.checkCut(direction, step);
      return;
    }
    const known = isTcp && this.sizer.known(direction, direction.lastSizes.optionBytes);
    // One ID for more than the handshake allows in a segment: a stack that counts frames, not segments. UDP counts so always
    // (ip_select_ident of one segment, net/ipv4/ip_output.c __ip_make_skb, v6.18): there a step of one says nothing.
    const contradicts =
      step === 1 && (!isTcp || (known && this.sizer.source === 'handshake' && payload > this.sizer.bytes));
    if (!usable || contradicts || this.isOddStep(direction, step, isTcp, known)) {
      this.withoutId(frame, direction, isTcp, direction.lastSizes);
      return;
    }
    const handshakeBytes = known && this.sizer.source === 'handshake' ? this.sizer.bytes : 0;
    this.sizer.fromCount(payload, step, known ? this.sizer.bytes : direction.learnt);
    direction.noteAgreement(step > 1 && this.sizer.bytes === handshakeBytes);
    frame.segmentBytes = step === 1 ? 0 : this.sizer.bytes;
    frame.source = 'ip-id';
    frame.decided = true;
  }

  /**
   * A step that neither the handshake's size nor a learnt one explains, or of a frame that fits an Ethernet packet: the tap missed
   * packets between the two frames, as a retransmission that was lost before it. A true change of the size shows again and is learnt.
   */
  private isOddStep(direction: DirectionSizes, step: number, isTcp: boolean, known: boolean): boolean {
    if (!isTcp || step === 1) return false;
    if (known) return Math.ceil(direction.lastPayload / this.sizer.bytes) !== step;
    return direction.lastSizes.packetBytes <= ethernetMtu;
  }

  /** A frame was cut by the handshake, without waiting: its successor's ID says whether that was right. */
  private checkCut(direction: DirectionSizes, step: number): void {
    const agrees = step === Math.ceil(direction.lastPayload / direction.lastCutBytes);
    direction.noteAgreement(agrees);
    if (!agrees) this.contradictedFrames += 1;
  }

  private withoutId(frame: WaitingFrame, direction: DirectionSizes, isTcp: boolean, sizes: FrameSizes): void {
    frame.decided = true;
    frame.segmentBytes = 0;
    if (!isTcp) {
      frame.segmentBytes = direction.learnt > 0 && direction.learnt < frame.payloadBytes ? direction.learnt : 0;
      frame.source = 'learnt';
    } else if (this.sizer.known(direction, sizes.optionBytes) || this.sizer.guess(direction, sizes)) {
      frame.segmentBytes = this.sizer.bytes < frame.payloadBytes ? this.sizer.bytes : 0;
      frame.source = this.sizer.source;
    }
    if (frame.segmentBytes === 0) this.noteUndecidable(sizes);
  }

  /** Whether the sender of the last frame's direction gives one ID to all its packets. */
  idsAreFixed(view: DataView, start: number, layers: FrameLayers, tap = 0): boolean {
    return this.sizer.direction(view, start, layers, tap).idsAreFixed;
  }
}

function sizesOf(layers: FrameLayers): FrameSizes {
  return {
    optionBytes: layers.payloadOffset - layers.transportOffset - Tcp.headerBytes,
    headerBytes: layers.payloadOffset - layers.networkOffset,
    packetBytes: layers.packetEnd - layers.networkOffset,
  };
}

/** ID of the innermost IPv4 header, -1 for IPv6. */
function idOf(view: DataView, start: number, layers: FrameLayers): number {
  const layer = layers.innerIpLayer;
  if (layers.kinds[layer] !== LayerKind.Ipv4) return -1;
  return view.getUint16(start + layers.offsets[layer]! + Ipv4.identification);
}

/** SYN and FIN take a sequence number each. */
function controlBytes(view: DataView, start: number, layers: FrameLayers): number {
  const flags = view.getUint8(start + layers.transportOffset + Tcp.flags);
  return ((flags & TcpFlag.Syn) >> 1) + (flags & TcpFlag.Fin);
}
