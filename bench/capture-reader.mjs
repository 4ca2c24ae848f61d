// Speed of the capture reader alone: `node bench/capture-reader.mjs FILE [runs]` after `npm run build`.
// "memory" parses a file that is already in memory in 1 MiB chunks, "file" is the whole of openCapture.

import { openSync, readSync, statSync } from 'node:fs';
import { createCaptureReader } from '../dist/capture/chunk-reader.js';
import { openCapture } from '../dist/node/open-capture.js';

const [, , path, runs = '5'] = process.argv;
if (path === undefined) {
  console.error('usage: node bench/capture-reader.mjs FILE [runs]');
  process.exit(2);
}

/** The least that a sink can do and still touch each frame. */
function createSink() {
  const sink = { sum: 0, onInterface() {}, onFrame };
  function onFrame(view, start, capturedLength, _originalLength, time) {
    sink.sum += time + (capturedLength > 0 ? view.getUint8(start) : 0);
  }
  return sink;
}

const chunkBytes = 1024 * 1024;

function readIntoChunks() {
  const fd = openSync(path, 'r');
  const chunks = [];
  while (true) {
    const chunk = new Uint8Array(chunkBytes);
    const got = readSync(fd, chunk);
    if (got === 0) return chunks;
    chunks.push(chunk.subarray(0, got));
  }
}

function report(name, startNs, packets, bytes) {
  const ns = Number(process.hrtime.bigint() - startNs);
  const figures = [`${(ns / 1e6).toFixed(0)} ms`, `${(ns / packets).toFixed(1)} ns a packet`];
  figures.push(`${((packets / ns) * 1e3).toFixed(1)} million packets/s`, `${(bytes / ns).toFixed(2)} GB/s`);
  console.log(`${name.padEnd(8)} ${figures.join(', ')}`);
}

const bytes = statSync(path).size;
let chunks = bytes <= 1e9 ? readIntoChunks() : [];
for (let run = 0; run < Number(runs) && chunks.length > 0; run++) {
  const start = process.hrtime.bigint();
  const reader = createCaptureReader(createSink(), { file: path });
  for (const chunk of chunks) reader.write(chunk);
  report('memory', start, reader.end().packetCount, bytes);
}
chunks = [];
for (let run = 0; run < Number(runs); run++) {
  const start = process.hrtime.bigint();
  const { end } = await openCapture(path, createSink());
  report('file', start, end.packetCount, bytes);
}
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
