// Station "lab", scenario files: quantities as people write them, with their unit.
import { z } from 'zod';

const NUMBER = String.raw`\d+(?:\.\d+)?`;

/** A number of base units, or a text with one of the units. `plain` is what a bare number means; undefined: it needs a unit. */
function quantity(
  units: Readonly<Record<string, number>>,
  description: string,
): z.ZodType<number, string | number | undefined> {
  const names = Object.keys(units).filter((name) => name !== '');
  const optional = '' in units ? '?' : '';
  const pattern = new RegExp(String.raw`^(${NUMBER})\s*(${names.join('|')})${optional}$`);
  const text = z.string().regex(pattern);
  const accepted = '' in units ? z.union([z.number().nonnegative(), text]) : text;
  return accepted
    .transform((value) => {
      if (typeof value === 'number') return value;
      const [, amount = '', unit = ''] = pattern.exec(value) ?? [];
      return Math.round(Number(amount) * (units[unit] ?? 1) * 1e6) / 1e6;
    })
    .describe(description) as unknown as z.ZodType<number, string | number | undefined>;
}

/** Bytes. */
export const bytes: z.ZodType<number, string | number | undefined> = quantity(
  { '': 1, KiB: 1024, MiB: 1024 ** 2, kB: 1e3, MB: 1e6, GB: 1e9, B: 1 },
  'bytes, such as 1448, 64KiB or 10MB',
);

/** Bits per second. */
export const rate: z.ZodType<number, string | number | undefined> = quantity(
  { kbit: 1e3, Mbit: 1e6, Gbit: 1e9, bit: 1 },
  'a rate, such as 8Mbit or 1Gbit',
);

/** Microseconds. */
export const duration: z.ZodType<number, string | number | undefined> = quantity(
  { us: 1, ms: 1e3, s: 1e6 },
  'a time, such as 200us, 5ms or 1.5s',
);

/** 0 to 1. */
export const share: z.ZodType<number, string | number | undefined> = quantity(
  { '': 1, '%': 0.01 },
  'a share, such as 0.01 or 1%',
).refine((value) => value <= 1);

/** A switch: YAML's true and false, or ethtool's on and off. */
export const onOff: z.ZodType<boolean, boolean | string | undefined> = z
  .union([z.boolean(), z.enum(['on', 'off'])])
  .transform((value) => value === true || value === 'on')
  .describe('on or off') as unknown as z.ZodType<boolean, boolean | string | undefined>;
