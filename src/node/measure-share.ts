// The second thread of measure-capture.ts at work: reads the same file, measures its share, and answers what is asked about its
// connections, in chunks.

import type { MessagePort } from 'node:worker_threads';
import { type Answers, answers, type Question } from '../explain/answers.ts';
import { createShareExplainer } from '../explain.ts';
import { type AnswerChunk, type MeasuredShare, type MeasureTask, stopReading } from './measure-task.ts';
import { openCapture } from './open-capture.ts';

/** Small enough that the other thread does not wait long for the first, large enough that messages are few. */
const CHUNK_CONNECTIONS = 16;
/** Chunks made before they are asked for. */
const CHUNKS_AHEAD = 4;

/** Does the task and stays to answer; `parent` gets a MeasuredShare in between. */
export async function measureShare(task: MeasureTask, parent: MessagePort): Promise<void> {
  const { path, captureIndex, shard, answers: port, sent } = task;
  optimiseLater();
  const stopped = new AbortController();
  parent.on('message', (message) => {
    if (message === stopReading) stopped.abort();
  });
  const explainer = createShareExplainer({ captureIndex, shard });
  const { end } = await openCapture(path, explainer.sink, { signal: stopped.signal });
  const { share, connections } = explainer.finishShare();
  port.once('message', ({ question, numbers }: { question: Question; numbers: Uint32Array }) => {
    const source = answers(connections(numbers), question);
    const sendChunk = (): void => {
      const chunk = nextChunk(source);
      port.postMessage(chunk, buffersOf(chunk));
      Atomics.add(sent, 0, 1);
      Atomics.notify(sent, 0);
    };
    for (let chunk = 0; chunk < CHUNKS_AHEAD; chunk++) sendChunk();
    port.on('message', sendChunk);
  });
  parent.postMessage({ packetCount: end.packetCount, share } satisfies MeasuredShare);
}

/** Bytes of code that a function runs through before V8 looks whether to optimise it, instead of 135,168. */
const INTERRUPT_BUDGET = 600_000;
/** That of Node 24. */
const LAST_KNOWN_V8 = 13;

/**
 * What runs for every packet is WebAssembly; the rest has mostly run before V8 has optimised it, and the threads that optimise take
 * the processors from the two that work. It concerns all threads, and V8 looks at the number at every turn: it may change while it runs.
 * Not earlier: compiled code that was kept, ours and Node's own, is for the flags that it was kept with, and refused with others.
 */
function optimiseLater(): void {
  // One that does not know the flag would say so on standard error.
  if (Number.parseInt(process.versions.v8, 10) > LAST_KNOWN_V8) return;
  process.getBuiltinModule('node:v8').setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}

function nextChunk(source: Iterator<Answers[keyof Answers] | undefined>): AnswerChunk {
  try {
    const answers: (Answers[keyof Answers] | undefined)[] = [];
    while (answers.length < CHUNK_CONNECTIONS) {
      const { value, done } = source.next();
      if (done === true) break;
      answers.push(value === undefined ? undefined : inBytes(value));
    }
    return { answers };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const encoder = new TextEncoder();

/** Text is written in UTF-8 here, so that the other thread need not. */
function inBytes(answer: Answers[keyof Answers]): Answers[keyof Answers] {
  if (!('json' in answer) || typeof answer.json !== 'string') return answer;
  return { ...answer, json: encoder.encode(answer.json) };
}

/** What is handed over without being copied. */
function buffersOf(chunk: AnswerChunk): ArrayBuffer[] {
  if ('error' in chunk) return [];
  return chunk.answers.flatMap((answer) => {
    const bytes = answer !== undefined && 'json' in answer ? answer.json : undefined;
    return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
  });
}
