// Makes benchmark input from a seed: node bench/make-capture.mjs --out F [--packets N] [--connections N] [--snaplen N] [--seed N]
// [--nanoseconds]. The same arguments give the same bytes.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FrameWriter } from './frame-writer.mjs';
import { Traffic } from './traffic-model.mjs';

/** Writes one capture; tells how many packets and bytes it has. Fewer packets than asked is an error: the figures name a count. */
export function makeCapture(path, { packets, connections, snapLength = 96, seed = 1, nanoseconds = false }) {
  mkdirSync(dirname(path), { recursive: true });
  const writer = new FrameWriter(path, { snapLength, nanoseconds });
  new Traffic(writer, { packets, connections, seed }).run();
  writer.close();
  if (writer.packetCount !== packets) throw new Error(`${path}: made ${writer.packetCount} packets, not ${packets}`);
  return { packets: writer.packetCount, bytes: writer.byteCount };
}

function main() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      packets: { type: 'string', default: '5000000' },
      connections: { type: 'string', default: '1000' },
      snaplen: { type: 'string', default: '96' },
      seed: { type: 'string', default: '1' },
      nanoseconds: { type: 'boolean', default: false },
    },
  });
  if (values.out === undefined) throw new Error('--out FILE is needed');
  const started = performance.now();
  const made = makeCapture(values.out, {
    packets: Number(values.packets),
    connections: Number(values.connections),
    snapLength: Number(values.snaplen),
    seed: Number(values.seed),
    nanoseconds: values.nanoseconds,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${values.out}: ${made.packets} packets, ${made.bytes} bytes, ${seconds} s`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
