import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checksumField,
  fold,
  onesSum,
  pseudoHeaderSumV4,
  pseudoHeaderSumV6,
  updateChecksum,
  updateChecksum32,
} from './checksum.ts';
import { summableBytes, vectorCodeOf } from './summable-memory.ts';

/** RFC 1071 section 4.1, word by word, with the carry added at once. */
function slowSum(bytes: Uint8Array, initial = 0): number {
  let sum = initial;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

describe('the Internet checksum', () => {
  it('gives the sum of the example in RFC 1071 section 3', () => {
    expect(onesSum(view(hex('0001 f203 f4f5 f6f7')), 0, 8, 0)).toBe(0xddf2);
  });

  it('agrees with the word by word definition on any bytes, offset and length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(7), fc.nat(0xffff), (bytes, skip, initial) => {
        const start = Math.min(skip, bytes.length);
        const expected = slowSum(bytes.subarray(start), initial);
        expect(onesSum(view(bytes), start, bytes.length - start, initial)).toBe(expected);
      }),
    );
  });

  it('does not overflow on half a megabyte of ones', () => {
    const bytes = new Uint8Array(524_287).fill(0xff);
    expect(onesSum(view(bytes), 0, bytes.length, 0xffff)).toBe(slowSum(bytes, 0xffff));
  });

  it('gives the same in summable memory, at any place, of any length', () => {
    const memory = summableBytes(200_000);
    expect(vectorCodeOf(memory.buffer)).toBeDefined();
    expect(vectorCodeOf(new ArrayBuffer(8))).toBeUndefined();
    let seed = 1;
    for (let i = 0; i < memory.length; i += 1) {
      seed = (Math.imul(seed, 0x41c6_4e6d) + 12_345) | 0;
      memory[i] = seed >>> 16;
    }
    fc.assert(
      fc.property(fc.nat(70), fc.nat(70), fc.nat(199_000), fc.nat(0xffff), (offset, start, length, initial) => {
        const bytes = memory.subarray(offset);
        const end = Math.min(start + length, bytes.length);
        expect(onesSum(view(bytes), start, end - start, initial)).toBe(slowSum(bytes.subarray(start, end), initial));
      }),
    );
    memory.fill(0xff);
    expect(onesSum(view(memory), 0, 199_999, 0xffff)).toBe(slowSum(memory.subarray(0, 199_999), 0xffff));
  });

  it('reads nothing beyond its length', () => {
    const bytes = new Uint8Array(64).fill(0xa5);
    bytes.fill(0, 0, 33);
    expect(onesSum(view(bytes), 0, 33, 0)).toBe(0);
  });

  it('folds sums above 32 bits', () => {
    expect(fold(0xffff_ffff)).toBe(0xffff);
    expect(fold(0x1_0000_0000)).toBe(1);
    expect(fold(2 ** 52 + 3)).toBe(16 + 3);
    expect(fold(0)).toBe(0);
  });

  // IP 10.1.1.1 > 10.1.1.2: id 0x1c46, DF, TCP, length 60, header as computed by the kernel
  it('verifies and makes an IPv4 header checksum', () => {
    const header = hex('4500 003c 1c46 4000 4006 0000 0a01 0101 0a01 0102');
    const field = checksumField(onesSum(view(header), 0, 20, 0));
    view(header).setUint16(10, field);
    expect(onesSum(view(header), 0, 20, 0)).toBe(0xffff);
  });

  it('sums pseudo-headers as their definition spells them out', () => {
    const v4 = hex('4500 0028 0000 4000 4006 0000 c0a8 0001 c0a8 0102');
    expect(pseudoHeaderSumV4(view(v4), 0, 20)).toBe(slowSum(hex('c0a80001 c0a80102 0006 0014')));
    const addresses = '20010db8000000000000000000000001 20010db8000000000000000000000002';
    const v6 = hex(`6000 0000 0014 0640 ${addresses}`);
    expect(pseudoHeaderSumV6(view(v6), 0, 20)).toBe(slowSum(hex(`${addresses} 00000014 00000006`)));
    expect(pseudoHeaderSumV6(view(v6), 0, 184_244, 17)).toBe(slowSum(hex(`${addresses} 0002cfb4 00000011`)));
  });

  it('updates a field as a full recomputation would', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 40 }),
        fc.nat(4),
        fc.nat(0xffff_ffff),
        (bytes, word, value) => {
          const at = word * 4;
          bytes[0] = (bytes[0] ?? 0) | 1; // RFC 1624 section 3: equal only where the sum is not all zero
          bytes[19] = (bytes[19] ?? 0) | 1;
          const data = view(bytes);
          const before16 = data.getUint16(at);
          const field = checksumField(onesSum(data, 0, bytes.length, 0));
          data.setUint16(at, value & 0xffff);
          const updated = updateChecksum(field, before16, value & 0xffff);
          const whole = checksumField(onesSum(data, 0, bytes.length, 0));
          if (onesSum(data, 0, bytes.length, 0) !== 0) expect(updated % 0xffff).toBe(whole % 0xffff);
          const before32 = data.getUint32(at);
          data.setUint32(at, value);
          if (onesSum(data, 0, bytes.length, 0) === 0) return;
          expect(updateChecksum32(whole, before32, value)).toBe(checksumField(onesSum(data, 0, bytes.length, 0)));
        },
      ),
    );
  });
});
