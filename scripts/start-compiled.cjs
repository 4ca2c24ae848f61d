// Becomes NAME.cjs in dist/bundle: runs NAME.script with the code that V8 made of it when it was bundled, so that a start need not
// parse and compile it anew. Another version of Node refuses that code, and compiles as it always did.

const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

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
