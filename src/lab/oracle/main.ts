// Station "lab": one oracle run as a process of its own, because it moves its main thread into a namespace. Prints one line of
// JSON per round to stdout. `main.js gso|gro --frames N --seed N [--seconds N]`; rounds go on with new seeds until time is over.

import { parseArgs } from 'node:util';
import { dieWithParent } from '../libc.ts';
import { withUndo } from '../undo.ts';
import { runGso, setUpGso } from './gso-oracle.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string' },
  },
});

const framesOut = Number(values.frames);
const end = values.seconds === undefined ? 0 : Date.now() + Number(values.seconds) * 1000;

dieWithParent();
await withUndo(async (undo) => {
  const taps = await setUpGso(undo);
  let seed = Number(values.seed);
  do {
    const started = Date.now();
    const result = runGso(taps, { seed, framesOut });
    process.stdout.write(`${JSON.stringify({ oracle: positionals[0], seed, ms: Date.now() - started, ...result })}\n`);
    if (result.differenceCount > 0) process.exitCode = 1;
    seed += 1;
  } while (Date.now() < end);
});
