import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { haveTools } from '../../test/support/tools.ts';
import { compressionOf, createDecompressor } from './capture-decompress.ts';
import { Xxh64 } from './xxh64.ts';

const haveZstd = haveTools(['zstd'], 'decompressing zstd');

function zstd(bytes: Uint8Array, ...options: string[]): Buffer {
  return spawnSync('zstd', ['-q', '-c', ...options], { input: bytes }).stdout;
}

/** Feeds in pieces of one size, from memory that is overwritten after each. */
async function decompress(compression: 'gzip' | 'zstd', bytes: Uint8Array, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  const decompressor = createDecompressor(compression, (part) => void parts.push(Buffer.from(part)));
  const lent = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    lent.set(piece);
    await decompressor.write(lent.subarray(0, piece.length));
    lent.fill(0xa5);
  }
  await decompressor.end();
  decompressor.close();
  return Buffer.concat(parts);
}

/** Partly repetitive, partly not. */
function material(length: number, seed: number): Buffer {
  let state = seed + 1;
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    bytes[i] = i % 100 < 30 ? state >> 16 : i % 7;
  }
  return bytes;
}

const skippable = Buffer.from('5a2a4d1803000000414243', 'hex');

describe.skipIf(!haveZstd)('zstd', () => {
  test('of several frames, empty and tiny and skippable ones among them, in pieces of any size', async () => {
    const texts = [material(300_000, 1), Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(500_000, 7), material(700, 2)];
    const frames = texts.flatMap((text, i) => [
      zstd(text, i % 2 === 0 ? '-3' : '-19', i === 4 ? '--no-check' : '--check'),
      skippable,
    ]);
    const file = Buffer.concat([skippable, skippable, ...frames]);
    expect(compressionOf(file)).toBe('zstd');
    for (const size of [1, 2, 5, 17, 1000, file.length]) {
      expect((await decompress('zstd', file, size)).equals(Buffer.concat(texts))).toBe(true);
    }
  });

  test('with a bit flipped is never taken for good, and cut anywhere it ends early', async () => {
    const text = material(3000, 3);
    const file = zstd(text, '--check');
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(7), async (at, bit) => {
        const bent = Buffer.from(file);
        bent[at] = (bent[at] ?? 0) ^ (1 << bit);
        const out = await decompress('zstd', bent, 64).catch(() => undefined);
        // Flips in the unused bits of the header change nothing.
        if (out !== undefined) expect(out.equals(text) || out.length === 0).toBe(true);
      }),
      { numRuns: 400 },
    );
    for (let length = 4; length < file.length; length += 7) {
      await expect(decompress('zstd', file.subarray(0, length), 50)).rejects.toThrow(/unexpected (EOF|end of file)/);
    }
  });

  test('with garbage behind its frames hands out all of them', async () => {
    const text = material(3000, 4);
    const parts: Buffer[] = [];
    const decompressor = createDecompressor('zstd', (part) => void parts.push(Buffer.from(part)));
    const file = Buffer.concat([zstd(text), Buffer.from('garbage behind it')]);
    // Node's own zstd ignores what follows, as gzip(1) does; ours, for older Nodes, refuses it.
    await (async () => decompressor.write(file))().catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    expect(Buffer.concat(parts).equals(text)).toBe(true);
  });
});

describe('gzip', () => {
  test('with a bit flipped is never taken for good, and nothing hangs', async () => {
    const text = material(3000, 5);
    const file = gzipSync(text);
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: file.length - 1 }), fc.nat(7), async (at, bit) => {
        const bent = Buffer.from(file);
        bent[at] = (bent[at] ?? 0) ^ (1 << bit);
        const out = await decompress('gzip', bent, 64).catch(() => undefined);
        // The last bits of the last deflate byte mean nothing.
        if (out !== undefined) expect(out.equals(text)).toBe(true);
        else found++;
      }),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(150);
  });
});

test('the hash is that of the specification', () => {
  const hashOf = (text: string, size: number): string => {
    const hash = new Xxh64();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) hash.update(bytes.subarray(at, at + size));
    return hash.low32().toString(16);
  };
  expect(hashOf('', 1)).toBe('51d8e999');
  expect(hashOf('a', 1)).toBe('a98c6e5b');
  expect(hashOf('abc', 2)).toBe('ad770999');
});
