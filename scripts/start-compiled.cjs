// Becomes NAME.cjs in dist/bundle: runs NAME.script with the code that V8 made of it when it was bundled, so that a start need not
// parse and compile it anew. Another version of Node refuses that code, and compiles as it always did.

const { readFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

/**
 * Bytes of code that a function runs through before V8 looks whether to optimise it, instead of 135,168. What runs for every packet is
 * WebAssembly; the rest has mostly run before it is optimised, and the threads that optimise take the processors from those that
 * work. V8 looks at this number at each turn, so that it may be changed at any time; code kept with another one is refused.
 */
const INTERRUPT_BUDGET = 600_000;
setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);

const filename = __filename.replace(/\.cjs$/, '.script');

function compiledCode() {
  try {
    return readFileSync(`${filename}.compiled`);
  } catch {
    return undefined;
  }
}

const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: compiledCode() });
script.runInThisContext()(exports, require, filename, (id) => import(id));
/** For whoever wants to keep what V8 makes of it. */
exports.script = script;
