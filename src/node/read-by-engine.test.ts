import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MadeFrame, makeEngineLoader, makeLoader, pcapngOf, pcapOf } from '../../test/support/read-both.ts';
import { encodeFrame } from '../wire/encode.ts';
import { LinkType } from '../wire/frame.ts';
import { openCapture } from './open-capture.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wiretruth-engine-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Two connections; a VLAN and a time that goes back now and then. */
function frames(): readonly MadeFrame[] {
  const out = new Uint8Array(2048);
  return Array.from({ length: 6000 }, (_, index) => {
    const { length } = encodeFrame(
      {
        macSource: 1,
        macDestination: 2,
        ...(index % 7 === 0 ? { vlanTags: [index % 3] } : {}),
        ip: { version: index % 2 === 0 ? 4 : 6, source: 1, destination: 2, hops: 64, trafficClass: 0 },
        tcp: { sourcePort: 1, destinationPort: 2, sequence: index, acknowledgement: 1, flags: 0x10, window: 1 },
        payload: new Uint8Array(index % 1400).fill(index),
        checksum: index % 5 === 0 ? 'partial' : 'full',
      },
      out,
    );
    return { bytes: out.slice(0, length), length, stepUs: index % 997 === 996 ? -2 : 3, flags: 0, tap: 0 };
  });
}

const made = frames();
const files: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: 'pcap', bytes: pcapOf(made, LinkType.Ethernet, 1) },
  { name: 'pcapng', bytes: pcapngOf(made) },
  { name: 'pcap.gz', bytes: gzipSync(pcapOf(made, LinkType.Ethernet, 1)) },
  { name: 'cut pcap', bytes: pcapOf(made, LinkType.Ethernet, 1).subarray(0, 1_000_001) },
];

describe('a file larger than the read buffers is read alike with an engine and without:', () => {
  test.each(files)('$name', async ({ name, bytes }) => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    const expected: string[] = [];
    const loader = makeLoader(expected, 512);
    const { end } = await openCapture(path, loader);
    loader.flush();
    const rows: string[] = [];
    const engine = makeEngineLoader(rows, 512, true);
    expect((await openCapture(path, engine.loader)).end).toEqual(end);
    engine.loader.flush();
    expect(rows.length).toBe(expected.length);
    expect(rows.findIndex((row, index) => row !== expected[index])).toBe(-1);
    expect(engine.recordTaker.usualFrames).toBeGreaterThan(0.9 * rows.length);
  });
});
