// What the two threads of measure-capture.ts say to each other.

import type { MessagePort } from 'node:worker_threads';
import type { ConnectionMeasurement } from '../analysis/measurement.ts';
import type { ShareMeasurement } from '../explain.ts';
import type { Shard } from '../packets/shard.ts';

/** What the thread is started with. */
export interface MeasureTask {
  readonly path: string;
  readonly captureIndex: number;
  readonly shard: Shard;
  /** Connections go out here; each message that comes in asks for one chunk more. */
  readonly connections: MessagePort;
  /** [0]: chunks sent so far. The other thread sleeps on it. */
  readonly sent: Int32Array;
}

/** The share without its connections, once the file has been read. */
export interface MeasuredShare {
  readonly packetCount: number;
  readonly share: Omit<ShareMeasurement, 'connections'>;
}

/** Some connections, in order; or why there are none. */
export type ConnectionChunk = { readonly connections: readonly ConnectionMeasurement[] } | { readonly error: string };

/** As the message that tells the thread to stop reading. */
export const stopReading = 'stop';
