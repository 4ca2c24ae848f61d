// Runs the built pure library in a context that has the ECMAScript language, WebAssembly and nothing else, as
// `node --experimental-vm-modules bare-context.mjs <dist> <capture> <host text>`; prints what it said as JSON.

import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import vm from 'node:vm';

const [distFolder, capture, hostText] = process.argv.slice(2);
const dist = resolve(distFolder);
const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: true } });
// V8 gives every context a console, the language does not have one. WebAssembly every browser has.
vm.runInContext('delete globalThis.console;', context);

const modules = new Map();

function load(path) {
  const known = modules.get(path);
  if (known !== undefined) return known;
  const module = new vm.SourceTextModule(readFileSync(path, 'utf8'), { context, identifier: path });
  modules.set(path, module);
  return module;
}

function link(specifier, from) {
  const path = join(dirname(from.identifier), specifier);
  if (!specifier.startsWith('.') || !path.startsWith(dist)) {
    throw new Error(`${relative(dist, from.identifier)} imports ${specifier}`);
  }
  return load(path);
}

const main = new vm.SourceTextModule(readFileSync(new URL('bare-program.mjs', import.meta.url), 'utf8'), {
  context,
  identifier: join(dist, 'program.js'),
});
await main.link(link);
await main.evaluate();
const { globals, explain } = main.namespace;
const result = explain([...readFileSync(capture)], readFileSync(hostText, 'utf8'));
console.log(JSON.stringify({ globals: globals(), modules: modules.size, result: JSON.parse(result) }));
