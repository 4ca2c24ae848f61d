// Station "lab": the kernel's software GRO as the judge of offload/gro.ts.
//
// Frames are written to a TAP with IFF_NAPI whose NAPI runs in a kernel thread, pinned to our CPU. While we write a burst as a
// real-time thread that kernel thread cannot run, so that the burst is one NAPI poll (cut every 64 frames, the NAPI weight).
// A packet socket then gives what went up, with gso_size. Without a receive hash all flows share one bucket of 8.

import { Gro, type GroSink } from '../../offload/gro.ts';
import type { HeldPacket } from '../../offload/held.ts';
import { type GroRules, napiWeight } from '../../offload/rules.ts';
import { encodeFrame } from '../../wire/encode.ts';
import { LinkType } from '../../wire/frame.ts';
import { exec } from '../exec.ts';
import { check, LINUX, libc, PollSet } from '../libc.ts';
import { createNamespace } from '../netns.ts';
import type { UndoStack } from '../undo.ts';
import { firstDifference, type OracleResult } from './gso-oracle.ts';
import { Random } from './random.ts';
import { randomBurst, type StreamFrame, type StreamOptions } from './segment-streams.ts';
import {
  enterNamespace,
  napiThread,
  openPacketSocket,
  openTap,
  setRealTime,
  TunOffload,
  Vnet,
  vnetHeaderBytes,
} from './tap.ts';

const socketBufferBytes = 256 << 20;
const burstBufferBytes = 8 << 20;

/** The oracle's descriptors. */
export interface GroTaps {
  readonly tap: number;
  readonly socket: number;
}

/** Builds the TAP in a namespace of its own, moves this thread there and pins it to `cpu` together with the TAP's NAPI thread. */
export async function setUpGro(undo: UndoStack, cpu: number, udp: boolean): Promise<GroTaps> {
  const namespace = await createNamespace(undo, 'gro');
  // The name is looked for among all kernel threads of the machine.
  const device = `g${process.pid}`;
  enterNamespace(undo, namespace.name);
  const tap = openTap(device, { napi: true, offload: TunOffload.None });
  undo.push(`tap ${device}`, () => void libc().close(tap));
  await namespace.sysctl(`net/ipv6/conf/${device}/disable_ipv6`, 1);
  await namespace.ip(`link set dev ${device} txqueuelen 8192 mtu 65521 up`);
  await namespace.run(`ethtool -K ${device} gro on rx-udp-gro-forwarding ${udp ? 'on' : 'off'}`);
  await namespace.write(`/sys/class/net/${device}/threaded`, 1);
  const socket = openPacketSocket(device, socketBufferBytes);
  undo.push('packet socket', () => void libc().close(socket));
  await exec('taskset', ['-cp', String(cpu), String(napiThread(device))]);
  const before = (await exec('taskset', ['-cp', String(process.pid)])).split(': ').at(-1) ?? '';
  await exec('taskset', ['-cp', String(cpu), String(process.pid)]);
  undo.push('affinity', () => void exec('taskset', ['-cp', before.trim(), String(process.pid)]));
  return { tap, socket };
}

/** How many frames a burst may have: beyond the weight, so that the cut between polls is tried too. */
const longestBurst = 100;

/** Runs until `framesIn` frames were judged. */
export function runGro(
  taps: GroTaps,
  options: { readonly seed: number; readonly framesIn: number; readonly rules: GroRules } & StreamOptions,
): OracleResult & { readonly repeats: number } {
  const judge = new GroJudge(taps, options.rules, options.udp);
  const random = new Random(options.seed);
  while (judge.framesIn < options.framesIn) {
    judge.burst(randomBurst(random, random.between(1, random.oneIn(8) ? longestBurst : 40), options));
  }
  return judge.result();
}

interface Packet {
  readonly bytes: Uint8Array;
  /** gso_size, 0 for a packet that was not merged. */
  readonly segmentBytes: number;
}

class GroJudge {
  framesIn = 0;
  private framesOut = 0;
  private bytesOut = 0;
  private repeats = 0;
  private differenceCount = 0;
  private readonly differences: string[] = [];
  private readonly taps: GroTaps;
  private readonly rules: GroRules;
  private readonly udp: boolean;
  private readonly burstBytes: Uint8Array = new Uint8Array(burstBufferBytes);
  private readonly burstView: DataView = new DataView(this.burstBytes.buffer);
  private readonly got: Uint8Array = new Uint8Array(1 << 20);
  private readonly poll: PollSet;

  constructor(taps: GroTaps, rules: GroRules, udp: boolean) {
    this.udp = udp;
    this.taps = taps;
    this.rules = rules;
    this.poll = new PollSet([taps.socket]);
    this.poll.want(0, LINUX.POLLIN);
  }

