// Runs explain on some captures and keeps what V8 compiled of it: started by bundle.mjs, once all is bundled. What these captures do
// not need is compiled when it is called first, as without this.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runExplain, script } from '../dist/bundle/explain-program.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const names = [
  'small-packets/window-720-unscaled',
  'offload/tso-at-sender-ipv6',
  'loss/queue-overflow',
  'window/reader-stops',
];
const captures = names.map((name) => join(root, 'test', 'captures', `${name}.pcap`));
for (const options of [['--json'], []]) await runExplain(['explain', ...captures, '--quiet', ...options], () => '');
writeFileSync(join(root, 'dist', 'bundle', 'explain-program.cjs.compiled'), script.createCachedData());
