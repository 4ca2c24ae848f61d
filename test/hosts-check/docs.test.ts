// docs/host.md says what the program says: every metric, every field of the JSON, every subcommand and option.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { buildHostCheck } from '../../src/cli/host/check-report.ts';
import { hostMetrics } from '../../src/cli/host/metrics-text.ts';
import { readHost } from '../../src/node/read-host.ts';

const hosts = join(import.meta.dirname, '../hosts');
const page = readFileSync(join(import.meta.dirname, '../../docs/host.md'), 'utf8');
const program = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));

const states = readdirSync(hosts, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['make', 'expected'].includes(entry.name))
  .map((entry) => entry.name);

describe('docs/host.md', () => {
  test('names every metric that any recorded host gives, with its labels', async () => {
    const texts = await Promise.all(states.map(async (state) => hostMetrics(await readHost(join(hosts, state)))));
    const lines = texts.join('').split('\n');
    const names = new Set(lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []));
    expect(names.size).toBeGreaterThan(15);
    for (const name of names) {
      const row = page.split('\n').find((text) => text.startsWith('|') && text.includes(`\`${name}\``));
      expect(row, name).toBeDefined();
      const one = lines.find((line) => line.startsWith(`${name}{`)) ?? '';
      for (const label of one.matchAll(/[{,]([a-z_]+)="/g)) expect(row, name).toContain(`\`${label[1]}\``);
    }
  });

  test('names every field of the JSON of host check', async () => {
    const report = buildHostCheck(await readHost(join(hosts, 'sos')), 'en');
    const fields = [report, ...report.devices.slice(0, 1), ...report.counters.slice(0, 1)].flatMap(Object.keys);
    const named = fields.filter((field) => !['schema', 'tool'].includes(field));
    expect(named.filter((field) => !page.includes(`\`${field}\``) && !page.includes(`\`${field}[]\``))).toEqual([]);
    expect(page).toContain(`\`${report.schema}\``);
  });

  test('has a section for every subcommand, and names no option that is not there', () => {
    const help = (...words: readonly string[]): string =>
      spawnSync(process.execPath, [program, 'host', ...words, '--help'], { encoding: 'utf8' }).stdout;
    const commands = [...help().matchAll(/^ {2}(collect|check|plan|apply|undo|metrics)\b/gm)].map(
      (match) => match[1] ?? '',
    );
    expect(commands).toEqual(['collect', 'check', 'plan', 'apply', 'undo', 'metrics']);
    const options = new Set(commands.flatMap((command) => help(command).match(/--[a-z-]+/g) ?? []));
    for (const command of commands) expect(page).toMatch(new RegExp(`^## .*\\b${command}\\b`, 'm'));
    const inText = new Set([...page.matchAll(/`[^`\n]*?(--[a-z-]+)/g)].map((match) => match[1] ?? ''));
    expect([...inText].filter((option) => !options.has(option) && !page.includes(`ethtool ${option}`))).toEqual([]);
  });
});