  /** One burst to both. A difference is tried again: the kernel is deterministic, a disturbed poll is not. */
  burst(specs: readonly StreamFrame[]): void {
    const frames = this.encode(specs);
    const expected = this.ours(specs, frames);
    const tries = 4;
    let difference: string | undefined;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      if (attempt > 0) this.repeats += 1;
      difference = firstPacketDifference(this.kernels(frames, expected.length), expected);
      if (difference === undefined) break;
    }
    this.framesIn += specs.length;
    this.framesOut += expected.length;
    for (const packet of expected) this.bytesOut += packet.bytes.length;
    if (difference === undefined) return;
    this.differenceCount += 1;
    if (this.differences.length < 5) this.differences.push(`burst of ${specs.length}: ${difference}`);
  }

  result(): OracleResult & { readonly repeats: number } {
    const { framesIn, framesOut, bytesOut, differences, differenceCount, repeats } = this;
    return { framesIn, framesOut, bytesOut, differences, differenceCount, repeats };
  }

  /** All frames of the burst with their virtio-net headers, one behind the other. */
  private encode(specs: readonly StreamFrame[]): readonly Uint8Array[] {
    let at = 0;
    return specs.map(({ spec, gsoBytes }) => {
      const frame = encodeFrame(spec, this.burstBytes, at + vnetHeaderBytes);
      this.burstBytes.fill(0, at, at + vnetHeaderBytes);
      if (spec.checksum === 'partial') {
        this.burstView.setUint8(at, Vnet.NeedsChecksum);
        this.burstView.setUint16(at + 6, frame.transportOffset, true);
        this.burstView.setUint16(at + 8, spec.udp === undefined ? 16 : 6, true);
      }
      if (gsoBytes > 0) {
        const ecn = ((spec.tcp?.flags ?? 0) & 0x80) === 0 ? 0 : Vnet.GsoEcn;
        this.burstView.setUint8(at + 1, (spec.ip.version === 4 ? Vnet.GsoTcp4 : Vnet.GsoTcp6) | ecn);
        this.burstView.setUint16(at + 2, frame.payloadOffset, true);
        this.burstView.setUint16(at + 4, gsoBytes, true);
      }
      const whole = this.burstBytes.subarray(at, at + vnetHeaderBytes + frame.length);
      at += whole.length;
      return whole;
    });
  }

  private ours(specs: readonly StreamFrame[], frames: readonly Uint8Array[]): readonly Packet[] {
    const packets: Packet[] = [];
    const sink: GroSink = {
      onSingle: (view, start, captured, _original, tag) => {
        packets.push({ bytes: copyOf(view, start, captured), segmentBytes: specs[tag]?.gsoBytes ?? 0 });
      },
      onMerged: (held: HeldPacket) => {
        packets.push({ bytes: copyOf(held.view, 0, held.capturedLength), segmentBytes: held.segmentBytes });
      },
    };
    // No 802.1Q in this kernel's configuration is assumed: the streams carry no tags.
    const gro = new Gro({ rules: this.rules, forwardsUdp: this.udp }, sink);
    frames.forEach((frame, index) => {
      const start = frame.byteOffset + vnetHeaderBytes;
      const length = frame.length - vnetHeaderBytes;
      const { spec, gsoBytes } = specs[index]!;
      const knowledge = spec.checksum === 'partial' ? 'trusted' : 'verify';
      // What comes through a TAP with gso_size is not trusted (SKB_GSO_DODGY), and so not merged further.
      const merged = gsoBytes === 0 ? undefined : { segmentBytes: gsoBytes, segmentCount: 0, isUntrusted: true };
      gro.receive(this.burstView, start, length, length, LinkType.Ethernet, knowledge, index, merged);
      if ((index + 1) % napiWeight === 0) gro.flush();
    });
    gro.flush();
    return packets;
  }

  private kernels(frames: readonly Uint8Array[], expectedCount: number): readonly Packet[] {
    const c = libc();
    setRealTime(true);
    try {
      for (const frame of frames) check(c.write(this.taps.tap, frame, frame.length), 'write');
    } finally {
      setRealTime(false);
    }
    const packets: Packet[] = [];
    // The kernel thread shares our CPU: it runs while we wait. What comes beyond the expected count is waited for briefly.
    while (this.poll.wait(packets.length < expectedCount ? 200_000 : 0) > 0) {
      const length = c.recv(this.taps.socket, this.got, this.got.length, 0);
      if (length < 0) break;
      const segmentBytes = this.got[4]! | (this.got[5]! << 8);
      packets.push({ bytes: this.got.slice(vnetHeaderBytes, length), segmentBytes });
    }
    return packets;
  }
}

function copyOf(view: DataView, start: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, length).slice();
}

function firstPacketDifference(kernel: readonly Packet[], ours: readonly Packet[]): string | undefined {
  for (let index = 0; index < Math.max(kernel.length, ours.length); index += 1) {
    const theirs = kernel[index];
    const mine = ours[index];
    if (theirs === undefined || mine === undefined) {
      return `kernel gives ${kernel.length} packets (${lengths(kernel)}), ours ${ours.length} (${lengths(ours)})`;
    }
    if (Buffer.compare(theirs.bytes, mine.bytes) !== 0) {
      return `packet ${index}: ${firstDifference(theirs.bytes, mine.bytes)}; kernel ${lengths(kernel)}, ours ${lengths(ours)}`;
    }
    if (theirs.segmentBytes !== mine.segmentBytes) {
      return `packet ${index}: gso_size ${theirs.segmentBytes}, ours ${mine.segmentBytes}`;
    }
  }
  return undefined;
}

function lengths(packets: readonly Packet[]): string {
  return packets.map((packet) => packet.bytes.length).join(' ');
}
