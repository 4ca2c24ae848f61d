// Runs explain, wire and merge on some captures and keeps what V8 compiled of them: started by bundle.mjs, once all is bundled. What these captures do
// not need is compiled when it is called first, as without this.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

const names = [
  'small-packets/window-720-unscaled',
  'offload/tso-at-sender-ipv6',
  'loss/queue-overflow',
  'window/reader-stops',
];
const captures = names.map((name) => join(root, 'test', 'captures', `${name}.pcap`));

async function keepCode(name, run) {
  const program = require(`../dist/bundle/${name}.cjs`);
  await run(program);
  writeFileSync(join(root, 'dist', 'bundle', `${name}.script.compiled`), program.script.createCachedData());
}

await keepCode('explain-program', async ({ runExplain }) => {
  for (const options of [['--json'], []]) await runExplain(['explain', ...captures, '--quiet', ...options], () => '');
});
await keepCode('rewrite-program', async ({ runRewrite }) => {
  for (const command of ['wire', 'merge']) {
    for (const capture of captures) await runRewrite([command, capture, '--quiet', '-w', devNull], () => '');
  }
});
