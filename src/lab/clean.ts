// Station "lab": node dist/lab/clean.js removes namespaces (with their devices and processes) that a killed lab left behind.
import { cleanLeftovers } from './netns.ts';

const removed = await cleanLeftovers();
process.stdout.write(removed.length === 0 ? 'nothing of the lab was left\n' : `removed ${removed.join(', ')}\n`);
