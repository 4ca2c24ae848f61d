import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Quantiles } from './quantiles.ts';

const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.95, 1];
/** Half of the width of one of 32 buckets an octave. */
const MOST_ERROR = 1 / 64;

function filled(values: readonly number[]): Quantiles {
  const quantiles = new Quantiles();
  for (const value of values) quantiles.add(value);
  return quantiles;
}

/** Nearest rank: the smallest value that at least the share `q` of all values does not exceed. */
function bySorting(values: readonly number[], q: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * values.length) - 1)];
}

describe('quantiles', () => {
  test('of nothing are not known', () => {
    expect(new Quantiles().quantile(0.5)).toBeUndefined();
  });

  test('are exact as long as there are fewer than 48 values', () => {
    const few = fc.array(fc.double({ min: 0, max: 2 ** 46, noNaN: true }), { minLength: 1, maxLength: 47 });
    fc.assert(
      fc.property(few, fc.constantFrom(...shares), (values, q) => {
        expect(filled(values).quantile(q)).toBe(bySorting(values, q));
      }),
    );
  });

  test('are within 1.6 % above that, from nanoseconds to a day', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 86_400_000_000_000 }));
    const many = fc.array(value, { minLength: 48, maxLength: 400 });
    fc.assert(
      fc.property(many, fc.constantFrom(...shares), (values, q) => {
        const exact = bySorting(values, q) ?? Number.NaN;
        const found = filled(values).quantile(q) ?? Number.NaN;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * MOST_ERROR + 1e-9);
      }),
    );
  });

  test('stay between minimum and maximum, which are exact', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1_000_003 + i * 7);
    const quantiles = filled(values);
    expect([quantiles.min, quantiles.quantile(0), quantiles.quantile(1), quantiles.max]).toEqual([
      1_000_003,
      expect.closeTo(1_000_003, -5),
      expect.closeTo(1_006_996, -5),
      1_006_996,
    ]);
    expect(quantiles.quantile(0)).toBeGreaterThanOrEqual(1_000_003);
    expect(quantiles.quantile(1)).toBeLessThanOrEqual(1_006_996);
  });

  test('of values beyond two days neither fail nor lose the count', () => {
    const quantiles = filled(Array.from({ length: 100 }, (_, i) => (i < 50 ? 1000 : 2 ** 52)));
    expect(quantiles.count).toBe(100);
    expect(quantiles.quantile(0.5)).toBeLessThan(1016);
    expect(quantiles.quantile(0.95)).toBeGreaterThan(2 ** 46);
  });
});
