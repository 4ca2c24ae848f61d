// Compiles the packet loop (src/engine/assembly, AssemblyScript) to WebAssembly and writes it as a module of the pure core,
// src/engine/module.ts: a browser and a bundle need no file beside it then. Does nothing when that is newer than its sources.

import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'src', 'engine');
const target = join(folder, 'module.ts');
const lock = join(root, 'package-lock.json');

// Optimised in the second pass alone: before it nothing may have been put in place of its call.
const options = [
  ...['--runtime', 'stub', '--noAssert', '-O0', '--enable', 'simd'],
  // Fixed places lie below 1,024 (scratch.ts); offsets up to there are folded into loads and stores.
  ...['--lowMemoryLimit', '1024', '--memoryBase', '1024', '--initialMemory', '1'],
  // Addresses are 32 bits wide and stay so.
  ...['--disableWarning', '201'],
  // Names, for the second pass.
  '--debug',
];

/** Functions that are called: what is rare, so that the usual case has the registers to itself, and what several places call. */
const notInlined = [
  'usual/takeUsual',
  'consume/takeUnusual',
  'track/trackTcp',
  'track/countMarks',
  'acknowledgements/takeAcknowledgement',
  'data/takeData',
  'sender-limits/applyPending',
  'sender-limits/isCongested',
  'sender-limits/unscaledRoom',
  'pace/takeWait',
  'quantiles/addQuantile',
  'flows/findFlow',
  'quantiles/make',
  'quantiles/keep',
  'quantiles/spread',
  'quantiles/widen',
  'quantiles/makeWide',
  'quantiles/resize',
  'samples/makeRoom',
  'flight/makeRoom',
  'pending/makeRoom',
  'acknowledgements/noteZero',
  'acknowledgements/noteOpen',
  'acknowledgements/noteLow',
  'clock/commitAll',
  'clock/firstSpread',
  'clock/spreadOver',
  'clock/halve',
  'scale-search/searchScale',
  'scale-search/searchAdvance',
  'scale-search/searchBecomes',
  'segment/findSegment',
  'memory/grow',
  'memory/allocate',
  'consume/makeRoom',
  'consume/open',
  'consume/openAgain',
  'consume/noteClose',
  'consume/takeClosed',
  'consume/tighten',
  'quantiles/tightenQuantile',
  'consume/takeRows',
  'flows/insert',
  'sizes/addAt',
  'sizes/resize',
  'wire-view/disagreeing',
  'wire-view/doubt',
  'wire-view/believeSingle',
  'wire-view/asBefore',
  'wire-view/learnFromLength',
  'turns/decideNear',
  'small-frames/queueEmptied',
  'tcp-options/decodeOptions',
];

function isFresh() {
  if (!existsSync(target)) return false;
  const made = statSync(target).mtimeMs;
  const files = ['assembly', 'layout'].flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  );
  return [...files, lock, fileURLToPath(import.meta.url)].every((path) => statSync(path).mtimeMs < made);
}

/** Throws with the compiler's messages when the sources are wrong. */
export async function makeEngine() {
  if (isFresh()) return;
  const { default: asc } = await import('assemblyscript/asc');
  let wasm;
  const { error, stderr } = await asc.main(
    ['assembly/index.ts', '--baseDir', folder, '--outFile', 'loop.wasm', ...options],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) wasm = contents;
      },
    },
  );
  if (error !== null || wasm === undefined) throw new Error(`the packet loop does not compile\n${stderr.toString()}`);
  const lines = Buffer.from(await inlined(wasm))
    .toString('base64')
    .replace(/.{1,1000}/g, "  '$&',\n");
  writeFileSync(
    target,
    `// Made by scripts/engine.mjs from src/engine/assembly. Not for editing.\n\n/** The packet loop as WebAssembly, in base64. */\nexport const loopLines: readonly string[] = [\n${lines}];\n`,
  );
}

/** A call costs ten instructions, and the loop has some thirty a packet: once more, with larger functions put in place of their calls. */
async function inlined(wasm) {
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.readBinary(wasm);
  module.setFeatures(
    binaryen.Features.MutableGlobals |
      binaryen.Features.SIMD128 |
      binaryen.Features.SignExt |
      binaryen.Features.NontrappingFPToInt |
      binaryen.Features.BulkMemory |
      binaryen.Features.BulkMemoryOpt,
  );
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setLowMemoryUnused(true);
  binaryen.setAlwaysInlineMaxSize(2000);
  binaryen.setFlexibleInlineMaxSize(1000);
  binaryen.setOneCallerInlineMaxSize(20000);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  for (const name of notInlined) {
    if (module.getFunction(`assembly/${name}`) === 0) throw new Error(`the packet loop has no function ${name}`);
    binaryen.setPassArgument('no-inline', `assembly/${name}`);
    module.runPasses(['no-inline']);
  }
  module.optimize();
  module.optimize();
  if (!module.validate()) throw new Error('the packet loop is not valid after inlining');
  return module.emitBinary();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await makeEngine();
