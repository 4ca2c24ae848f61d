import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onesSum, pseudoHeaderSumV4, pseudoHeaderSumV6 } from '../bytes/checksum.ts';
import { cutSuperPacket, finishHeaders, mergeBurst } from './card.ts';
import { tcpLayout } from './frame-layout.ts';

const PSH = 0x08;
const ACK = 0x10;
const FIN = 0x01;
const CWR = 0x80;
const OPTION_BYTES = 12;

interface Shape {
  readonly family: 4 | 6;
  readonly payloadBytes: number;
  readonly flags: number;
  readonly sequence: number;
  readonly id: number;
}

/** An Ethernet frame with TCP and a timestamp option; the buffer starts full of 0xa5. */
function superPacket({ family, payloadBytes, flags, sequence, id }: Shape): Uint8Array {
  const tcpOffset = family === 4 ? 34 : 54;
  const frame = new Uint8Array(tcpOffset + 20 + OPTION_BYTES + payloadBytes).fill(0xa5);
  const view = new DataView(frame.buffer);
  view.setUint16(12, family === 4 ? 0x0800 : 0x86dd);
  if (family === 4) {
    frame.set([0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], 14);
    view.setUint16(18, id);
  } else frame.set([0x60, 0, 0, 0, 0, 0, 6, 64], 14);
  view.setUint32(tcpOffset + 4, sequence);
  frame.set([((20 + OPTION_BYTES) / 4) << 4, flags], tcpOffset + 12);
  frame.set([1, 1, 8, 10], tcpOffset + 20);
  for (let i = 0; i < payloadBytes; i += 1) frame[tcpOffset + 32 + i] = i * 7;
  const layout = { family, ipOffset: 14, tcpOffset, payloadOffset: tcpOffset + 32, end: frame.length };
  finishHeaders(frame, layout);
  return frame;
}

const shape = fc.record({
  family: fc.constantFrom<4 | 6>(4, 6),
  payloadBytes: fc.integer({ min: 1, max: 60_000 }),
  flags: fc.constantFrom(ACK, ACK | PSH, ACK | FIN | PSH, ACK | CWR),
  sequence: fc.oneof(fc.nat(0xffff_ffff), fc.constant(0xffff_ff00)),
  id: fc.oneof(fc.nat(0xffff), fc.constant(0xfffe)),
});

function sumsAreRight(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const layout = tcpLayout(view, frame.length);
  if (!layout) return false;
  const tcpBytes = layout.end - layout.tcpOffset;
  const pseudo = layout.family === 4 ? pseudoHeaderSumV4(view, 14, tcpBytes) : pseudoHeaderSumV6(view, 14, tcpBytes);
  const ipRight = layout.family === 6 || onesSum(view, 14, 20, 0) === 0xffff;
  return ipRight && onesSum(view, layout.tcpOffset, tcpBytes, pseudo) === 0xffff;
}

describe('a card', () => {
  it('cuts into segments of the asked size with right checksums, and keeps every byte in order', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 88, max: 9000 }), (wanted, gsoSize) => {
        const whole = superPacket(wanted);
        const headerBytes = whole.length - wanted.payloadBytes;
        const segments = cutSuperPacket(whole, gsoSize);
        expect(segments.length).toBe(Math.ceil(wanted.payloadBytes / gsoSize));
        expect(segments.every(sumsAreRight)).toBe(true);
        expect(segments.slice(0, -1).every((each) => each.length - headerBytes === gsoSize)).toBe(true);
        const payload = Buffer.concat(segments.map((each) => each.subarray(headerBytes)));
        expect(payload.equals(whole.subarray(headerBytes))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('counts sequence and IP ID up, leaves FIN and PSH to the last segment and CWR to the first', () => {
    // seq 4294967040 ack 0, ID 65534, 3000 bytes, FIN PSH CWR
    const whole = superPacket({
      family: 4,
      payloadBytes: 3000,
      flags: ACK | FIN | PSH | CWR,
      sequence: 0xffff_ff00,
      id: 0xfffe,
    });
    const views = cutSuperPacket(whole, 1448).map((each) => new DataView(each.buffer));
    expect(views.map((view) => view.getUint32(38))).toEqual([0xffff_ff00, 1192, 2640]);
    expect(views.map((view) => view.getUint16(18))).toEqual([0xfffe, 0xffff, 0]);
    expect(views.map((view) => view.getUint8(47))).toEqual([ACK | CWR, ACK, ACK | FIN | PSH]);
    expect(views.map((view) => view.getUint16(16))).toEqual([1500, 1500, 156]);
  });

  it('merges what it cut back into the same packet but for the checksum, which stays partial', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 536, max: 9000 }), (wanted, gsoSize) => {
        const whole = superPacket({ ...wanted, flags: wanted.flags & ~CWR });
        const [merged, ...rest] = mergeBurst(cutSuperPacket(whole, gsoSize));
        expect(rest).toEqual([]);
        expect(merged?.segments).toBe(Math.ceil(wanted.payloadBytes / gsoSize));
        const tcpOffset = wanted.family === 4 ? 34 : 54;
        const withoutSum = (frame: Uint8Array): Buffer => {
          const copy = Buffer.from(frame);
          copy.writeUInt16BE(0, tcpOffset + 16);
          return copy;
        };
        expect(withoutSum(merged?.frame ?? new Uint8Array()).equals(withoutSum(whole))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('ends a merge at PSH, at a shorter segment, and before a gap', () => {
    const at = (sequence: number, payloadBytes: number, flags: number = ACK): Uint8Array =>
      superPacket({ family: 4, payloadBytes, flags, sequence, id: 1 });
    const counts = (burst: Uint8Array[]): number[] => mergeBurst(burst).map((each) => each.segments);
    expect(counts([at(0, 1000), at(1000, 1000, ACK | PSH), at(2000, 1000)])).toEqual([2, 1]);
    expect(counts([at(0, 1000), at(1000, 500), at(1500, 1000)])).toEqual([2, 1]);
    expect(counts([at(0, 1000), at(2000, 1000), at(3000, 1000)])).toEqual([1, 2]);
    expect(counts([at(0, 500), at(500, 1000)])).toEqual([1, 1]);
  });

  it('never merges beyond what an IPv4 length field can say', () => {
    const burst = Array.from({ length: 60 }, (_, i) =>
      superPacket({ family: 4, payloadBytes: 1448, flags: ACK, sequence: i * 1448, id: i }),
    );
    expect(mergeBurst(burst).map((each) => each.segments)).toEqual([45, 15]);
  });

  it('passes on what is not TCP as it came', () => {
    const arp = new Uint8Array(60).fill(0xa5);
    expect(cutSuperPacket(arp, 100)).toEqual([arp]);
    expect(mergeBurst([arp, arp]).map((each) => each.segments)).toEqual([1, 1]);
  });
});
