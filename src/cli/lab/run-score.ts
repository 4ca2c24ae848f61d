// `wiretruth lab score`: makes or takes a labelled corpus, scores `explain` on it and says how well it did.

import { stat } from 'node:fs/promises';
import { planCorpus, SCENARIOS } from '../../lab/corpus.ts';
import type { Score } from '../../lab/score/score.ts';
import { makeAndScore, scoreExisting } from '../../lab/score/score-corpus.ts';
import { scoreText } from '../../lab/score/text.ts';
import { UsageError } from '../commands/command.ts';
import type { LabScoreOptions } from '../commands/lab.ts';
import { ExitCode } from '../exit-codes.ts';
import { requireLab } from './require-lab.ts';
import { scratchDirectory } from './scratch.ts';

/** Runs the score; gives the exit code. */
export async function runScore(options: LabScoreOptions): Promise<ExitCode> {
  const score = options.corpus === undefined ? await scoreNew(options) : await scoreOld(options.corpus, options);
  const text =
    options.json === true ? `${JSON.stringify(score, null, 1)}\n` : scoreText(score, options.verbose === true);
  process.stdout.write(text);
  const least = options.failBelow === undefined ? undefined : options.failBelow / 100;
  return least !== undefined && score.agreement < least ? ExitCode.Findings : ExitCode.Done;
}

async function scoreOld(corpus: string, options: LabScoreOptions): Promise<Score> {
  const isFolder = await stat(corpus).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new UsageError(`lab score: --corpus ${corpus}: no such folder; expected one that --keep has filled`);
  const score = await scoreExisting(corpus, options.only, progress(options));
  if (score.transfers + score.failed.length > 0) return score;
  throw new UsageError(`lab score: no truth.json below ${corpus}; expected a folder that lab score --keep has filled`);
}

async function scoreNew(options: LabScoreOptions): Promise<Score> {
  const { count, seed, only, keep } = options;
  const unknown = only?.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown !== undefined) {
    const names = SCENARIOS.map(({ name }) => name).join(', ');
    throw new UsageError(`lab score: --only ${unknown}: no such family of transfers; expected some of ${names}`);
  }
  await requireLab('lab score');
  const entries = planCorpus({ count, seed, ...(only === undefined ? {} : { only }) });
  const directory = keep ?? (await scratchDirectory('score'));
  return makeAndScore({ entries, seed, directory, keep: keep !== undefined, progress: progress(options) });
}

function progress({ quiet }: LabScoreOptions): (done: number, total: number, name: string) => void {
  if (quiet === true) return () => undefined;
  return (done, total, name) => process.stderr.write(`${done} of ${total}: ${name}\n`);
}
