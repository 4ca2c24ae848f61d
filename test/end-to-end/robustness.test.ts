// Bad input: every golden capture cut short, with bytes flipped, and with lengths that lie. The program gives a clear error or a
// report of what came before; it never crashes, hangs, or reports a number that cannot be.

import { readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { capturePath, goldenCaptures } from './golden.ts';
import { type Explained, explainBytes, impossibleNumbers } from './library.ts';

const plain = goldenCaptures.filter((name) => /\.pcap(ng)?$/.test(name));
const smallest = [...plain].sort((a, b) => statSync(capturePath(a)).size - statSync(capturePath(b)).size).slice(0, 1);
const CUTS_PER_CAPTURE = 60;
const FLIPS_PER_CAPTURE = 40;
/** Explaining 100 kB takes a few milliseconds; anything near this hangs, on however busy a machine. */
const SLOWEST_MS = 20_000;

/** The report, or the error that says why there is none; anything else that is thrown fails the test. */
function explainOrRefuse(bytes: Uint8Array, chunkBytes?: number): Explained | CaptureError {
  const started = performance.now();
  try {
    const explained = explainBytes(bytes, chunkBytes);
    expect(impossibleNumbers({ ...explained, text: '', damage: null })).toEqual([]);
    expect(explained.text).not.toMatch(/\bNaN\b|\bundefined\b|\bInfinity\b|\{[a-z]\w*(:\w+)?\}/);
    return explained;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    expect(error.message).toMatch(/^test\.pcap/);
    return error;
  } finally {
    expect(performance.now() - started).toBeLessThan(SLOWEST_MS);
  }
}

/** What a capture cut after that many bytes must give. */
function checkCut(bytes: Uint8Array, length: number, wholePackets: number): void {
  const result = explainOrRefuse(bytes.subarray(0, length));
  if (result instanceof CaptureError) {
    expect(['empty', 'truncated', 'not-a-capture']).toContain(result.code);
    return;
  }
  expect(result.capture.packets).toBeLessThanOrEqual(wholePackets);
  if (result.damage !== undefined) {
    expect(result.damage.code).toBe('truncated');
    expect(result.damage.place.offset ?? 0).toBeLessThanOrEqual(length);
  }
}

describe('a capture that is cut short', () => {
  test.each(smallest)(
    'at every byte: %s',
    (name) => {
      const bytes = readFileSync(capturePath(name));
      const whole = explainBytes(bytes);
      expect(whole.damage).toBe(undefined);
      for (let length = 0; length < bytes.length; length += 1) checkCut(bytes, length, whole.capture.packets);
    },
    300_000,
  );

  test.each(plain)('at bytes all over it: %s', (name) => {
    const bytes = readFileSync(capturePath(name));
    const packets = explainBytes(bytes).capture.packets;
    for (let i = 0; i < CUTS_PER_CAPTURE; i += 1)
      checkCut(bytes, Math.floor((bytes.length * (i + 0.5)) / CUTS_PER_CAPTURE), packets);
  });

  test.each(plain)('is the same report whatever the size of the chunks: %s', (name) => {
    const bytes = readFileSync(capturePath(name));
    const { text } = explainBytes(bytes);
    for (const chunkBytes of [7, 1_000, 1 << 22]) expect(explainBytes(bytes, chunkBytes).text).toBe(text);
  });
});

describe('a capture with damaged bytes', () => {
  test.each(plain)('is refused or reported, never a crash: %s', (name) => {
    const bytes = readFileSync(capturePath(name));
    const flips = fc.array(fc.record({ at: fc.nat({ max: bytes.length - 1 }), to: fc.nat({ max: 255 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(flips, (changes) => {
        const damaged = Uint8Array.from(bytes);
        for (const { at, to } of changes) damaged[at] = to;
        explainOrRefuse(damaged);
      }),
      { numRuns: FLIPS_PER_CAPTURE, seed: 20_261_123 },
    );
  });

  test.each(plain)('with nonsense in the headers of its first packets: %s', (name) => {
    const bytes = readFileSync(capturePath(name));
    const flips = fc.array(
      fc.record({
        at: fc.nat({ max: Math.min(600, bytes.length - 1) }),
        to: fc.constantFrom(0, 1, 0x45, 0x7f, 0x80, 0xff),
      }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(flips, (changes) => {
        const damaged = Uint8Array.from(bytes);
        for (const { at, to } of changes) damaged[at] = to;
        explainOrRefuse(damaged);
      }),
      { numRuns: FLIPS_PER_CAPTURE, seed: 20_261_124 },
    );
  });
});

describe('what is no capture', () => {
  test('random bytes are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 2_000 }), (bytes) => {
        expect(explainOrRefuse(bytes)).toBeInstanceOf(CaptureError);
      }),
      { numRuns: 300, seed: 20_261_125 },
    );
  });
});
