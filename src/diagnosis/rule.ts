// Station "diagnosis": what every rule is given and what it builds its verdict from. A rule is a pure function of one
// connection's measurement; it answers one question and says what it could not rule out.

import type {
  CaptureMeasurement,
  ConnectionMeasurement,
  DirectionMeasurement,
  RowSample,
  Side,
} from '../analysis/measurement.ts';
import type { HostState, SourceLine } from '../hoststate/host-state.ts';
import { hostSource } from '../hoststate/host-state.ts';
import type { Evidence, Message, MessageValues, Verdict } from './verdict.ts';

/** What a rule may know beside its connection: the file as a whole, and what the hosts say about themselves. */
export interface DiagnosisContext {
  readonly capture: Pick<CaptureMeasurement, 'captureDrops' | 'ackedUnseen' | 'interfaces'>;
  readonly hosts: readonly HostState[];
}

/** One question about a connection. Undefined (or nothing in the list) means: not seen here. */
export type Rule = (
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
) => Verdict | readonly Verdict[] | undefined;

/** What most rules say of most connections: the same list for all, for a report may hold 100,000 connections. */
const nothing: readonly never[] = [];

/** Applies a rule of one direction to both. */
export function perDirection(
  connection: ConnectionMeasurement,
  judge: (direction: DirectionMeasurement) => Verdict | undefined,
): readonly Verdict[] {
  const [first, second] = connection.directions;
  const one = judge(first);
  const other = judge(second);
  if (one === undefined) return other === undefined ? nothing : [other];
  return other === undefined ? [one] : [one, other];
}

/** A message of the catalogues; values that are not known are undefined, and the report will say so. */
export function say(key: string, values?: MessageValues): Message {
  return values === undefined ? { key } : { key, values };
}

/** The messages that apply: undefined and false are left out. */
export function messages(...candidates: readonly (Message | false | undefined)[]): readonly Message[] {
  return candidates.filter(applies);
}

/** The evidence that applies: undefined and false are left out. */
export function evidenceList(...candidates: readonly (Evidence | false | undefined)[]): readonly Evidence[] {
  return candidates.filter(applies);
}

function applies<T>(candidate: T | false | undefined): candidate is T {
  return candidate !== undefined && candidate !== false;
}

/** Evidence from the capture. Rows become packet numbers, which start at 1 as in Wireshark. */
export function seen(text: Message, where: RowSample | readonly number[], filter?: string): Evidence {
  const packets = packetsOf('rows' in where ? where.rows : where);
  return filter === undefined ? { text, packets, source: 'capture' } : { text, packets, source: 'capture', filter };
}

function packetsOf(rows: readonly number[]): readonly number[] {
  return rows.map(packetOf);
}

function packetOf(row: number): number {
  return row + 1;
}

/** Evidence from what a host says about itself. */
export function told(text: Message, source: SourceLine): Evidence {
  return { text, packets: [], source: hostSource(source) };
}

/** A display filter for exactly these rows. Sets need commas since Wireshark 3.6. */
export function rowsFilter(rows: readonly number[]): string {
  return `frame.number in {${packetsOf(rows).join(', ')}}`;
}

/** A display filter for the connection; the conditions are joined with `&&`. */
export function connectionFilter(connection: ConnectionMeasurement, ...conditions: readonly string[]): string {
  let filter = `tcp.stream==${connection.tcpStream}`;
  for (const condition of conditions) filter += ` && ${condition}`;
  return filter;
}

/** A display filter for what one side sent. */
export function sentFilter(connection: ConnectionMeasurement, side: Side, ...conditions: readonly string[]): string {
  const { ip, port } = endpoint(connection, side);
  const other = endpoint(connection, otherSide(side));
  const ipField = connection.ipVersion === 4 ? 'ip.src' : 'ipv6.src';
  const from = port === other.port ? `${ipField}==${ip}` : `tcp.srcport==${port}`;
  return connectionFilter(connection, from, ...conditions);
}

/** The host that sends this direction's data. */
export function endpoint(
  connection: ConnectionMeasurement,
  side: Side,
): { readonly ip: string; readonly port: number } {
  return side === 0 ? connection.client : connection.server;
}

/** `10.0.0.1:40000`, `[2001:db8::1]:443`. */
export function endpointName(connection: ConnectionMeasurement, side: Side): string {
  const { ip, port } = endpoint(connection, side);
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

export function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/** Who sends and who receives this direction's data, as the values that most messages take. */
export function ends(
  connection: ConnectionMeasurement,
  side: Side,
): { readonly sender: string; readonly receiver: string } {
  return { sender: endpointName(connection, side), receiver: endpointName(connection, otherSide(side)) };
}

/** The first and last row with data of a direction: where a figure over the whole direction can be looked up. */
export function dataRows(direction: DirectionMeasurement): readonly number[] {
  const rows = [direction.firstDataRow, direction.lastDataRow].filter((row) => row !== undefined);
  return rows.length === 2 && rows[0] === rows[1] ? rows.slice(1) : rows;
}

/** Share `part` of `whole`, 0 when there is nothing to share. */
export function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
