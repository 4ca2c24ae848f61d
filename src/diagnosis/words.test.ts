import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { placeholdersOf } from '../report/messages/render.ts';
import { verdictCataloguesEn } from '../report/messages/verdicts-en.ts';
import { verdictCataloguesKo } from '../report/messages/verdicts-ko.ts';

const verdictMessagesEn: Readonly<Record<string, string>> = Object.assign({}, ...verdictCataloguesEn);
const verdictMessagesKo: Readonly<Record<string, string>> = Object.assign({}, ...verdictCataloguesKo);

const here = dirname(fileURLToPath(import.meta.url));
const docs = join(here, '../../docs/verdicts');

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return sources(join(folder, entry.name));
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [join(folder, entry.name)] : [];
  });
}

const texts = sources(here).map((file) => readFileSync(file, 'utf8'));
const codes = [
  ...new Set(texts.flatMap((text) => [...text.matchAll(/code: '([a-z0-9-]+)'/g)].map((match) => match[1] ?? ''))),
];
const prefixes = [...codes, 'small-packets', 'limited-by', 'fix', 'host', 'beliefs'];

/** Message keys as they stand in the rules: 'code.claim...', 'code.for...', and so on. */
const usedKeys = new Set(
  texts.flatMap((text) =>
    [...text.matchAll(/'([a-z0-9-]+(?:\.[a-z0-9-]+)+)'/g)]
      .map((match) => match[1] ?? '')
      .filter((key) => prefixes.includes(key.split('.')[0] ?? '') && !key.endsWith('.ts')),
  ),
);

describe('the words of the verdicts', () => {
  it('are found for every key that a rule uses, and no key is left over', () => {
    expect(Object.keys(verdictMessagesEn).sort()).toEqual([...usedKeys].sort());
  });

  it('are there in Korean for every English sentence, with the same values', () => {
    expect(Object.keys(verdictMessagesKo).sort()).toEqual(Object.keys(verdictMessagesEn).sort());
    for (const [key, english] of Object.entries(verdictMessagesEn)) {
      expect(placeholdersOf(verdictMessagesKo[key] ?? ''), key).toEqual(placeholdersOf(english));
    }
  });

  it('are sentences', () => {
    for (const [key, english] of Object.entries(verdictMessagesEn)) expect(english, key).toMatch(/[.`]$/);
    for (const [key, korean] of Object.entries(verdictMessagesKo)) {
      expect(korean, key).toMatch(/[.`]$/);
      expect(korean, `${key} is in Korean`).toMatch(/[가-힣]/);
    }
  });

  it('do not repeat the folklore that turning GRO off cures small packets', () => {
    for (const text of [...Object.values(verdictMessagesEn), ...texts])
      expect(text).not.toMatch(/command: `ethtool -K \S+ gro off/);
  });
});

describe('the page of a verdict', () => {
  it.each(codes)('%s is there and says what a reader needs', (code) => {
    const page = join(docs, `${code}.md`);
    expect(existsSync(page), page).toBe(true);
    const text = readFileSync(page, 'utf8');
    expect(text.startsWith(`# ${code}\n`)).toBe(true);
    for (const heading of [
      '## What it means',
      '## Evidence',
      '## What else looks the same',
      '## What to do',
      '## Sources',
    ]) {
      expect(text, heading).toContain(heading);
    }
  });

  it('is listed', () => {
    const list = readFileSync(join(docs, 'README.md'), 'utf8');
    for (const code of codes) expect(list, code).toContain(`(${code}.md)`);
  });

  it('is about a verdict that exists', () => {
    const pages = readdirSync(docs).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages.map((name) => name.replace(/\.md$/, '')).sort()).toEqual([...codes].sort());
  });
});
