import { describe, expect, test } from 'vitest';
import { isChosen } from '../flow/choice.ts';
import { ExitCode, gravest } from './exit-codes.ts';
import { connectionChoice, wholeNumber } from './options.ts';

const four = { id: 3, client: { ip: '10.0.0.1', port: 40_000 }, server: { ip: '10.0.0.2', port: 80 } };
const six = { id: 7, client: { ip: '2001:db8::1', port: 40_000 }, server: { ip: '2001:db8::2', port: 443 } };

describe('--connection', () => {
  test.each(['3', '#3', '10.0.0.1:40000-10.0.0.2:80', '10.0.0.2:80-10.0.0.1:40000'])(
    '%s names the connection',
    (text) => {
      expect(isChosen(connectionChoice(text), four)).toBe(true);
      expect(isChosen(connectionChoice(text), six)).toBe(false);
    },
  );

  test('takes IPv6 addresses in brackets, in any case', () => {
    expect(isChosen(connectionChoice('[2001:DB8::1]:40000-[2001:db8::2]:443'), six)).toBe(true);
  });

  test.each(['0', '-1', '', 'x', '10.0.0.1:40000', '10.0.0.1-10.0.0.2', '10.0.0.1:70000-10.0.0.2:80', '::1:1-::1:2'])(
    '"%s" is refused with what would be accepted',
    (text) => {
      expect(() => connectionChoice(text)).toThrow('ip:port-ip:port');
    },
  );
});

test('a whole number is just that', () => {
  const parse = wholeNumber(0, 10);
  expect([parse('0'), parse('10')]).toEqual([0, 10]);
  for (const text of ['11', '-1', '1.5', '1e1', ' 1', '']) expect(() => parse(text)).toThrow('from 0 to 10');
});

test('the gravest exit code is given: what hides more outranks what hides less', () => {
  const { DamagedInput, Findings } = ExitCode;
  expect(gravest([])).toBe(ExitCode.Done);
  expect(gravest([Findings])).toBe(1);
  expect(gravest([Findings, DamagedInput])).toBe(4);
  expect(gravest([DamagedInput, ExitCode.UnreadableInput])).toBe(3);
  expect(gravest([ExitCode.UnreadableInput, ExitCode.Interrupted])).toBe(130);
});
