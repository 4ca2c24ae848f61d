// A rate as people write it.

import { UsageError } from '../commands/command.ts';

const rateUnits: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** A commander parser: `10G`, `2.5G`, `100M` to bits per second. */
export function bitRate(option: string): (text: string) => number {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?)([kMGT]?)$/.exec(text);
    const value = Number(match?.[1]) * (rateUnits[match?.[2] ?? ''] ?? Number.NaN);
    if (!(value > 0)) throw new UsageError(`${option} ${text}: expected bits per second such as 10G, 2.5G or 100M`);
    return value;
  };
}
