// Documentation that repeats the code says what the code says, and every link in it leads somewhere.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`),
].filter((path) => path.endsWith('.md'));

test('docs/path.md has the stations of kernel/path.ts (npm run docs writes them)', () => {
  const script = `import { pathPage } from './scripts/write-docs.mjs';
    import { readFileSync } from 'node:fs';
    process.stdout.write(pathPage(readFileSync('docs/path.md', 'utf8')));`;
  const fresh = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' });
  expect(readFileSync(join(root, 'docs', 'path.md'), 'utf8')).toBe(fresh);
});

test('every relative link of every page leads to a file', () => {
  const dead = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(page), link)))
      .map((link) => `${page}: ${link}`);
  });
  expect(dead).toEqual([]);
});

test('every folder of src/ that is built is on the map in docs/path.md', () => {
  const text = readFileSync(join(root, 'docs', 'path.md'), 'utf8');
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).filter((name) => !text.includes(`src/${name}`))).toEqual([]);
});
