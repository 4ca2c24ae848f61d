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

test.each(['README.md', 'docs/path.md'])(
  '%s repeats what the program and the code say (npm run docs writes it)',
  (page) => {
    const script = `import { pages } from './scripts/write-docs.mjs';
    import { readFileSync } from 'node:fs';
    process.stdout.write(pages['${page}'](readFileSync('${page}', 'utf8')));`;
    const fresh = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(readFileSync(join(root, page), 'utf8')).toBe(fresh);
  },
);

test('README.md shows the whole report on the first screen', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const before = text.slice(0, text.indexOf('<!-- report -->')).split('\n').length;
  expect(before).toBeLessThan(10);
});

test('every command that README.md shows exists', () => {
  const help = execFileSync(process.execPath, [join(root, 'dist/bundle/main.js'), '--help'], { encoding: 'utf8' });
  const known = [...help.matchAll(/^ {2}(\w+) /gm)].map((match) => match[1]);
  const shown = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^(?:.*\| )?(?:\$ )?wiretruth (\w+)/gm)].map(
    (match) => match[1],
  );
  expect(new Set(shown).size).toBeGreaterThan(4);
  expect(shown.filter((command) => !known.includes(command))).toEqual([]);
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
