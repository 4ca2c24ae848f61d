// Station "offload": the frame that a bulk transfer mostly brings next. Between the frames of one burst only the IPv4 ID, the sequence
// number and the checksums differ, and what GRO says to all else it has said to the frame before: so that is asked once, and of each
// further frame only whether it goes on.

import { fold, onesSum } from '../bytes/checksum.ts';
import { copySum } from '../bytes/copy.ts';
import { summableBytes } from '../bytes/summable-memory.ts';
import { Ipv4 } from '../wire/ipv4.ts';
import { Tcp } from '../wire/tcp.ts';
import type { HeldPacket } from './held.ts';
import { LayerKind } from './layers.ts';
import { type JoinRun, joinRunIn, Run, runHeaderBytes } from './run-code.ts';

/** Headers of one IP header and TCP are shorter, but for long chains of IPv6 extensions. */
const mostHeaderBytes = runHeaderBytes - 16;
const recordHeaderBytes = 16;

/** What the next frame of a held TCP packet looks like, after one that has joined it. */
export class NextFrame {
  /** The packet that it would join; undefined when there is none of which that can be said. */
  held: HeldPacket | undefined = undefined;
  private frameBytes = 0;
  private readonly headers: Int32Array = new Int32Array(mostHeaderBytes / 4 + 1);
  /** Ones where the headers have to be equal. */
  private readonly masks: Int32Array = new Int32Array(mostHeaderBytes / 4 + 1);
  private wholeWords = 0;
  private isIpv4 = false;
  private idStep = 0;
  private firstId = 0;
  private firstSequence = 0;
  /** Sums of what is equal in all frames: the IPv4 header; the TCP header with the pseudo-header. */
  private ipSum = 0;
  private tcpSum = 0;
  private pseudoSum = 0;
  /** All this for the loop in WebAssembly, where there is one; made when it is first wanted. */
  private readonly run: DataView = viewOf(summableBytes(Run.bytes));
  private readonly runBytes: Uint8Array = new Uint8Array(this.run.buffer, this.run.byteOffset, Run.bytes);
  private readonly joinRun: JoinRun | undefined = joinRunIn(this.run.buffer);
  private isRunReady = false;

  /** Takes a frame that has joined `held`, whole as it was, so that it is not over. `pseudoSum` is that of its pseudo-header. */
  follow(held: HeldPacket, view: DataView, start: number, frameBytes: number, pseudoSum: number): void {
    const { payloadOffset, networkOffset, transportOffset } = held;
    this.held = undefined;
    this.isRunReady = false;
    if (held.layerCount !== 1 || payloadOffset > mostHeaderBytes || frameBytes < payloadOffset + 4) return;
    this.held = held;
    this.frameBytes = frameBytes;
    this.isIpv4 = held.kinds[0] === LayerKind.Ipv4;
    this.idStep = held.idPatterns[0] === 'fixed' ? 0 : 1;
    this.firstId = held.view.getUint16(networkOffset + Ipv4.identification);
    this.firstSequence = held.view.getInt32(transportOffset + Tcp.sequence);
    this.keepHeaders(view, start, payloadOffset);
    const ip = start + networkOffset;
    if (this.isIpv4) {
      this.leaveOut(networkOffset + Ipv4.identification, 2);
      this.leaveOut(networkOffset + Ipv4.checksum, 2);
      const changing = without(view, ip + Ipv4.identification) + without(view, ip + Ipv4.checksum);
      this.ipSum = onesSum(view, ip, Ipv4.headerBytes, changing);
    }
    this.leaveOut(transportOffset + Tcp.sequence, 4);
    this.leaveOut(transportOffset + Tcp.checksum, 2);
    const tcp = start + transportOffset;
    const sequence = without(view, tcp + Tcp.sequence) + without(view, tcp + Tcp.sequence + 2);
    const changing = sequence + without(view, tcp + Tcp.checksum);
    this.pseudoSum = pseudoSum;
    this.tcpSum = onesSum(view, tcp, payloadOffset - transportOffset, pseudoSum + changing);
  }

  private keepHeaders(view: DataView, start: number, length: number): void {
    this.wholeWords = length >> 2;
    for (let word = 0; word < this.wholeWords; word += 1) {
      this.headers[word] = view.getInt32(start + word * 4, true);
      this.masks[word] = -1;
    }
    // What is left of a word: behind its bytes come four of the payload at least.
    this.headers[this.wholeWords] = view.getInt32(start + this.wholeWords * 4, true);
    this.masks[this.wholeWords] = (1 << ((length & 3) * 8)) - 1;
  }

  private leaveOut(offset: number, length: number): void {
    for (let at = offset; at < offset + length; at += 1) this.masks[at >> 2]! &= ~(0xff << ((at & 3) * 8));
  }

