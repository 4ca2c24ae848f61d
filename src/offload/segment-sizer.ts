// Station "offload": at which size a captured frame was, or will be, cut on the wire. The capture does not say; three things do:
// the handshake's MSS options with the half-window rule (include/net/tcp.h tcp_bound_to_half_wnd), what earlier frames of the
// direction showed, and for IPv4 the next frame's ID, because Linux advances a socket's ID by the number of segments
// (include/net/ip.h ip_select_ident_segs). The same rules as analysis/segment-size.ts and wire-view.ts.

import { IpProtocol, Ipv4 } from '../wire/ipv4.ts';
import { Ipv6 } from '../wire/ipv6.ts';
import { Tcp } from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp-flags.ts';
import { findTcpOption, TcpOption } from '../wire/tcp-options.ts';
import { type FrameLayers, LayerKind } from './layers.ts';

/** How a segment size is known. `guess` is said to be one wherever it is shown. */
export type SizeSource = 'given' | 'ip-id' | 'handshake' | 'learnt' | 'guess';

/** TCP_MIN_SND_MSS (net/ipv4/tcp_output.c): smaller sizes are not believed. */
const smallestSegment = 48;
/** Payloads of full segments that are met in the field: Ethernet and tunnels with and without timestamps, IPv4 and IPv6, jumbo. */
const commonSegments = [
  1448, 1460, 1440, 1428, 1398, 1410, 1386, 1350, 1368, 1380, 1360, 1340, 8948, 8960, 8928, 536, 1220, 1208,
];
/** Largest IP packet of an ordinary and of a jumbo Ethernet link. */
const ethernetMtu = 1500;
const jumboMtu = 9216;
const votesToLearn = 3;
const agreementsToTrust = 16;

/** A frame that waits for the next one of its direction, whose IP ID tells its segments. */
export interface WaitingFrame {
  readonly payloadBytes: number;
  /** What is to be done: cut at this size, or 0 to leave it whole. */
  segmentBytes: number;
  source: SizeSource;
  decided: boolean;
}

/** The sizes of one frame that its segment size depends on, in bytes. */
export interface FrameSizes {
  /** TCP options. */
  readonly optionBytes: number;
  /** From the IP header to the payload. */
  readonly headerBytes: number;
  /** From the IP header to the end. */
  readonly packetBytes: number;
}

const noSizes: FrameSizes = { optionBytes: 0, headerBytes: 0, packetBytes: 0 };

/** What is known of one direction of a connection. */
export class DirectionSizes {
  readonly a: number;
  readonly b: number;
  /** Another direction with the same short key. */
  next: DirectionSizes | undefined;
  reverse: DirectionSizes | undefined;
  /** MSS option of this direction's own SYN: bounds what the other direction sends. */
  mssOffered = 0;
  /** Window scale of this direction's SYN; -1 unknown. */
  windowShift = -1;
  /** Largest window that this direction offered, in bytes; 0 unknown. */
  largestWindow = 0;
  /** Size that frames of this direction showed by their IDs. */
  learnt = 0;
  private candidate = 0;
  private votes = 0;
  /** Largest payload of a frame that was one packet by its ID. */
  largestSingle = 0;
  private fixedIds = 0;
  private steppingIds = 0;
  /** Last frame: ID (-1 none), the sequence number behind it, its payload, and the frame itself while it waits. */
  lastId = -1;
  lastEnd = 0;
  lastPayload = 0;
  lastSizes: FrameSizes = noSizes;
  waiting: WaitingFrame | undefined = undefined;
  /** Size at which the last frame was cut without waiting for its successor; 0 when it was not. */
  lastCutBytes = 0;
  /** Frames in a row whose successor's ID agreed with the handshake's size. */
  private agreements = 0;
  private comparedSteps = 0;
  private wildSteps = 0;

  constructor(a: number, b: number) {
    this.a = a;
    this.b = b;
  }

  /** The sender gives the same ID to all its packets (0 with DF): cut packets carry it too. */
  get idsAreFixed(): boolean {
    return this.fixedIds > this.steppingIds;
  }

  /** Size that the last evenly divided frames showed, be they too few to learn from; 0 when none did. */
  get likely(): number {
    return this.learnt > 0 ? this.learnt : this.candidate;
  }

