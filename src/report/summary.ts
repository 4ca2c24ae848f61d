// Station "report": many connections at a glance. What is kept of each is one small record; whole reports only of the largest.

import type { ConnectionReport, LimitName, Severity, VerdictReport } from './model.ts';
import { formatEndpoint } from './units.ts';

/** One line of the summary table. */
export interface ConnectionSummary {
  readonly id: number;
  readonly ends: string;
  readonly payloadBytes: number;
  readonly wirePackets: number;
  readonly retransmittedPackets: number;
  /** Of the direction with more data. */
  readonly limit: { readonly name: LimitName; readonly share: number } | null;
  readonly severity: Severity;
  readonly code: string | null;
  readonly claim: string | null;
}

/**
 * The verdict that answers "what is wrong here?": the gravest, or that nothing is wrong when none asks for attention (then
 * what is said for information, however sure, is not the answer).
 */
export function answeringVerdict(connection: ConnectionReport): VerdictReport | undefined {
  const [first] = connection.verdicts;
  if (first === undefined || first.severity === 'problem' || first.severity === 'notice') return first;
  return connection.verdicts.find(({ code }) => code === 'nothing-wrong') ?? first;
}

/** The summary of one connection. */
export function summarize(connection: ConnectionReport): ConnectionSummary {
  const [a, b] = connection.directions;
  const main = a.payloadBytes >= b.payloadBytes ? a : b;
  const verdict = answeringVerdict(connection);
  let limit: ConnectionSummary['limit'] = null;
  for (const name of ['receiveWindow', 'network', 'sender', 'recovery'] as const) {
    const share = main.limits[name];
    if (share !== null && share > 0 && share > (limit?.share ?? 0)) limit = { name, share };
  }
  return {
    id: connection.id,
    ends: `${formatEndpoint(connection.client)} > ${formatEndpoint(connection.server)}`,
    payloadBytes: a.uniquePayloadBytes + b.uniquePayloadBytes,
    wirePackets: a.wirePackets.count + b.wirePackets.count,
    retransmittedPackets: a.retransmissions.packets + b.retransmissions.packets,
    limit,
    severity: verdict?.severity ?? 'info',
    code: verdict?.code ?? null,
    claim: verdict?.claim ?? null,
  };
}

/** Order of severities, gravest first. */
export const severityOrder: readonly Severity[] = ['problem', 'notice', 'info', 'healthy'];

/** Whether `severity` is as grave as `least`, or graver. */
export function atLeast(severity: Severity, least: Severity): boolean {
  return severityOrder.indexOf(severity) <= severityOrder.indexOf(least);
}

/** Keeps the largest connections by payload bytes, counts all, and remembers the gravest. Memory is O(kept). */
export class ConnectionRanking {
  count = 0;
  readonly bySeverity: Record<Severity, number> = { problem: 0, notice: 0, info: 0, healthy: 0 };
  /** The gravest verdict of all connections, of the largest connection where several are as grave. */
  gravest: ConnectionSummary | undefined;
  /** Numbers of the first connections with a problem. */
  readonly problemIds: number[] = [];
  private readonly rows: ConnectionSummary[] = [];
  private readonly details: ConnectionReport[] = [];
  private readonly rowLimit: number;
  private readonly detailLimit: number;

  constructor(limits: { readonly rows: number; readonly details: number }) {
    this.rowLimit = limits.rows;
    this.detailLimit = limits.details;
  }

  add(connection: ConnectionReport): void {
    const summary = summarize(connection);
    this.count++;
    this.bySeverity[summary.severity]++;
    if (summary.severity === 'problem' && this.problemIds.length < 100) this.problemIds.push(summary.id);
    if (this.gravest === undefined || isGraver(summary, this.gravest)) this.gravest = summary;
    this.rows.push(summary);
    this.details.push(connection);
    if (this.rows.length >= 2 * this.rowLimit + 16) keepLargest(this.rows, this.rowLimit, (row) => row.payloadBytes);
    if (this.details.length >= 2 * this.detailLimit + 16) keepLargest(this.details, this.detailLimit, bytesOf);
  }

  /** The largest connections, largest first. */
  largest(): { readonly rows: readonly ConnectionSummary[]; readonly details: readonly ConnectionReport[] } {
    keepLargest(this.rows, this.rowLimit, (row) => row.payloadBytes);
    keepLargest(this.details, this.detailLimit, bytesOf);
    return { rows: this.rows, details: this.details };
  }
}

function bytesOf(connection: ConnectionReport): number {
  return connection.directions[0].uniquePayloadBytes + connection.directions[1].uniquePayloadBytes;
}

function isGraver(a: ConnectionSummary, b: ConnectionSummary): boolean {
  const difference = severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity);
  return difference < 0 || (difference === 0 && a.payloadBytes > b.payloadBytes);
}

/** Sorts by size, largest first, and drops what is beyond `limit`. The sort is stable: equals stay in the file's order. */
function keepLargest<T>(items: T[], limit: number, size: (item: T) => number): void {
  items.sort((a, b) => size(b) - size(a));
  if (items.length > limit) items.length = limit;
}
