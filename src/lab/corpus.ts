// Station "lab": makes a labelled corpus. node dist/lab/corpus.js --out DIR --seed N [--count N] [--only NAME,NAME] [--first N]
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runExperiment } from './experiment.ts';
import { cleanLeftovers } from './netns.ts';
import { seededRandom } from './random.ts';
import { APPLICATION_SCENARIOS } from './scenarios/application.ts';
import { DEVICE_SCENARIOS } from './scenarios/device.ts';
import { NETWORK_SCENARIOS } from './scenarios/network.ts';
import { PLAIN_SCENARIOS } from './scenarios/plain.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { WINDOW_SCENARIOS } from './scenarios/window.ts';

const SCENARIOS: readonly Scenario[] = [
  ...PLAIN_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...APPLICATION_SCENARIOS,
  ...DEVICE_SCENARIOS,
  ...WINDOW_SCENARIOS,
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: String(SCENARIOS.length) },
      first: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  if (values.out === undefined) throw new Error('--out DIR is missing');
  const only = values.only?.split(',');
  const scenarios = SCENARIOS.filter((each) => only === undefined || only.includes(each.name));
  await cleanLeftovers();
  for (let index = 0; index < Number(values.count); index += 1) {
    const scenario = scenarios[index % scenarios.length] as Scenario;
    const seed = Number(values.seed) * 100_003 + index;
    const number = String(Number(values.first) + index).padStart(3, '0');
    const directory = join(values.out, `${number}-${scenario.name}`);
    const startedMs = performance.now();
    try {
      const truth = await runExperiment(scenario.make(seededRandom(seed), seed), directory);
      const packets = truth.taps.map((tap) => `${tap.file} ${tap.packets}`).join(', ');
      process.stderr.write(`${number} ${scenario.name} ${Math.round(performance.now() - startedMs)} ms: ${packets}\n`);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      process.stderr.write(
        `${number} ${scenario.name} FAILED: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    }
  }
}

await main();
