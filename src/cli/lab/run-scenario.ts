// `wiretruth lab run`: one scenario file on this machine's kernel, into a folder.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { combineCaptures } from '../../lab/combine.ts';
import { runExperiment } from '../../lab/experiment.ts';
import { readScenario, ScenarioError } from '../../lab/scenario-file/read.ts';
import { toExperiment } from '../../lab/scenario-file/to-experiment.ts';
import { summarize } from '../../lab/summary.ts';
import { UsageError } from '../commands/command.ts';
import type { LabRunOptions } from '../commands/lab.ts';
import { ExitCode } from '../exit-codes.ts';
import { scenarioPath } from './list-scenarios.ts';
import { requireLab } from './require-lab.ts';

/** Runs the scenario; gives the exit code. */
export async function runScenario(scenario: string, options: LabRunOptions): Promise<ExitCode> {
  const path = await scenarioPath(scenario);
  const text = await readText(path);
  const experiment = toExperiment(readScenario(text, path));
  if (options.check === true) {
    process.stdout.write(`${path}: ${experiment.scenario} is in order\n`);
    return ExitCode.Done;
  }
  await requireLab('lab run');
  const directory = options.output ?? experiment.scenario;
  await prepareDirectory(directory);
  const truth = await runExperiment(experiment, directory);
  await writeFile(join(directory, 'scenario.yaml'), text);
  const captures = truth.taps.map(({ file, host, device }) => ({
    path: join(directory, file),
    name: file.replace(/\.pcap(ng)?$/, ''),
    description: `${device} of ${host}`,
  }));
  await combineCaptures(captures, join(directory, 'capture.pcapng'));
  const summary = await summarize(truth, directory);
  await writeFile(join(directory, 'summary.txt'), summary);
  process.stdout.write(options.json === true ? `${JSON.stringify(truth, null, 1)}\n` : `${summary}\n`);
  return ExitCode.Done;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ScenarioError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** Captures of another run must not be mixed with these. */
async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const old = await readdir(directory);
  if (old.length === 0 || old.includes('truth.json')) return;
  throw new UsageError(`lab run: ${directory} holds something else; expected a new or empty folder, or one of lab run`);
}
