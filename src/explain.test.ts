import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createCaptureReader } from './capture/chunk-reader.ts';
import { inOrder, joinShares } from './explain/shares.ts';
import { createExplainer, createShareExplainer } from './explain.ts';

const captures = fileURLToPath(new URL('../test/captures', import.meta.url));
const files = readdirSync(captures, { recursive: true, encoding: 'utf8' }).filter((file) => /\.pcap(ng)?$/.test(file));

function whole(bytes: Uint8Array): unknown {
  const explainer = createExplainer({ captureIndex: 0 });
  const reader = createCaptureReader(explainer.sink, { file: 'whole' });
  reader.write(bytes);
  const measured = explainer.finish(reader.end());
  return { ...measured, connections: [...measured.connections] };
}

function inShares(bytes: Uint8Array, count: number): unknown {
  const shares = Array.from({ length: count }, (_, index) => {
    const explainer = createShareExplainer({ captureIndex: 0, shard: { index, count } });
    const reader = createCaptureReader(explainer.sink, { file: 'share' });
    reader.write(bytes);
    reader.end();
    return explainer.finishShare();
  });
  const [first, ...others] = shares.map(({ share }) => share);
  if (first === undefined) throw new Error('no share');
  const { file, numbers } = joinShares([first, ...others]);
  const sources = shares.map(({ connections }, index) => {
    const own = numbers[index] ?? new Uint32Array(0);
    return { numbers: own, items: connections(own) };
  });
  return { ...file, connections: [...inOrder(sources)] };
}

/** Packet records of several little-endian pcap files behind one header, so that there are many connections. */
function concatenated(paths: readonly string[]): Uint8Array {
  const parts = paths.map((path) => readFileSync(path));
  const [first] = parts;
  if (first === undefined) throw new Error('no file');
  return Buffer.concat([first, ...parts.slice(1).map((part) => part.subarray(24))]);
}

describe('a capture measured in shares is the same as measured whole', () => {
  test.each(files)('%s', (file) => {
    const bytes = readFileSync(join(captures, file));
    expect(inShares(bytes, 2)).toEqual(whole(bytes));
  });

  test('many files of one kind behind each other, in two and in four shares', () => {
    const magic = (path: string): string => readFileSync(path).subarray(0, 24).toString('hex');
    const paths = files.map((file) => join(captures, file));
    const pcaps = paths.filter((path) => path.endsWith('.pcap'));
    const largest = pcaps.filter((path) => magic(path) === magic(pcaps[0] ?? ''));
    expect(largest.length).toBeGreaterThan(3);
    const bytes = concatenated(largest);
    const expected = whole(bytes);
    expect(inShares(bytes, 2)).toEqual(expected);
    expect(inShares(bytes, 4)).toEqual(expected);
  });
});