  /**
   * Adds a frame, captured whole, to the packet if it is the one; false when the long way has to tell. `acceptsPartial`: a TCP checksum
   * that is only the pseudo-header sum is one that an offload still has to fill.
   */
  join(view: DataView, start: number, frameBytes: number, acceptsPartial: boolean, tag: number): boolean {
    const { held } = this;
    if (held === undefined || frameBytes !== this.frameBytes || held.capturedLength !== held.originalLength)
      return false;
    if (!this.hasHeaders(view, start)) return false;
    const tcp = start + held.transportOffset;
    const sequence = view.getInt32(tcp + Tcp.sequence);
    if (sequence !== ((this.firstSequence + held.payloadBytes) | 0)) return false;
    if (this.isIpv4 && !this.idGoesOn(held, view, start + held.networkOffset)) return false;
    const payloadBytes = held.segmentBytes;
    held.reserve(held.capturedLength + payloadBytes);
    const payloadSum = copySum(view, start + held.payloadOffset, held.view, held.capturedLength, payloadBytes);
    const field = view.getUint16(tcp + Tcp.checksum);
    const sum = this.tcpSum + (sequence >>> 16) + (sequence & 0xffff) + field + payloadSum;
    if (fold(sum) !== 0xffff && !(acceptsPartial && field === this.pseudoSum)) return false;
    held.grow(1, tag);
    return true;
  }

  /**
   * Adds the frames of records between `at` and `end` of a little-endian pcap, `most` at most, up to the first that is not the next one.
   * The one before has its record at `last`; the fraction of a second of the others is at most `mostFraction`. Returns how many.
   */
  joinRecords(view: DataView, last: number, at: number, end: number, most: number, mostFraction: number): number {
    const { held, joinRun, run } = this;
    if (held === undefined || joinRun === undefined || held.capturedLength !== held.originalLength) return 0;
    // Headers are compared 16 bytes at a time, and no further than the frame.
    if (held.segmentBytes < 16) return 0;
    if (view.buffer !== run.buffer || held.view.buffer !== run.buffer) return 0;
    const room = Math.floor((held.bytes.length - held.capturedLength) / held.segmentBytes);
    if (room < 1) return 0;
    if (!this.isRunReady) this.prepareRun(held);
    run.setInt32(Run.seconds, view.getInt32(last, true), true);
    run.setInt32(Run.leastFraction, view.getInt32(last + 4, true), true);
    run.setInt32(Run.mostFraction, mostFraction, true);
    run.setInt32(Run.to, held.bytes.byteOffset + held.capturedLength, true);
    run.setInt32(Run.sequence, this.firstSequence + held.payloadBytes, true);
    run.setInt32(Run.id, (this.firstId + this.idStep * held.segmentCount) & 0xffff, true);
    const from = view.byteOffset + at;
    const stop = joinRun(from, view.byteOffset + end, Math.min(most, room), run.byteOffset);
    return (stop - from) / (recordHeaderBytes + this.frameBytes);
  }

  /** What is the same for all runs that join the packet. */
  private prepareRun({ networkOffset, transportOffset, payloadOffset, segmentBytes }: HeldPacket): void {
    const { run } = this;
    this.runBytes.fill(0);
    for (let word = 0; word <= this.wholeWords; word += 1) {
      run.setInt32(Run.headers + word * 4, this.headers[word]!, true);
      run.setInt32(Run.masks + word * 4, this.masks[word]!, true);
    }
    run.setInt32(Run.frameBytes, this.frameBytes, true);
    run.setInt32(Run.comparedBytes, (payloadOffset + 15) & ~15, true);
    run.setInt32(Run.payloadOffset, payloadOffset, true);
    run.setInt32(Run.payloadBytes, segmentBytes, true);
    run.setInt32(Run.sequenceOffset, transportOffset + Tcp.sequence, true);
    run.setInt32(Run.checksumOffset, transportOffset + Tcp.checksum, true);
    run.setInt32(Run.tcpSum, swapped(this.tcpSum), true);
    run.setInt32(Run.pseudoSum, swapped(this.pseudoSum), true);
    run.setInt32(Run.idOffset, this.isIpv4 ? networkOffset + Ipv4.identification : 0, true);
    run.setInt32(Run.idStep, this.idStep, true);
    run.setInt32(Run.ipChecksumOffset, networkOffset + Ipv4.checksum, true);
    run.setInt32(Run.ipSum, swapped(this.ipSum), true);
    this.isRunReady = true;
  }

  private hasHeaders(view: DataView, start: number): boolean {
    const { headers, masks, wholeWords } = this;
    let differences = 0;
    for (let word = 0, at = start; word <= wholeWords; word += 1, at += 4) {
      differences |= (view.getInt32(at, true) ^ headers[word]!) & masks[word]!;
    }
    return differences === 0;
  }

  /** Whether ID and header checksum are those of the next packet. */
  private idGoesOn(held: HeldPacket, view: DataView, ip: number): boolean {
    const id = view.getUint16(ip + Ipv4.identification);
    if (id !== ((this.firstId + this.idStep * held.segmentCount) & 0xffff)) return false;
    return fold(this.ipSum + id + view.getUint16(ip + Ipv4.checksum)) === 0xffff;
  }
}

/** What takes a word out of a sum: its complement. */
function without(view: DataView, at: number): number {
  return view.getUint16(at) ^ 0xffff;
}

function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
