// Any line dropped, cut, doubled or garbled: nothing throws, what is left keeps its line numbers, problems name a place.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleHost } from '../../src/hoststate/assemble.ts';
import type { HostState, NetworkState, SourceLine } from '../../src/hoststate/host-state.ts';
import { networks } from '../../src/hoststate/readings.ts';

const here = import.meta.dirname;

interface Sample {
  readonly path: string;
  readonly text: string;
}

function samplesBelow(folder: string, inside = ''): readonly Sample[] {
  return readdirSync(join(folder, inside), { withFileTypes: true }).flatMap((entry) => {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    return entry.isDirectory()
      ? samplesBelow(folder, path)
      : [{ path, text: readFileSync(join(folder, path), 'utf8') }];
  });
}

const states = readdirSync(here, { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && !['make', 'expected'].includes(entry.name),
);
const samples = states.flatMap((state) => samplesBelow(join(here, state.name)));

/** Every place that a host state quotes, with a word that must stand in that line. */
function quoted(host: HostState): readonly { readonly source: SourceLine; readonly word: string }[] {
  return [
    ...networks(host).flatMap(([, network]) => quotedOf(network)),
    ...host.logs.map((log) => ({ source: log.source, word: log.device ?? '' })),
  ];
}

function quotedOf(network: NetworkState): readonly { readonly source: SourceLine; readonly word: string }[] {
  const found: { source: SourceLine; word: string }[] = [];
  for (const device of network.devices.values()) {
    for (const fact of device.features.values()) found.push({ source: fact.source, word: '' });
    for (const [name, fact] of device.statistics)
      found.push({
        source: fact.source,
        word: String(fact.value) && (name.split(': ').at(-1)?.replace(/#\d+$/, '') ?? ''),
      });
    if (device.link !== undefined) found.push({ source: device.link.source, word: device.name });
    for (const fact of device.addresses ?? []) found.push({ source: fact.source, word: fact.value.ip });
    for (const qdisc of device.qdiscs) found.push({ source: qdisc.source, word: qdisc.value.kind });
    if (device.driver !== undefined)
      found.push({ source: device.driver.driver.source, word: device.driver.driver.value });
  }
  for (const socket of network.sockets) {
    found.push({ source: socket.source, word: String(socket.local.port ?? '') });
    if (socket.infoSource !== undefined) found.push({ source: socket.infoSource, word: `mss:${socket.mssBytes}` });
  }
  for (const fact of network.counters.values()) found.push({ source: fact.source, word: String(fact.value) });
  for (const [name, fact] of network.sysctls) found.push({ source: fact.source, word: name });
  return found;
}

function check(path: string, text: string): void {
  const host = assembleHost([{ path, text }], { name: 'damaged' });
  const lines = text.split(/\r?\n/);
  const fail = (what: string): never => {
    throw new Error(`${path}: ${what}`);
  };
  for (const { source, word } of quoted(host)) {
    const line = lines[source.line - 1];
    if (line === undefined) fail(`line ${source.line} of ${lines.length}`);
    // Services stand for ports, and counters of old spelling for new: those words are not in the line.
    else if (!line.includes(word) && !/nfs|netstat_-s/.test(path + line))
      fail(`line ${source.line} ${JSON.stringify(line)} has no ${word}`);
  }
  for (const problem of host.problems) {
    if (problem.place.file !== path || !/: found .*; expected ./s.test(problem.message)) fail(problem.message);
    if ((problem.place.line ?? 1) > Math.max(1, lines.length)) fail(`problem beyond the end: ${problem.message}`);
  }
}

const sample = fc.constantFrom(...samples);
const runs = { numRuns: Number(process.env['WIRETRUTH_RUNS'] ?? 200) };

describe('damaged outputs', () => {
  it('as they are, every fact quotes its line', () => {
    for (const { path, text } of samples) check(path, text);
  });
  it('without any one line', () => {
    for (const { path, text } of samples) {
      const lines = text.split('\n');
      const step = Math.max(1, Math.floor(lines.length / 20));
      for (let drop = 0; drop < lines.length; drop += step) check(path, lines.toSpliced(drop, 1).join('\n'));
    }
  });
  it('cut anywhere', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1, noNaN: true }), ({ path, text }, share) =>
        check(path, text.slice(0, Math.floor(text.length * share))),
      ),
      runs,
    );
  });
  it('with garbage in any place', () => {
    fc.assert(
      fc.property(
        sample,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(30),
        fc.string({ unit: 'binary', maxLength: 40 }),
        ({ path, text }, share, length, garbage) => {
          const at = Math.floor(text.length * share);
          // Lines must stay countable the same way: no line ends of other kinds in the garbage.
          check(path, text.slice(0, at) + garbage.replaceAll('\r', ' ') + text.slice(at + length));
        },
      ),
      runs,
    );
  });
  it('lines in any order', () => {
    fc.assert(
      fc.property(
        sample.chain((one) => fc.tuple(fc.constant(one.path), fc.shuffledSubarray(one.text.split('\n')))),
        ([path, lines]) => check(path, lines.join('\n')),
      ),
      runs,
    );
  });
  it('under a name that says nothing, or the wrong thing', () => {
    fc.assert(
      fc.property(sample, sample, (one, other) => {
        check('a-file', one.text);
        check(other.path, one.text);
      }),
      runs,
    );
  });
  it('behind blank lines the same facts stand, that many lines lower', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 5 }), ({ path, text }, blank) => {
        const before = quoted(assembleHost([{ path, text }], { name: 'x' }));
        const after = quoted(assembleHost([{ path, text: '\n'.repeat(blank) + text }], { name: 'x' }));
        expect(after.map(({ source }) => source.line - blank)).toEqual(before.map(({ source }) => source.line));
      }),
      { numRuns: 60 },
    );
  });
});
