import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  damagedCapture,
  healthyConnection,
  sampleCapture,
  smallWindowConnection,
} from '../../test/reports/sample-report.ts';
import { reportJson } from './json.ts';
import type { ConnectionReport } from './model.ts';
import { reportJsonSchema, reportSchema } from './schema.ts';

interface Example {
  readonly connections: readonly { directions: readonly unknown[] }[];
}

/** The example of docs/report.md: JSON with comments, which spells out one of the two directions. */
function contractExample(): Example {
  const page = readFileSync(new URL('../../docs/report.md', import.meta.url), 'utf8');
  const block = /```jsonc\n([\s\S]*?)```/.exec(page)?.[1];
  if (block === undefined) throw new Error('docs/report.md has no jsonc block');
  const example = JSON.parse(block.replace(/\/\*[\s\S]*?\*\/| \/\/ .*/g, '')) as Example;
  for (const connection of example.connections) {
    const [direction] = connection.directions;
    connection.directions = [direction, { ...(direction as object), from: 'server' }];
  }
  return example;
}

function jsonOf(connections: Iterable<ConnectionReport>): string {
  const captures = [sampleCapture, damagedCapture];
  const parts = { toolVersion: '0.1.0', captures, connections, findings: () => [], udpFlows: [] };
  return [...reportJson(parts)].join('');
}

const published = z.fromJSONSchema(reportJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

describe('the published JSON Schema', () => {
  test('accepts the example of docs/report.md', () => {
    expect(() => published.parse(contractExample())).not.toThrow();
  });

  test('accepts our own reports, and so does the stricter schema of our own fields', () => {
    const report: unknown = JSON.parse(jsonOf([smallWindowConnection('en'), healthyConnection(2, 21_000_000)]));
    expect(() => published.parse(report)).not.toThrow();
    expect(() => reportSchema.parse(report)).not.toThrow();
  });

  test.each([
    ['a share above 1', { capturePointConfidence: 1.5 }],
    ['an unknown number as -1', { payloadBytes: -1 }],
    ['an unknown capture point', { capturePoint: 'both' }],
    ['a missing window', { window: undefined }],
  ])('refuses %s', (_what, change) => {
    const connection = smallWindowConnection('en');
    const wrong = { ...connection, directions: [{ ...connection.directions[0], ...change }, connection.directions[1]] };
    const report: unknown = JSON.parse(jsonOf([wrong as unknown as ConnectionReport]));
    expect(published.safeParse(report).success).toBe(false);
  });

  test('refuses a verdict that says nothing against itself', () => {
    const connection = smallWindowConnection('en');
    const verdicts = connection.verdicts.map((verdict) => ({ ...verdict, against: [] }));
    expect(published.safeParse(JSON.parse(jsonOf([{ ...connection, verdicts }]))).success).toBe(false);
  });
});

describe('the JSON report', () => {
  test('has its keys in the same order every time, and a line per connection', () => {
    const text = jsonOf([smallWindowConnection('en'), healthyConnection(2, 21_000_000)]);
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      'schema',
      'tool',
      'captures',
      'connections',
      'findings',
      'udpFlows',
    ]);
    expect(text.split('\n').filter((line) => line.startsWith('{"id":'))).toHaveLength(2);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('writes a connection before the next one is made', () => {
    const made: number[] = [];
    function* connections(): Generator<ConnectionReport> {
      for (let id = 1; id <= 3; id++) {
        made.push(id);
        yield healthyConnection(id, 1000);
      }
    }
    const parts = { toolVersion: '0.1.0', captures: [], connections: connections(), findings: () => [], udpFlows: [] };
    const writtenWhenMade: number[] = [];
    for (const piece of reportJson(parts)) if (piece.includes('"id":')) writtenWhenMade.push(made.length);
    expect(writtenWhenMade).toEqual([1, 2, 3]);
  });
});
