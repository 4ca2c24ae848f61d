// Station "lab", scenario files: what would be accepted at a place, told from the JSON Schema.

interface Node {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** In words what may stand at the path; undefined where the schema does not reach. */
export function acceptedAt(schema: unknown, path: readonly PropertyKey[]): string | undefined {
  const node = nodeAt(schema as Node, path);
  return node === undefined ? undefined : inWords(node);
}

/** The keys that the object at the path may have. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(nodeAt(schema as Node, path)?.properties ?? {});
}

function nodeAt(schema: Node, path: readonly PropertyKey[]): Node | undefined {
  let node: Node | undefined = schema;
  for (const key of path) {
    if (node === undefined) return undefined;
    if (typeof key === 'number') node = node.items;
    else node = node.properties?.[String(key)] ?? openProperty(node);
  }
  return node;
}

const openProperty = ({ additionalProperties }: Node): Node | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

function inWords(node: Node): string {
  const choices = [...(node.enum ?? []), ...(node.anyOf ?? []).flatMap((each) => each.const ?? [])];
  if (choices.length === 1) return `${node.description ? `${node.description}: ` : ''}${choices[0]}`;
  if (choices.length > 1) return `one of ${choices.join(', ')}`;
  const { description, properties } = node;
  if (properties !== undefined)
    return `${description ? `${description}, with ` : ''}keys ${Object.keys(properties).join(', ')}`;
  if (description !== undefined) return description;
  switch (node.type) {
    case 'array':
      return `a list${node.items === undefined ? '' : ` of ${inWords(node.items)}`}`;
    case 'integer':
      return (node.exclusiveMinimum ?? node.minimum ?? -1) >= 0 ? 'a whole number from 1' : 'a whole number';
    case 'string':
      return 'a text';
    default:
      return node.type ?? 'something else';
  }
}
