// wire, merge, compare and annotate as a user runs them: processes, files and pipes, exit codes.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const cli = 'dist/bundle/main.js';
const sender = 'test/captures/offload/tso-at-sender.pcap';
const between = 'test/captures/offload/wire-between.pcap';
const pcapng = 'test/captures/offload/tso-off-at-sender.pcapng';
const twoTaps = 'test/captures/taps/two-taps-merged.pcapng';
const directory = mkdtempSync(join(tmpdir(), 'wiretruth-cli-rewrite-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(args: readonly string[], input?: Uint8Array): { status: number | null; stdout: Buffer; stderr: string } {
  const done = spawnSync(process.execPath, [cli, ...args], {
    ...(input === undefined ? {} : { input }),
    maxBuffer: 1 << 28,
  });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr.toString() };
}

const hasTshark = ['/usr/bin/tshark', '/usr/local/bin/tshark'].some((path) => existsSync(path));
if (!hasTshark)
  process.stderr.write('SKIPPED: tshark is not installed; what wire and annotate write was not read with it.\n');

function tshark(file: string, filter: string): string[] {
  const out = execFileSync('tshark', ['-r', file, '-Y', filter, '-T', 'fields', '-e', 'frame.number'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return out
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

describe('wiretruth wire', () => {
  it('writes the same to a file and to a pipe, from a file and from a pipe', () => {
    const out = join(directory, 'wire.pcap');
    const toFile = run(['wire', sender, '-w', out]);
    const toPipe = run(['wire', '-'], readFileSync(sender));
    expect(toFile.status).toBe(0);
    expect(toFile.stderr).toMatch(/809 frames in, \d+ packets out; \d+ frames cut/);
    expect(Buffer.compare(toPipe.stdout, readFileSync(out))).toBe(0);
    if (hasTshark) expect(tshark(out, 'tcp.len > 1448')).toEqual([]);
  });

  it('makes a pcapng of a pcap when the output is named so, with its marks', () => {
    const out = join(directory, 'marked.pcapng');
    expect(run(['wire', sender, '-w', out]).status).toBe(0);
    expect(readFileSync(out).subarray(0, 4).toString('hex')).toBe('0a0d0d0a');
    if (hasTshark) expect(tshark(out, 'frame.comment contains "cut from frame"').length).toBeGreaterThan(200);
  });

  it('passes a capture from the wire byte for byte', () => {
    expect(Buffer.compare(run(['wire', between]).stdout, readFileSync(between))).toBe(0);
  });

  it('writes what came before the damage, and exits with 4', () => {
    const cut = join(directory, 'cut.pcap');
    writeFileSync(cut, readFileSync(sender).subarray(0, 20_000));
    const done = run(['wire', cut, '-w', join(directory, 'cut-wire.pcap')]);
    expect(done.status).toBe(4);
    expect(done.stderr).toMatch(/cut\.pcap: packet \d+ at byte 0x[0-9a-f]+: /);
    if (hasTshark) expect(tshark(join(directory, 'cut-wire.pcap'), 'tcp').length).toBeGreaterThan(100);
  });

  it.each([
    [['wire', 'no-such-file.pcap'], 3, /no-such-file\.pcap/],
    [['wire', sender, '--segment-size', '1'], 2, /8 to 65535/],
    [['wire', sender, '--rate', 'fast'], 2, /10G/],
    [['wire', sender, '-w', '/no/such/place/x'], 3, /cannot be written/],
    [['merge', sender, '--kernel', 'banana'], 2, /6\.18/],
    [['merge', sender, '--napi', 'never'], 2, /same-timestamp/],
    [['compare', '-', sender], 2, /expected files/],
    [['compare', twoTaps], 2, /interface per tap/],
    [['annotate', '-'], 2, /expected a file/],
  ] as const)('%j: exit %i', (args, status, message) => {
    const done = run(args);
    expect(done.stderr).toMatch(message);
    expect(done.status).toBe(status);
  });
});

describe('wiretruth merge', () => {
  it('merges what wire has cut', () => {
    const wire = run(['wire', sender, '-q']).stdout;
    const merged = run(['merge', '-', '--napi', 'same-timestamp'], wire);
    expect(merged.stderr).toMatch(/GRO rules of 6\.18/);
    const again = run(['wire', '-', '-q'], merged.stdout).stdout;
    // The same packets; the order of those of one time may differ, and so may checksums that the snaplen left open.
    expect(again.length).toBe(wire.length);
  });
});

describe('wiretruth compare', () => {
  it('finds the same packets before and after the cut, in two files and in one with an interface per tap', () => {
    const wire = join(directory, 'compared.pcap');
    const both = join(directory, 'both.pcapng');
    run(['wire', sender, '-w', wire]);
    const done = run(['compare', sender, wire, '-w', both]);
    expect(done.stdout.toString()).toMatch(/^A {2}.*\nB {2}.*\n\nThe same packets were on the wire at A and at B\./);
    expect(done.stdout.toString()).toMatch(/\d+ the same, \d+ cut into \d+/);
    expect(done.status).toBe(0);
    const inOne = run(['compare', both]);
    expect(inOne.stdout.toString()).toMatch(/The same packets were on the wire/);
    if (hasTshark) expect(tshark(both, 'frame.packet_id == 1')).toHaveLength(2);
  });

  it('gives JSON, and says with exit code 1 that captures have nothing in common', () => {
    const done = run(['compare', sender, between, '--json']);
    expect(JSON.parse(done.stdout.toString())).toMatchObject({
      schema: 'wiretruth.compare/1',
      directions: [],
      wireIsEqual: false,
    });
    expect(done.status).toBe(1);
  });
});

describe('wiretruth annotate', () => {
  it.each([sender, pcapng])('puts verdicts on packets of %s that Wireshark finds by their comment', (file) => {
    const out = join(directory, 'annotated.pcapng');
    expect(run(['annotate', file, '-w', out]).status).toBe(0);
    if (!hasTshark) return;
    expect(tshark(out, 'frame.comment contains "wiretruth"').length).toBeGreaterThan(1);
    expect(tshark(out, 'frame')).toHaveLength(tshark(file, 'frame').length);
  });
});
