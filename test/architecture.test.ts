// The walls between the folders of src/, as data, and the rules that the compiler cannot hold.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MAX_LINES = 500;

interface Wall {
  /** Runs in a browser too: no node:, no process, no clock, no randomness. */
  readonly pure: boolean;
  /** Folders, or single files without `.ts`, that may be imported besides the folder itself. */
  readonly mayImport: readonly string[];
  /** npm packages. */
  readonly packages?: readonly string[];
}

const MEASURING = ['bytes', 'packets', 'flow', 'kernel', 'offload/rules'];
const PURE_FOLDERS = [
  ...['bytes', 'wire', 'capture', 'packets', 'flow', 'kernel', 'engine', 'offload', 'host', 'sim', 'analysis'],
  'diagnosis',
  ...['hoststate', 'report', 'explain', 'index'],
];

/** Folder by folder in the order of a packet's path; a file directly in src/ is a folder of its own. */
const walls: Readonly<Record<string, Wall>> = {
  bytes: { pure: true, mayImport: [] },
  wire: { pure: true, mayImport: ['bytes'] },
  capture: { pure: true, mayImport: ['bytes', 'wire/frame', 'wire/records'] },
  packets: { pure: true, mayImport: ['bytes', 'wire', 'capture'] },
  flow: { pure: true, mayImport: ['bytes', 'packets'] },
  kernel: { pure: true, mayImport: ['bytes'] },
  // What runs for every packet, compiled to WebAssembly (docs/adr/0013-the-packet-loop-is-webassembly.md).
  engine: { pure: true, mayImport: ['bytes', 'wire', 'packets'] },
  offload: { pure: true, mayImport: ['bytes', 'wire'] },
  host: { pure: true, mayImport: ['bytes', 'wire', 'kernel', 'offload'] },
  sim: { pure: true, mayImport: ['bytes', 'wire', 'kernel', 'offload', 'host'] },
  hoststate: { pure: true, mayImport: ['bytes', 'kernel'] },
  // Flag bits and link types are wire's to name (docs/adr/0007-analysis-reads-the-wire-s-names.md); its decoders stay below packets.
  analysis: { pure: true, mayImport: [...MEASURING, 'engine', 'wire/tcp-flags', 'wire/frame'] },
  diagnosis: { pure: true, mayImport: [...MEASURING, 'analysis', 'hoststate'] },
  report: { pure: true, mayImport: [...MEASURING, 'analysis', 'hoststate', 'diagnosis'], packages: ['zod'] },
  explain: { pure: true, mayImport: PURE_FOLDERS },
  index: { pure: true, mayImport: PURE_FOLDERS },
  node: { pure: false, mayImport: PURE_FOLDERS, packages: ['fzstd'] },
  lab: { pure: false, mayImport: [...PURE_FOLDERS, 'node'], packages: ['koffi', 'yaml', 'zod'] },
  fleet: { pure: false, mayImport: [...PURE_FOLDERS, 'node'] },
  cli: { pure: false, mayImport: [...PURE_FOLDERS, 'node', 'lab', 'fleet'], packages: ['commander', 'yaml'] },
};

interface Debt {
  /** File under src/, without `.ts`. */
  readonly file: string;
  readonly imports: string;
  /** Why it is so, and what would end it. */
  readonly why: string;
}

/** Known exceptions. One that is no longer needed fails the test, so that this list only shrinks. */
const debt: readonly Debt[] = [
  {
    file: 'report/build-capture',
    imports: 'capture/capture-reader',
    why: 'the report of a file says how its reading ended, which only the capture knows; ends when analysis hands it on',
  },
  { file: 'report/build-capture', imports: 'wire/frame', why: 'names link types; ends with the one above' },
];

/** Files outside cli/ that may print or exit: they are processes of their own. */
const programs: readonly { readonly file: string; readonly why: string }[] = [
  { file: 'lab/oracle/main', why: 'started by the oracle tests; its result goes to stdout as one line of JSON' },
  ...['peer', 'traffic', 'udp', 'wire'].map((name) => ({
    file: `lab/${name}-child`,
    why: 'a process inside a namespace of the lab; its result goes to stdout as one line of JSON',
  })),
  { file: 'lab/undo', why: 'a signal ends the process only after everything in the lab is undone' },
];

interface SourceFile {
  /** Path under src/, without `.ts`. */
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  /** Comments, strings and regular expressions blanked; line breaks kept. */
  readonly code: string;
  readonly imports: readonly string[];
}

const sources: readonly SourceFile[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => {
    const text = readFileSync(join(root, 'src', path), 'utf8');
    const name = path.replace(/\.ts$/, '');
    return { name, folder: name.split('/')[0] ?? name, text, code: blank(text), imports: importsOf(text) };
  });

/** What a file imports: paths under src/ without `.ts` for its own kind, else the specifier as written. */
function importsOf(text: string): string[] {
  const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
  const specifiers = [
    ...withoutComments.matchAll(/^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]/gm),
    ...withoutComments.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm),
    ...withoutComments.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
  ];
  return specifiers.map((match) => match[1] ?? '');
}

/** The file that a relative import means, as a path under src/ without `.ts`. */
function target(file: SourceFile, specifier: string): string {
  const absolute = resolve(join(root, 'src', dirname(file.name)), specifier);
  return relative(join(root, 'src'), absolute).replace(/\.(ts|js)$/, '');
}

