// Station "lab", the score: all checks of a corpus in figures: agreement, confusion tables, distribution of errors.
import type { TapPoint } from '../truth.ts';
import type { Check, CheckKind, Outcome } from './check.ts';

/** Agreement of one kind of check at one kind of tap. */
export interface AgreementRow {
  readonly kind: CheckKind;
  readonly at: TapPoint;
  readonly agrees: number;
  readonly noClaim: number;
  readonly wrong: number;
  /** Unknown where the capture cannot tell; not counted. */
  readonly silent: number;
}

/** How often each truth was called what. */
export interface ConfusionTable {
  readonly kind: CheckKind;
  readonly at: TapPoint;
  /** Truth, then what `explain` said, then how often. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Errors of one figure at one kind of tap; shares of 1. */
export interface ErrorRow {
  readonly kind: CheckKind;
  readonly at: TapPoint;
  readonly count: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  /** For long transfers; short ones are given the resolution of the kernel's clock. */
  readonly limit: number;
  readonly overLimit: number;
}

/** The score of a corpus (`wiretruth lab score --json`). */
export interface Score {
  readonly schema: 'wiretruth.score/1';
  readonly kernel: string;
  /** Undefined for a corpus that was made before. */
  readonly seed?: number;
  readonly transfers: number;
  /** Transfers that could not be made or read. */
  readonly failed: readonly { readonly name: string; readonly message: string }[];
  readonly agrees: number;
  readonly noClaim: number;
  readonly wrong: number;
  readonly silent: number;
  /** agrees / (agrees + noClaim + wrong). */
  readonly agreement: number;
  readonly wrongTsoClaims: number;
  readonly rows: readonly AgreementRow[];
  readonly errors: readonly ErrorRow[];
  readonly confusion: readonly ConfusionTable[];
  /** Every check that does not agree, silent ones left out. */
  readonly disagreements: readonly Check[];
}

/** Where the checks come from. */
export type ScoreOrigin = Pick<Score, 'kernel' | 'seed' | 'transfers' | 'failed'>;

const KINDS: readonly CheckKind[] = [
  'connection',
  'capture-point',
  'tso-in-effect',
  'receive-merge',
  'small-packets-reason',
  'receive-window-share',
  'busy-time',
  'wire-data-packets',
  'retransmissions',
  'udp-super-datagrams',
];
const POINTS: readonly TapPoint[] = ['sender', 'between', 'receiver', 'both'];
const CONFUSED: readonly CheckKind[] = ['capture-point', 'tso-in-effect', 'receive-merge', 'small-packets-reason'];

/** Puts all checks together. */
export function makeScore(origin: ScoreOrigin, checks: readonly Check[]): Score {
  const [agrees, noClaim, wrong] = [count(checks, 'agrees'), count(checks, 'no-claim'), count(checks, 'wrong')];
  return {
    schema: 'wiretruth.score/1',
    ...origin,
    agrees,
    noClaim,
    wrong,
    silent: count(checks, 'silent'),
    agreement: agrees + noClaim + wrong === 0 ? 1 : agrees / (agrees + noClaim + wrong),
    wrongTsoClaims: count(ofKind(checks, 'tso-in-effect'), 'wrong'),
    rows: eachPlace(checks, KINDS, agreementRow),
    errors: eachPlace(checks, KINDS, errorRow),
    confusion: eachPlace(checks, CONFUSED, confusionTable),
    disagreements: checks.filter(({ outcome }) => outcome === 'wrong' || outcome === 'no-claim'),
  };
}

const count = (checks: readonly Check[], outcome: Outcome): number =>
  checks.filter((check) => check.outcome === outcome).length;
const ofKind = (checks: readonly Check[], kind: CheckKind): readonly Check[] =>
  checks.filter((check) => check.kind === kind);

function eachPlace<T>(
  checks: readonly Check[],
  kinds: readonly CheckKind[],
  make: (kind: CheckKind, at: TapPoint, checks: readonly Check[]) => T | undefined,
): T[] {
  return kinds.flatMap((kind) =>
    POINTS.flatMap((at) => {
      const chosen = ofKind(checks, kind).filter((check) => check.at === at);
      const made = chosen.length === 0 ? undefined : make(kind, at, chosen);
      return made === undefined ? [] : [made];
    }),
  );
}

function agreementRow(kind: CheckKind, at: TapPoint, checks: readonly Check[]): AgreementRow {
  const [agrees, noClaim, wrong] = [count(checks, 'agrees'), count(checks, 'no-claim'), count(checks, 'wrong')];
  return { kind, at, agrees, noClaim, wrong, silent: count(checks, 'silent') };
}

function errorRow(kind: CheckKind, at: TapPoint, checks: readonly Check[]): ErrorRow | undefined {
  const errors = checks.flatMap(({ error }) => (error === undefined ? [] : [error])).toSorted((a, b) => a - b);
  const limits = checks.flatMap((check) => (check.limit === undefined ? [] : [check.limit]));
  if (errors.length === 0) return undefined;
  const quantile = (share: number): number =>
    errors[Math.min(errors.length - 1, Math.floor(errors.length * share))] ?? 0;
  const overLimit = checks.filter(({ error, outcome }) => error !== undefined && outcome === 'wrong').length;
  const limit = Math.min(...limits);
  return {
    kind,
    at,
    count: errors.length,
    median: quantile(0.5),
    p90: quantile(0.9),
    max: quantile(1),
    limit,
    overLimit,
  };
}

function confusionTable(kind: CheckKind, at: TapPoint, checks: readonly Check[]): ConfusionTable {
  const counts: Record<string, Record<string, number>> = {};
  for (const { truth, found } of checks) {
    counts[truth] ??= {};
    const row = counts[truth];
    row[found] = (row[found] ?? 0) + 1;
  }
  return { kind, at, counts };
}
