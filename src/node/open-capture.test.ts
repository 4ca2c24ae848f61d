import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameBytes, pcapFile, RecordingSink } from '../../test/support/capture-samples.ts';
import { haveTools, run } from '../../test/support/tools.ts';
import { CaptureError } from '../capture/capture-error.ts';
import { openCapture } from './open-capture.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wiretruth-open-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const inDirectory = (name: string): string => join(directory, name);

function put(name: string, bytes: Uint8Array): string {
  writeFileSync(inDirectory(name), bytes);
  return inDirectory(name);
}

/** Packets that do not compress away to nothing, so that a compressed file can be cut in many places. */
function sample(count: number): Uint8Array {
  let state = 1;
  const records = Array.from({ length: count }, (_, i) => {
    const bytes = frameBytes(100, i);
    for (let at = 0; at < 50; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      bytes[at] = state >> 16;
    }
    return { seconds: 1_700_000_000 + i, fraction: i, bytes };
  });
  return pcapFile({ records });
}

async function read(path: string, options: Parameters<typeof openCapture>[2] = {}) {
  const sink = new RecordingSink();
  const result = await openCapture(path, sink, options);
  return { sink, result };
}

async function errorOf(path: string): Promise<CaptureError> {
  const error = await read(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CaptureError);
  return error as CaptureError;
}

function damage(file: Uint8Array, part: number): void {
  const at = Math.floor(file.length * part);
  file.fill(0xff, at, at + 64);
}

const thousand = sample(1000);

describe('a file', () => {
  test('is read whole, with its size and progress', async () => {
    const path = put('plain.pcap', thousand);
    const seen: unknown[] = [];
    const { sink, result } = await read(path, { onProgress: (progress) => seen.push({ ...progress }) });
    expect(result).toMatchObject({ path, compression: null, sizeBytes: thousand.length, end: { packetCount: 1000 } });
    expect(sink.frames[999]).toMatchObject({ time: 999e9 + 999_000, originalLength: 100 });
    expect(seen).toEqual([{ bytesRead: thousand.length, bytesTotal: thousand.length }]);
  });

  test('larger than the read buffers gives the same as one read at once', async () => {
    const file = sample(40_000);
    const { sink, result } = await read(put('large.pcap', file));
    expect(result.end).toMatchObject({ packetCount: 40_000, warnings: [] });
    const last = Buffer.from(file.subarray(file.length - 100)).toString('hex');
    expect(sink.frames[39_999]?.bytes).toBe(last);
  });

  test('that cannot be read says why', async () => {
    expect((await errorOf(inDirectory('nothing.pcap'))).message).toBe(`${inDirectory('nothing.pcap')}: no such file`);
    const ofDirectory = await errorOf(directory);
    expect([ofDirectory.code, ofDirectory.problem]).toEqual([
      'not-readable',
      'is a directory; expected a capture file',
    ]);
    expect((await errorOf(put('empty.pcap', new Uint8Array(0)))).code).toBe('empty');
    expect((await errorOf(put('text.pcap', Buffer.from('hello\n')))).code).toBe('not-a-capture');
    expect((await errorOf('/dev/null')).code).toBe('empty');
    expect((await errorOf('/dev/zero')).code).toBe('not-a-capture');
  });

  test('without permission says so', async () => {
    const path = put('locked.pcap', thousand);
    chmodSync(path, 0);
    // Root may read anything: be nobody meanwhile.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect((await errorOf(path)).problem).toBe('permission denied');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('whose sink throws rejects with that error', async () => {
    const sink = new RecordingSink();
    sink.onFrame = () => {
      throw new TypeError('mine');
    };
    for (const name of ['sink.pcap', 'sink.pcap.gz']) {
      const path = put(name, name.endsWith('gz') ? gzipSync(thousand) : thousand);
      await expect(openCapture(path, sink)).rejects.toThrow(new TypeError('mine'));
    }
  });

  test('is stopped by the signal, and what was read is reported', async () => {
    const abort = new AbortController();
    const path = put('stopped.pcap', sample(60_000));
    const { result } = await read(path, { signal: abort.signal, onProgress: () => abort.abort() });
    expect(result.end.damage).toBeUndefined();
    expect(result.end.packetCount).toBeGreaterThan(1000);
    expect(result.end.packetCount).toBeLessThan(60_000);
  });
});

