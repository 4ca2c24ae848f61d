import { describe, expect, test } from 'vitest';
import { messagesEn } from './en.ts';
import { hostLabelsEn } from './host-en.ts';
import { hostLabelsKo } from './host-ko.ts';
import { messagesKo } from './ko.ts';
import { catalogueOf, fillTemplate, label, placeholdersOf, renderMessage } from './render.ts';
import { verdictCataloguesEn } from './verdicts-en.ts';
import { verdictCataloguesKo } from './verdicts-ko.ts';

const catalogues = { en: catalogueOf('en'), ko: catalogueOf('ko') };

describe('the catalogues', () => {
  test('have the same keys in both languages', () => {
    expect(Object.keys(catalogues.ko).sort()).toEqual(Object.keys(catalogues.en).sort());
  });

  test('have the same placeholders with the same formats in both languages', () => {
    const different = Object.keys(catalogues.en).filter(
      (key) => placeholdersOf(catalogues.en[key] ?? '').join() !== placeholdersOf(catalogues.ko[key] ?? '').join(),
    );
    expect(different).toEqual([]);
  });

  test.each([
    ['English', [messagesEn, hostLabelsEn, ...verdictCataloguesEn]],
    ['Korean', [messagesKo, hostLabelsKo, ...verdictCataloguesKo]],
  ])('do not hide one another: no two in %s share a key', (_language, all) => {
    const keys = all.flatMap((catalogue) => Object.keys(catalogue));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('leave no brace that is not a placeholder', () => {
    const known =
      /\{[A-Za-z][A-Za-z0-9]*(:(bytes|duration|percent|count|rate|packets))?\}|\{[가-힣]+\/[가-힣]+\}|\{[a-z]+\/[a-z]+\}/g;
    const odd = Object.values(catalogues).flatMap((catalogue) =>
      Object.entries(catalogue)
        .filter(([, template]) => /[{}]/.test(template.replace(known, '')))
        .map(([key]) => key),
    );
    expect(odd).toEqual([]);
  });
});

describe('a message', () => {
  test('takes its values in the units they are in', () => {
    const values = { packets: 1 };
    expect(label('numbers.packets', 'en', values)).toBe('1 packet');
    expect(label('numbers.packets', 'en', { packets: 12_345 })).toBe('12,345 packets');
    expect(label('numbers.packets', 'ko', { packets: 12_345 })).toBe('패킷 12,345개');
    expect(label('numbers.zero-windows', 'en', { count: 3, duration: 41_000_000 })).toBe('zero 3x for 41.0 ms');
  });

  test('without a sentence keeps its key and its numbers', () => {
    expect(renderMessage({ key: 'no.such.key', values: { bytes: 720 } }, 'ko')).toBe('no.such.key bytes=720');
  });

  test('says that a value is not known, instead of leaving a hole', () => {
    expect(label('numbers.packets', 'en')).toBe('not known');
    expect(label('numbers.packets', 'ko')).toBe('알 수 없음');
  });
});

test.each([
  ['{x:bytes}{을/를} 알림', { x: 720 }, '720 B를 알림'],
  ['{x}{이/가} 켜짐', { x: 'TSO' }, 'TSO가 켜짐'],
  ['패킷 {x:count}{은/는}', { x: 3 }, '패킷 3은'],
  ['패킷 {x:count}{은/는}', { x: 2 }, '패킷 2는'],
  ['{x:count}{으로/로}', { x: 1 }, '1로'],
  ['{x:count}{으로/로}', { x: 6 }, '6으로'],
  ['{x}{과/와}', { x: '윈도우' }, '윈도우와'],
  ['{x}{과/와}', { x: '애플리케이션' }, '애플리케이션과'],
  ['{x}{으로/로}', { x: '서울' }, '서울로'],
  ['{x:duration}{이/가}', { x: 123_000_000_000 }, '2 min 03 s가'],
])('a Korean particle fits the sound before it: %s', (template, values, text) => {
  expect(fillTemplate(template, values, 'ko')).toBe(text);
});

test('an English word fits the number before it', () => {
  const template = '{count:packets} of {sender} {is/are} lost, of {all:count} {frame/frames}';
  expect(fillTemplate(template, { count: 1, sender: 'A', all: 2 }, 'en')).toBe('1 packet of A is lost, of 2 frames');
  expect(fillTemplate(template, { count: 3, sender: 'A', all: 1 }, 'en')).toBe('3 packets of A are lost, of 1 frame');
});
