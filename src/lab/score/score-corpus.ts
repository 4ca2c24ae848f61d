// Station "lab", the score: over a corpus that exists, or over one that is made for it transfer by transfer.
import { readdir, readFile, rm } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { type CorpusEntry, makeTransfer } from '../corpus.ts';
import type { Truth } from '../truth.ts';
import type { Check } from './check.ts';
import { makeScore, type Score } from './score.ts';
import { scoreTransfer } from './score-transfer.ts';

/** Called after each transfer. */
export type ScoreProgress = (done: number, total: number, name: string) => void;

/** Scores every folder of `corpus` that holds a truth.json and whose name contains one of `only`. */
export async function scoreExisting(
  corpus: string,
  only: readonly string[] | undefined,
  progress: ScoreProgress,
): Promise<Score> {
  const checks: Check[] = [];
  const failed: { name: string; message: string }[] = [];
  let kernel = 'unknown';
  const names = await transfersIn(corpus, only);
  for (const [index, name] of names.entries()) {
    try {
      kernel = (JSON.parse(await readFile(join(corpus, name, 'truth.json'), 'utf8')) as Truth).kernel;
      checks.push(...(await scoreTransfer(join(corpus, name))));
    } catch (error) {
      failed.push({ name, message: messageOf(error) });
    }
    progress(index + 1, names.length, name);
  }
  return makeScore({ kernel, transfers: names.length - failed.length, failed }, checks);
}

async function transfersIn(corpus: string, only: readonly string[] | undefined): Promise<string[]> {
  const entries = await readdir(corpus, { recursive: true });
  return entries
    .filter((path) => path.endsWith('/truth.json'))
    .map((path) => path.slice(0, -'/truth.json'.length))
    .filter((name) => only === undefined || only.some((part) => name.includes(part)))
    .toSorted();
}

/** How a corpus is made and scored. */
export interface MakeAndScore {
  readonly entries: readonly CorpusEntry[];
  readonly seed: number;
  /** Where transfers are made. */
  readonly directory: string;
  /** Leave captures and truth there; otherwise each transfer is removed once it is scored. */
  readonly keep: boolean;
  readonly progress: ScoreProgress;
}

/** Makes each transfer and scores it. One that fails (a capture that lost packets on a busy machine) is made once more. */
export async function makeAndScore(plan: MakeAndScore): Promise<Score> {
  const checks: Check[] = [];
  const failed: { name: string; message: string }[] = [];
  for (const [index, entry] of plan.entries.entries()) {
    try {
      await makeTransfer(entry, plan.directory).catch(() => makeTransfer(entry, plan.directory));
      checks.push(...(await scoreTransfer(join(plan.directory, entry.name))));
    } catch (error) {
      failed.push({ name: entry.name, message: messageOf(error) });
    }
    if (!plan.keep) await rm(join(plan.directory, entry.name), { recursive: true, force: true });
    plan.progress(index + 1, plan.entries.length, entry.name);
  }
  const transfers = plan.entries.length - failed.length;
  return makeScore({ kernel: release(), seed: plan.seed, transfers, failed }, checks);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
