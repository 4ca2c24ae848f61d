// What the second thread of measure-capture.ts is started with.

import { parentPort, workerData } from 'node:worker_threads';
import { measureShare } from './measure-share.ts';
import type { MeasureTask } from './measure-task.ts';

if (parentPort !== null) void measureShare(workerData as MeasureTask, parentPort);
