// What the options of several commands accept. Each parser's error says what was found and what would be accepted.

import { InvalidArgumentError } from 'commander';

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

/** One end of a connection as a user names it. */
export interface NamedEnd {
  readonly ip: string;
  readonly port: number;
}

/** What --connection names: a number of the report, or both ends in either order. */
export type ConnectionChoice =
  | { readonly kind: 'number'; readonly id: number }
  | { readonly kind: 'ends'; readonly a: NamedEnd; readonly b: NamedEnd };

/** Parses `3`, `10.0.0.1:40000-10.0.0.2:80` or `[2001:db8::1]:40000-[2001:db8::2]:80`. */
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

/** Whether a connection is the chosen one. */
export function isChosen(
  choice: ConnectionChoice,
  connection: { readonly id: number; readonly client: NamedEnd; readonly server: NamedEnd },
): boolean {
  if (choice.kind === 'number') return connection.id === choice.id;
  const { a, b } = choice;
  const { client, server } = connection;
  return (isEnd(a, client) && isEnd(b, server)) || (isEnd(b, client) && isEnd(a, server));
}

function isEnd(named: NamedEnd, end: NamedEnd): boolean {
  return named.port === end.port && named.ip === end.ip.toLowerCase();
}
