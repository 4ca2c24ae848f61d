import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutText, padLeft, padRight, textWidth, wrapText } from './columns.ts';

test('Hangul and Han characters take two columns, accents on a letter none', () => {
  expect(textWidth('수신 윈도우')).toBe(11);
  expect(textWidth('漢字')).toBe(4);
  expect(textWidth('µs …')).toBe(4);
  expect(textWidth('e\u0301')).toBe(1);
});

test('padding and cutting count columns, not characters', () => {
  expect(padRight('회선', 6)).toBe('회선  ');
  expect(padLeft('회선', 6)).toBe('  회선');
  expect(cutText('수신 윈도우', 6)).toBe('수신 …');
  expect(cutText('window', 6)).toBe('window');
});

test('wrapped text keeps every word, in order, within the width', () => {
  const words = fc.array(fc.stringMatching(/^([a-z]{1,9}|[가-힣]{1,4})$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 10, max: 60 }), (text, width) => {
      const lines = wrapText(text.join(' '), width);
      expect(lines.join(' ')).toBe(text.join(' '));
      expect(lines.every((line) => textWidth(line) <= width)).toBe(true);
    }),
  );
});
