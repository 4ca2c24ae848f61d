// The benchmark's input: the same seed gives the same bytes, and other analysers find nothing impossible in it.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { isInstalled } from './end-to-end/golden.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'wiretruth-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function make(name: string, more: readonly string[]): string {
  const path = join(folder, name);
  execFileSync(process.execPath, [
    join(root, 'bench', 'make-capture.mjs'),
    '--out',
    path,
    '--packets',
    '60000',
    '--connections',
    '40',
    ...more,
  ]);
  return path;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe('a capture made from a seed', () => {
  const capture = make('a.pcap', ['--seed', '7']);

  test('is the same for the same seed and another for another', () => {
    expect(sha256(make('b.pcap', ['--seed', '7']))).toBe(sha256(capture));
    expect(sha256(make('c.pcap', ['--seed', '8']))).not.toBe(sha256(capture));
  });

  test.runIf(isInstalled('tshark'))('holds traffic that tshark finds consistent', () => {
    const fields = [
      'tcp.len',
      'ipv6.version',
      'vlan.id',
      'tcp.options.sack.count',
      'ip.checksum.status',
      '_ws.malformed',
    ];
    const marks = ['retransmission', 'zero_window', 'ack_lost_segment'].map((mark) => `tcp.analysis.${mark}`);
    const columns = [...fields, ...marks];
    const text = execFileSync(
      'tshark',
      ['-n', '-r', capture, '-o', 'ip.check_checksum:TRUE', '-T', 'fields', ...columns.flatMap((c) => ['-e', c])],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    const counted = (column: string, matches: (cell: string) => boolean): number =>
      rows.filter((row) => matches(row[columns.indexOf(column)] ?? '')).length;
    const given = (cell: string): boolean => cell !== '';
    expect(rows.length).toBe(60_000);
    expect(counted('tcp.analysis.ack_lost_segment', given)).toBe(0);
    expect(counted('_ws.malformed', given)).toBe(0);
    expect(counted('ip.checksum.status', (cell) => cell === '0' || cell === 'Bad')).toBe(0);
    expect(counted('tcp.len', (cell) => Number(cell) > 1448)).toBeGreaterThan(1000);
    expect(counted('tcp.len', (cell) => cell === '1448')).toBeGreaterThan(1000);
    for (const column of [
      'ipv6.version',
      'vlan.id',
      'tcp.options.sack.count',
      'tcp.analysis.retransmission',
      'tcp.analysis.zero_window',
    ]) {
      expect(counted(column, given), column).toBeGreaterThan(0);
    }
  });

  test.runIf(isInstalled('tcpdump'))('has right TCP checksums wherever whole received packets were kept', () => {
    const text = execFileSync(
      'tcpdump',
      ['-n', '-vv', '-r', capture, 'dst host 10.0.0.1 and tcp[13] == 16 and len <= 90'],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    expect(text.match(/\(correct\)/g)?.length ?? 0).toBeGreaterThan(1000);
    expect(text).not.toContain('(incorrect');
  });
});
