// Station "flow": one connection among many, as a person names it.

/** One end of a connection. */
export interface NamedEnd {
  readonly ip: string;
  readonly port: number;
}

/** A number of the report, or both ends in either order. */
export type ConnectionChoice =
  | { readonly kind: 'number'; readonly id: number }
  | { readonly kind: 'ends'; readonly a: NamedEnd; readonly b: NamedEnd };

/** Whether a connection is the chosen one. */
export function isChosen(
  choice: ConnectionChoice,
  connection: { readonly id: number; readonly client: NamedEnd; readonly server: NamedEnd },
): boolean {
  if (choice.kind === 'number') return connection.id === choice.id;
  const { a, b } = choice;
  const { client, server } = connection;
  return (isEnd(a, client) && isEnd(b, server)) || (isEnd(b, client) && isEnd(a, server));
}

function isEnd(named: NamedEnd, end: NamedEnd): boolean {
  return named.port === end.port && named.ip === end.ip.toLowerCase();
}
