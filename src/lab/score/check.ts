// Station "lab", the score: one statement of `explain` held against what the kernel counted.
import type { TapPoint } from '../truth.ts';

/** What is compared. */
export type CheckKind =
  | 'connection'
  | 'capture-point'
  | 'tso-in-effect'
  | 'receive-merge'
  | 'small-packets-reason'
  | 'receive-window-share'
  | 'busy-time'
  | 'wire-data-packets'
  | 'retransmissions'
  | 'udp-super-datagrams';

/**
 * `agrees` and `wrong` are claims; `no-claim` is an "unknown" where the capture can tell; `silent` is an "unknown" where it
 * cannot (what a sender's TCP was limited by, seen from another host): it counts neither way.
 */
export type Outcome = 'agrees' | 'wrong' | 'no-claim' | 'silent';

/** One comparison. */
export interface Check {
  readonly kind: CheckKind;
  /** Where the tap saw the data of this direction. */
  readonly at: TapPoint;
  /** Transfer and capture file. */
  readonly where: string;
  /** 0: client to server. */
  readonly direction: 0 | 1;
  readonly outcome: Outcome;
  /** What `explain` says and what the kernel says, in words of the report. */
  readonly found: string;
  readonly truth: string;
  /** For figures: distance from the truth; a share of 1 is 100 percentage points or 100% of the value. */
  readonly error?: number;
  readonly limit?: number;
}

/** Where a check stands. */
export type Place = Pick<Check, 'at' | 'where' | 'direction'>;

/** A statement in words. `undefined` is no claim; `accepted` are the true answers, the first one is the truth itself. */
export function wordCheck(
  kind: CheckKind,
  place: Place,
  found: string | undefined,
  accepted: readonly string[],
  mustClaim: boolean,
): Check {
  const outcome =
    found === undefined ? (mustClaim ? 'no-claim' : 'silent') : accepted.includes(found) ? 'agrees' : 'wrong';
  return { kind, ...place, outcome, found: found ?? 'unknown', truth: accepted[0] ?? '' };
}

/** A figure; `error` and `limit` in the same unit. */
export function figureCheck(
  kind: CheckKind,
  place: Place,
  figure: { readonly found: number; readonly truth: number; readonly error: number; readonly limit: number },
): Check {
  const { found, truth, error, limit } = figure;
  const outcome = Math.abs(error) <= limit ? 'agrees' : 'wrong';
  return { kind, ...place, outcome, found: String(found), truth: String(truth), error: Math.abs(error), limit };
}
