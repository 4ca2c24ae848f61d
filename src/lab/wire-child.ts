// Station "lab": the wire as a process. Arguments: the two ends (namespace and device name) and the WirePlan, both JSON.
// Says "ready" when both TAPs exist, ends when its stdin closes, and prints the WireResult.
//
// One loop, no timers: read what the hosts hand over, cut it, give each frame its arrival time, hand up what has arrived.
import { readSync } from 'node:fs';
import { cutSuperPacket, finishHeaders, type Merged, mergeBurst } from './card.ts';
import { tcpLayout } from './frame-layout.ts';
import { dieWithParent, LINUX, libc, PollSet } from './libc.ts';
import { type Random, seededRandom } from './random.ts';
import { openTap, VNET_GSO, VNET_HEADER_BYTES, VNET_NEEDS_CHECKSUM } from './tap-device.ts';
import type { WireCard, WireCounts, WireDirection, WirePlan, WireResult } from './wire-plan.ts';
import { nowUs, WireRecorder } from './wire-recorder.ts';

const READ_BYTES = 70_000;
const READS_PER_TURN = 64;
/** Preamble, FCS and the gap between frames, which a link's rate has to carry too. */
const ETHERNET_OVERHEAD_BYTES = 24;
const IDLE_WAIT_US = 20_000;

interface Flying {
  readonly frame: Uint8Array;
  readonly arrivesUs: number;
  readonly order: number;
}

/** One direction: from one host's card over the wire to the other host's card. */
class Lane {
  readonly #from: number;
  readonly #to: number;
  readonly #plan: WireDirection;
  readonly #card: WireCard;
  readonly #random: Random;
  readonly #record: ((frame: Uint8Array, departsUs: number) => void) | undefined;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #flying: Flying[] = [];
  #linkFreeUs = 0;
  #nextDeliveryUs = 0;
  #order = 0;
  readonly counts = {
    frames: 0,
    dataFrames: 0,
    bytes: 0,
    lost: 0,
    queueDrops: 0,
    reordered: 0,
    handedOver: 0,
    delivered: 0,
  };

  constructor(
    from: number,
    to: number,
    plan: WireDirection,
    card: WireCard,
    random: Random,
    record?: (frame: Uint8Array, departsUs: number) => void,
  ) {
    this.#from = from;
    this.#to = to;
    this.#plan = plan;
    this.#card = card;
    this.#random = random;
    this.#record = record;
  }

