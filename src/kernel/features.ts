// Station "kernel": network device features by their ethtool names. Which legacy line of `ethtool -k` covers which
// kernel features, what depends on what, and what a change drags along. How to make a change last: persistence.ts.

/** A line that `ethtool -k` prints without indentation, its key for `-K`, and the kernel features it stands for. */
export interface FeatureGroup {
  readonly line: string;
  readonly shortKey: string;
  readonly members: readonly string[];
}

/** ethtool 6.1, the "off_flag" lines. A group is printed "on" if ANY member is on: read the members, never the group. */
export const FEATURE_GROUPS: readonly FeatureGroup[] = [
  { line: 'rx-checksumming', shortKey: 'rx', members: ['rx-checksum'] },
  {
    line: 'tx-checksumming',
    shortKey: 'tx',
    members: [
      'tx-checksum-ipv4',
      'tx-checksum-ip-generic',
      'tx-checksum-ipv6',
      'tx-checksum-fcoe-crc',
      'tx-checksum-sctp',
    ],
  },
  { line: 'scatter-gather', shortKey: 'sg', members: ['tx-scatter-gather', 'tx-scatter-gather-fraglist'] },
  {
    line: 'tcp-segmentation-offload',
    shortKey: 'tso',
    members: [
      'tx-tcp-segmentation',
      'tx-tcp-ecn-segmentation',
      'tx-tcp-mangleid-segmentation',
      'tx-tcp6-segmentation',
      'tx-tcp-accecn-segmentation', // kernels with AccECN (6.18); it stays on when SG is off, so the group line says "on"
    ],
  },
  { line: 'udp-fragmentation-offload', shortKey: 'ufo', members: ['tx-udp-fragmentation'] }, // gone from the kernel in 4.14
  { line: 'generic-segmentation-offload', shortKey: 'gso', members: ['tx-generic-segmentation'] },
  { line: 'generic-receive-offload', shortKey: 'gro', members: ['rx-gro'] },
  { line: 'large-receive-offload', shortKey: 'lro', members: ['rx-lro'] },
  { line: 'rx-vlan-offload', shortKey: 'rxvlan', members: ['rx-vlan-hw-parse'] },
  { line: 'tx-vlan-offload', shortKey: 'txvlan', members: ['tx-vlan-hw-insert'] },
  { line: 'ntuple-filters', shortKey: 'ntuple', members: ['rx-ntuple-filter'] },
  { line: 'receive-hashing', shortKey: 'rxhash', members: ['rx-hashing'] },
];

const groupByLine: ReadonlyMap<string, FeatureGroup> = new Map(FEATURE_GROUPS.map((group) => [group.line, group]));
const groupByKey: ReadonlyMap<string, FeatureGroup> = new Map(FEATURE_GROUPS.map((group) => [group.shortKey, group]));

/** The group whose line has this name (`tcp-segmentation-offload`). */
export function featureGroupByLine(line: string): FeatureGroup | undefined {
  return groupByLine.get(line);
}

/** Kernel features that a name for `ethtool -K` moves: a short key, a group's line, or a kernel name itself. */
export function featuresMovedBy(name: string): readonly string[] {
  const group = groupByKey.get(name) ?? groupByLine.get(name);
  return group === undefined ? [name] : group.members;
}

/** What to write after `ethtool -K DEV`: the short key of a one-bit group, else the kernel name. */
export function ethtoolKey(feature: string): string {
  const group = groupByKey.get(feature) ?? groupByLine.get(feature);
  if (group !== undefined) return group.shortKey;
  const single = FEATURE_GROUPS.find((candidate) => candidate.members.length === 1 && candidate.members[0] === feature);
  return single?.shortKey ?? feature;
}

/** `feature` is switched off by the core unless the condition holds (netdev_fix_features, net/core/dev.c). */
export interface FeatureRule {
  readonly feature: string;
  /** At least one of these must be on. */
  readonly needsAnyOf?: readonly string[];
  /** None of these may be on. */
  readonly excludedBy?: readonly string[];
  /** Only on devices of this driver (its ndo_fix_features). */
  readonly driver?: string;
  readonly source: string;
}

const CORE = 'netdev_fix_features, net/core/dev.c, v6.18';
const CHECKSUM_V4 = ['tx-checksum-ip-generic', 'tx-checksum-ipv4'];
const CHECKSUM_V6 = ['tx-checksum-ip-generic', 'tx-checksum-ipv6'];

