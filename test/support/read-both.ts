// A capture read into rows twice: by JavaScript alone, and with the engine.

import { expect } from 'vitest';
import type { TimeNs } from '../../src/bytes/time.ts';
import type { CaptureEnd } from '../../src/capture/capture-reader.ts';
import { createCaptureReader } from '../../src/capture/chunk-reader.ts';
import { createPcapngWriter } from '../../src/capture/pcapng-writer.ts';
import { Engine } from '../../src/engine/engine.ts';
import { RecordReader } from '../../src/engine/record-reader.ts';
import { type BatchConsumer, BatchLoader, type RowOwner } from '../../src/packets/load.ts';
import { PacketBatch, ROW_SHIFT } from '../../src/packets/packet-batch.ts';
import { LinkType } from '../../src/wire/frame.ts';

/** One frame of a capture that is to be made. */
export interface MadeFrame {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly stepUs: number;
  /** Of pcapng only. */
  readonly flags: number;
  readonly tap: number;
}

/** What a capture became, either way. */
export interface Read {
  /** All words of all rows, main part and rare part, what earlier rows left in them included. */
  readonly rows: readonly string[];
  readonly end: CaptureEnd | undefined;
  readonly thrown: unknown;
  readonly lastNs: number;
  readonly spentBytes: number;
  readonly encapsulations: readonly string[];
}

/** Collects the rows of each batch. */
function collector(rows: string[], afterwards: () => void = () => undefined): BatchConsumer {
  return (batch, decoder) => {
    const half = batch.words.length / 2;
    for (let row = 0; row < batch.length; row++) {
      const base = row << ROW_SHIFT;
      const words = [...batch.words.subarray(base, base + 16), ...batch.words.subarray(half + base, half + base + 16)];
      rows.push(`${words.map((word) => word.toString(16)).join(' ')} ${batch.times[(base >> 1) + 7]}`);
    }
    // What the next rows leave as it is must be alike as well.
    batch.words.fill(0x5a5a_5a5a);
    expect(decoder.budget.spentBytes).toBeGreaterThanOrEqual(0);
    afterwards();
  };
}

function finish(loader: BatchLoader, rows: readonly string[], reader: { end(how?: 'complete'): CaptureEnd }): Read {
  let end: CaptureEnd | undefined;
  let thrown: unknown;
  try {
    end = reader.end();
  } catch (error) {
    thrown = error;
  }
  loader.flush();
  const { encapsulations, budget } = loader.decoder;
  const names: string[] = [];
  for (let chain = 1; chain < 64; chain++) names.push(encapsulations.names(chain).join());
  return { rows, end, thrown, lastNs: loader.lastNs, spentBytes: budget.spentBytes, encapsulations: names };
}

/** A loader with an engine; `isMoving`: whose memory moves with each batch. */
export function makeEngineLoader(
  rows: string[],
  capacity: number,
  isMoving: boolean,
): { readonly loader: BatchLoader; readonly recordTaker: RecordReader } {
  const engine = new Engine();
  const batch = new PacketBatch(capacity, (rowCount) => engine.makeRows(rowCount));
  let moves = 0;
  const move = () => {
    if (!isMoving || moves++ >= 200) return;
    (engine.loop.memory as unknown as { grow(pages: number): void }).grow(1);
    batch.renew(engine.loop.memory.buffer);
  };
  let recordTaker: RecordReader | undefined;
  const reader = (owner: RowOwner) => {
    recordTaker = new RecordReader(engine.loop, owner);
    return recordTaker;
  };
  const loader = new BatchLoader(collector(rows, move), { batch, reader });
  loader.batch.words.fill(0x5a5a_5a5a);
  if (recordTaker === undefined) throw new Error('no reader was asked for');
  return { loader, recordTaker };
}

/** A loader without. */
export function makeLoader(rows: string[], capacity: number): BatchLoader {
  const loader = new BatchLoader(collector(rows), { batch: new PacketBatch(capacity) });
  loader.batch.words.fill(0x5a5a_5a5a);
  return loader;
}

