import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Quantiles, quantilesAt } from '../analysis/measured-parts.ts';
import { Engine } from './engine.ts';

function quantilesOf(values: readonly number[]): Quantiles | undefined {
  const engine = new Engine();
  const slot = engine.loop.reserve(8);
  for (const value of values) engine.loop.addQuantile(slot, value);
  return quantilesAt(engine, engine.words[slot >>> 2] ?? 0);
}

const value = fc.oneof(fc.nat(40), fc.nat(5000), fc.double({ min: 0, max: 2 ** 46, noNaN: true }), fc.nat());

test('minimum and maximum are exact, quantiles exact up to 47 values and within 1.6 % beyond', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 400 }),
      fc.constantFrom(0.05, 0.1, 0.5, 0.95, 1),
      (values, q) => {
        const quantiles = quantilesOf(values);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * values.length) - 1)] ?? Number.NaN;
        const found = quantiles?.quantile(q) ?? Number.NaN;
        expect([quantiles?.count, quantiles?.min, quantiles?.max]).toEqual([values.length, sorted[0], sorted.at(-1)]);
        if (values.length < 48) expect(found).toBe(exact);
        else expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.016));
      },
    ),
    { numRuns: 500 },
  );
});

test('no values, no quantile', () => {
  expect(quantilesOf([])).toBeUndefined();
});

test('values beyond the last octave count as the last', () => {
  const quantiles = quantilesOf(new Array(100).fill(2 ** 60));
  expect(quantiles?.max).toBe(2 ** 60);
  expect(quantiles?.quantile(0.5)).toBeGreaterThan(0);
});
