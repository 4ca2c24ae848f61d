import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readScenario, ScenarioError } from './read.ts';
import { scenarioJsonSchema } from './schema.ts';
import { toExperiment } from './to-experiment.ts';

const shipped = join(import.meta.dirname, '..', '..', '..', 'scenarios');

function faults(text: string): readonly string[] {
  try {
    readScenario(text, 'my.yaml');
  } catch (error) {
    if (error instanceof ScenarioError) return error.faults;
    throw error;
  }
  return [];
}

const whole = (more: string): string => `name: mine\ndescription: one\nsender:\n  send: { bytes: 1MB }\n${more}`;

test.each(readdirSync(shipped))('the scenario that ships as %s is in order and is named as its file', (file) => {
  const scenario = readScenario(readFileSync(join(shipped, file), 'utf8'), file);
  expect(`${scenario.name}.yaml`).toBe(file);
  expect(toExperiment(scenario).description).toBe(scenario.description);
});

test.each(readdirSync(shipped))('the scenario that ships as %s has its page', (file) => {
  const page = join(shipped, '..', 'docs', 'scenarios', file.replace('.yaml', '.md'));
  expect(readFileSync(page, 'utf8')).toContain(readFileSync(join(shipped, file), 'utf8').trim());
});

describe('a fault is named with its line and column, what was found and what would be accepted', () => {
  it('for a key that is not known', () => {
    expect(faults(whole('path:\n  - link: { delai: 5ms }'))).toEqual([
      'my.yaml:6:13: path[0].link has no "delai"; expected one of mtu, rate, delay, queue, loss, lose, reorder, ' +
        'reorder-by, back, sender-card, receiver-card',
    ]);
  });
  it('for a word that is not one of the choices', () => {
    expect(faults(whole('taps:\n  - { at: here }'))).toEqual([
      'my.yaml:6:11: taps[0].at: found "here"; expected one of sender, receiver, middle, wire',
    ]);
  });
  it('for a quantity without its unit', () => {
    expect(faults(whole('path: [{ link: { delay: 5, rate: 8Mb } }]'))).toEqual([
      'my.yaml:5:25: path[0].link.delay: found 5; expected one way: a time, such as 5ms',
      'my.yaml:5:34: path[0].link.rate: found "8Mb"; expected a rate, such as 8Mbit or 1Gbit',
    ]);
  });
  it('for what is missing, at the place that lacks it', () => {
    expect(faults('name: mine\ndescription: one\nsender:\n  features: {}')).toEqual([
      'my.yaml:4:3: sender: expected send or exchange: what the application does',
    ]);
    expect(faults('description: one\nsender: { send: { bytes: 1 } }')).toEqual([
      'my.yaml:1:1: name: missing; expected small letters, digits and dashes',
    ]);
  });
  it('for links and hosts in the wrong order', () => {
    expect(faults(whole('path:\n  - link: {}\n  - link: {}\n  - link: {}'))).toEqual([
      'my.yaml:7:5: path[1]: expected a bridge or a router between two links',
    ]);
  });
  it('for several of path, loopback and windows', () => {
    expect(faults(whole('loopback: {}\npath: [{ link: {} }]'))).toEqual([
      'my.yaml:6:7: path: expected only one of path, loopback and receiver.windows',
    ]);
  });
  it('for YAML that is none', () => {
    expect(faults('name: [')[0]).toMatch(/^my\.yaml:1:8: .*sequence/);
    expect(faults('a: 1\na: 2')[0]).toMatch(/^my\.yaml:2:1: .*unique/);
    expect(faults('')[0]).toMatch(/^my\.yaml:1:1: the scenario: found nothing; expected keys name, description/);
    expect(faults('- 1')[0]).toMatch(/^my\.yaml:1:1: the scenario: found a list; expected keys name/);
  });
});

describe('a scenario becomes an experiment', () => {
  const read = (text: string) => toExperiment(readScenario(text, 'my.yaml'));

  it('with quantities in the units of the plan', () => {
    const { path, sender, deadlineMs } = read(
      whole('duration: 1.5s\npath: [{ link: { rate: 2.5Mbit, delay: 200us, loss: 0.5%, queue: 64KiB } }]'),
    );
    expect(deadlineMs).toBe(1500);
    expect(sender.send).toEqual({ bytes: 1_000_000, writeBytes: 65_536 });
    const link = path.links[0];
    expect(link?.kind === 'wire' && link.plan.leftToRight).toMatchObject({
      rateBitsPerSecond: 2_500_000,
      delayUs: 200,
      lossShare: 0.005,
      queueBytes: 65_536,
    });
    expect(link?.kind === 'wire' && link.plan.rightToLeft).toMatchObject({
      rateBitsPerSecond: 2_500_000,
      delayUs: 200,
      lossShare: 0,
    });
  });

  it('with on and off as ethtool has them', () => {
    const text = 'name: mine\ndescription: one\nsender: { features: { tso: off, gso: true }, send: { bytes: 1 } }';
    expect(read(text).senderFeatures).toEqual({ tso: false, gso: true });
  });

  it('where cables stay cables when another link is recorded', () => {
    const path = 'path:\n  - link: {}\n  - bridge: {}\n  - link: { delay: 1ms }\ntaps: [{ at: wire }]';
    expect(read(whole(path)).path.links.map(({ kind }) => kind)).toEqual(['veth', 'wire']);
    const cablesOnly = 'path:\n  - link: {}\ntaps: [{ at: wire }]';
    expect(read(whole(cablesOnly)).path.links.map(({ kind }) => kind)).toEqual(['wire']);
  });

  it('with taps of different names on one host', () => {
    const taps = 'taps:\n  - at: sender\n  - { at: sender, device: any }\n  - at: sender';
    expect(read(whole(taps)).taps.map(({ file }) => file)).toEqual(['sender.pcap', 'sender-any.pcap', 'sender2.pcap']);
  });
});

test('the JSON Schema that is published is the one that reads (lab schema writes it)', () => {
  const published = join(shipped, '..', 'docs', 'scenarios', 'scenario.schema.json');
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});

test('the JSON Schema names every key of the example and refuses others', () => {
  const schema = scenarioJsonSchema() as {
    properties: Record<string, unknown>;
    required: string[];
    additionalProperties: boolean;
  };
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['name', 'sender', 'receiver', 'path', 'taps']),
  );
  expect(schema.required).toEqual(['name', 'description', 'sender']);
  expect(schema.additionalProperties).toBe(false);
});
