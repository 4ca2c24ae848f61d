// One capture, three analysers, and what is left unexplained.

import type { CaptureMeasurement } from '../../../src/analysis/measurement.ts';
import type { Report } from '../../../src/report/model.ts';
import { accepted, type Case } from './accepted.ts';
import { type ConnectionFigures, compareConnection, type Difference, type Figures, type Tolerance } from './figures.ts';

/** Each program's grain: tshark prints nanoseconds, tcptrace tenths of a millisecond. */
const tolerances: Readonly<Record<Difference['peer'], Tolerance>> = {
  tshark: { absolute: 0.0011, relative: 0 },
  tcptrace: { absolute: 0.051, relative: 0 },
};
/** Our medians come from a sketch whose buckets are 3% wide. */
export const MEDIAN_TOLERANCE = 0.03;

export interface Compared {
  readonly unexplained: readonly Difference[];
  /** Names of the entries of the table that were needed. */
  readonly explainedBy: ReadonlySet<string>;
  /** Connections that both knew, and figures that both gave, so that an empty comparison is seen. */
  readonly comparedConnections: number;
}

/** Without a handshake two programs may take either end for the client. */
function find(figures: Figures, key: string): ConnectionFigures | undefined {
  const found = figures.get(key);
  if (found !== undefined) return found;
  const [a = '', b = ''] = splitKey(key);
  const turned = figures.get(`${b}-${a}`);
  return turned === undefined ? undefined : { ...turned, directions: [turned.directions[1], turned.directions[0]] };
}

function splitKey(key: string): string[] {
  const middle = key.search(/-(?=[[\d])/);
  return [key.slice(0, middle), key.slice(middle + 1)];
}

function differencesOf(
  capture: string,
  peer: Difference['peer'],
  ours: Figures,
  theirs: Figures,
): { key: string; difference: Difference }[] {
  const found: { key: string; difference: Difference }[] = [];
  for (const [key, own] of ours) {
    const other = find(theirs, key);
    if (other === undefined) {
      found.push({ key, difference: { capture, peer, metric: 'connection', ours: key, theirs: undefined } });
      continue;
    }
    for (const difference of compareConnection(own, other, tolerances[peer], MEDIAN_TOLERANCE)) {
      found.push({ key, difference: { capture, peer, ...difference } });
    }
  }
  for (const key of theirs.keys()) {
    if (find(ours, key) === undefined)
      found.push({ key, difference: { capture, peer, metric: 'connection', ours: undefined, theirs: key } });
  }
  return found;
}

export function comparePeers(
  capture: string,
  report: Report,
  measured: CaptureMeasurement,
  figures: { readonly ours: Figures; readonly tshark: Figures | undefined; readonly tcptrace: Figures | undefined },
): Compared {
  const connections = [...measured.connections];
  const explainedBy = new Set<string>();
  const unexplained: Difference[] = [];
  let comparedConnections = 0;
  for (const peer of ['tshark', 'tcptrace'] as const) {
    const theirs = figures[peer];
    if (theirs === undefined) continue;
    comparedConnections += [...figures.ours.keys()].filter((key) => find(theirs, key) !== undefined).length;
    for (const { key, difference } of differencesOf(capture, peer, figures.ours, theirs)) {
      const index = [...figures.ours.keys()].indexOf(key);
      const found: Case = {
        difference,
        report: report.connections[index],
        ours: figures.ours.get(key),
        tshark: figures.tshark === undefined ? undefined : find(figures.tshark, key),
        duplicates: connections[index]?.duplicates.count ?? 0,
      };
      const entry = accepted.find((candidate) => candidate.covers(found));
      if (entry === undefined) unexplained.push(difference);
      else explainedBy.add(entry.name);
    }
  }
  return { unexplained, explainedBy, comparedConnections };
}
