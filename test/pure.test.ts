// The pure library runs in a browser as it is: here in a context that has the language and nothing else, where it must say of
// a capture what the command line says.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reportSchema } from '../src/report/schema.ts';
import { capturePath, cli, root } from './end-to-end/golden.ts';

const capture = capturePath('small-packets/window-720-unscaled.pcap');
const hostText = join(root, 'test/hosts/bnxt-thor-default/ethtool_-k_ens3f0np0');

const answerSchema = z.object({
  globals: z.array(z.string()),
  modules: z.number(),
  result: z.object({
    report: reportSchema,
    text: z.array(z.string()),
    host: z.string(),
    writtenFrames: z.number(),
    segments: z.number(),
    stations: z.number(),
  }),
});

function run(program: readonly string[]): string {
  return execFileSync(process.execPath, [...program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the pure library in a context without process, Buffer, TextDecoder, timers or a document', () => {
  let answer: z.infer<typeof answerSchema>;
  beforeAll(() => {
    const script = fileURLToPath(new URL('support/bare-context.mjs', import.meta.url));
    const flags = ['--experimental-vm-modules', '--no-warnings'];
    answer = answerSchema.parse(JSON.parse(run([...flags, script, join(root, 'dist'), capture, hostText])));
  });

  test('has none of them', () => {
    expect(answer.globals).toEqual([]);
  });

  test('loads without a package or a node module', () => {
    expect(answer.modules).toBeGreaterThan(100);
  });

  test('says of a connection what the command line says', () => {
    const report = reportSchema.parse(JSON.parse(run([cli, 'explain', '--json', capture])));
    expect(answer.result.report.connections.map(({ verdicts: _, ...numbers }) => numbers)).toEqual(
      report.connections.map(({ verdicts: _, ...numbers }) => numbers),
    );
    const codes = answer.result.report.connections.map(({ verdicts }) => verdicts.map(({ code }) => code));
    expect(codes[0]).toEqual(report.connections[0]?.verdicts.map(({ code }) => code));
  });

  test('renders text, also in Korean', () => {
    expect(answer.result.text.join('\n')).toMatch(/360 B because the window/);
    expect(answer.result.report.findings.map(({ claim }) => claim).join(' ')).toMatch(/[가-힣]/);
  });

  test('reads a host, writes a capture, and cuts super-packets', () => {
    const packets = answer.result.report.captures[0]?.packets;
    expect(answer.result.host).toBe('host');
    expect(answer.result.writtenFrames).toBe(packets);
    expect(answer.result.segments).toBeGreaterThan(packets ?? Number.NaN);
    expect(answer.result.stations).toBeGreaterThan(5);
  });
});

test('the library that is published is the one that the sources make', () => {
  const exported = (text: string): string[] =>
    [...text.matchAll(/from '(.*?)\.[jt]s'/g)].map(([, path]) => path ?? '').sort();
  const values = exported(readFileSync(join(root, 'dist/index.d.ts'), 'utf8'));
  expect(values).toEqual(exported(readFileSync(join(root, 'src/index.ts'), 'utf8')));
});