const zstd = haveTools(['zstd'], 'reading zstd files');

describe('a compressed file', () => {
  test('of gzip is known by its first bytes, and may have several members', async () => {
    const halves = [gzipSync(thousand.subarray(0, 50_000)), gzipSync(thousand.subarray(50_000))];
    for (const [name, file] of [
      ['one.pcap', gzipSync(thousand)],
      ['two.zst', Buffer.concat(halves)],
      ['padded.gz', Buffer.concat([...halves, Buffer.alloc(1000)])],
    ] as const) {
      const { result, sink } = await read(put(name, file));
      expect(result).toMatchObject({
        compression: 'gzip',
        sizeBytes: file.length,
        end: { packetCount: 1000, warnings: [] },
      });
      expect(result.end.damage).toBeUndefined();
      expect(sink.frames[999]?.time).toBe(999e9 + 999_000);
    }
  });

  test('of gzip that ends early gives what it holds', async () => {
    const file = gzipSync(thousand);
    let last = 0;
    for (const part of [0.3, 0.6, 0.9, 0.999]) {
      const { result, sink } = await read(put('cut.gz', file.subarray(0, Math.floor(file.length * part))));
      expect(result.end.packetCount).toBe(sink.frames.length);
      expect(result.end.packetCount).toBeGreaterThan(last);
      last = result.end.packetCount;
      expect(result.end.damage).toMatchObject({ code: 'truncated', place: { packet: last + 1 } });
      expect(result.end.damage?.problem).toContain('the gzip data end early');
    }
    expect(last).toBeGreaterThan(900);
    expect((await errorOf(put('header.gz', file.subarray(0, 9)))).problem).toContain('the gzip data end early');
  });

  test('of gzip that is damaged gives what came before', async () => {
    const file = gzipSync(sample(10_000));
    damage(file, 0.7);
    const { result } = await read(put('bent.gz', file));
    // What the inflated garbage looks like is found first when it comes before the end of the deflate block.
    expect(['bad-compression', 'lying-length']).toContain(result.end.damage?.code);
    expect(result.end.packetCount).toBeGreaterThan(5000);
    const checksum = gzipSync(thousand);
    checksum[checksum.length - 7] = ~(checksum[checksum.length - 7] ?? 0);
    const { end } = (await read(put('sum.gz', checksum))).result;
    expect(end.damage?.problem).toContain('incorrect data check');
  });

  test.skipIf(!zstd)('of zstd is known by its first bytes, and may have several frames', async () => {
    put('z.pcap', thousand);
    run('zstd', ['-qkf', inDirectory('z.pcap')]);
    run('zstd', ['-qkf19', '--no-check', inDirectory('z.pcap'), '-o', inDirectory('z19.zst')]);
    const skippable = Buffer.from('5a2a4d1803000000414243', 'hex');
    const first = readFileSync(inDirectory('z.pcap.zst'));
    const rest = sample(5).subarray(24);
    put('rest.pcap', rest);
    run('zstd', ['-qkf', inDirectory('rest.pcap')]);
    const second = readFileSync(inDirectory('rest.pcap.zst'));
    for (const [name, file, count] of [
      ['a.gz', first, 1000],
      ['b.zst', readFileSync(inDirectory('z19.zst')), 1000],
      ['c.zst', Buffer.concat([skippable, first, skippable, second, second]), 1010],
    ] as const) {
      const { result } = await read(put(name, file));
      expect(result.end.damage).toBeUndefined();
      expect(result).toMatchObject({ compression: 'zstd', end: { packetCount: count } });
    }
  });

  test.skipIf(!zstd)('of zstd that ends early or is damaged gives what came before', async () => {
    put('y.pcap', sample(10_000));
    run('zstd', ['-qkf', inDirectory('y.pcap')]);
    const file = readFileSync(inDirectory('y.pcap.zst'));
    const cut = (await read(put('y-cut.zst', file.subarray(0, Math.floor(file.length * 0.8))))).result.end;
    expect(cut.damage?.code).toBe('truncated');
    expect(cut.packetCount).toBeGreaterThan(5000);
    damage(file, 0.6);
    const bent = (await read(put('y-bent.zst', file))).result.end;
    expect(bent.damage?.code).toBe('bad-compression');
    expect(bent.packetCount).toBeGreaterThan(1000);
  });

  test('of zstd that asks for a huge window is refused', async () => {
    // Magic, descriptor with an 8-byte content size in a single segment, 2 GiB.
    const file = Buffer.from('28b52ffde00000008000000000010000', 'hex');
    const error = await errorOf(put('huge.zst', Buffer.concat([file, Buffer.alloc(20)])));
    expect(error.code).toBe('bad-compression');
  });
});

