// Station "hoststate": what a host did not say, so that silence is not taken for health.

import type { HostFileKind, HostState } from '../host-state.ts';

/** Outputs that `host check` looks into, and the kinds of file that each can come from. */
const WANTED: readonly (readonly [name: string, kinds: readonly HostFileKind[]])[] = [
  ['uname', ['uname', 'sysctl']],
  ['ethtool -k', ['ethtool-features', 'ethtool-features-json']],
  ['ethtool -i', ['ethtool-driver']],
  ['ethtool -S', ['ethtool-stats']],
  ['ip -s -d link', ['ip-link']],
  ['tc -s qdisc', ['tc-qdisc']],
  ['ss -tinmop', ['ss']],
  ['nstat -azs', ['nstat', 'proc-netstat', 'netstat-s']],
  ['sysctl -a', ['sysctl']],
  ['dmesg', ['dmesg']],
];

/** Commands whose output was not given, by name. */
export function notGiven(host: HostState): readonly string[] {
  const given = new Set(host.files.map(({ kind }) => kind));
  return WANTED.filter(([, kinds]) => !kinds.some((kind) => given.has(kind))).map(([name]) => name);
}