  /** Takes the ID step from one frame to the next one. */
  noteStep(step: number, isPossible: boolean): void {
    this.comparedSteps += 1;
    if (step === 0) this.fixedIds += 1;
    else this.steppingIds += 1;
    if (!isPossible && step !== 0) this.wildSteps += 1;
  }

  /** The next ID agreed with the handshake's size for a frame, or did not. */
  noteAgreement(agrees: boolean): void {
    this.agreements = agrees ? this.agreements + 1 : 0;
  }

  /** The handshake's size has been right so often that frames need not wait to hear it again. */
  get isConfirmed(): boolean {
    return this.agreements >= agreementsToTrust;
  }

  /** Steps are noise: the host counts one ID for all its sockets, or draws them. */
  get idsAreWild(): boolean {
    return this.wildSteps * 8 > this.comparedSteps;
  }

  /** A frame of `count` segments whose payload divides evenly votes for that size. */
  vote(payloadBytes: number, count: number): void {
    if (count === 1) this.largestSingle = Math.max(this.largestSingle, payloadBytes);
    // What another size explains and the candidate does not: the odd steps were packets missed between two frames (a retransmission
    // that was lost before the tap takes an ID too), not smaller segments.
    if (this.candidate > 0 && Math.ceil(payloadBytes / this.candidate) !== count) {
      this.candidate = 0;
      this.votes = 0;
    }
    if (count === 1 || payloadBytes % count !== 0) return;
    const size = payloadBytes / count;
    if (size === this.candidate) this.votes += 1;
    // 2,000 bytes in two packets are 1,448 and 552 as well as two of 1,000: no voice against the candidate.
    else if (this.candidate > size && Math.ceil(payloadBytes / this.candidate) === count) return;
    else {
      this.candidate = size;
      this.votes = 1;
    }
    if (this.votes >= votesToLearn) this.learnt = size;
  }
}

/** Learns segment sizes from the frames of a capture, in their order. Memory grows with the number of connections. */
export class SegmentSizer {
  private readonly directions: Map<number, DirectionSizes> = new Map();
  /** Size and source of the last answer, so that none has to be allocated. */
  bytes = 0;
  source: SizeSource = 'guess';

  /** The direction that a parsed TCP or UDP frame belongs to, as seen at one tap; made when new. */
  direction(view: DataView, start: number, layers: FrameLayers, tap: number): DirectionSizes {
    const ip = start + layers.offsets[layers.innerIpLayer]!;
    const isV4 = layers.kinds[layers.innerIpLayer] === LayerKind.Ipv4;
    const from = isV4 ? Ipv4.source : Ipv6.source;
    const words = isV4 ? 1 : 4;
    const ports = start + layers.transportOffset;
    const a = endpoint(view, ip + from, words, view.getUint16(ports) | (layers.transport << 16), tap);
    const b = endpoint(view, ip + from + words * 4, words, view.getUint16(ports + 2) | (layers.transport << 16), tap);
    return this.lookUp(a, b) ?? this.add(a, b);
  }

  private lookUp(a: number, b: number): DirectionSizes | undefined {
    let found = this.directions.get(shortKey(a, b));
    while (found !== undefined && (found.a !== a || found.b !== b)) found = found.next;
    return found;
  }

  private add(a: number, b: number): DirectionSizes {
    const made = new DirectionSizes(a, b);
    const key = shortKey(a, b);
    made.next = this.directions.get(key);
    this.directions.set(key, made);
    const reverse = this.lookUp(b, a);
    if (reverse !== undefined && reverse !== made) {
      made.reverse = reverse;
      reverse.reverse = made;
    }
    return made;
  }

