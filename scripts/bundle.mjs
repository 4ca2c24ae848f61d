// Joins the compiled modules that the program runs: dist/bundle, which is what `wiretruth` starts. V8 takes the constants of its
// own scope for constants when it compiles, and looks imported ones up anew at every use: bundled, the same analysis takes a
// quarter less time (docs/adr/0010-the-program-is-bundled.md). So what runs for every packet is joined into one file, of which only
// its entry is exported; what runs once is joined with the rest. The library stays a module a file.

import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const target = join(dist, 'bundle');

/** Files of their own, each with all that it needs: the packet loops of `explain`, with its second thread, and those of the rewriters. */
const loops = [
  ['node/measure-capture.js', 'node/measure-worker.js'],
  ['cli/rewrite/run-wire.js', 'cli/rewrite/run-merge.js'],
  ['cli/rewrite/run-compare.js'],
  // With all of explain in it.
  ['cli/rewrite/run-annotate.js'],
];

/** Packages that are joined too, with their licences beside: what is loaded before the first packet takes longer file by file. */
const joinedPackages = ['commander', 'fzstd'];

const nameOf = (path) => path.split('/').at(-1).replace(/\.js$/, '');

/** What every command loads: the options and the commands' declarations. */
const program = {
  name: 'program-shared',
  test: /cli\/(program|options|version|interruption|progress|commands\/)|node_modules\/commander/,
};

/** What stays outside: other packages; the lab, which starts its own modules as processes by their names; the entries of other bundles. */
function outside(entries) {
  const others = new Map(
    loops.flat().flatMap((path) => (entries.includes(path) ? [] : [[join(dist, path), nameOf(path)]])),
  );
  return {
    name: 'outside',
    resolveId(id, importer) {
      if (importer === undefined) return null;
      if (joinedPackages.includes(id) || importer.includes('node_modules')) return null;
      if (!id.startsWith('.')) return { id, external: true };
      const path = join(dirname(importer), id);
      const bundled = others.get(path);
      if (bundled !== undefined) return { id: `./${bundled}.js`, external: 'absolute' };
      const inside = relative(dist, path).split(sep);
      return inside.includes('lab') ? { id: `../${inside.join('/')}`, external: 'absolute' } : null;
    },
  };
}

async function joinModules(entries, options) {
  const build = await rolldown({
    input: Object.fromEntries(entries.map((path) => [nameOf(path), join(dist, path)])),
    plugins: [outside(entries)],
    platform: 'node',
    logLevel: 'warn',
  });
  await build.write({ dir: target, format: 'esm', entryFileNames: '[name].js', comments: false, ...options });
  await build.close();
}

function copyLicences() {
  for (const name of joinedPackages) {
    copyFileSync(join(root, 'node_modules', name, 'LICENSE'), join(target, `LICENSE-${name}`));
  }
}

/** Bundles the program. Names have no hashes: what a package holds does not change its name with every release. */
export async function bundle() {
  rmSync(target, { recursive: true, force: true });
  await joinModules(['cli/main.js'], { chunkFileNames: '[name].js', codeSplitting: { groups: [program] } });
  for (const entries of loops) {
    const name = `${nameOf(entries[0])}-shared`;
    await joinModules(entries, { chunkFileNames: '[name].js', codeSplitting: { groups: [{ name, test: /./ }] } });
  }
  copyLicences();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
