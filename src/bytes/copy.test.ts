import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onesSum } from './checksum.ts';
import { copyBytes, copySum } from './copy.ts';
import { summableBytes, vectorCodeOf } from './summable-memory.ts';

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function noise(bytes: Uint8Array): Uint8Array {
  let seed = 1;
  for (let i = 0; i < bytes.length; i += 1) {
    seed = (Math.imul(seed, 0x41c6_4e6d) + 12_345) | 0;
    bytes[i] = seed >>> 16;
  }
  return bytes;
}

/** Where the bytes to copy are, and where they go: inside one summable memory, and between other buffers. */
const places: Readonly<Record<string, () => readonly [Uint8Array, Uint8Array]>> = {
  'summable memory': () => [noise(summableBytes(210_000)), summableBytes(210_000)],
  'ordinary memory': () => [noise(new Uint8Array(210_000)), new Uint8Array(210_000)],
  'one memory and another': () => [noise(new Uint8Array(210_000)), summableBytes(210_000)],
};

describe('copying', () => {
  it('has summable memory that is one', () => {
    const [from, to] = places['summable memory']?.() ?? [];
    expect(from?.buffer).toBe(to?.buffer);
    expect(vectorCodeOf(from?.buffer ?? new ArrayBuffer(0))).toBeDefined();
  });

  for (const [name, make] of Object.entries(places)) {
    const [from, to] = make();
    const check = (start: number, at: number, length: number, sums: boolean) => {
      to.fill(0xa5);
      const sum = sums ? copySum(view(from), start, view(to), at, length) : undefined;
      if (!sums) copyBytes(view(from), start, view(to), at, length);
      if (sums) expect(sum).toBe(onesSum(view(from), start, length, 0));
      expect(Buffer.compare(to.subarray(at, at + length), from.subarray(start, start + length))).toBe(0);
      expect(to.subarray(Math.max(0, at - 70), at).every((byte) => byte === 0xa5)).toBe(true);
      expect(to.subarray(at + length, at + length + 70).every((byte) => byte === 0xa5)).toBe(true);
    };

    it(`takes every byte and no other, of any length, in ${name}`, () => {
      for (let length = 0; length < 200; length += 1) check(length % 7, 100 + (length % 5), length, length % 2 === 0);
      for (let length = 0; length < 200; length += 1) check(length % 5, 100 + (length % 3), length, length % 2 === 1);
    });

    it(`takes and sums long pieces at any place in ${name}`, () => {
      const place = fc.tuple(
        fc.nat(70),
        fc.nat(70),
        fc.oneof(fc.nat(200_000), fc.constantFrom(65_535, 65_536, 65_537, 131_072)),
      );
      fc.assert(
        fc.property(place, fc.boolean(), ([start, at, length], sums) => check(start, 100 + at, length, sums)),
        { numRuns: 30 },
      );
    });
  }

  it('does not overflow on two hundred thousand ones', () => {
    const from = summableBytes(200_001).fill(0xff);
    const to = summableBytes(200_001);
    expect(copySum(view(from), 0, view(to), 0, 200_001)).toBe(onesSum(view(from), 0, 200_001, 0));
  });
});
