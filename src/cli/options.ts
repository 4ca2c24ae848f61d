// What the options of several commands accept. Each parser's error says what was found and what would be accepted.

import { InvalidArgumentError } from 'commander';
import type { ConnectionChoice, NamedEnd } from '../flow/choice.ts';

/** A commander parser for whole numbers from `least` on. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

/** A commander parser that gathers a repeatable option's values. */
export function gather(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** A commander parser for what --connection names: `3`, `10.0.0.1:40000-10.0.0.2:80` or `[2001:db8::1]:40000-[2001:db8::2]:80`. */
export function connectionChoice(text: string): ConnectionChoice {
  const number = /^#?(\d{1,15})$/.exec(text)?.[1];
  if (number !== undefined && Number(number) >= 1) return { kind: 'number', id: Number(number) };
  const ends = /^(.+:\d{1,5})-(.+:\d{1,5})$/.exec(text);
  const a = namedEnd(ends?.[1]);
  const b = namedEnd(ends?.[2]);
  if (a !== undefined && b !== undefined) return { kind: 'ends', a, b };
  throw new InvalidArgumentError(
    'Expected the number of a connection in the report (1, 2, ...) or both ends: ip:port-ip:port, with [ip]:port for IPv6.',
  );
}

function namedEnd(text: string | undefined): NamedEnd | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d+)$/.exec(text ?? '');
  const ip = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (ip === undefined || !(port <= 65_535)) return undefined;
  return { ip: ip.toLowerCase(), port };
}
