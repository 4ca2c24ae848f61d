// Station "lab": a labelled corpus: which transfers a seed stands for, and making them one by one.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runExperiment } from './experiment.ts';
import { seededRandom } from './random.ts';
import { APPLICATION_SCENARIOS } from './scenarios/application.ts';
import { DEVICE_SCENARIOS } from './scenarios/device.ts';
import { MIXED_SCENARIOS } from './scenarios/mixed.ts';
import { NETWORK_SCENARIOS } from './scenarios/network.ts';
import { PLAIN_SCENARIOS } from './scenarios/plain.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { WINDOW_SCENARIOS } from './scenarios/window.ts';
import type { Truth } from './truth.ts';

/** Every family of transfers, in the order of a packet's path. */
export const SCENARIOS: readonly Scenario[] = [
  ...PLAIN_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...APPLICATION_SCENARIOS,
  ...DEVICE_SCENARIOS,
  ...WINDOW_SCENARIOS,
  ...MIXED_SCENARIOS,
];

/** One transfer that is to be made. */
export interface CorpusEntry {
  /** Number and scenario: the name of its folder. */
  readonly name: string;
  readonly scenario: Scenario;
  /** What chance decides within the scenario follows from it. */
  readonly seed: number;
}

/** The transfers that a seed stands for: all chosen scenarios in an order by chance, again and again until there are enough. */
export function planCorpus(options: {
  readonly count: number;
  readonly seed: number;
  /** Names of scenarios; all when left out. */
  readonly only?: readonly string[];
}): readonly CorpusEntry[] {
  const chosen = SCENARIOS.filter(({ name }) => options.only?.includes(name) ?? true);
  const { between } = seededRandom(options.seed);
  for (let last = chosen.length - 1; last > 0; last -= 1) {
    const other = between(0, last);
    const swapped = chosen[other] as Scenario;
    chosen[other] = chosen[last] as Scenario;
    chosen[last] = swapped;
  }
  if (chosen.length === 0) return [];
  return Array.from({ length: options.count }, (_, index) => {
    const scenario = chosen[index % chosen.length] as Scenario;
    return {
      name: `${String(index + 1).padStart(3, '0')}-${scenario.name}`,
      scenario,
      seed: options.seed * 100_003 + index,
    };
  });
}

/** Makes one transfer into its own folder below `out`; a failed one leaves no folder. */
export async function makeTransfer(entry: CorpusEntry, out: string): Promise<Truth> {
  const directory = join(out, entry.name);
  try {
    return await runExperiment(entry.scenario.make(seededRandom(entry.seed), entry.seed), directory);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
