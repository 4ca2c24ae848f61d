// Station "lab": a TCP receiver of one connection in user space, IPv4 only, whose windows are a script. No real stack can
// be told to offer 720 for ever; this one can, and the sender on the other side of the TAP is the real kernel.
import { readSync } from 'node:fs';
import { type Seq32, seq32, seqAdd, seqDistance } from '../bytes/seq32.ts';
import { cutSuperPacket, finishHeaders } from './card.ts';
import { type TcpLayout, tcpLayout } from './frame-layout.ts';
import { dieWithParent, LINUX, libc, PollSet } from './libc.ts';
import type { PeerPlan, PeerResult, WindowRule } from './peer-plan.ts';
import { openTap, VNET_GSO, VNET_HEADER_BYTES } from './tap-device.ts';
import { nowUs, WireRecorder } from './wire-recorder.ts';

const READ_BYTES = 70_000;
const IDLE_WAIT_US = 10_000;
const FIN = 0x01;
const SYN = 0x02;
const ACK = 0x10;
const ETHERNET_AND_IP_BYTES = 34;
const OUR_SEQUENCE = seq32(1_000_000);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

class PeerReceiver {
  readonly #fd: number;
  readonly #plan: PeerPlan;
  readonly #recorder: WireRecorder | undefined;
  readonly #buffer = new Uint8Array(READ_BYTES);
  readonly #outgoing: { readonly frame: Uint8Array; readonly atUs: number }[] = [];
  #template: Uint8Array | undefined;
  #expected: Seq32 = seq32(0);
  #rightEdge: Seq32 = seq32(0);
  #upSinceUs = 0;
  #rule: WindowRule | undefined;
  #unacknowledgedSegments = 0;
  #finished = false;
  #ipId = 1;
  readonly counts = { wireFrames: 0, wireDataFrames: 0, handedOver: 0, bytesRead: 0, framesSent: 0 };

  constructor(fd: number, plan: PeerPlan, recorder: WireRecorder | undefined) {
    this.#fd = fd;
    this.#plan = plan;
    this.#recorder = recorder;
  }

