// Joins the compiled modules that the program runs: dist/bundle, which is what `wiretruth` starts. V8 takes the constants of its
// own scope for constants when it compiles, and looks imported ones up anew at every use: bundled, the same analysis takes a
// quarter less time (docs/adr/0010-the-program-is-bundled.md). So what runs for every packet is joined into one file, of which only
// its entry is exported; what runs once is joined with the rest. The library stays a module a file.

import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const target = join(dist, 'bundle');

/** Packages that become part of a file: finding, reading and linking them takes longer than running them. */
const joinedPackages = ['commander', 'fzstd'];

/** What is joined with what: entries, each with all that it imports at once. What is imported later is outside if it is an entry. */
const bundles = [
  ['cli/rewrite/run-compare.js'],
  // With all of explain in it.
  ['cli/rewrite/run-annotate.js'],
  [
    'cli/program.js',
    ...['schema', 'lab', 'host', 'compare', 'annotate'].map((name) => `cli/commands/${name}.js`),
    'node/read-host.js',
    'diagnosis/diagnose-host.js',
  ],
];

/** What is a script: V8 can keep what it made of a script, not of a module. start-compiled.cjs is the module in its stead. */
const scripts = ['cli/explain-program.js', 'cli/rewrite-program.js'];

/** Decides what else is read. Not a module, nor is the worker: Node's loader of modules takes 10 ms of a start, and 20 of a thread's. */
const main = 'cli/main.js';

/** The second thread of explain, and where what it imports is found. */
const worker = { path: 'node/measure-worker.js', imports: 'node/measure-share.js', from: './explain-program.cjs' };

const nameOf = (path) => path.split('/').at(-1).replace(/\.js$/, '');

const entryNames = new Map([...scripts, ...bundles.flat()].map((path) => [join(dist, path), nameOf(path)]));

/** What stays outside: most packages; the lab, which starts its own modules as processes by their names; entries imported later. */
const outside = {
  name: 'outside',
  resolveId(id, importer, { kind }) {
    if (importer === undefined || joinedPackages.includes(id) || importer.includes('node_modules')) return null;
    if (!id.startsWith('.')) return { id, external: true };
    const path = join(dirname(importer), id);
    if (importer.endsWith(worker.path) && path.endsWith(worker.imports))
      return { id: worker.from, external: 'absolute' };
    const entry = entryNames.get(path);
    if (entry !== undefined && kind === 'dynamic-import') return { id: `./${entry}.mjs`, external: 'absolute' };
    const inside = relative(dist, path).split(sep);
    return inside.includes('lab') ? { id: `../${inside.join('/')}`, external: 'absolute' } : null;
  },
};

const builtin = (id) => `globalThis.process.getBuiltinModule('${id}')`;
const namedImports = /^import \{([^}]*)\} from ['"](node:[^'"]+)['"];$/gm;
const wholeImports = /^import \* as (\w+) from ['"](node:[^'"]+)['"];$/gm;
const workerUrl = /'\.\/measure-worker\.js'/g;
const requires = /require\(['"](node:[^'"]+)['"]\)/g;

/**
 * Node's own modules without its loader of modules, which copies all that they export, and with that loads more of them than anybody
 * asked for: 8 ms of a start.
 */
const builtins = {
  name: 'builtins',
  transform(code, id) {
    // Commander would start commands that are programs of their own with it; ours are none.
    const needed = id.includes('commander') ? code.replace("require('node:child_process')", '{}') : code;
    return needed
      .replace(namedImports, (_all, names, module) => `const {${names.replaceAll(' as ', ': ')}} = ${builtin(module)};`)
      .replace(wholeImports, (_all, name, module) => `const ${name} = ${builtin(module)};`)
      .replace(workerUrl, "'./measure-worker.cjs'")
      .replace(requires, (_all, module) => builtin(module));
  },
};

function buildOf(entries) {
  return rolldown({
    input: Object.fromEntries(entries.map((path) => [nameOf(path), join(dist, path)])),
    plugins: [outside, builtins],
    platform: 'node',
    logLevel: 'warn',
  });
}

async function joinModules(entries) {
  const build = await buildOf(entries);
  await build.write({ dir: target, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
  await build.close();
}

/** A text of nothing but ASCII is read, and gone through by V8, in half of the time: one byte a character. */
function asciiOf(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function codeOf(path) {
  const build = await buildOf([path]);
  const { output } = await build.generate({ format: 'cjs', codeSplitting: false });
  await build.close();
  return output[0].code;
}

async function joinIntoScript(path) {
  // A script that V8 kept the code of may not import by itself.
  const code = (await codeOf(path)).replaceAll('await import(', 'await importModule(');
  const wrapped = `(function (exports, require, __filename, importModule) {\n${asciiOf(code)}\n})\n`;
  writeFileSync(join(target, `${nameOf(path)}.script`), wrapped);
  copyFileSync(join(root, 'scripts', 'start-compiled.cjs'), join(target, `${nameOf(path)}.cjs`));
}

/** Where a script is imported it is required. */
async function joinMain() {
  const names = scripts.map(nameOf).join('|');
  const code = await codeOf(main);
  writeFileSync(
    join(target, 'main.js'),
    code.replace(
      new RegExp(`await import\\("\\./(${names})\\.mjs"\\)`, 'g'),
      (_all, name) => `require('./${name}.cjs')`,
    ),
  );
  writeFileSync(join(target, 'package.json'), '{ "type": "commonjs" }\n');
}

async function joinWorker({ path }) {
  writeFileSync(join(target, `${nameOf(path)}.cjs`), await codeOf(path));
}

/** Bundles the program. Names have no hashes: what a package holds does not change its name with every release. */
export async function bundle() {
  rmSync(target, { recursive: true, force: true });
  for (const entries of bundles) await joinModules(entries);
  for (const path of scripts) await joinIntoScript(path);
  await joinMain();
  await joinWorker(worker);
  for (const name of joinedPackages) {
    copyFileSync(join(root, 'node_modules', name, 'LICENSE'), join(target, `LICENSE-${name}`));
  }
  execFileSync(process.execPath, [join(root, 'scripts', 'compile-bundle.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
