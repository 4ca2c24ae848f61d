// Station "report": many connections at a glance. What is kept of each is one small record; whole reports only of the largest.

import type { ConnectionMeasurement } from '../analysis/measurement.ts';
import type { Message, Verdict } from '../diagnosis/verdict.ts';
import type { LimitName, Severity } from './model.ts';
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
  readonly claim: Message | null;
}

/**
 * The verdict that answers "what is wrong here?": the gravest, or that nothing is wrong when none asks for attention (then
 * what is said for information, however sure, is not the answer).
 */
export function answeringVerdict<T extends { readonly code: string; readonly severity: Severity }>(
  verdicts: readonly T[],
): T | undefined {
  const [first] = verdicts;
  if (first === undefined || first.severity === 'problem' || first.severity === 'notice') return first;
  return verdicts.find(({ code }) => code === 'nothing-wrong') ?? first;
}

/** The summary of one connection. `id` is its number in the report. */
export function summarize(
  connection: ConnectionMeasurement,
  verdicts: readonly Verdict[],
  id: number,
): ConnectionSummary {
  const [a, b] = connection.directions;
  const main = a.payloadBytes >= b.payloadBytes ? a : b;
  const verdict = answeringVerdict(verdicts);
  let limit: ConnectionSummary['limit'] = null;
  for (const name of ['receiveWindow', 'network', 'sender', 'recovery'] as const) {
    const share = main.limits[name] ?? 0;
    if (share > (limit?.share ?? 0)) limit = { name, share };
  }
  return {
    id,
    ends: `${formatEndpoint(connection.client)} > ${formatEndpoint(connection.server)}`,
    payloadBytes: a.uniquePayloadBytes + b.uniquePayloadBytes,
    wirePackets: a.wirePackets + b.wirePackets,
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

/**
 * Keeps the largest connections by payload bytes, counts all, and remembers the gravest. Memory is O(kept). `Detail` is what
 * the caller wants back of the largest.
 */
export class ConnectionRanking<Detail> {
  count = 0;
  readonly bySeverity: Record<Severity, number> = { problem: 0, notice: 0, info: 0, healthy: 0 };
  /** The gravest of all connections, the largest of them where several are as grave. */
  gravest: ConnectionSummary | undefined;
  /** Numbers of the first connections with a problem. */
  readonly problemIds: number[] = [];
  private readonly kept: { readonly row: ConnectionSummary; readonly detail: Detail }[] = [];
  private readonly limit: number;
  /** What is not larger than this is not among the largest. */
  private floorBytes: number;

  constructor(limit: number) {
    this.limit = limit;
    this.floorBytes = limit === 0 ? Number.POSITIVE_INFINITY : -1;
  }

  /** Whether a connection that is added next can be among the largest, as far as is known. */
  mayKeep(row: ConnectionSummary): boolean {
    return row.payloadBytes > this.floorBytes;
  }

  /** Takes a connection; without `detail` one that is known not to be among the largest. */
  add(row: ConnectionSummary, detail: Detail | undefined): void {
    this.count++;
    this.bySeverity[row.severity]++;
    if (row.severity === 'problem' && this.problemIds.length < 100) this.problemIds.push(row.id);
    if (this.gravest === undefined || isGraver(row, this.gravest)) this.gravest = row;
    if (detail === undefined || !this.mayKeep(row)) return;
    this.kept.push({ row, detail });
    if (this.kept.length >= 2 * this.limit + 16) this.keepLargest();
  }

  /** The largest connections, largest first; equals in the file's order. */
  largest(): readonly { readonly row: ConnectionSummary; readonly detail: Detail }[] {
    this.keepLargest();
    return this.kept;
  }

  private keepLargest(): void {
    this.kept.sort((a, b) => b.row.payloadBytes - a.row.payloadBytes);
    if (this.kept.length < this.limit) return;
    this.kept.length = this.limit;
    this.floorBytes = this.kept.at(-1)?.row.payloadBytes ?? this.floorBytes;
  }
}

function isGraver(a: ConnectionSummary, b: ConnectionSummary): boolean {
  const difference = severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity);
  return difference < 0 || (difference === 0 && a.payloadBytes > b.payloadBytes);
}
