// What the two threads of measure-capture.ts say to each other.

import type { MessagePort } from 'node:worker_threads';
import type { Answers } from '../explain/answers.ts';
import type { ShareMeasurement } from '../explain/shares.ts';
import type { Shard } from '../packets/shard.ts';

/** What the thread is started with. */
export interface MeasureTask {
  readonly path: string;
  readonly captureIndex: number;
  readonly shard: Shard;
  /** Comes in: what is asked, then a message for each chunk of answers more. Goes out: the answers. */
  readonly answers: MessagePort;
  /** [0]: chunks sent so far. The other thread sleeps on it. */
  readonly sent: Int32Array;
}

/** The share, once the file has been read. */
export interface MeasuredShare {
  readonly packetCount: number;
  readonly share: ShareMeasurement;
}

/** Answers about some connections, in order; or why there are none. */
export type AnswerChunk<Wanted extends keyof Answers = keyof Answers> =
  | { readonly answers: readonly (Answers[Wanted] | undefined)[] }
  | { readonly error: string };

/** As the message that tells the thread to stop reading. */
export const stopReading = 'stop';