/** The core's in its order, then drivers' own (which are asked first). One rule, one line. */
export const FEATURE_RULES: readonly FeatureRule[] = [
  { feature: 'tx-checksum-ipv4', excludedBy: ['tx-checksum-ip-generic'], source: CORE },
  { feature: 'tx-checksum-ipv6', excludedBy: ['tx-checksum-ip-generic'], source: CORE },
  { feature: 'tx-tcp-segmentation', needsAnyOf: ['tx-scatter-gather'], source: CORE },
  { feature: 'tx-tcp6-segmentation', needsAnyOf: ['tx-scatter-gather'], source: CORE },
  { feature: 'tx-tcp-ecn-segmentation', needsAnyOf: ['tx-scatter-gather'], source: CORE },
  { feature: 'tx-tcp-segmentation', needsAnyOf: CHECKSUM_V4, source: CORE },
  { feature: 'tx-tcp6-segmentation', needsAnyOf: CHECKSUM_V6, source: CORE },
  { feature: 'tx-tcp-ecn-segmentation', needsAnyOf: ['tx-tcp-segmentation'], source: CORE },
  { feature: 'tx-tcp-mangleid-segmentation', needsAnyOf: ['tx-tcp-segmentation'], source: CORE },
  { feature: 'tx-generic-segmentation', needsAnyOf: ['tx-scatter-gather'], source: CORE },
  { feature: 'tx-udp-segmentation', needsAnyOf: [...CHECKSUM_V4, 'tx-checksum-ipv6'], source: CORE },
  { feature: 'rx-gro-hw', needsAnyOf: ['rx-checksum'], source: CORE },
  { feature: 'rx-lro', excludedBy: ['rx-fcs'], source: CORE },
  { feature: 'rx-gro-hw', excludedBy: ['rx-fcs'], source: CORE },
  { feature: 'rx-lro', excludedBy: ['rx-gro-hw'], source: CORE },
  {
    feature: 'rx-gro-hw',
    needsAnyOf: ['rx-gro'],
    driver: 'bnxt_en',
    source: 'bnxt_fix_features, bnxt.c, v5.15 and v6.18',
  },
  { feature: 'rx-lro', needsAnyOf: ['rx-checksum'], driver: 'bnx2x', source: 'bnx2x_fix_features, bnx2x_cmn.c, v5.15' },
  { feature: 'rx-gro-hw', needsAnyOf: ['rx-gro'], driver: 'bnx2x', source: 'bnx2x_fix_features, bnx2x_cmn.c, v5.15' },
];

/** Whether a rule switches its feature off, given which features are on. */
function ruleVetoes(rule: FeatureRule, isOn: (feature: string) => boolean): boolean {
  if (rule.needsAnyOf !== undefined && !rule.needsAnyOf.some(isOn)) return true;
  return rule.excludedBy?.some(isOn) ?? false;
}

/**
 * Rules that explain why `feature` is off although requested, from what is on now. Empty when none of the rules known
 * here does: then the driver said no for a reason of its own.
 */
export function vetoesOf(feature: string, isOn: (feature: string) => boolean, driver?: string): readonly FeatureRule[] {
  return FEATURE_RULES.filter(
    (rule) =>
      rule.feature === feature && (rule.driver === undefined || rule.driver === driver) && ruleVetoes(rule, isOn),
  );
}

/** What is active once the rules were applied to what is wanted. Features not in `wanted` count as off. */
export function resolveFeatures(wanted: ReadonlyMap<string, boolean>, driver?: string): ReadonlyMap<string, boolean> {
  const active = new Map(wanted);
  const isOn = (feature: string): boolean => active.get(feature) === true;
  // The driver first: __netdev_update_features (net/core/dev.c) asks ndo_fix_features and applies its own rules to the
  // answer. So on bnxt `gro off` takes rx-gro-hw away, and a wanted LRO, no longer excluded, comes on.
  const driverRules = FEATURE_RULES.filter((rule) => rule.driver !== undefined && rule.driver === driver);
  const coreRules = FEATURE_RULES.filter((rule) => rule.driver === undefined);
  for (const rule of [...driverRules, ...coreRules]) {
    if (isOn(rule.feature) && ruleVetoes(rule, isOn)) active.set(rule.feature, false);
  }
  return active;
}

export interface FeatureMove {
  readonly feature: string;
  readonly from: boolean;
  readonly to: boolean;
  /** Whether the command named it, or it follows from a rule. */
  readonly asked: boolean;
}

/**
 * What `ethtool -K DEV name on|off` will change on a device, the features that follow included. `wanted` is what is
 * requested now (for fixed features: what is active). Driver rules are those of FEATURE_RULES; others are not known.
 */
export function movesOf(
  name: string,
  on: boolean,
  state: {
    readonly wanted: ReadonlyMap<string, boolean>;
    readonly fixed: ReadonlySet<string>;
    readonly driver?: string;
  },
): readonly FeatureMove[] {
  const asked = new Set(featuresMovedBy(name));
  const wanted = new Map(state.wanted);
  for (const feature of asked) if (wanted.has(feature) && !state.fixed.has(feature)) wanted.set(feature, on);
  const before = resolveFeatures(state.wanted, state.driver);
  const after = resolveFeatures(wanted, state.driver);
  const moves: FeatureMove[] = [];
  for (const [feature, to] of after) {
    const from = before.get(feature) ?? false;
    if (from !== to) moves.push({ feature, from, to, asked: asked.has(feature) });
  }
  return moves;
}
