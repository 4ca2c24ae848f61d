import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SizeCounts } from '../analysis/measured-parts.ts';
import { Engine } from './engine.ts';

function counted(sizes: readonly number[]): { size: number; count: number }[] {
  const engine = new Engine();
  const slot = engine.loop.reserve(16);
  for (const size of sizes) engine.loop.addSize(slot, size);
  const found = new SizeCounts(engine, slot);
  return Array.from({ length: found.length }, (_, at) => ({ size: found.size(at), count: found.count(at) }));
}

function byMap(sizes: readonly number[]): { size: number; count: number }[] {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return [...counts].map(([size, count]) => ({ size, count })).sort((a, b) => a.size - b.size);
}

describe('size counts', () => {
  test('equal a map of up to 1,024 different sizes', () => {
    const size = fc.oneof(fc.constantFrom(1, 2, 1448, 65_160), fc.integer({ min: 1, max: 200_000 }));
    fc.assert(
      fc.property(fc.array(size, { maxLength: 1024 }), (sizes) => {
        expect(counted(sizes)).toEqual(byMap(sizes));
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
