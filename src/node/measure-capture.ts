// From a named capture to its measurement. A large file is read by two threads, each of which measures the connections of its
// share (packets/shard.ts) and answers what is asked about them; everything else by this thread alone. What comes out is the same
// (explain.test.ts).

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { FileMeasurement } from '../analysis/measurement.ts';
import { type Answers, answers, type Question } from '../explain/answers.ts';
import { inOrder, joinShares } from '../explain/shares.ts';
import { createExplainer, createShareExplainer } from '../explain.ts';
import { compressionMagicBytes, compressionOf } from './capture-decompress.ts';
import { type AnswerChunk, type MeasuredShare, type MeasureTask, stopReading } from './measure-task.ts';
import { type CaptureOpenResult, type OpenCaptureOptions, openCapture } from './open-capture.ts';

/**
 * Below this a second thread costs more (its start, its own compiling of the code) than it saves. Two busy processors, 100 bytes a
 * packet: 200 MB took 6.5 s by two threads and 5.1 by one, 500 MB 7.1 to 9.5 by two and 10.4 to 10.9 by one.
 */
const TWO_THREADS_FROM_BYTES = 300_000_000;
/** A chunk of answers takes milliseconds. */
const LONGEST_WAIT_MS = 30_000;

/** Nothing is allocated per packet that would need Node's 48 MB for new objects. */
const YOUNG_MB = 6;

/** How a capture is measured. */
export interface MeasureCaptureOptions extends Omit<OpenCaptureOptions, 'onRawBlock'> {
  /** Place among the captures of the report. */
  readonly captureIndex: number;
  /** Size of file from which two threads read it. */
  readonly twoThreadsFromBytes?: number;
}

/** A capture that was read as far as it went, and measured. */
export interface MeasuredCaptureFile {
  readonly opened: CaptureOpenResult;
  readonly file: FileMeasurement;
  /** What is asked about its connections, in their order: each is measured when its answer is asked for. Call once. */
  readonly ask: Ask;
}

/** Undefined is the answer about a connection that the question leaves out. */
type Ask = <Wanted extends keyof Answers>(question: Question<Wanted>) => Iterable<Answers[Wanted] | undefined>;

/** Reads and measures the capture at `path` (`-` is standard input). Rejects as openCapture does. */
export async function measureCapture(path: string, options: MeasureCaptureOptions): Promise<MeasuredCaptureFile> {
  if (isWorthTwoThreads(path, options)) {
    const measured = await measureByTwo(path, options);
    if (measured !== undefined) return measured;
  }
  const explainer = createExplainer(options);
  const opened = await openCapture(path, explainer.sink, options);
  const { connections, ...file } = explainer.finish(opened.end);
  return { opened, file, ask: (question) => answers(connections, question) };
}

/** An uncompressed file of some size, of which the end is known, on a machine with two processors. */
function isWorthTwoThreads(path: string, options: MeasureCaptureOptions): boolean {
  // Run from its sources (by the tests) the program has no file that a thread could be started with.
  if (path === '-' || options.follow === true || import.meta.url.endsWith('.ts')) return false;
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size < (options.twoThreadsFromBytes ?? TWO_THREADS_FROM_BYTES)) return false;
    return availableParallelism() > 1 && compressionOf(firstBytes(path)) === null;
  } catch {
    // Whoever opens it in earnest says what is wrong with it.
    return false;
  }
}

function firstBytes(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(compressionMagicBytes);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** Undefined when the threads did not see the same file, or the second one could not do its work. */
async function measureByTwo(path: string, options: MeasureCaptureOptions): Promise<MeasuredCaptureFile | undefined> {
  // Not imported: most captures are read by one thread, and loading it takes a millisecond of every start.
  const { MessageChannel, Worker } = process.getBuiltinModule('node:worker_threads');
  const { captureIndex, signal } = options;
  const { port1: port, port2 } = new MessageChannel();
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const task: MeasureTask = { path, captureIndex, shard: { index: 1, count: 2 }, answers: port2, sent };
  const worker = new Worker(new URL('./measure-worker.js', import.meta.url), {
    workerData: task,
    transferList: [port2],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const stop = (): void => worker.postMessage(stopReading);
  signal?.addEventListener('abort', stop, { once: true });
  const theirs = shareOf(worker);
  let joined = false;
  try {
    const explainer = createShareExplainer({ captureIndex, shard: { index: 0, count: 2 } });
    const opened = await openCapture(path, explainer.sink, options);
    const second = await theirs;
    if (second === undefined) return undefined;
    if (second.packetCount !== opened.end.packetCount && signal?.aborted !== true) return undefined;
    joined = true;
    worker.unref();
    const first = explainer.finishShare();
    const { file, numbers } = joinShares([first.share, second.share]);
    const ask: Ask = (question) => {
      port.postMessage({ question, numbers: numbers[1] });
      return inOrder([
        { numbers: numbers[0], items: answers(first.connections(numbers[0]), question) },
        { numbers: numbers[1], items: receive(worker, port, sent, numbers[1].length) },
      ]);
    };
    return { opened, file, ask };
  } finally {
    signal?.removeEventListener('abort', stop);
    if (!joined) void worker.terminate();
  }
}

/** What the worker says when it has read the file; undefined when it failed. Never rejects. */
function shareOf(worker: Worker): Promise<MeasuredShare | undefined> {
  return new Promise((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve(undefined));
    worker.once('exit', () => resolve(undefined));
  });
}

/** The worker's answers, waited for when they are not there yet: whoever walks them does so without promises. */
function* receive<Wanted extends keyof Answers>(
  worker: Worker,
  port: MessagePort,
  sent: Int32Array,
  count: number,
): Generator<Answers[Wanted] | undefined, void, undefined> {
  const { receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads');
  try {
    let received = 0;
    for (let chunk = 0; received < count; chunk++) {
      while (Atomics.load(sent, 0) <= chunk) {
        if (Atomics.wait(sent, 0, chunk, LONGEST_WAIT_MS) === 'timed-out')
          throw new Error('the second thread sends no answers');
      }
      const message = receiveMessageOnPort(port)?.message as AnswerChunk<Wanted> | undefined;
      if (message === undefined || 'error' in message)
        throw new Error(`the second thread failed: ${message?.error ?? 'no message'}`);
      port.postMessage(undefined);
      received += message.answers.length;
      yield* message.answers;
    }
  } finally {
    void worker.terminate();
  }
}
