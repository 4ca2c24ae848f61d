// The second thread of measure-capture.ts: reads the same file, measures its share, and hands the connections over in chunks.

import { parentPort, workerData } from 'node:worker_threads';
import type { ConnectionMeasurement } from '../analysis/measurement.ts';
import { createShareExplainer } from '../explain.ts';
import { type ConnectionChunk, type MeasuredShare, type MeasureTask, stopReading } from './measure-task.ts';
import { openCapture } from './open-capture.ts';

/** Small enough that the other thread does not wait long for the first, large enough that messages are few. */
const CHUNK_CONNECTIONS = 64;
/** Chunks made before they are asked for. */
const CHUNKS_AHEAD = 2;

async function work({ path, captureIndex, shard, connections: port, sent }: MeasureTask): Promise<void> {
  const stopped = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === stopReading) stopped.abort();
  });
  const explainer = createShareExplainer({ captureIndex, shard });
  const { end } = await openCapture(path, explainer.sink, { signal: stopped.signal });
  const { connections, ...share } = explainer.finishShare();
  parentPort?.postMessage({ packetCount: end.packetCount, share } satisfies MeasuredShare);
  const source = connections[Symbol.iterator]();
  const sendChunk = (): void => {
    port.postMessage(nextChunk(source));
    Atomics.add(sent, 0, 1);
    Atomics.notify(sent, 0);
  };
  for (let chunk = 0; chunk < CHUNKS_AHEAD; chunk++) sendChunk();
  port.on('message', sendChunk);
}

function nextChunk(source: Iterator<ConnectionMeasurement>): ConnectionChunk {
  try {
    const connections: ConnectionMeasurement[] = [];
    while (connections.length < CHUNK_CONNECTIONS) {
      const { value, done } = source.next();
      if (done === true) break;
      connections.push(value);
    }
    return { connections };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

if (parentPort !== null) await work(workerData as MeasureTask);
