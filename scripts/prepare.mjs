// Before `npm start`, `npm test` and `npm run bench`: installs what the lock file names, if it is not there yet, and builds.
// With --clean it builds from nothing, so that a package holds no output of a source that is gone. Needs nothing but Node and npm, so that a fresh clone needs nothing else. Progress goes to stderr: stdout belongs to the program.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Remembers for which lock file node_modules was installed; lives inside it, so removing it starts afresh. */
const stampPath = join(root, 'node_modules', '.installed-for');
const OLDEST_NODE = [20, 19];

function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is Node ${process.versions.node}`);
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.error) throw new Error(`cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with status ${result.status ?? result.signal}`);
}

/** npm names its own script in npm_execpath: the npm that was called is the one that installs. */
function runNpm(args) {
  const npmScript = process.env['npm_execpath'];
  if (npmScript?.endsWith('.js')) run(process.execPath, [npmScript, ...args]);
  else run('npm', args);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const wanted = `${lock} ${process.platform} ${process.arch}\n`;
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) return;
  // No package of ours needs its install script: everything native comes prebuilt as a platform's own package.
  // An installation that somebody made by hand for this very lock file is good as it is.
  const isComplete =
    existsSync(join(root, 'node_modules', 'typescript', 'package.json')) &&
    !existsSync(stampPath) &&
    lockMatchesInstalled();
  if (!isComplete) runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  writeFileSync(stampPath, wanted);
}

/** Every package of the lock file that is not optional is in npm's own record of what it installed, in the same version. */
function lockMatchesInstalled() {
  const hiddenLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hiddenLock)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(hiddenLock, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  );
}

try {
  checkNodeVersion();
  install();
  if (process.argv.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });
  run(process.execPath, [join(root, 'scripts', 'engine.mjs')]);
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
  run(process.execPath, [join(root, 'scripts', 'bundle.mjs')]);
} catch (error) {
  console.error(`prepare: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
