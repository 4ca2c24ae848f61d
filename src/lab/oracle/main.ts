// Station "lab": one oracle run as a process of its own, because it moves its main thread into a namespace. Prints one line of
// JSON per round to stdout. `main.js gso|gro --frames N --seed N [--seconds N]`; rounds go on with new seeds until time is over.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { groRulesFor } from '../../offload/rules.ts';
import { LabError } from '../lab-error.ts';
import { dieWithParent } from '../libc.ts';
import { type UndoStack, withUndo } from '../undo.ts';
import { runGro, setUpGro } from './gro-oracle.ts';
import { type OracleResult, runGso, setUpGso } from './gso-oracle.ts';
import type { StreamOptions } from './segment-streams.ts';

type Round = (seed: number, frames: number) => OracleResult;

async function prepare(
  undo: UndoStack,
  which: string | undefined,
  kernel: string,
  streams: StreamOptions,
): Promise<Round> {
  if (which === 'gso') {
    const taps = await setUpGso(undo);
    return (seed, framesOut) => runGso(taps, { seed, framesOut });
  }
  const rules = groRulesFor(kernel);
  if (which !== 'gro' || rules === undefined)
    throw new LabError('no such oracle', { command: `${which} --kernel ${kernel}` });
  const taps = await setUpGro(undo, availableParallelism() - 1, streams.udp);
  return (seed, framesIn) => runGro(taps, { seed, framesIn, rules, ...streams });
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '0' },
    kernel: { type: 'string', default: '6.18' },
    tunnels: { type: 'boolean', default: true },
    udp: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

dieWithParent();
await withUndo(async (undo) => {
  const round = await prepare(undo, positionals[0], values.kernel, { tunnels: values.tunnels, udp: values.udp });
  const end = Date.now() + Number(values.seconds) * 1000;
  let seed = Number(values.seed);
  do {
    const started = Date.now();
    const result = round(seed, Number(values.frames));
    process.stdout.write(`${JSON.stringify({ oracle: positionals[0], seed, ms: Date.now() - started, ...result })}\n`);
    if (result.differenceCount > 0) process.exitCode = 1;
    seed += 1;
  } while (Date.now() < end);
});
