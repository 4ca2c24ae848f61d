// The npm package: what it promises, what it carries, and that it works from its tarball in an empty folder.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  type: z.literal('module'),
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
  engines: z.object({ node: z.string() }),
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const manifest = manifestSchema.parse(readJson('package.json'));

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const lock = lockSchema.parse(readJson('package-lock.json'));

/** Licences whose code may travel with an Apache-2.0 program without changing its terms. */
const COMPATIBLE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
  'Zlib',
];
/** Also fine for tools that build and test but are not part of the package. */
const COMPATIBLE_TOOLS = [...COMPATIBLE, 'CC-BY-4.0', 'MPL-2.0', 'Python-2.0', 'MIT OR Apache-2.0', '(MIT OR CC0-1.0)'];

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** npm as a program, without the settings that a surrounding `npm test` puts into the environment. */
function npm(args: readonly string[], cwd: string): string {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE_ENV)/i.test(name)),
  );
  return execFileSync('npm', args, { cwd, encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
}

function packedFiles(): string[] {
  const packed = z
    .array(z.object({ files: z.array(z.object({ path: z.string() })) }))
    .parse(Object.values(JSON.parse(npm(['pack', '--dry-run', '--json', '--ignore-scripts'], root))));
  return (packed[0]?.files ?? []).map((file) => file.path);
}

describe('package.json', () => {
  test('asks for a Node that has what the code uses, and is a module', () => {
    expect(manifest.engines.node).toBe('>=20.19');
    expect(manifest.license).toBe('Apache-2.0');
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toContain('Apache License');
  });

  test('names exact versions, so that two clones hold the same code', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, v]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(v),
    );
    expect(loose).toEqual([]);
  });

  test('has no runtime dependency but the known few', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['commander', 'fzstd', 'yaml', 'zod']);
  });

  test('puts types before code in every export, and what is exported exists', () => {
    for (const [name, conditions] of Object.entries(manifest.exports)) {
      if (typeof conditions === 'string') continue;
      expect(Object.keys(conditions), name).toEqual(['types', 'default']);
      for (const path of Object.values(conditions)) expect(existsSync(join(root, path)), path).toBe(true);
    }
    for (const path of Object.values(manifest.bin)) {
      expect(readFileSync(join(root, path), 'utf8').startsWith('#!/usr/bin/env node\n'), path).toBe(true);
    }
  });
});

describe('the lock file', () => {
  test('names no registry: everybody uses their own', () => {
    const resolved = Object.values(lock.packages).flatMap((entry) => entry.resolved ?? []);
    expect(resolved.filter((url) => !url.startsWith('https://registry.npmjs.org/'))).toEqual([]);
  });

  test('names the packages of every platform, or `npm ci` refuses it', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  test('holds only licences that go together with Apache-2.0', () => {
    const wrong = Object.entries(lock.packages).flatMap(([path, entry]) => {
      if (path === '') return [];
      const isTool = entry.dev === true || entry.devOptional === true;
      const license = entry.license ?? licenseOf(path);
      return (isTool ? COMPATIBLE_TOOLS : COMPATIBLE).includes(license) ? [] : [`${path}: ${license}`];
    });
    expect(wrong).toEqual([]);
  });

  function licenseOf(path: string): string {
    const file = join(root, path, 'package.json');
    if (!existsSync(file)) return 'not installed';
    return z.object({ license: z.string().default('none stated') }).parse(JSON.parse(readFileSync(file, 'utf8')))
      .license;
  }
});

describe('the tarball', () => {
  const files = packedFiles();
  const folder = mkdtempSync(join(tmpdir(), 'wiretruth-package-'));
  let tarball = '';

  beforeAll(() => {
    npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
    npm(
      ['install', `./${tarball}`, '--prefer-offline', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
      folder,
    );
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('carries the program, its library, its pages and its licence', () => {
    for (const path of [
      'dist/bundle/main.js',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/node/index.js',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
    ]) {
      expect(files, path).toContain(path);
    }
    expect(files.filter((path) => path.startsWith('docs/')).length).toBeGreaterThan(0);
  });

  test('carries nothing of the workshop', () => {
    const unwanted = /(^|\/)(test|bench|node_modules|scripts|coverage)\/|\.test\.|tsbuildinfo|^tsconfig|^biome|\.pcap/;
    expect(files.filter((path) => unwanted.test(path))).toEqual([]);
  });

  test('publint finds nothing to say', async () => {
    // The tarball itself: told to pack, publint would run our build script under the feet of the other tests.
    const bytes = Uint8Array.from(readFileSync(join(folder, tarball)));
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.buffer } });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('`npx wiretruth` runs from it in an empty folder', () => {
    expect(npm(['exec', '--no', '--', 'wiretruth', '--version'], folder).trim()).toBe(manifest.version);
    expect(npm(['exec', '--no', '--', 'wiretruth', '--help'], folder)).toContain('explain');
  });

  test('explains a capture from there', () => {
    const capture = (manifest.scripts['start'] ?? '').split(' ').at(-1) ?? '';
    const json = npm(['exec', '--no', '--', 'wiretruth', 'explain', '--json', join(root, capture)], folder);
    const report = z
      .object({ schema: z.literal('wiretruth.report/1'), connections: z.array(z.unknown()) })
      .parse(JSON.parse(json));
    expect(report.connections.length).toBeGreaterThan(0);
  });

  test('its library and its node part can be imported by name', () => {
    const script =
      "const a = await import('wiretruth'); const b = await import('wiretruth/node'); console.log(JSON.stringify([Object.keys(a), Object.keys(b)]))";
    const names = z
      .array(z.array(z.string()))
      .parse(JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })));
    expect(names[0]?.length).toBeGreaterThan(0);
    expect(names[1]).toContain('openCapture');
  });
});
