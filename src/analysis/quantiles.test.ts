import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Quantiles } from './quantiles.ts';

const value = fc.oneof(fc.nat(40), fc.nat(5000), fc.double({ min: 0, max: 2 ** 46, noNaN: true }), fc.nat());

test('minimum and maximum are exact, quantiles exact up to 47 values and within 1.6 % beyond', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 400 }),
      fc.constantFrom(0.05, 0.1, 0.5, 0.95, 1),
      (values, q) => {
        const quantiles = new Quantiles();
        for (const one of values) quantiles.add(one);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * values.length) - 1)] ?? Number.NaN;
        const found = quantiles.quantile(q) ?? Number.NaN;
        expect([quantiles.count, quantiles.min, quantiles.max]).toEqual([values.length, sorted[0], sorted.at(-1)]);
        if (values.length < 48) expect(found).toBe(exact);
        else expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.016));
      },
    ),
    { numRuns: 500 },
  );
});

test('no values, no quantile', () => {
  expect(new Quantiles().quantile(0.5)).toBeUndefined();
});

test('values beyond the last octave count as the last', () => {
  const quantiles = new Quantiles();
  for (let count = 0; count < 100; count++) quantiles.add(2 ** 60);
  expect(quantiles.max).toBe(2 ** 60);
  expect(quantiles.quantile(0.5)).toBeGreaterThan(0);
});
