// Runs explain on some captures and keeps what V8 compiled of it: started by bundle.mjs, once all is bundled. What these captures do
// not need is compiled when it is called first, as without this.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { runExplain, script } = createRequire(import.meta.url)('../dist/bundle/explain-program.cjs');

const names = [
  'small-packets/window-720-unscaled',
  'offload/tso-at-sender-ipv6',
  'loss/queue-overflow',
  'window/reader-stops',
];
const captures = names.map((name) => join(root, 'test', 'captures', `${name}.pcap`));
for (const options of [['--json'], []]) await runExplain(['explain', ...captures, '--quiet', ...options], () => '');
writeFileSync(join(root, 'dist', 'bundle', 'explain-program.script.compiled'), script.createCachedData());
