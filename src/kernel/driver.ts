// Station "kernel": the form of a fact about a NIC driver. The facts themselves: drivers.ts.

import { compareReleases, type KernelRelease, parseKernelRelease } from './release.ts';

/** Who merges received packets on this NIC besides software GRO. */
export type MergeMechanism = 'none' | 'lro' | 'gro-hw' | 'lro-or-gro-hw' | 'host' | 'peer';

/** Whether a merged frame says how long its segments were (gso_size). */
export type GsoSizeState =
  | 'set'
  | 'missing'
  | 'missing-in-lro-mode' // set with rx-gro-hw, missing with rx-lro
  | 'wrong' // set to something that is not the segment size
  | 'depends-on-firmware'
  | 'depends-on-host'
  | 'not-merging';

/** Kernels that something holds for. `from` and `before` are releases as `uname -r` prints them, of one flavour. */
export interface KernelRange {
  readonly flavour: 'upstream' | 'rhel';
  readonly from?: string;
  readonly before?: string;
  /** The problem may or may not be there: a stable update could have brought the fix, and these were not read. */
  readonly perhaps?: true;
}

export interface DriverProblem {
  readonly id: string;
  /** One sentence for a person. */
  readonly summary: string;
  /** It can only show when this feature is on. */
  readonly needsFeature?: string;
  /** It shows on a host that ends the connections, on one that forwards, or on both. */
  readonly hits: 'endpoint' | 'forwarding' | 'both';
  /** Empty: every kernel known. */
  readonly kernels: readonly KernelRange[];
  /** Name and state for `ethtool -K` that avoids it. */
  readonly avoid?: { readonly feature: string; readonly state: 'on' | 'off' };
  readonly source: string;
}

export interface DriverStatistics {
  /** Names in `ethtool -S` that count merging (packets, bytes, events of the merge engine). */
  readonly merge?: RegExp;
  /** Names that count packets on the wire. */
  readonly wireRxPackets?: RegExp;
  readonly wireTxPackets?: RegExp;
  /** Names that count super-packets given to the NIC. */
  readonly tso?: RegExp;
  readonly drops?: RegExp;
}

export interface DriverFacts {
  /** As `ethtool -i` prints it. */
  readonly name: string;
  readonly hardware: string;
  readonly merge: MergeMechanism;
  readonly gsoSize: GsoSizeState;
  /** Features (kernel names) that decide whether frames arrive merged, all of which must be off for single frames. */
  readonly mergeSwitches: readonly string[];
  /** What a feature change does besides the change. */
  readonly sideEffect?: string;
  /** Module options that concern merging; empty: it is known to have none. Undefined: not known. */
  readonly moduleOptions?: readonly string[];
  readonly problems: readonly DriverProblem[];
  readonly statistics?: DriverStatistics;
  readonly note?: string;
  readonly source: string;
}

/** Whether a problem exists on a kernel: `unknown` where the range is of another flavour or the kernel is not known. */
export function problemOn(problem: DriverProblem, release: KernelRelease | undefined): 'yes' | 'no' | 'unknown' {
  if (problem.kernels.length === 0) return 'yes';
  if (release === undefined) return 'unknown';
  let undecided = false;
  for (const range of problem.kernels) {
    const comparable = range.flavour === (release.flavour === 'rhel' ? 'rhel' : 'upstream');
    if (!comparable) continue;
    if (inRange(range, release)) {
      // Ubuntu, SLES and others may have taken the fix back into an older number.
      const own = release.flavour === 'rhel' || release.flavour === 'upstream' || range.before === undefined;
      if (own && range.perhaps === undefined) return 'yes';
      undecided = true;
    }
  }
  if (undecided) return 'unknown';
  const known = problem.kernels.some((range) => range.flavour === (release.flavour === 'rhel' ? 'rhel' : 'upstream'));
  return known ? 'no' : 'unknown';
}

function inRange(range: KernelRange, release: KernelRelease): boolean {
  const from = range.from === undefined ? undefined : parseKernelRelease(range.from);
  const before = range.before === undefined ? undefined : parseKernelRelease(range.before);
  if (from !== undefined && compareReleases(release, from) < 0) return false;
  return before === undefined || compareReleases(release, before) < 0;
}
