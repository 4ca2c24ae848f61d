// Makes the golden captures beside this folder, from the real kernel. Root and Linux only.
//   npm run build && node test/captures/make/golden.mjs [--only PART-OF-NAME] [--out DIR]
// Each becomes <topic>/<behaviour>.pcap[ng], .md (how it was made) and .truth.json (what the kernel's counters say).
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runExperiment } from '../../../dist/lab/experiment.js';
import { cleanLeftovers } from '../../../dist/lab/netns.js';
import { NETWORK } from './network.mjs';
import { OFFLOAD } from './offload.mjs';
import { SMALL_PACKETS } from './small-packets.mjs';
import { TAPS } from './taps.mjs';

const MAX_BYTES = 100_000;
const ETHTOOL_ESSENTIALS =
  /^(tcp-segmentation-offload|generic-segmentation-offload|generic-receive-offload|tx-checksumming|large-receive-offload|tx-tcp-segmentation|tx-tcp6-segmentation):/;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    out: { type: 'string', default: join(dirname(fileURLToPath(import.meta.url)), '..') },
  },
});

await cleanLeftovers();
for (const golden of [...OFFLOAD, ...SMALL_PACKETS, ...NETWORK, ...TAPS]) {
  const name = `${golden.topic}/${golden.name}`;
  if (values.only !== undefined && !name.includes(values.only)) continue;
  const scratch = await mkdtemp(join(tmpdir(), 'wiretruth-golden-'));
  try {
    const truth = await runExperiment(golden.experiment, scratch);
    await keep(golden, truth, scratch);
    process.stderr.write(`${name}\n`);
  } catch (error) {
    process.stderr.write(`${name} FAILED: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function keep(golden, truth, scratch) {
  const tap = truth.taps.find((each) => each.file === golden.keep);
  if (!tap) throw new Error(`no tap ${golden.keep} among ${truth.taps.map((each) => each.file)}`);
  const file = join(scratch, tap.file);
  const { size } = await stat(file);
  if (size > MAX_BYTES) throw new Error(`${tap.file} has ${size} bytes, more than ${MAX_BYTES}`);
  const directory = join(values.out, golden.topic);
  await mkdir(directory, { recursive: true });
  const kept = `${golden.name}${extname(tap.file)}`;
  await copyFile(file, join(directory, kept));
  const oneTap = { ...truth, taps: [{ ...tap, file: kept }] };
  await writeFile(join(directory, `${golden.name}.truth.json`), `${JSON.stringify(oneTap, null, 2)}\n`);
  await writeFile(join(directory, `${golden.name}.md`), await recipe(golden, oneTap, scratch));
}

async function recipe(golden, truth, scratch) {
  const [tap] = truth.taps;
  const essentials = async (role) => {
    const text = await readFile(join(scratch, `${role}.ethtool-k.txt`), 'utf8');
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => ETHTOOL_ESSENTIALS.test(line))
      .map((line) => `    ${line}`)
      .join('\n');
  };
  return `# ${golden.name}

${golden.story}

Made on Linux ${truth.kernel} by \`node test/captures/make/golden.mjs --only ${golden.topic}/${golden.name}\`
(network namespaces, real sockets; the data sender is the ${truth.dataFrom}).
${tap.packets} packets from device ${tap.device} of ${tap.host}, snaplen ${tap.snaplen}${tap.startedLate ? ', started after the handshake' : ''}.

Parameters: \`${JSON.stringify(truth.parameters)}\`

Sender, \`ethtool -k\`:

${await essentials('sender')}

Receiver, \`ethtool -k\`:

${await essentials('receiver')}
`;
}
