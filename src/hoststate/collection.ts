// Station "hoststate": which commands describe a host, and under which file names their outputs are known here again.
// `host collect` runs them, the documentation lists them; both read this table. All of them only read.

import type { HostFileKind } from './host-state.ts';

export interface CollectedOutput {
  /** File name, as sos makes it of the command. */
  readonly file: string;
  readonly kind: HostFileKind;
  readonly command: readonly string[];
  /** What it tells, one sentence. */
  readonly tells: string;
  /** The program may be missing, or may need root, without the rest losing its worth. */
  readonly optional?: true;
}

/** `ethtool -k eth0` becomes `ethtool_-k_eth0`, as sos does it: what is not a word character, dash, dot or slash becomes `_`. */
export function fileNameOf(command: readonly string[]): string {
  return command
    .join(' ')
    .replace(/[^\w\-./]+/g, '_')
    .replaceAll('/', '.');
}

function output(kind: HostFileKind, command: readonly string[], tells: string, optional?: true): CollectedOutput {
  return { file: fileNameOf(command), kind, command, tells, ...(optional === undefined ? {} : { optional }) };
}

/** What to collect once a host (or once a namespace). */
export const HOST_OUTPUTS: readonly CollectedOutput[] = [
  output('uname', ['uname', '-a'], 'The kernel, and with it the rules that hold'),
  output('ip-link', ['ip', '-s', '-d', 'link'], 'Devices, what stands on what, MTU, limits of super-packets, drops'),
  output('ip-addr', ['ip', '-o', 'addr'], 'Which address is on which device'),
  output('tc-qdisc', ['tc', '-s', 'qdisc', 'show'], 'Queue disciplines that may cut or pace'),
  output('ss', ['ss', '-tinmop'], 'Every TCP connection as the kernel sees it'),
  // -s: without it nstat rewrites its history file, and the next plain `nstat` of an administrator counts from now.
  output('nstat', ['nstat', '-azs'], 'Counters since boot'),
  output('sysctl', ['sysctl', '-a'], 'Buffers, forwarding, TCP settings'),
  output('dmesg', ['dmesg'], 'Suspect GRO, link changes, timeouts', true),
];

/** What to collect for each device. */
export function deviceOutputs(device: string): readonly CollectedOutput[] {
  return [
    output('ethtool-features', ['ethtool', '-k', device], 'Offload features: active, requested, fixed'),
    output('ethtool-driver', ['ethtool', '-i', device], 'Driver and firmware'),
    output('ethtool-stats', ['ethtool', '-S', device], 'Counters of the card and its driver', true),
  ];
}
