import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SizeCounts } from '../analysis/measured-parts.ts';
import { Engine } from './engine.ts';

function countedAll(sizes: readonly number[]): SizeCounts {
  const engine = new Engine();
  const table = engine.loop.reserve(16);
  for (const size of sizes) engine.loop.addSize(table, size);
  return new SizeCounts(engine, table);
}

const counted = (sizes: readonly number[]): { size: number; count: number }[] => [...countedAll(sizes)];

const anySize = fc.oneof(
  fc.constantFrom(1, 2, 1448, 65_160),
  fc.integer({ min: 1, max: 65_535 }),
  fc.integer({ min: 1, max: 0x7fff_ffff }),
);

function byMap(sizes: readonly number[]): { size: number; count: number }[] {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return [...counts].map(([size, count]) => ({ size, count })).sort((a, b) => a.size - b.size);
}

describe('size counts', () => {
  test('equal a map of up to 1,024 different sizes', () => {
    fc.assert(
      fc.property(fc.array(anySize, { maxLength: 1024 }), (sizes) => {
        expect(counted(sizes)).toEqual(byMap(sizes));
      }),
    );
  });

  test('have the medians and sums of the list that they stand for', () => {
    const limit = fc.double({ min: 0, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(anySize, { maxLength: 1024 }), limit, (sizes, limit) => {
        const found = countedAll(sizes);
        const ascending = sizes.toSorted((a, b) => a - b);
        const bytes = sizes.reduce((sum, size) => sum + size, 0);
        let passed = 0;
        const byteMedian = ascending.find((size) => {
          passed += size;
          return passed * 2 >= bytes;
        });
        expect(found.median(sizes.length)).toBe(ascending[Math.ceil(sizes.length / 2) - 1]);
        expect(found.byteMedian(bytes)).toBe(byteMedian);
        expect(found.bytesBelow(limit)).toBe(sizes.reduce((sum, size) => sum + (size < limit ? size : 0), 0));
        expect(found.segments(limit + 1)).toBe(sizes.reduce((sum, size) => sum + Math.ceil(size / (limit + 1)), 0));
      }),
    );
  });

  test('lose no frame, and no size by more than 1/64, beyond that', () => {
    const sizes = Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 65_535) + 1);
    const found = counted(sizes);
    expect(found.length).toBeLessThan(2048);
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(sizes.length);
    const bytes = found.reduce((sum, { size, count }) => sum + size * count, 0);
    const exact = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThanOrEqual(exact);
    expect(bytes).toBeGreaterThan(exact * (1 - 1 / 64));
  });
});
