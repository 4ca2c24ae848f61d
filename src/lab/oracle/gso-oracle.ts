// Station "lab": the kernel's software GSO as the judge of offload/gso.ts.
//
// A super-packet is written to TAP a with a virtio-net header; a bridge hands it to TAP b, whose reader takes nothing uncut, so
// that validate_xmit_skb cuts it (net/core/dev.c, v6.18). What is read from b must be what the Segmenter says, byte for byte.
// The path from write to read is synchronous: after the write all segments lie in b's ring.

import { Segmenter } from '../../offload/gso.ts';
import { FrameLayers } from '../../offload/layers.ts';
import { encodeFrame } from '../../wire/encode.ts';
import { LinkType } from '../../wire/frame.ts';
import { check, libc } from '../libc.ts';
import { createNamespace } from '../netns.ts';
import type { UndoStack } from '../undo.ts';
import { Random } from './random.ts';
import { randomSuperPacket, type SuperPacket } from './super-packets.ts';
import { enterNamespace, openTap, TunOffload, Vnet, vnetHeaderBytes } from './tap.ts';

/** What an oracle run found. */
export interface OracleResult {
  /** Frames given to the kernel and to ours. */
  readonly framesIn: number;
  /** Frames that came out of the kernel and were compared. */
  readonly framesOut: number;
  readonly bytesOut: number;
  /** First differences, in words; empty is agreement. */
  readonly differences: readonly string[];
  readonly differenceCount: number;
}

const differencesKept = 5;
const bufferBytes = 1 << 20;

/** Builds the two TAPs and the bridge in a namespace of their own and moves this thread there. */
export async function setUpGso(undo: UndoStack): Promise<{ readonly a: number; readonly b: number }> {
  const namespace = await createNamespace(undo, 'gso');
  enterNamespace(undo, namespace.name);
  const a = openTap('a', { napi: false, offload: TunOffload.None });
  undo.push('tap a', () => void libc().close(a));
  const b = openTap('b', { napi: false, offload: TunOffload.None });
  undo.push('tap b', () => void libc().close(b));
  await namespace.ip('link add br0 type bridge stp_state 0 mcast_snooping 0');
  for (const device of ['a', 'b']) {
    await namespace.ip(`link set dev ${device} txqueuelen 8192 mtu 65521 master br0 up`);
    await namespace.sysctl(`net/ipv6/conf/${device}/disable_ipv6`, 1);
  }
  await namespace.sysctl('net/ipv6/conf/br0/disable_ipv6', 1);
  await namespace.ip('link set br0 mtu 65521 up');
  return { a, b };
}

/** Runs until the kernel has given `framesOut` segments, or the deadline (milliseconds, Date.now) is over. */
export function runGso(
  taps: { readonly a: number; readonly b: number },
  options: { readonly seed: number; readonly framesOut: number; readonly deadline?: number },
): OracleResult {
  const judge = new GsoJudge(taps.a, taps.b);
  const random = new Random(options.seed);
  while (judge.framesOut < options.framesOut) {
    judge.one(randomSuperPacket(random));
    if (options.deadline !== undefined && judge.framesIn % 256 === 0 && Date.now() > options.deadline) break;
  }
  return judge.result();
}

class GsoJudge {
  framesIn = 0;
  framesOut = 0;
  private bytesOut = 0;
  private differenceCount = 0;
  private readonly differences: string[] = [];
  private readonly a: number;
  private readonly b: number;
  private readonly input: Uint8Array = new Uint8Array(bufferBytes);
  private readonly inputView: DataView = new DataView(this.input.buffer);
  private readonly got: Uint8Array = new Uint8Array(bufferBytes);
  private readonly expected: Uint8Array = new Uint8Array(bufferBytes);
  private readonly expectedView: DataView = new DataView(this.expected.buffer);
  private readonly layers: FrameLayers = new FrameLayers();
  private readonly segmenter: Segmenter = new Segmenter();

  constructor(a: number, b: number) {
    this.a = a;
    this.b = b;
  }

  one(packet: SuperPacket): void {
    const frame = encodeFrame(packet.spec, this.input, vnetHeaderBytes);
    this.writeHeader(packet, frame.transportOffset, frame.payloadOffset);
    const total = vnetHeaderBytes + frame.length;
    check(libc().write(this.a, this.input, total), `write ${packet.name}`);
    this.framesIn += 1;
    const known = this.layers.parse(this.inputView, vnetHeaderBytes, frame.length, frame.length, LinkType.Ethernet);
    if (!known) {
      this.differ(packet, `not parsed: ${this.layers.problem}`);
      this.drain();
      return;
    }
    const count = this.segmenter.begin(this.inputView, vnetHeaderBytes, frame.length, this.layers, {
      segmentBytes: packet.segmentBytes,
    });
    for (let index = 0; index < count; index += 1) this.compare(packet, index);
    const extra = this.drain();
    if (extra > 0) this.differ(packet, `${extra} segments more than the ${count} expected`);
  }

  result(): OracleResult {
    const { framesIn, framesOut, bytesOut, differences, differenceCount } = this;
    return { framesIn, framesOut, bytesOut, differences, differenceCount };
  }

  private writeHeader(packet: SuperPacket, transportOffset: number, payloadOffset: number): void {
    const isUdp = packet.spec.udp !== undefined;
    const header = this.inputView;
    const tcpType = packet.spec.ip.version === 4 ? Vnet.GsoTcp4 : Vnet.GsoTcp6;
    const ecn = ((packet.spec.tcp?.flags ?? 0) & 0x80) === 0 ? 0 : Vnet.GsoEcn;
    header.setUint8(0, Vnet.NeedsChecksum);
    header.setUint8(1, isUdp ? Vnet.GsoUdp : tcpType | ecn);
    header.setUint16(2, payloadOffset, true);
    header.setUint16(4, packet.segmentBytes, true);
    header.setUint16(6, transportOffset, true);
    header.setUint16(8, isUdp ? 6 : 16, true);
  }

  private compare(packet: SuperPacket, index: number): void {
    const length = this.segmenter.write(index, this.expectedView, 0);
    const read = libc().read(this.b, this.got, this.got.length) - vnetHeaderBytes;
    if (read < 0) {
      this.differ(packet, `segment ${index} did not come`);
      return;
    }
    this.framesOut += 1;
    this.bytesOut += read;
    const got = this.got.subarray(vnetHeaderBytes, vnetHeaderBytes + read);
    if (Buffer.compare(got, this.expected.subarray(0, length)) !== 0) {
      this.differ(packet, `segment ${index}: ${firstDifference(got, this.expected.subarray(0, length))}`);
    }
  }

  /** Reads what else lies in b's ring. */
  private drain(): number {
    let count = 0;
    while (libc().read(this.b, this.got, this.got.length) >= 0) count += 1;
    return count;
  }

  private differ(packet: SuperPacket, what: string): void {
    this.differenceCount += 1;
    if (this.differences.length < differencesKept) this.differences.push(`${packet.name}: ${what}`);
  }
}

/** Says where two frames part. */
export function firstDifference(kernel: Uint8Array, ours: Uint8Array): string {
  let at = 0;
  while (at < kernel.length && at < ours.length && kernel[at] === ours[at]) at += 1;
  const around = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(at, at + 8)).toString('hex');
  return `byte ${at}: kernel ${kernel.length} bytes ..${around(kernel)}, ours ${ours.length} bytes ..${around(ours)}`;
}