  /** Reads all that the host handed over, answers after the last one. */
  take(): void {
    for (;;) {
      const got = libc().read(this.#fd, this.#buffer, READ_BYTES);
      if (got <= VNET_HEADER_BYTES) break;
      this.counts.handedOver += 1;
      const whole = this.#buffer.slice(0, got);
      const gsoType = (whole[1] ?? 0) & ~VNET_GSO.ecnBit;
      const gsoSize = gsoType === VNET_GSO.none ? READ_BYTES : viewOf(whole).getUint16(4, true);
      for (const segment of cutSuperPacket(whole.subarray(VNET_HEADER_BYTES), gsoSize)) this.#segment(segment);
    }
    if (this.#unacknowledgedSegments > 0) this.#acknowledge();
  }

  /** Sends what is due; returns when the next one is. */
  sendDue(): number {
    const now = nowUs();
    while (this.#outgoing[0] && this.#outgoing[0].atUs <= now) {
      const { frame } = this.#outgoing.shift() as { frame: Uint8Array };
      const withHeader = new Uint8Array(VNET_HEADER_BYTES + frame.length);
      withHeader.set(frame, VNET_HEADER_BYTES);
      libc().write(this.#fd, withHeader, withHeader.length);
    }
    return this.#outgoing[0]?.atUs ?? Number.POSITIVE_INFINITY;
  }

  /** A rule that begins now sends a window update, as a reader that woke up would cause. */
  followScript(): void {
    if (!this.#template || this.#upSinceUs === 0 || this.#finished) return;
    const elapsedMs = (nowUs() - this.#upSinceUs) / 1000;
    const rule = this.#plan.windows.findLast((each) => each.atMs <= elapsedMs);
    if (!rule || rule === this.#rule) return;
    const first = this.#rule === undefined;
    this.#rule = rule;
    if (!first) this.#acknowledge();
  }

  #segment(frame: Uint8Array): void {
    const view = viewOf(frame);
    const layout = tcpLayout(view, frame.length);
    if (layout?.family !== 4) return;
    this.counts.wireFrames += 1;
    this.#recorder?.add(frame, nowUs() + this.#plan.rttUs / 2);
    const flags = view.getUint8(layout.tcpOffset + 13);
    const sequence = seq32(view.getUint32(layout.tcpOffset + 4));
    const bytes = layout.end - layout.payloadOffset;
    if (flags & SYN) this.#answerSyn(frame, layout, sequence);
    if (flags & SYN || !this.#template) return;
    if (this.#upSinceUs === 0) this.#upSinceUs = nowUs();
    if (bytes > 0) this.counts.wireDataFrames += 1;
    if (bytes === 0 && (flags & FIN) === 0 && seqDistance(this.#expected, sequence) === 0) return; // a pure ACK
    this.#accept(sequence, bytes);
    if (flags & FIN && seqAdd(sequence, bytes) === this.#expected && !this.#finished) {
      this.#finished = true;
      this.#expected = seqAdd(this.#expected, 1);
      this.#send(ACK | FIN, 0, seqAdd(OUR_SEQUENCE, 1));
    } else if (this.#unacknowledgedSegments >= this.#plan.ackEverySegments) this.#acknowledge();
  }

  /** Takes what is next and inside the window; anything else only gets an ACK, as probes do. */
  #accept(sequence: Seq32, bytes: number): void {
    const room = Math.max(0, seqDistance(this.#expected, this.#rightEdge));
    const offset = seqDistance(sequence, this.#expected);
    const fresh = offset >= 0 && offset <= bytes ? Math.min(bytes - offset, room) : 0;
    this.#expected = seqAdd(this.#expected, fresh);
    this.counts.bytesRead += fresh;
    this.#unacknowledgedSegments += fresh > 0 && fresh === bytes ? 1 : this.#plan.ackEverySegments;
  }

  #answerSyn(frame: Uint8Array, layout: TcpLayout, sequence: Seq32): void {
    this.#template = frame.slice(0, layout.tcpOffset + 20);
    this.#expected = seqAdd(sequence, 1);
    const options = [2, 4, this.#plan.mssOption >> 8, this.#plan.mssOption & 255];
    if (this.#plan.windowScale !== undefined) options.push(1, 3, 3, this.#plan.windowScale);
    const raw = this.#plan.windows[0]?.raw ?? 65_535;
    this.#rightEdge = seqAdd(this.#expected, raw); // the window of a SYN-ACK is never scaled, RFC 7323 section 2.2
    this.#transmit(SYN | ACK, raw, OUR_SEQUENCE, options);
  }

  #acknowledge(): void {
    this.#unacknowledgedSegments = 0;
    this.#send(ACK, undefined, seqAdd(OUR_SEQUENCE, this.#finished ? 2 : 1));
  }

  #send(flags: number, window: number | undefined, sequence: Seq32): void {
    this.#transmit(flags, window ?? this.#chooseWindow(), sequence, []);
  }

  #chooseWindow(): number {
    const shift = this.#plan.windowScale ?? 0;
    const rule = this.#rule ?? (this.#plan.windows[0] as WindowRule);
    if (rule.kind === 'frozen') return Math.max(0, seqDistance(this.#expected, this.#rightEdge)) >> shift;
    const offered = seqAdd(this.#expected, rule.raw << shift);
    // The edge that counts for accepting never moves left: data sent under the old promise is still taken.
    if (seqDistance(this.#rightEdge, offered) > 0) this.#rightEdge = offered;
    return rule.raw;
  }

  #transmit(flags: number, window: number, sequence: Seq32, options: readonly number[]): void {
    const asked = this.#template as Uint8Array;
    const frame = new Uint8Array(ETHERNET_AND_IP_BYTES + 20 + options.length);
    frame.set(asked.subarray(6, 12));
    frame.set(asked.subarray(0, 6), 6);
    frame.set([0x08, 0x00, 0x45, 0], 12);
    const view = viewOf(frame);
    view.setUint16(18, this.#ipId);
    this.#ipId = (this.#ipId + 1) & 0xffff;
    frame.set([0x40, 0x00, 64, 6], 20);
    frame.set(asked.subarray(30, 34), 26);
    frame.set(asked.subarray(26, 30), 30);
    frame.set(asked.subarray(36, 38), 34);
    frame.set(asked.subarray(34, 36), 36);
    view.setUint32(38, sequence >>> 0);
    view.setUint32(42, this.#expected >>> 0);
    view.setUint8(46, ((20 + options.length) / 4) << 4);
    view.setUint8(47, flags);
    view.setUint16(48, window);
    frame.set(options, 54);
    finishHeaders(frame, { family: 4, ipOffset: 14, tcpOffset: 34, payloadOffset: frame.length, end: frame.length });
    const atUs = nowUs() + this.#plan.rttUs;
    this.#recorder?.add(frame, atUs - this.#plan.rttUs / 2);
    this.#outgoing.push({ frame, atUs });
    this.counts.framesSent += 1;
  }
}

function main(): void {
  dieWithParent();
  const where = JSON.parse(process.argv[2] ?? '{}') as { namespace: string; device: string };
  const plan = JSON.parse(process.argv[3] ?? '{}') as PeerPlan;
  const tap = openTap(where.namespace, where.device, { tso: plan.tso, napi: false });
  const recorder = plan.recordFile === undefined ? undefined : new WireRecorder(128);
  const peer = new PeerReceiver(tap.fd, plan, recorder);
  const poll = new PollSet([tap.fd, 0]);
  poll.want(0, LINUX.POLLIN);
  poll.want(1, LINUX.POLLIN);
  process.stdout.write('ready\n');
  for (let dueUs = Number.POSITIVE_INFINITY; ; dueUs = peer.sendDue()) {
    poll.wait(Math.min(IDLE_WAIT_US, dueUs - nowUs()));
    if (poll.got(1) !== 0 && readSync(0, new Uint8Array(16)) === 0) break;
    peer.take();
    peer.followScript();
  }
  if (plan.recordFile !== undefined) recorder?.write(plan.recordFile);
  process.stdout.write(`${JSON.stringify(peer.counts satisfies PeerResult)}\n`);
}

main();
