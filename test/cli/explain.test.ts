// The program as a process: what a shell, a pipe and a script see of it.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { reportSchema } from '../../src/report/schema.ts';
import { tinyCapture } from './tiny-capture.ts';

const program = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wiretruth-cli-'));
const one = join(folder, 'one.pcap');
const many = join(folder, 'many.pcap');
const cut = join(folder, 'cut.pcap');

beforeAll(() => {
  if (!existsSync(program)) throw new Error('dist/ is not built: run `npm run build` first');
  const capture = tinyCapture([10]);
  writeFileSync(one, capture);
  writeFileSync(many, tinyCapture([10, 30, 20, 5, 1]));
  writeFileSync(cut, capture.subarray(0, capture.length - 30));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The environment without what would colour or widen the output. */
function environment(changes: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _none, FORCE_COLOR: _force, COLUMNS: _columns, ...rest } = process.env;
  return { ...rest, ...changes };
}

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(
  args: readonly string[],
  options: { input?: Buffer; env?: Readonly<Record<string, string>> } = {},
): Outcome {
  const { input, env } = options;
  const result = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: environment(env),
    timeout: 30_000,
    ...(input === undefined ? {} : { input }),
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

function reportOf(outcome: Outcome): Report {
  return reportSchema.parse(JSON.parse(outcome.out));
}

describe('the command line', () => {
  test('prints its help, its version and nothing on standard error', () => {
    expect(run(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('explain') });
    expect(run(['--version'])).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(run(['explain', '--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('--fail-on') });
    expect(run(['help', 'explain']).out).toBe(run(['explain', '--help']).out);
  });

  test.each([
    [[], 'Usage'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['explain'], 'expected one file or more, or - for standard input'],
    [['explain', 'a', '--jsn'], 'Did you mean --json?'],
    [['explain', 'a', '--top', 'many'], 'whole number from 0'],
    [['explain', 'a', '--lang', 'fr'], 'Allowed choices are en, ko'],
    [['explain', 'a', '--fail-on', 'bad'], 'Allowed choices are problem, notice, info, healthy'],
    [['explain', 'a', '--connection', '10.0.0.1'], 'ip:port-ip:port'],
    [['explain', '-', '-'], 'standard input can be read only once'],
    [['explain', 'a', 'b', '--follow'], 'expected one'],
  ])('%j is a usage error that says what would be accepted', (args, message) => {
    const outcome = run(args);
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.err).toContain(message);
  });

  test('prints the JSON Schema', () => {
    const schema: unknown = JSON.parse(run(['schema']).out);
    expect(schema).toMatchObject({ $id: 'wiretruth.report/1', type: 'object' });
  });
});

describe('explain', () => {
  test('answers in the first line, without colours in a pipe', () => {
    const { code, out, err } = run(['explain', one]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[0]).toMatch(/^(PROBLEM|NOTICE|INFO|HEALTHY) +\S/);
    expect(out).toContain('10.0.0.1:40000 > 10.0.0.2:5201');
    expect(out).not.toContain('\u001b');
  });

  test('colours when FORCE_COLOR asks, not when NO_COLOR or --no-color do', () => {
    expect(run(['explain', one], { env: { FORCE_COLOR: '1' } }).out).toContain('\u001b[');
    expect(run(['explain', one], { env: { NO_COLOR: '1' } }).out).not.toContain('\u001b[');
    expect(run(['explain', one, '--no-color'], { env: { FORCE_COLOR: '1' } }).out).not.toContain('\u001b[');
  });

  test('writes a JSON report that keeps to the schema', () => {
    const outcome = run(['explain', one, '--json']);
    const report = reportOf(outcome);
    expect(outcome.code).toBe(0);
    expect(report.captures[0]).toMatchObject({
      path: one,
      format: 'pcap',
      packets: 24,
      linkTypes: ['ETHERNET'],
      damage: null,
    });
    expect(report.connections).toHaveLength(1);
    expect(report.connections[0]?.directions[0]).toMatchObject({ from: 'client', payloadBytes: 14_600 });
  });

  test('writes Korean', () => {
    const { out } = run(['explain', one, '--lang', 'ko']);
    expect(out.split('\n')[0]).toMatch(/^(문제|주의|정보|정상) /);
    expect(out).toContain('와이어 상 패킷');
  });

  test('reads standard input, compressed or not', () => {
    const plain = run(['explain', '-', '--json'], { input: tinyCapture([10]) });
    const packed = run(['explain', '-', '--json'], { input: gzipSync(tinyCapture([10])) });
    expect(reportOf(plain).connections).toEqual(reportOf(packed).connections);
    expect(reportOf(packed).captures[0]).toMatchObject({ path: '-', compression: 'gzip' });
  });

  test('puts the largest of several connections first and picks one by number or by its ends', () => {
    const table = run(['explain', many]).out;
    expect(table.indexOf('10.0.0.1:40001')).toBeGreaterThan(0);
    expect(table).toContain('connection 2 (tcp.stream 1)');
    expect(table).not.toContain('connection 5 (tcp.stream 4) ');
    const byNumber = reportOf(run(['explain', many, '--json', '--connection', '3'])).connections;
    const byEnds = reportOf(
      run(['explain', many, '--json', '--connection', '10.0.0.2:5201-10.0.0.1:40002']),
    ).connections;
    expect(byNumber.map(({ id }) => id)).toEqual([3]);
    expect(byEnds).toEqual(byNumber);
    expect(run(['explain', many, '--connection', '9'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('among the 5'),
    });
  });

  test('--top bounds the connections', () => {
    const top = reportOf(run(['explain', many, '--json', '--top', '2'])).connections;
    expect(top.map(({ id }) => id)).toEqual([2, 3]);
    expect(reportOf(run(['explain', many, '--json'])).connections.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  });

  test('numbers the connections of several captures on', () => {
    const report = reportOf(run(['explain', one, many, '--json']));
    expect(report.captures.map(({ path }) => path)).toEqual([one, many]);
    expect(report.connections.map(({ id, capture }) => `${id}/${capture}`)).toEqual([
      '1/0',
      '2/1',
      '3/1',
      '4/1',
      '5/1',
      '6/1',
    ]);
  });

  test('--fail-on healthy fails on any verdict, --fail-on problem not on a good transfer', () => {
    expect(run(['explain', one, '--fail-on', 'healthy']).code).toBe(1);
    expect(run(['explain', one, '--fail-on', 'problem']).code).toBe(0);
  });
});

describe('bad input', () => {
  test('a missing file, a directory, an empty file and garbage are unreadable: code 3, one line', () => {
    const empty = join(folder, 'empty.pcap');
    const garbage = join(folder, 'garbage.pcap');
    writeFileSync(empty, '');
    writeFileSync(garbage, 'this is not a capture at all, but a text of some length');
    mkdirSync(join(folder, 'directory'), { recursive: true });
    for (const path of [join(folder, 'missing.pcap'), join(folder, 'directory'), empty, garbage]) {
      const { code, out, err } = run(['explain', path]);
      expect({ path, code, out }).toEqual({ path, code: 3, out: '' });
      expect(err).toMatch(/^wiretruth: .+: .+\n$/);
      expect(err).toContain(path);
    }
  });

  test.skipIf(process.getuid?.() === 0)('a file without permission is unreadable', () => {
    const secret = join(folder, 'secret.pcap');
    writeFileSync(secret, tinyCapture([1]));
    chmodSync(secret, 0);
    expect(run(['explain', secret])).toMatchObject({ code: 3 });
  });

  test('a capture cut short is reported as far as it went: code 4, packet and byte named', () => {
    const outcome = run(['explain', cut, '--json']);
    expect(outcome.code).toBe(4);
    expect(outcome.err).toMatch(/^wiretruth: .*cut\.pcap: packet 24 at byte 0x[0-9a-f]+: .+\n$/);
    const report = reportOf(outcome);
    expect(report.captures[0]).toMatchObject({ packets: 23, damage: { packet: 24 } });
    expect(report.connections).toHaveLength(1);
  });

  test('one unreadable capture among others does not hide them, and is not forgotten', () => {
    const outcome = run(['explain', join(folder, 'missing.pcap'), one, '--json']);
    expect(outcome.code).toBe(3);
    expect(reportOf(outcome).connections).toHaveLength(1);
  });
});

describe('signals and pipes', () => {
  /** Starts explain on standard input; resolves once it has taken the bytes that were written. */
  function startOnPipe(args: readonly string[] = []): ChildProcess {
    return spawn(process.execPath, [program, 'explain', '-', ...args], { env: environment() });
  }

  async function outcomeOf(child: ChildProcess): Promise<Outcome> {
    let out = '';
    let err = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  }

  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  test('SIGINT gives a partial report, flagged, and code 130', async () => {
    const child = startOnPipe(['--json']);
    const outcome = outcomeOf(child);
    child.stdin?.write(tinyCapture([10]));
    await pause(1500);
    child.kill('SIGINT');
    const { code, out, err } = await outcome;
    expect({ code, err }).toEqual({ code: 130, err: '' });
    const report = reportSchema.parse(JSON.parse(out));
    expect(report.captures[0]?.warnings.map((warning) => warning.code)).toContain('interrupted');
    expect(report.connections).toHaveLength(1);
  });

  test('a pipe that ends right after SIGINT is a whole report', async () => {
    const child = startOnPipe(['--json']);
    const outcome = outcomeOf(child);
    child.stdin?.write(tinyCapture([10]));
    await pause(1500);
    child.kill('SIGINT');
    child.stdin?.end();
    const { code, out } = await outcome;
    expect(code).toBe(0);
    expect(reportSchema.parse(JSON.parse(out)).captures[0]?.warnings).toEqual([]);
  });

  test('--follow waits for a growing capture, also in the middle of a packet, until SIGINT', async () => {
    const growing = join(folder, 'growing.pcap');
    const capture = tinyCapture([10]);
    writeFileSync(growing, capture.subarray(0, 1000));
    const child = spawn(process.execPath, [program, 'explain', growing, '--follow', '--json'], { env: environment() });
    const outcome = outcomeOf(child);
    await pause(1000);
    appendFileSync(growing, capture.subarray(1000, 5000));
    await pause(700);
    appendFileSync(growing, capture.subarray(5000));
    await pause(1500);
    child.kill('SIGINT');
    const { code, out, err } = await outcome;
    expect({ code, err }).toEqual({ code: 130, err: '' });
    expect(reportSchema.parse(JSON.parse(out)).captures[0]).toMatchObject({ packets: 24, damage: null });
  });

  test('a second SIGINT ends it at once', async () => {
    const child = startOnPipe();
    const outcome = outcomeOf(child);
    child.stdin?.write(tinyCapture([10]));
    await pause(1500);
    child.kill('SIGINT');
    await pause(50);
    child.kill('SIGINT');
    expect(await outcome).toEqual({ code: 130, out: '', err: '' });
  });

  test('a reader that goes away ends it quietly', async () => {
    writeFileSync(join(folder, 'wide.pcap'), tinyCapture(Array.from({ length: 2000 }, () => 1)));
    const child = spawn(process.execPath, [program, 'explain', join(folder, 'wide.pcap'), '--json'], {
      env: environment(),
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    await once(child, 'close');
    expect(err).toBe('');
  });
});