  /** Takes what the host handed over; true when there may be more. */
  take(): boolean {
    for (let i = 0; i < READS_PER_TURN; i += 1) {
      const got = libc().read(this.#from, this.#buffer, READ_BYTES);
      if (got <= VNET_HEADER_BYTES) return false;
      this.counts.handedOver += 1;
      for (const frame of cutAsCard(this.#buffer.slice(0, got))) this.#send(frame);
    }
    return true;
  }

  #send(frame: Uint8Array): void {
    const layout = tcpLayout(new DataView(frame.buffer, frame.byteOffset, frame.byteLength), frame.length);
    const hasPayload = layout !== undefined && layout.end > layout.payloadOffset;
    const dataNumber = hasPayload ? this.counts.dataFrames : -1;
    this.counts.frames += 1;
    this.counts.bytes += frame.length;
    if (hasPayload) this.counts.dataFrames += 1;
    const { rateBitsPerSecond: rate, queueBytes, delayUs, lossShare, lossList, reorderShare, reorderUs } = this.#plan;
    const now = nowUs();
    const startUs = Math.max(now, this.#linkFreeUs);
    if (rate > 0 && ((startUs - now) * rate) / 8e6 > queueBytes) {
      this.counts.queueDrops += 1;
      return;
    }
    this.#linkFreeUs = startUs + (rate > 0 ? ((frame.length + ETHERNET_OVERHEAD_BYTES) * 8e6) / rate : 0);
    this.#record?.(frame, this.#linkFreeUs);
    if ((lossShare > 0 && this.#random.next() < lossShare) || (hasPayload && lossList.includes(dataNumber))) {
      this.counts.lost += 1;
      return;
    }
    const late = reorderShare > 0 && hasPayload && this.#random.next() < reorderShare;
    if (late) this.counts.reordered += 1;
    this.#insert({ frame, arrivesUs: this.#linkFreeUs + delayUs + (late ? reorderUs : 0), order: this.#order });
    this.#order += 1;
  }

  /** Arrival times rarely go backwards, so the place is found from the end. */
  #insert(flying: Flying): void {
    let at = this.#flying.length;
    while (at > 0 && (this.#flying[at - 1] as Flying).arrivesUs > flying.arrivesUs) at -= 1;
    this.#flying.splice(at, 0, flying);
  }

  /** When something is next to be handed up. */
  get dueUs(): number {
    const first = this.#flying[0];
    return first ? Math.max(first.arrivesUs, this.#nextDeliveryUs) : Number.POSITIVE_INFINITY;
  }

  /** Hands up all that has arrived, as the receiving card does. */
  deliver(): void {
    const now = nowUs();
    if (this.dueUs > now) return;
    let count = 0;
    while (count < this.#flying.length && (this.#flying[count] as Flying).arrivesUs <= now) count += 1;
    const burst = this.#flying.splice(0, count).map((each) => each.frame);
    if (this.#card.moderationUs > 0) this.#nextDeliveryUs = now + this.#card.moderationUs;
    const frames: Merged[] =
      this.#card.receive === 'segment'
        ? burst.map((frame) => ({ frame, gsoSize: 0, layout: undefined, segments: 1 }))
        : mergeBurst(burst);
    for (const merged of frames) this.#handUp(merged);
  }

  #handUp(merged: Merged): void {
    const withHeader = new Uint8Array(VNET_HEADER_BYTES + merged.frame.length);
    withHeader.set(merged.frame, VNET_HEADER_BYTES);
    const { layout } = merged;
    if (layout && merged.segments > 1) {
      const header = new DataView(withHeader.buffer);
      withHeader[0] = VNET_NEEDS_CHECKSUM;
      if (this.#card.receive === 'merge') {
        withHeader[1] = layout.family === 4 ? VNET_GSO.tcp4 : VNET_GSO.tcp6;
        header.setUint16(2, layout.payloadOffset, true);
        header.setUint16(4, merged.gsoSize, true);
      }
      header.setUint16(6, layout.tcpOffset, true);
      header.setUint16(8, 16, true);
    }
    libc().write(this.#to, withHeader, withHeader.length);
    this.counts.delivered += 1;
  }
}

/** A card's transmit side: super-packets are cut, a partial checksum is completed. */
function cutAsCard(withHeader: Uint8Array): Uint8Array[] {
  const header = new DataView(withHeader.buffer, withHeader.byteOffset);
  const frame = withHeader.subarray(VNET_HEADER_BYTES);
  const gsoType = (withHeader[1] ?? 0) & ~VNET_GSO.ecnBit;
  if (gsoType !== VNET_GSO.none) return cutSuperPacket(frame, header.getUint16(4, true));
  if (((withHeader[0] ?? 0) & VNET_NEEDS_CHECKSUM) !== 0) {
    const layout = tcpLayout(new DataView(frame.buffer, frame.byteOffset, frame.byteLength), frame.length);
    if (layout) finishHeaders(frame, layout);
  }
  return [frame];
}

/** Turns until stdin closes. */
function turnUntilTold(lanes: readonly [Lane, Lane], taps: readonly [number, number]): void {
  const poll = new PollSet([taps[0], taps[1], 0]);
  poll.want(0, LINUX.POLLIN);
  poll.want(1, LINUX.POLLIN);
  poll.want(2, LINUX.POLLIN);
  let more = false;
  for (;;) {
    const dueUs = Math.min(lanes[0].dueUs, lanes[1].dueUs);
    poll.wait(more ? 0 : Math.min(IDLE_WAIT_US, dueUs - nowUs()));
    if (poll.got(2) !== 0 && readSync(0, new Uint8Array(16)) === 0) return;
    more = false;
    for (const lane of lanes) {
      more = lane.take() || more;
      lane.deliver();
    }
  }
}

function main(): void {
  dieWithParent();
  const ends = JSON.parse(process.argv[2] ?? '{}') as Record<'left' | 'right', { namespace: string; device: string }>;
  const plan = JSON.parse(process.argv[3] ?? '{}') as WirePlan;
  const open = (side: 'left' | 'right'): number =>
    openTap(ends[side].namespace, ends[side].device, { ...plan[side], napi: plan[side].groFlushNs !== undefined }).fd;
  const left = open('left');
  const right = open('right');
  const recorder = plan.recordFile === undefined ? undefined : new WireRecorder(plan.recordSnaplen ?? 262_144);
  const at = plan.recordAt ?? 0.5;
  const random = seededRandom(plan.seed);
  const forward = new Lane(
    left,
    right,
    plan.leftToRight,
    plan.right,
    random,
    recorder && ((frame, departsUs) => recorder.add(frame, departsUs + at * plan.leftToRight.delayUs)),
  );
  const back = new Lane(
    right,
    left,
    plan.rightToLeft,
    plan.left,
    random,
    recorder && ((frame, departsUs) => recorder.add(frame, departsUs + (1 - at) * plan.rightToLeft.delayUs)),
  );
  process.stdout.write('ready\n');
  turnUntilTold([forward, back], [left, right]);
  if (plan.recordFile !== undefined) recorder?.write(plan.recordFile);
  const result: WireResult = { leftToRight: forward.counts satisfies WireCounts, rightToLeft: back.counts };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

main();
