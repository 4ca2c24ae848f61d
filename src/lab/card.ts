// Station "lab": what a network card does to TCP frames: cuts super-packets (TSO), completes checksums, merges bursts.
//
// Fields of each segment as the stack expects them of TSO: Documentation/networking/segmentation-offloads.rst and the
// behaviour of tcp_gso_segment, inet_gso_segment (Linux 6.18). IPv6 jumbograms are not handled.
import { checksumField, onesSum, pseudoHeaderSumV4, pseudoHeaderSumV6 } from '../bytes/checksum.ts';
import { type TcpLayout, tcpLayout } from './frame-layout.ts';

const FIN = 0x01;
const PSH = 0x08;
const CWR = 0x80;
const SYN = 0x02;
const RST = 0x04;
const URG = 0x20;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Cuts a super-packet into frames of `gsoSize` payload bytes with full checksums; a frame that fits comes back alone. */
export function cutSuperPacket(frame: Uint8Array, gsoSize: number): Uint8Array[] {
  const layout = tcpLayout(viewOf(frame), frame.length);
  if (!layout || gsoSize <= 0) return [frame];
  const payloadBytes = layout.end - layout.payloadOffset;
  const count = Math.max(1, Math.ceil(payloadBytes / gsoSize));
  const first = viewOf(frame);
  const flags = first.getUint8(layout.tcpOffset + 13);
  const segments: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = layout.payloadOffset + index * gsoSize;
    const to = Math.min(from + gsoSize, layout.end);
    const segment = new Uint8Array(layout.payloadOffset + to - from);
    segment.set(frame.subarray(0, layout.payloadOffset));
    segment.set(frame.subarray(from, to), layout.payloadOffset);
    const view = viewOf(segment);
    view.setUint32(layout.tcpOffset + 4, first.getUint32(layout.tcpOffset + 4) + index * gsoSize);
    let kept = index === count - 1 ? flags : flags & ~(FIN | PSH);
    if (index > 0) kept &= ~CWR; // the first segment alone carries it, RFC 3168 section 6.1.2
    view.setUint8(layout.tcpOffset + 13, kept);
    if (layout.family === 4) view.setUint16(layout.ipOffset + 4, first.getUint16(layout.ipOffset + 4) + index);
    finishHeaders(segment, layout);
    segments.push(segment);
  }
  return segments;
}

/** Sets IP length, IPv4 header checksum and TCP checksum for a frame whose headers lie as given. */
export function finishHeaders(frame: Uint8Array, layout: TcpLayout): void {
  setIpLength(frame, layout);
  const view = viewOf(frame);
  const tcpBytes = frame.length - layout.tcpOffset;
  view.setUint16(layout.tcpOffset + 16, 0);
  const sum = onesSum(view, layout.tcpOffset, tcpBytes, pseudoHeaderSum(view, layout, tcpBytes));
  view.setUint16(layout.tcpOffset + 16, checksumField(sum));
}

function setIpLength(frame: Uint8Array, layout: TcpLayout): void {
  const view = viewOf(frame);
  if (layout.family === 6) {
    view.setUint16(layout.ipOffset + 4, frame.length - layout.tcpOffset);
    return;
  }
  view.setUint16(layout.ipOffset + 2, frame.length - layout.ipOffset);
  view.setUint16(layout.ipOffset + 10, 0);
  view.setUint16(
    layout.ipOffset + 10,
    checksumField(onesSum(view, layout.ipOffset, layout.tcpOffset - layout.ipOffset, 0)),
  );
}

function pseudoHeaderSum(view: DataView, layout: TcpLayout, tcpBytes: number): number {
  return layout.family === 4
    ? pseudoHeaderSumV4(view, layout.ipOffset, tcpBytes)
    : pseudoHeaderSumV6(view, layout.ipOffset, tcpBytes);
}

/** A merged frame; gsoSize 0 when it is a single one. */
export interface Merged {
  readonly frame: Uint8Array;
  readonly gsoSize: number;
  readonly layout: TcpLayout | undefined;
  readonly segments: number;
}

const MAX_IP_BYTES = 65_535;

/**
 * Merges neighbours of a burst as a card with receive offload does: same headers, next sequence number, all but the last of
 * equal size; PSH ends a merge. The merged frame's TCP checksum is the bare pseudo-header sum (to be completed).
 */