function isAllowed(wall: Wall, folder: string, imported: string): boolean {
  return [folder, ...wall.mayImport].some((allowed) => imported === allowed || imported.startsWith(`${allowed}/`));
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/** Blanks comments and the text of strings, so that a word in a sentence is not taken for code. */
function blank(text: string): string {
  const keepLines = (part: string): string => part.replace(/[^\n]/g, ' ');
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.|\$(?!\{))*`/g,
    keepLines,
  );
}

function linesMatching(file: SourceFile, pattern: RegExp): string[] {
  const lines = file.text.split('\n');
  return file.code
    .split('\n')
    .flatMap((code, index) =>
      pattern.test(code) ? [`src/${file.name}.ts:${index + 1}: ${lines[index]?.trim()}`] : [],
    );
}

describe('walls', () => {
  test('every folder of src/ has its place in the table', () => {
    expect([...new Set(sources.map((file) => file.folder))].filter((folder) => !(folder in walls))).toEqual([]);
  });

  test('no file imports from a folder that its own folder may not know', () => {
    const breaches = sources.flatMap((file) => {
      const wall = walls[file.folder];
      if (wall === undefined) return [];
      return file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => target(file, specifier))
        .filter((imported) => !isAllowed(wall, file.folder, imported))
        .map((imported) => ({ file: file.name, imports: imported }));
    });
    const known = ({ file, imports }: { file: string; imports: string }): boolean =>
      debt.some((entry) => entry.file === file && entry.imports === imports);
    expect(breaches.filter((breach) => !known(breach))).toEqual([]);
    const paid = debt.filter((entry) => !breaches.some((b) => b.file === entry.file && b.imports === entry.imports));
    expect(paid, 'debt that is paid: strike it from the list').toEqual([]);
  });

  test('npm packages are imported only where the table says', () => {
    const breaches = sources.flatMap((file) =>
      file.imports
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter((specifier) => !walls[file.folder]?.packages?.includes(packageOf(specifier)))
        .map((specifier) => `src/${file.name}.ts imports ${specifier}`),
    );
    expect(breaches).toEqual([]);
  });

  test('the simulator and the analysis do not know each other: one judges the other', () => {
    for (const [judged, judge] of [
      ['analysis', 'host'],
      ['analysis', 'sim'],
      ['diagnosis', 'host'],
      ['diagnosis', 'sim'],
    ] as const) {
      expect(isAllowed(walls[judged] as Wall, judged, judge)).toBe(false);
      expect(isAllowed(walls[judge] as Wall, judge, judged)).toBe(false);
    }
  });
});

describe('pure folders', () => {
  const pure = sources.filter((file) => walls[file.folder]?.pure === true);

  test('import nothing of node', () => {
    const breaches = pure.filter((file) => file.imports.some((specifier) => specifier.startsWith('node:')));
    expect(breaches.map((file) => file.name)).toEqual([]);
  });

  test('do not touch the machine', () => {
    const machine = /(?<![\w.$])(process|console|Buffer|globalThis|document|performance|setTimeout|setInterval)\s*[.(]/;
    expect(pure.flatMap((file) => linesMatching(file, machine))).toEqual([]);
  });

  test('read no clock and no randomness', () => {
    const chance = /(?<![\w.$])(Date\.now|Math\.random|crypto\.\w+|new Date\(\s*\))/;
    expect(pure.flatMap((file) => linesMatching(file, chance))).toEqual([]);
  });
});

describe('rules that a compiler does not hold', () => {
  test('sequence numbers are compared in bytes/seq32.ts and nowhere else, for they wrap', () => {
    // Biome puts spaces around an operator and none around type arguments, so ` < ` is always a comparison.
    const name = String.raw`(?:[\w$]+[.?!]*\.)*(?:seq|[\w$]*Seq|[\w$]*Seq32|ackNumber|[\w$]*AckNumber|sequenceNumber)(?:\[\w+\])?!?`;
    const comparison = new RegExp(
      String.raw`(?<![\w$.])${name} (?:<|>|<=|>=) |(?: |\()(?:<|>|<=|>=) ${name}(?![\w$.(])`,
    );
    expect(comparison.test('if (segment.seq < next) {')).toBe(true);
    expect(comparison.test('if (next >= flow.nextSeq) {')).toBe(true);
    expect(comparison.test('if (seqDistance(a, b) < 0) {')).toBe(false);
    const breaches = sources
      .filter((file) => file.name !== 'bytes/seq32')
      .flatMap((file) => linesMatching(file, comparison));
    expect(breaches).toEqual([]);
  });

  test(`no file is longer than ${MAX_LINES} lines`, () => {
    const folders = ['src', 'test', 'bench', 'examples', 'scripts'];
    const long = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(ts|mjs)$/.test(path) && !path.includes('node_modules'))
        .map((path) => ({
          path: `${folder}/${path}`,
          lines: readFileSync(join(root, folder, path), 'utf8').split('\n').length - 1,
        }))
        .filter(({ lines }) => lines > MAX_LINES),
    );
    expect(long).toEqual([]);
  });

  test('only cli/ prints and exits', () => {
    const printing = /(?<![\w.$])(console\.|process\.(exit|exitCode|stdout|stderr)\b)/;
    const others = sources.filter(
      (file) => file.folder !== 'cli' && !programs.some((program) => program.file === file.name),
    );
    expect(others.flatMap((file) => linesMatching(file, printing))).toEqual([]);
  });

  test('relative imports end in .ts and files are named in kebab-case', () => {
    // But for AssemblyScript's, whose compiler adds the ending itself.
    const compiledByTsc = sources.filter((file) => !file.name.startsWith('engine/assembly/'));
    const wrongImports = compiledByTsc.flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.') && !/\.(ts|json)$/.test(specifier))
        .map((s) => `${file.name}: ${s}`),
    );
    expect(wrongImports).toEqual([]);
    expect(sources.map((file) => file.name).filter((name) => !/^[a-z0-9/.-]+$/.test(name))).toEqual([]);
  });
});
