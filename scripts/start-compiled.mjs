// Becomes dist/bundle/explain-program.js: starts explain-program.cjs with the code that V8 made of it when it was bundled, so that a
// start need not parse and compile it anew. Another version of Node refuses that code, and compiles as it always did. Nothing is
// imported: Node's loader of modules takes longer than this takes.

const { readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const { fileURLToPath } = process.getBuiltinModule('node:url');
const { Script } = process.getBuiltinModule('node:vm');

const filename = fileURLToPath(new URL('explain-program.cjs', import.meta.url));

/** For whoever wants to keep what V8 makes of it. */
export const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: compiledCode(),
});

function compiledCode() {
  try {
    return readFileSync(`${filename}.compiled`);
  } catch {
    return undefined;
  }
}

const program = {};
script.runInThisContext()(program, createRequire(filename), filename, (id) => import(id));

export const { configureExplain, runExplain } = program;