  /** Takes what a TCP frame says about sizes: MSS and window scale of a SYN, windows. */
  observe(direction: DirectionSizes, view: DataView, start: number, capturedLength: number, layers: FrameLayers): void {
    if (layers.transport !== IpProtocol.Tcp) return;
    const tcp = start + layers.transportOffset;
    const window = view.getUint16(tcp + Tcp.window);
    if (view.getUint8(tcp + Tcp.flags) & TcpFlag.Syn) {
      const end = start + capturedLength;
      const mss = findTcpOption(view, tcp, end, TcpOption.MaximumSegmentSize);
      direction.mssOffered = mss < 0 ? 0 : view.getUint16(mss + 2);
      const scale = findTcpOption(view, tcp, end, TcpOption.WindowScale);
      direction.windowShift = scale < 0 ? 0 : Math.min(14, view.getUint8(scale + 2));
      direction.largestWindow = window;
      return;
    }
    // A scale counts only when both SYNs carried one (RFC 7323 section 2.2).
    const peerShift = direction.reverse?.windowShift ?? -1;
    if (direction.windowShift < 0 || peerShift < 0) return;
    const shift = peerShift === 0 ? 0 : direction.windowShift;
    direction.largestWindow = Math.max(direction.largestWindow, window << shift);
  }

  /**
   * The segment size of a TCP frame by handshake and learning: sets `bytes` and `source`, and returns whether anything but a guess
   * is known. The size may be above the payload: then the frame is one packet.
   */
  known(direction: DirectionSizes, optionBytes: number): boolean {
    const peer = direction.reverse;
    const offered = smallerKnown(peer?.mssOffered ?? 0, direction.mssOffered);
    let size = offered === 0 ? 0 : offered - optionBytes;
    this.source = 'handshake';
    const window = peer?.largestWindow ?? 0;
    if (size > 0 && window > 0) size = Math.min(size, window > 536 ? window >> 1 : window);
    if (direction.learnt > 0 && (size === 0 || direction.learnt < size)) {
      size = direction.learnt;
      this.source = 'learnt';
    }
    this.bytes = size;
    return size >= smallestSegment;
  }

  /** The size that makes `count` segments of a payload: a known one if it fits, an even division, a common one, or the least. */
  fromCount(payloadBytes: number, count: number, knownBytes: number): void {
    this.source = 'ip-id';
    const fits = (size: number): boolean => size > 0 && Math.ceil(payloadBytes / size) === count;
    if (fits(knownBytes)) this.bytes = knownBytes;
    else if (count === 1) this.bytes = payloadBytes;
    else if (payloadBytes % count === 0) this.bytes = payloadBytes / count;
    else this.bytes = commonSegments.find(fits) ?? Math.ceil(payloadBytes / count);
  }

  /**
   * A size for a frame of which nothing is known: what fits a 1,500-byte link, for frames that no link carries whole or that are
   * larger than any that was seen alone. Returns false when the frame may well have been one packet.
   */
  guess(direction: DirectionSizes, { packetBytes, headerBytes }: FrameSizes): boolean {
    this.source = 'guess';
    if (packetBytes <= ethernetMtu) return false;
    if (direction.likely > 0) {
      this.bytes = direction.likely;
      this.source = 'learnt';
      return true;
    }
    if (packetBytes <= jumboMtu && direction.largestSingle > ethernetMtu - 60) return false;
    if (direction.largestSingle > ethernetMtu) this.bytes = direction.largestSingle;
    else this.bytes = ethernetMtu - headerBytes;
    return packetBytes > jumboMtu && this.bytes >= smallestSegment;
  }
}

/** Whether `step` IDs can have been used by one frame of this payload. */
export function isPossibleCount(payloadBytes: number, step: number): boolean {
  return step === 1 || (step > 1 && step <= 4096 && Math.ceil(payloadBytes / step) >= smallestSegment);
}

function smallerKnown(a: number, b: number): number {
  if (a === 0) return b;
  return b === 0 ? a : Math.min(a, b);
}

function endpoint(view: DataView, at: number, words: number, portAndProtocol: number, tap: number): number {
  let mixed = Math.imul(portAndProtocol ^ Math.imul(tap, 0x27d4_eb2f), 0x9e37_79b1);
  for (let word = 0; word < words; word += 1) {
    mixed = Math.imul(mixed ^ view.getInt32(at + 4 * word) ^ (mixed >>> 15), 0x85eb_ca6b);
  }
  return mixed ^ (mixed >>> 13);
}

function shortKey(a: number, b: number): number {
  return (Math.imul(a, 0x2c1b_3c6d) ^ Math.imul(b, 0x297a_2d39) ^ (b >>> 7)) & 0x3fff_ffff;
}
