// npm run bench:rewrite [-- --runs N] [--quick] [--data DIR]
//
// `wire` on super-packets, `merge` on MTU-size frames, `compare` on two captures, beside tcpdump that only copies the file. In turns,
// so that a busy minute hits all of them; output to /dev/null, as for tcpdump. The inputs are made here, always the same bytes.

import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createPcapWriter } from '../dist/capture/pcap-writer.js';
import { encodeFrame } from '../dist/wire/encode.js';
import { certificatesNote, isInstalled, loadPerProcessor, measure, memorySource } from './measure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist', 'bundle', 'main.js');
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    data: { type: 'string', default: join(root, 'bench', 'data') },
  },
});
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1 on, not ${options.runs}`);
const share = options.quick ? 0.1 : 1;

const MSS = 1448;
const SUPER = 45 * MSS;
const FLOWS = 8;
const BURST = 32;

/** Eight bulk flows with handshake, timestamps and acknowledgements; payload per frame, frames in all, bytes kept of each. */
function makeBulk(path, { payloadBytes, frames, snapLength }) {
  const fd = openSync(path, 'w');
  const writer = createPcapWriter((bytes) => writeSync(fd, bytes), { linkType: 1, snapLength });
  const pool = new Uint8Array(SUPER).map((_, i) => i * 13 + (i >> 8));
  const scratch = new Uint8Array(SUPER + 200);
  const view = new DataView(scratch.buffer);
  const stamps = new Uint8Array([1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 1]);
  let time = 0;
  const send = (flow, back, flags, options, payload, checksum) => {
    const [source, destination] = back ? [2, 1] : [1, 2];
    const ip = { version: 4, source, destination, hops: 64, trafficClass: 0, fragment: 0x4000 };
    const ports = back
      ? { sourcePort: 80, destinationPort: 1000 + flow.number }
      : { sourcePort: 1000 + flow.number, destinationPort: 80 };
    const { length } = encodeFrame(
      {
        macSource: source,
        macDestination: destination,
        ip: { ...ip, identification: (back ? flow.backId++ : flow.id) & 0xffff },
        tcp: {
          ...ports,
          sequence: back ? 1 : flow.sequence >>> 0,
          acknowledgement: back ? flow.sequence >>> 0 : 1,
          flags,
          window: 5000,
          options,
        },
        payload,
        checksum,
      },
      scratch,
    );
    writer.frame(view, 0, Math.min(length, snapLength), length, time);
  };
  const empty = new Uint8Array(0);
  const flows = Array.from({ length: FLOWS }, (_, number) => ({
    number,
    sequence: number * 1e6,
    id: number * 8000,
    backId: 0,
  }));
  for (const flow of flows) {
    const syn = new Uint8Array([2, 4, 5, 0xb4, 1, 3, 3, 7]);
    send(flow, false, 0x02, syn, empty, 'full');
    send(flow, true, 0x12, syn, empty, 'full');
    flow.sequence += 1;
    flow.id += 1;
  }
  const isSuper = payloadBytes > MSS;
  for (let i = 0; i < frames; i += 1) {
    const flow = flows[isSuper ? i % FLOWS : Math.floor(i / BURST) % FLOWS];
    const endsBurst = isSuper || i % BURST === BURST - 1;
    new DataView(stamps.buffer).setUint32(4, i >> 6);
    send(flow, false, endsBurst ? 0x18 : 0x10, stamps, pool.subarray(0, payloadBytes), isSuper ? 'partial' : 'full');
    flow.sequence += payloadBytes;
    flow.id += Math.ceil(payloadBytes / MSS);
    if (!endsBurst) continue;
    time += 50_000;
    send(flow, true, 0x10, stamps, empty, 'full');
  }
  writer.flush();
  closeSync(fd);
}

function input(name, parameters) {
  mkdirSync(options.data, { recursive: true });
  const path = join(options.data, `${name}-${parameters.frames}.pcap`);
  if (!existsSync(path)) {
    console.log(`making ${path}`);
    makeBulk(path, parameters);
  }
  // Read once, so that nobody pays for the disk.
  const buffer = new Uint8Array(4 << 20);
  const fd = openSync(path, 'r');
  while (readSync(fd, buffer) > 0);
  closeSync(fd);
  return path;
}

const supers = input('bulk-super', { payloadBytes: SUPER, frames: Math.round(15_300 * share), snapLength: 262_144 });
const mtu = input('bulk-mtu', { payloadBytes: MSS, frames: Math.round(1_000_000 * share), snapLength: 262_144 });
const short = input('bulk-short', { payloadBytes: MSS, frames: Math.round(485_000 * share), snapLength: 96 });

const program = (...args) => [process.execPath, [cli, ...args, '-q']];
const copy = (path) => ['tcpdump', ['-r', path, '-w', '/dev/null']];
const contestants = [
  { name: 'wire', command: program('wire', supers, '-w', '/dev/null'), bytes: statSync(supers).size },
  { name: 'merge', command: program('merge', mtu, '-w', '/dev/null'), bytes: statSync(mtu).size },
  { name: 'compare', command: program('compare', short, short), bytes: statSync(short).size * 2 },
  ...(isInstalled('tcpdump')
    ? [
        { name: 'tcpdump, super-packets', command: copy(supers), bytes: statSync(supers).size },
        { name: 'tcpdump, MTU-size', command: copy(mtu), bytes: statSync(mtu).size },
      ]
    : []),
];

if (certificatesNote !== undefined) console.log(certificatesNote);
console.log(
  `load ${loadPerProcessor(cpus().length).toFixed(2)} per processor; ${runs} runs in turns; memory: ${memorySource}`,
);
const results = new Map(contestants.map(({ name }) => [name, []]));
for (let run = 0; run < runs; run += 1) {
  for (const { name, command } of contestants) results.get(name).push(await measure(...command));
}
const least = (name, of) => Math.min(...(results.get(name) ?? []).map(of));
for (const { name, bytes } of contestants) {
  const wallMs = least(name, (one) => one.wallMs);
  const rate = (bytes / wallMs / 1e6).toFixed(2);
  const median = results
    .get(name)
    .map((one) => one.wallMs)
    .sort((x, y) => x - y)[Math.floor(runs / 2)];
  const peak = Math.max(...results.get(name).map((one) => one.peakMb));
  console.log(
    `${name.padEnd(24)} min ${wallMs.toFixed(0).padStart(6)} ms, median ${median.toFixed(0).padStart(6)} ms, cpu ${least(
      name,
      (one) => one.cpuMs ?? Number.NaN,
    )
      .toFixed(0)
      .padStart(6)} ms, ${rate} GB/s of input, peak ${peak.toFixed(0)} MB`,
  );
}

const verdict = (holds) => (holds ? 'pass' : 'FAIL');
const rateOf = (name) => contestants.find((one) => one.name === name).bytes / least(name, (one) => one.wallMs) / 1e6;
for (const name of ['wire', 'merge']) {
  console.log(`${verdict(rateOf(name) >= 1)}  ${name}: at least 1 GB/s: ${rateOf(name).toFixed(2)}`);
}
const compareMs = least('compare', (one) => one.wallMs);
console.log(
  `${verdict(compareMs < 2000 * share)}  compare of two captures of ${Math.round(500_000 * share)} frames: under ${2 * share} s: ${(compareMs / 1000).toFixed(2)}`,
);
if (isInstalled('tcpdump')) {
  // What wire makes of super-packets is as long as the MTU-size file that tcpdump copies.
  for (const name of ['wire', 'merge']) {
    console.log(
      `${verdict(rateOf(name) >= rateOf('tcpdump, MTU-size'))}  ${name}: as fast as tcpdump -w /dev/null on MTU-size frames: ${(rateOf(name) / rateOf('tcpdump, MTU-size')).toFixed(2)} of it`,
    );
  }
}
