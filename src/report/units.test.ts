import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatEndpoint,
  formatNumber,
  formatPercent,
  formatRate,
} from './units.ts';

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [720, '720 B'],
    [65_160, '65,160 B'],
    [99_999, '99,999 B'],
    [100_000, '100 kB'],
    [999_499, '999 kB'],
    [999_600, '1.00 MB'],
    [21_079_289, '21.1 MB'],
    [1_234_567_890, '1.23 GB'],
    [-1448, '-1,448 B'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test('are never off by more than half of the last digit shown', () => {
    const factors: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e15 }), (bytes) => {
        const [figure = '', unit = ''] = formatBytes(bytes).split(' ');
        const shown = Number(figure.replaceAll(',', '')) * (factors[unit] ?? Number.NaN);
        expect(Math.abs(shown - bytes)).toBeLessThanOrEqual(bytes * 0.0051);
      }),
    );
  });
});

describe('durations', () => {
  test.each([
    [0, '0 ns'],
    [35, '35 ns'],
    [999.7, '1.00 µs'],
    [412_000, '412 µs'],
    [999_700, '1.00 ms'],
    [1_204_000_000, '1.20 s'],
    [59_949_000_000, '59.9 s'],
    [59_990_000_000, '1 min 00 s'],
    [123_000_000_000, '2 min 03 s'],
    [3_599_600_000_000, '1 h 00 min'],
    [3_720_000_000_000, '1 h 02 min'],
    [-5000, '-5.00 µs'],
  ])('%d ns is %s', (ns, text) => expect(formatDuration(ns)).toBe(text));
});

describe('shares', () => {
  test.each([
    [0, '0%'],
    [0.0002, '<0.1%'],
    [0.0413, '4.1%'],
    [0.05, '5%'],
    [0.967, '97%'],
    [0.9951, '99.5%'],
    [0.99995, '>99.9%'],
    [1, '100%'],
    [8.7, '870%'],
  ])('%d is %s', (share, text) => expect(formatPercent(share)).toBe(text));

  test('are never shown as all or nothing when they are not', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true, maxExcluded: true }), (share) => {
        expect(['0%', '100%', '0.0%']).not.toContain(formatPercent(share));
      }),
    );
  });
});

test.each([
  [0, '0 bit/s'],
  [999, '999 bit/s'],
  [64_000, '64.0 kbit/s'],
  [9_412_345_678, '9.41 Gbit/s'],
])('a rate of %d is %s', (rate, text) => expect(formatRate(rate)).toBe(text));

test('counts have thousands separators, numbers at most three decimals', () => {
  expect([formatCount(12_345.4), formatCount(999), formatCount(-1_000_000)]).toEqual(['12,345', '999', '-1,000,000']);
  expect([formatNumber(5201), formatNumber(1.5), formatNumber(0.12345)]).toEqual(['5201', '1.5', '0.123']);
});

test('an IPv6 endpoint is bracketed', () => {
  expect(formatEndpoint({ ip: '2001:db8::1', port: 443 })).toBe('[2001:db8::1]:443');
});