describe('a file that grows', () => {
  const header = thousand.subarray(0, 24);
  const record = (i: number): Uint8Array => thousand.subarray(24 + i * 116, 24 + (i + 1) * 116);
  const until = async (condition: () => boolean): Promise<void> => {
    for (let i = 0; i < 500 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };
  const follow = (path: string) => {
    const abort = new AbortController();
    const sink = new RecordingSink();
    const done = openCapture(path, sink, { follow: true, signal: abort.signal });
    return { abort, sink, done };
  };

  test('is followed until the signal; an incomplete record is waited for', async () => {
    const path = put('grow.pcap', header.subarray(0, 7));
    const { abort, sink, done } = follow(path);
    appendFileSync(path, header.subarray(7));
    for (let i = 0; i < 5; i++) {
      appendFileSync(path, record(i).subarray(0, 40));
      await until(() => sink.frames.length === i);
      appendFileSync(path, record(i).subarray(40));
      await until(() => sink.frames.length === i + 1);
    }
    appendFileSync(path, record(5).subarray(0, 99));
    await new Promise((resolve) => setTimeout(resolve, 250));
    abort.abort();
    const { end } = await done;
    expect(end).toEqual({ format: 'pcap', packetCount: 5, capturedBytes: 500, originalBytes: 500, warnings: [] });
  });

  test('that is cut, replaced or removed ends with damage that says so', async () => {
    for (const [change, problem] of [
      [(path: string) => truncateSync(path, 30), /was cut to 30 bytes while it was followed; 256 had been read/],
      [(path: string) => rmSync(path), /was removed/],
      [
        (path: string) => {
          cpSync(path, `${path}.new`);
          renameSync(`${path}.new`, path);
        },
        /was replaced/,
      ],
    ] as const) {
      const path = put('change.pcap', Buffer.concat([header, record(0), record(1)]));
      const { sink, done } = follow(path);
      await until(() => sink.frames.length === 2);
      change(path);
      const { end } = await done;
      expect(end.packetCount).toBe(2);
      expect(end.damage?.code).toBe('not-readable');
      expect(end.damage?.problem).toMatch(problem);
    }
  });
});

describe('a named pipe', () => {
  const mkfifo = haveTools(['mkfifo'], 'reading named pipes');

  test.skipIf(!mkfifo)('is waited for and read as its bytes come, plain or compressed', async () => {
    for (const [name, bytes] of [
      ['p1', thousand],
      ['p2', gzipSync(thousand)],
    ] as const) {
      const path = inDirectory(name);
      run('mkfifo', [path]);
      const reading = read(path);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const writer = spawn('sh', ['-c', `cat > "${path}"`], { stdio: ['pipe', 'inherit', 'inherit'] });
      for (let at = 0; at < bytes.length; at += 9999) {
        writer.stdin.write(bytes.subarray(at, at + 9999));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      writer.stdin.end();
      const { result } = await reading;
      expect(result.end).toMatchObject({ packetCount: 1000, warnings: [] });
      expect(result.end.damage).toBeUndefined();
      expect(result.sizeBytes).toBeUndefined();
    }
  });

  test.skipIf(!mkfifo)('that nobody writes to is left when the signal is aborted', async () => {
    const path = inDirectory('silent');
    run('mkfifo', [path]);
    const abort = new AbortController();
    const reading = openCapture(path, new RecordingSink(), { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await expect(reading).rejects.toMatchObject({ code: 'empty' });
  });
});
