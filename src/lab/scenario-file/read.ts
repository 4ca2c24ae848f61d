// Station "lab", scenario files: text in, a scenario out, or everything that is wrong with it by line and column.
import { type Document, isCollection, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { acceptedAt, keysAt } from './accepted.ts';
import type { ScenarioFile } from './scenario.ts';
import { scenarioJsonSchema, scenarioSchema } from './schema.ts';

/** A scenario file that cannot be used; one line of the message for each fault, with file, line and column. */
export class ScenarioError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ScenarioError';
    this.faults = faults;
  }
}

type Path = readonly PropertyKey[];

/** What zod says, as far as we use it. */
interface Issue {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
}

/** Reads YAML (or JSON, which is YAML). Throws a ScenarioError. */
export function readScenario(text: string, file: string): ScenarioFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    throw new ScenarioError(document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`));
  const parsed = scenarioSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const schema = scenarioJsonSchema();
  const faults = parsed.error.issues.flatMap((issue) => describe(issue as Issue, document, schema));
  throw new ScenarioError(
    faults.toSorted((a, b) => a.offset - b.offset).map(({ offset, message }) => `${at(offset)}: ${message}`),
  );
}

interface Fault {
  readonly offset: number;
  readonly message: string;
}

function describe(issue: Issue, document: Document, schema: unknown): Fault[] {
  const name = issue.path.length === 0 ? 'the scenario' : nameOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(schema, issue.path).join(', ');
    return (issue.keys ?? []).map((key) => ({
      offset: offsetOfKey(document, issue.path, key),
      message: `${name} has no "${key}"; expected one of ${keys}`,
    }));
  }
  const offset = offsetOf(document, issue.path);
  if (issue.code === 'custom') return [{ offset, message: `${name}: ${issue.message}` }];
  const found = foundAt(document, issue.path);
  const accepted = acceptedAt(schema, issue.path) ?? issue.message;
  const what = found === undefined ? 'missing' : `found ${found}`;
  return [{ offset, message: `${name}: ${what}; expected ${accepted}` }];
}

/** As in `path[1].link.delay`. */
const nameOf = (path: Path): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`)).join('');

/** Where the value begins; of a missing one, where what should hold it begins. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function offsetOfKey(document: Document, path: Path, key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(map))
    for (const pair of map.items)
      if (isPair(pair) && isScalar(pair.key) && pair.key.value === key && pair.key.range) return pair.key.range[0];
  return offsetOf(document, path);
}

function foundAt(document: Document, path: Path): string | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isScalar(node)) return JSON.stringify(node.value) ?? String(node.value);
  if (isCollection(node)) return isMap(node) ? 'keys and values' : 'a list';
  return path.length === 0 ? 'nothing' : undefined;
}
