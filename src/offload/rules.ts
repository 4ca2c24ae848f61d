// Station "offload": what Linux's software GRO asks of two segments before it merges them, by kernel line. One rule, one line,
// one comment. Sources: net/ipv4/af_inet.c inet_gro_receive, net/ipv6/ip6_offload.c ipv6_gro_receive, net/ipv4/tcp_offload.c
// tcp_gro_receive, include/net/gro.h inet_gro_flush, net/core/gro.c dev_gro_receive, of the versions named. 6.18 was measured,
// the others are from their source and their own selftest.

/** The rules of one kernel line. */
export interface GroRules {
  /** First version of the line, as in `uname -r`: "6.18". */
  readonly since: string;
  /**
   * Identification of the (innermost) IPv4 header. `df-incrementing`: DF must be set and each ID one more. `df-fixed`: the second
   * packet decides between one more and the same; the same only with DF. `fixed`: the same also without DF.
   */
  readonly ipv4Id: 'df-incrementing' | 'df-fixed' | 'fixed';
  /** Identification of an outer IPv4 header: not looked at, looked at only without DF, or held to its own pattern. */
  readonly outerIpv4Id: 'ignored' | 'ignored-with-df' | 'own-pattern';
  /** CWR on the newcomer refuses it; CWR on the held packet alone refuses it too; or only a difference refuses. */
  readonly cwr: 'newcomer-refused' | 'refused' | 'difference-refused';
  /** Another IPv6 hop limit makes it another flow (both are held) instead of ending the merge. */
  readonly hopLimitIsFlow: boolean;
  /** Another IPv4 TOS makes it another flow. */
  readonly tosIsFlow: boolean;
  /** A frame that the device merged (with gso_size) may be merged on; before 6.1 it goes up as it is. */
  readonly mergesMerged: boolean;
  /** PPPoE session frames are merged. */
  readonly pppoe: boolean;
  /** Hash buckets for held packets, 8 packets each; 1 is the single list of before 4.19. */
  readonly buckets: 1 | 8;
  /** A ninth flow in a full bucket pushes out the oldest; before, it was passed up unheld. */
  readonly fullBucketEvicts: boolean;
}

/** Packets held in one bucket: MAX_GRO_SKBS, include/linux/netdevice.h and net/core/gro.c. */
export const heldPacketsPerBucket = 8;

/** Packets that one NAPI poll may hand over: NAPI_POLL_WEIGHT. */
export const napiWeight = 64;

/** The merged packet stays below this many bytes from its IP header on: GRO_LEGACY_MAX_SIZE, the default gro_max_size. */
export const groLegacyMaximumBytes = 65_536;

const line2_6_29: GroRules = {
  since: '2.6.29',
  ipv4Id: 'df-incrementing', // frag_off had to be exactly DF (2.6.32, 3.10)
  outerIpv4Id: 'own-pattern', // the same code at each level; no tunnels before 3.14
  cwr: 'newcomer-refused',
  hopLimitIsFlow: true,
  tosIsFlow: true, // 2.6.32; part of the flush test by 3.10
  mergesMerged: false,
  pppoe: false,
  buckets: 1,
  fullBucketEvicts: false, // 2.6.32 and 3.10 pass the new flow up
};

const line3_10: GroRules = { ...line2_6_29, since: '3.10', tosIsFlow: false };

const line4_7: GroRules = {
  ...line3_10,
  since: '4.7',
  ipv4Id: 'df-fixed', // commit 1530545ed64b
  outerIpv4Id: 'ignored', // only the innermost ID reaches the transport's test
  fullBucketEvicts: true,
};

const line4_19: GroRules = { ...line4_7, since: '4.19', buckets: 8 };

const line6_1: GroRules = { ...line4_19, since: '6.1', mergesMerged: true }; // commit 5eddb24901ee

const line6_10: GroRules = {
  ...line6_1,
  since: '6.10',
  outerIpv4Id: 'ignored-with-df', // the test moved to the transport (inet_gro_flush)
  hopLimitIsFlow: false,
};

const line6_18: GroRules = {
  ...line6_10,
  since: '6.18',
  ipv4Id: 'fixed', // the selftest's "DF=0, fixed ID" now coalesces
  outerIpv4Id: 'own-pattern',
  cwr: 'refused', // measured: 100, 100, 100, 200 in the selftest's flags_cwr
};

const line7_2: GroRules = {
  ...line6_18,
  since: '7.2',
  cwr: 'difference-refused', // selftest: two CWR segments merge
  pppoe: true,
};

/** All lines, oldest first. */
export const groLines: readonly GroRules[] = [
  line2_6_29,
  line3_10,
  line4_7,
  line4_19,
  line6_1,
  line6_10,
  line6_18,
  line7_2,
];

/** The newest line that a kernel release ("5.15.0-91-generic") belongs to; undefined for what is no release or has no GRO. */
export function groRulesFor(release: string): GroRules | undefined {
  const version = versionNumber(release);
  if (version === undefined) return undefined;
  return groLines.findLast((line) => (versionNumber(line.since) ?? 0) <= version);
}

/** Major, minor and (for 2.6) patch as one comparable number. */
function versionNumber(release: string): number | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release);
  if (match === null) return undefined;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (major * 1000 + minor) * 1000 + (major === 2 ? patch : 0);
}
