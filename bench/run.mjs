// npm run bench [-- --runs N] [--quick] [--full] [--data DIR]
//
// Makes captures from a seed and measures `wiretruth explain --json` beside tcpdump, tcptrace and tshark on the same file, in turns,
// so that a busy minute hits all of them. Prints the minimum and the median, and each target with what was measured.
// --quick: a tenth of the packets (targets that speak of 5 million packets are then only indications). --full: tshark reads everything
// (about ten minutes); otherwise it reads the first 200,000 packets and its time is scaled.

import { existsSync, openSync, readSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeCapture } from './make-capture.mjs';
import {
  certificatesNote,
  firstOutputAfterEnd,
  isInstalled,
  loadPerProcessor,
  measure,
  memorySource,
  summary,
} from './measure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist', 'bundle', 'main.js');
const SEED = 1;
const SNAP_LENGTH = 96;
const TSHARK_SAMPLE_PACKETS = 200_000;
const TSHARK_FIELDS = [
  'frame.number',
  'tcp.analysis.ack_rtt',
  'tcp.analysis.retransmission',
  'tcp.analysis.bytes_in_flight',
];

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    data: { type: 'string', default: join(root, 'bench', 'data') },
  },
});
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1 on, not ${options.runs}`);
const packets = options.quick ? 500_000 : 5_000_000;

function input(name, packetCount, connections) {
  const path = join(options.data, `${name}-${packetCount}-${connections}-seed${SEED}.pcap`);
  if (!existsSync(path)) {
    console.log(`making ${path}`);
    makeCapture(path, { packets: packetCount, connections, snapLength: SNAP_LENGTH, seed: SEED });
  }
  return path;
}

/** Reads a file once, so that nobody pays for the disk. */
function warm(path) {
  const buffer = new Uint8Array(4 << 20);
  const fd = openSync(path, 'r');
  while (readSync(fd, buffer) > 0);
}

const explain = (path) => [process.execPath, [cli, 'explain', '--json', path]];
const tsharkArgs = (path) => ['-n', '-r', path, '-T', 'fields', ...TSHARK_FIELDS.flatMap((field) => ['-e', field])];

async function inTurns(contestants) {
  const results = new Map(contestants.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const { name, command, args } of contestants) results.get(name).push(await measure(command, args));
  }
  return results;
}

async function measureTshark(path) {
  if (options.full) return { wallMs: (await measure('tshark', tsharkArgs(path))).wallMs, how: 'whole file, 1 run' };
  const empty = await measure('tshark', [...tsharkArgs(path), '-c', '1']);
  const sample = await measure('tshark', [...tsharkArgs(path), '-c', String(TSHARK_SAMPLE_PACKETS)]);
  const wallMs = empty.wallMs + ((sample.wallMs - empty.wallMs) / TSHARK_SAMPLE_PACKETS) * packets;
  return { wallMs, how: `first ${TSHARK_SAMPLE_PACKETS} packets took ${(sample.wallMs / 1000).toFixed(2)} s, scaled` };
}

function row(name, samples) {
  const wall = summary(samples.map((sample) => sample.wallMs));
  const peak = summary(samples.map((sample) => sample.peakMb));
  const cpu = samples.every((sample) => sample.cpuMs !== undefined)
    ? summary(samples.map((sample) => sample.cpuMs)).min
    : undefined;
  return {
    name,
    'min s': (wall.min / 1000).toFixed(2),
    'median s': (wall.median / 1000).toFixed(2),
    'CPU s': cpu === undefined ? '?' : (cpu / 1000).toFixed(2),
    'peak MB': Math.round(peak.max),
    'Mpackets/s': (packets / wall.min / 1000).toFixed(2),
  };
}

function printTable(rows) {
  const columns = Object.keys(rows[0]);
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((entry) => String(entry[column]).length)));
  const line = (cells) =>
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join('  ');
  console.log(line(columns));
  for (const entry of rows) console.log(line(columns.map((column) => entry[column])));
}

const targets = [];
function target(text, measured, limit, unit) {
  targets.push({ text, measured, limit, unit, met: measured <= limit });
}

async function speed(path) {
  const [command, args] = explain(path);
  const contestants = [{ name: 'wiretruth explain --json', command, args }];
  if (isInstalled('tcpdump'))
    contestants.push({ name: 'tcpdump -r F -w -', command: 'tcpdump', args: ['-r', path, '-w', '-'] });
  if (isInstalled('tcptrace')) contestants.push({ name: 'tcptrace -n F', command: 'tcptrace', args: ['-n', path] });
  const results = await inTurns(contestants);
  printTable([...results].map(([name, samples]) => row(name, samples)));
  const best = (name) => summary((results.get(name) ?? []).map((sample) => sample.wallMs));
  const own = best('wiretruth explain --json');
  for (const [name, limit] of [
    ['tcpdump -r F -w -', 1.2],
    ['tcptrace -n F', 0.5],
  ]) {
    const other = best(name);
    if (other.min === undefined) console.log(`${name}: not installed, not compared`);
    else {
      target(`time / ${name}, minimum of ${runs}`, own.min / other.min, limit, 'x');
      target(`time / ${name}, median of ${runs}`, own.median / other.median, limit, 'x');
    }
  }
  if (isInstalled('tshark')) {
    const tshark = await measureTshark(path);
    console.log(`tshark -T fields: ${(tshark.wallMs / 1000).toFixed(1)} s (${tshark.how})`);
    target('time / tshark -T fields', own.min / tshark.wallMs, 1 / 150, 'x');
  } else console.log('tshark: not installed, not compared');
  return Math.max(...results.get('wiretruth explain --json').map((sample) => sample.peakMb));
}

async function memory(onceMb) {
  const twice = await measure(...explain(input('twice', packets * 2, 1000)));
  const many = await measure(...explain(input('many', packets, 100_000)));
  console.log(`twice the packets: ${(twice.wallMs / 1000).toFixed(2)} s, ${Math.round(twice.peakMb)} MB`);
  console.log(`100,000 connections: ${(many.wallMs / 1000).toFixed(2)} s, ${Math.round(many.peakMb)} MB`);
  target(`peak memory, ${packets} packets, 1,000 connections`, onceMb, 160, 'MB');
  target('peak memory, twice the packets', twice.peakMb, 160, 'MB');
  // "Same memory" within what the garbage collector does by chance.
  target('peak memory, twice the packets / once', twice.peakMb / onceMb, 1.1, 'x');
  target('peak memory, 100,000 connections', many.peakMb, 600, 'MB');
}

async function latency(path) {
  const piped = [];
  for (let run = 0; run < Math.min(runs, 3); run += 1)
    piped.push(await firstOutputAfterEnd(process.execPath, [cli, 'explain', '--quiet', '-'], path));
  target('first output after the end of a pipe, slowest', summary(piped).max, 1000, 'ms');
  const help = [];
  for (let run = 0; run < 11; run += 1) help.push((await measure(process.execPath, [cli, '--help'])).wallMs);
  target('--help, median of 11', summary(help).median, 120, 'ms');
}

async function main() {
  const path = input('once', packets, 1000);
  warm(path);
  const load = loadPerProcessor(cpus().length);
  console.log(
    `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, memory from ${memorySource}`,
  );
  if (certificatesNote !== undefined) console.log(certificatesNote);
  console.log(`${path}: ${packets} packets, ${(statSync(path).size / 1e6).toFixed(0)} MB, ${runs} runs in turns`);
  if (load > 0.25)
    console.log(`the machine is busy (load ${load.toFixed(2)} per processor): wait, or trust the ratios at most`);
  const onceMb = await speed(path);
  await memory(onceMb);
  await latency(path);
  console.log('');
  const digits = (value) => (value < 10 ? value.toFixed(value < 0.1 ? 4 : 2) : value.toFixed(0));
  printTable(
    targets.map(({ text, measured, limit, unit, met }) => ({
      target: text,
      measured: `${digits(measured)} ${unit}`,
      'at most': `${digits(limit)} ${unit}`,
      result: met ? 'met' : 'MISSED',
    })),
  );
  if (options.quick) console.log('--quick: an indication; the targets speak of 5 million packets');
}

await main();