export function mergeBurst(burst: readonly Uint8Array[]): Merged[] {
  const out: Merged[] = [];
  for (let index = 0; index < burst.length; ) {
    const run = runLength(burst, index);
    out.push(mergeRun(burst.slice(index, index + run)));
    index += run;
  }
  return out;
}

function mergeRun(run: readonly Uint8Array[]): Merged {
  const first = run[0] as Uint8Array;
  const layout = tcpLayout(viewOf(first), first.length);
  if (run.length === 1 || !layout) return { frame: first, gsoSize: 0, layout, segments: 1 };
  const pieces = run.map((frame) => frame.subarray(layout.payloadOffset));
  const merged = new Uint8Array(layout.payloadOffset + pieces.reduce((sum, piece) => sum + piece.length, 0));
  merged.set(first.subarray(0, layout.payloadOffset));
  let at = layout.payloadOffset;
  for (const piece of pieces) {
    merged.set(piece, at);
    at += piece.length;
  }
  const view = viewOf(merged);
  const last = viewOf(run.at(-1) as Uint8Array);
  view.setUint8(
    layout.tcpOffset + 13,
    view.getUint8(layout.tcpOffset + 13) | (last.getUint8(layout.tcpOffset + 13) & (FIN | PSH)),
  );
  setIpLength(merged, layout);
  view.setUint16(layout.tcpOffset + 16, pseudoHeaderSum(view, layout, merged.length - layout.tcpOffset));
  return { frame: merged, gsoSize: (pieces[0] as Uint8Array).length, layout, segments: run.length };
}

/** How many frames from `start` on one card would merge into one. */
function runLength(burst: readonly Uint8Array[], start: number): number {
  const first = burst[start] as Uint8Array;
  const layout = tcpLayout(viewOf(first), first.length);
  if (!layout || !mergeable(first, layout)) return 1;
  const size = first.length - layout.payloadOffset;
  let total = first.length - layout.ipOffset;
  let sequence = viewOf(first).getUint32(layout.tcpOffset + 4);
  let run = 1;
  if (flagsOf(first, layout) & (PSH | FIN)) return run;
  for (let index = start + 1; index < burst.length; index += 1) {
    const next = burst[index] as Uint8Array;
    const bytes = next.length - layout.payloadOffset;
    sequence = (sequence + size) >>> 0;
    total += bytes;
    if (bytes <= 0 || bytes > size || total > MAX_IP_BYTES || !sameHeaders(first, next, layout)) return run;
    if (viewOf(next).getUint32(layout.tcpOffset + 4) !== sequence || !mergeable(next, layout)) return run;
    run += 1;
    if (bytes < size || flagsOf(next, layout) & (PSH | FIN)) return run;
  }
  return run;
}

const flagsOf = (frame: Uint8Array, layout: TcpLayout): number => frame[layout.tcpOffset + 13] ?? 0;

/** Has payload, no SYN, RST or URG, and no Ethernet padding behind the IP packet. */
function mergeable(frame: Uint8Array, layout: TcpLayout): boolean {
  const own = tcpLayout(viewOf(frame), frame.length);
  if (own?.end !== frame.length || own.payloadOffset !== layout.payloadOffset) return false;
  return frame.length > layout.payloadOffset && (flagsOf(frame, layout) & (SYN | RST | URG)) === 0;
}

/** Everything up to the payload is equal but lengths, IP ID, checksums, sequence number and PSH or FIN. */
function sameHeaders(a: Uint8Array, b: Uint8Array, layout: TcpLayout): boolean {
  for (let i = 0; i < layout.payloadOffset; i += 1) {
    if (a[i] === b[i] || mayDiffer(i, layout)) continue;
    if (i === layout.tcpOffset + 13 && ((flagsOf(a, layout) ^ flagsOf(b, layout)) & ~(PSH | FIN)) === 0) continue;
    return false;
  }
  return true;
}

function mayDiffer(offset: number, layout: TcpLayout): boolean {
  const ip = offset - layout.ipOffset;
  const tcp = offset - layout.tcpOffset;
  if ((tcp >= 4 && tcp < 8) || tcp === 16 || tcp === 17) return true;
  if (layout.family === 6) return ip === 4 || ip === 5;
  return (ip >= 2 && ip < 6) || ip === 10 || ip === 11;
}