export function readByJavaScript(file: Uint8Array, capacity: number): Read {
  const rows: string[] = [];
  const loader = makeLoader(rows, capacity);
  const reader = createCaptureReader(loader, { file: 'sample' });
  reader.write(file);
  return finish(loader, rows, reader);
}

export interface EngineRead extends Read {
  readonly usualFrames: number;
  readonly unusualFrames: number;
}

/** `sizes` of chunks, over and over; `inPlace`: laid into the engine's memory, which moves with each batch. */
export function readByEngine(
  file: Uint8Array,
  capacity: number,
  { sizes = [file.length], inPlace = false }: { sizes?: readonly number[]; inPlace?: boolean } = {},
): EngineRead {
  const rows: string[] = [];
  const { loader, recordTaker } = makeEngineLoader(rows, capacity, inPlace);
  const capture = createCaptureReader(loader, { file: 'sample' });
  for (let at = 0, i = 0; at < file.length; i++) {
    const size = Math.min(Math.max(sizes[i % sizes.length] ?? 1, 1), file.length - at, inPlace ? 262_144 : file.length);
    const bytes = file.subarray(at, at + size);
    if (inPlace) {
      const { chunk } = recordTaker;
      chunk.set(bytes);
      capture.write(size === chunk.length ? chunk : chunk.subarray(0, size));
    } else capture.write(bytes);
    at += size;
  }
  const { usualFrames, unusualFrames } = recordTaker;
  return { ...finish(loader, rows, capture), usualFrames, unusualFrames };
}

export function expectAlike(engine: EngineRead, javaScript: Read): void {
  const { usualFrames: _, unusualFrames: __, ...read } = engine;
  const odd = read.rows.findIndex((row, index) => row !== javaScript.rows[index]);
  expect(odd === -1 ? '' : `${odd}: ${read.rows[odd]}`).toBe(odd === -1 ? '' : `${odd}: ${javaScript.rows[odd]}`);
  expect({ ...read, rows: read.rows.length }).toEqual({ ...javaScript, rows: javaScript.rows.length });
}

/** A little-endian pcap; `linkWord` may say that frames end with a check sequence. */
export function pcapOf(made: readonly MadeFrame[], linkWord: number, nsPerUnit: 1 | 1000): Uint8Array {
  const file = new Uint8Array(24 + made.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0));
  const view = new DataView(file.buffer);
  view.setUint32(0, nsPerUnit === 1 ? 0xa1b2_3c4d : 0xa1b2_c3d4, true);
  view.setUint32(4, 0x0004_0002, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, linkWord, true);
  let timeUs = 1_700_000_000_999_000;
  let at = 24;
  for (const { bytes, length, stepUs } of made) {
    timeUs += stepUs;
    view.setUint32(at, Math.floor(timeUs / 1e6), true);
    view.setUint32(at + 4, ((timeUs % 1e6) * 1000) / nsPerUnit, true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, length, true);
    file.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  return file;
}

/** A pcapng file of three taps: one without check sequences, one with, one that is no Ethernet. */
export function pcapngOf(made: readonly MadeFrame[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = createPcapngWriter((bytes) => void parts.push(bytes.slice()));
  writer.startAt({ seconds: 1_700_000_000, nanoseconds: 0 });
  writer.addInterface({ linkType: LinkType.Ethernet });
  writer.addInterface({ linkType: LinkType.Ethernet, fcsBytes: 4 });
  writer.addInterface({ linkType: LinkType.Raw });
  let timeNs = 0;
  for (const { bytes, length, stepUs, flags, tap } of made) {
    timeNs += stepUs * 1000;
    const view = new DataView(bytes.buffer);
    writer.frame(view, bytes.byteOffset, bytes.length, length, timeNs as TimeNs, tap, {
      flags,
      ...(length % 16 === 0 ? { comments: ['odd'] } : {}),
    });
  }
  writer.flush();
  return Buffer.concat(parts);
}
