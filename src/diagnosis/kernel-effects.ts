// Station "diagnosis": what a merged packet without gso_size does to a receiving kernel's estimate of the segment size
// (tcp_measure_rcv_mss, net/ipv4/tcp_input.c), by release.

import { profileFor } from '../kernel/profile-for.ts';
import type { KernelRelease } from '../kernel/release.ts';

export type RcvMssRule =
  /** v2.6.18: the whole length counts, gso_size or not: every merge inflates the estimate. */
  | 'length'
  /** v2.6.19 to v4.8: gso_size counts; without it the whole length does. */
  | 'uncapped'
  /** v4.9 and later (dcb17d22e1c2), RHEL 7.9: never above the MSS that this host advertised. */
  | 'capped'
  /** A vendor kernel between the two states that were read. */
  | 'unknown';

/** How a kernel estimates the peer's segment size from merged packets. */
export function rcvMssRule(release: KernelRelease): RcvMssRule {
  const { profile, how } = profileFor(release);
  if (profile.receiver.rcvMssFrom === 'skb-length') return 'length';
  if (profile.receiver.rcvMssCap === 'advmss') return 'capped';
  // RHEL 7 took the cap in somewhere after -514 and by -1160.
  if (profile.id === '3.10-rhel7' && how === 'backports' && (release.build[0] ?? 0) > 514) return 'unknown';
  return 'uncapped';
}
