// Runs a program and tells wall time, processor time and peak resident memory. Output of the program goes to /dev/null.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, createReadStream, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Certificates that some machines have every Node read at its start, before the program's first line: 50 ms for those of a Linux
 * distribution (Node 20), whatever the program is. They are left out of what is measured.
 */
const { NODE_EXTRA_CA_CERTS: certificates, ...environment } = process.env;
export const certificatesNote =
  certificates === undefined
    ? undefined
    : `without NODE_EXTRA_CA_CERTS=${certificates}, which Node would read at each start`;

const GNU_TIME = '/usr/bin/time';
const hasGnuTime = existsSync(GNU_TIME) && spawnSync(GNU_TIME, ['-f', '%M', 'true'], { encoding: 'utf8' }).status === 0;

/** How peak memory is known: the kernel's own count for a finished child, or its high-water mark polled every 10 ms. */
export const memorySource = hasGnuTime ? 'wait4 rusage (GNU time)' : 'VmHWM of /proc/PID/status, polled';

export function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** @returns {Promise<{ wallMs: number, cpuMs: number | undefined, peakMb: number }>} */
export async function measure(command, args, { acceptStatus = [0] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'wiretruth-bench-'));
  const usageFile = join(folder, 'usage');
  const devNull = openSync('/dev/null', 'r+');
  try {
    const started = process.hrtime.bigint();
    const child = hasGnuTime
      ? spawn(GNU_TIME, ['-q', '-o', usageFile, '-f', '%M %U %S', command, ...args], {
          stdio: [devNull, devNull, 'pipe'],
          env: environment,
        })
      : spawn(command, args, { stdio: [devNull, devNull, 'pipe'], env: environment });
    const highWater = hasGnuTime ? undefined : watchHighWater(child.pid);
    const { status, stderr } = await ended(child);
    const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
    if (!acceptStatus.includes(status))
      throw new Error(`${command} ${args.join(' ')} ended with status ${status}: ${stderr.slice(-500)}`);
    if (highWater !== undefined) return { wallMs, cpuMs: undefined, peakMb: highWater() / 1024 };
    const [peakKb = Number.NaN, user = Number.NaN, system = Number.NaN] = readFileSync(usageFile, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    return { wallMs, cpuMs: (user + system) * 1000, peakMb: peakKb / 1024 };
  } finally {
    closeSync(devNull);
    rmSync(folder, { recursive: true, force: true });
  }
}

function ended(child) {
  let stderr = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stderr }));
  });
}

function watchHighWater(pid) {
  let peakKb = 0;
  const look = () => {
    try {
      const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      if (line !== null) peakKb = Math.max(peakKb, Number(line[1]));
    } catch {
      // The child has ended: what was seen last stands.
    }
  };
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    return peakKb;
  };
}

/** Feeds a file through a pipe; tells how long after the pipe's end the program's first output came. */
export async function firstOutputAfterEnd(command, args, inputPath) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: environment });
  let firstOutput;
  child.stdout.on('data', () => {
    firstOutput ??= process.hrtime.bigint();
  });
  const closed = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  await pipeline(createReadStream(inputPath, { highWaterMark: 1 << 20 }), child.stdin);
  const inputEnded = process.hrtime.bigint();
  const status = await closed;
  if (status !== 0 || firstOutput === undefined)
    throw new Error(
      `${command} on a pipe ended with status ${status} and ${firstOutput === undefined ? 'no' : 'some'} output`,
    );
  return Number(firstOutput - inputEnded) / 1e6;
}

/** The load of the last minute, per processor; above a half the figures are not worth much. */
export function loadPerProcessor(processors) {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) / processors;
}

export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor((sorted.length - 1) / 2)], max: sorted.at(-1) };
}
