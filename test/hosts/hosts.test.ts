import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHost } from '../../src/node/read-host.ts';
import { summarise } from './summary.ts';

const here = import.meta.dirname;
const states = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['make', 'expected'].includes(entry.name))
  .map((entry) => entry.name);

describe('host states', () => {
  it('there are at least 12', () => {
    expect(states.length).toBeGreaterThanOrEqual(12);
  });
  it.each(states)('%s is read as reviewed', async (state) => {
    await expect(summarise(await readHost(join(here, state)))).toMatchFileSnapshot(
      join(here, 'expected', `${state}.txt`),
    );
  });
});
