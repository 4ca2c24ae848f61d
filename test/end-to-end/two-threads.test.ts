// What two threads answer about a capture is what one answers. From dist: a thread is started with a file.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { diagnosisContext } from '../../src/diagnosis/diagnose.ts';
import type { Answers, Question } from '../../src/explain/answers.ts';
import type { measureCapture as MeasureCapture } from '../../src/node/measure-capture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const captures = readdirSync(join(root, 'test', 'captures'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.pcap(ng)?$/.test(file))
  .filter((_, index) => index % 8 === 0);
const { measureCapture } = (await import(join(root, 'dist/node/measure-capture.js'))) as {
  measureCapture: typeof MeasureCapture;
};

const textOf = new TextDecoder();

/** All answers, with JSON as text. */
async function ask(file: string, twoThreadsFromBytes: number, asked: Pick<Question, 'wanted' | 'largest' | 'choice'>) {
  const path = join(root, 'test', 'captures', file);
  const { file: measured, ask } = await measureCapture(path, { captureIndex: 0, twoThreadsFromBytes });
  const context = diagnosisContext(measured, []);
  const answers: (Answers[keyof Answers] | undefined)[] = [...ask({ ...asked, context, language: 'en', idOffset: 7 })];
  return answers.map((answer) => {
    if (answer === undefined || !('json' in answer)) return answer;
    const { json, gravest } = answer;
    return { gravest, json: typeof json === 'string' ? json : textOf.decode(json) };
  });
}

describe('two threads answer as one does', () => {
  test.each(captures)('%s', async (file) => {
    const whole = await ask(file, Number.POSITIVE_INFINITY, { wanted: 'json', largest: 0 });
    expect(await ask(file, 0, { wanted: 'json', largest: 0 })).toEqual(whole);
    const choice = { kind: 'number', id: 8 } as const;
    const [first] = await ask(file, 0, { wanted: 'json', largest: 0, choice });
    expect(first).toEqual(whole[0]);
  });

  test.each(captures)('%s, at a glance', async (file) => {
    const rows = (answers: Awaited<ReturnType<typeof ask>>) =>
      answers.map((answer) => (answer !== undefined && 'row' in answer ? answer.row : undefined));
    const whole = await ask(file, Number.POSITIVE_INFINITY, { wanted: 'ranked', largest: 1 });
    expect(rows(await ask(file, 0, { wanted: 'ranked', largest: 1 }))).toEqual(rows(whole));
  });
});
