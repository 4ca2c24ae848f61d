// What the host commands share when they ask the machine that they run on.

import type { HostState } from '../../hoststate/host-state.ts';
import { type Collection, type CollectOptions, collectHost, hostOf } from '../../node/host-collect.ts';
import { readHost } from '../../node/read-host.ts';
import { NotPossibleError } from '../commands/command.ts';

/** What a plan rests on: features, drivers, what stands on what, whether the host forwards. */
export const PLAN_KINDS: NonNullable<CollectOptions['kinds']> = new Set([
  'ethtool-features',
  'ethtool-driver',
  'ip-addr',
  'sysctl',
  'uname',
]);

/** Throws a NotPossibleError elsewhere than on Linux. */
export function requireLinux(command: string): void {
  if (process.platform !== 'linux') {
    throw new NotPossibleError(`${command}: needs the tools of Linux; this is ${process.platform}`);
  }
}

/** The recorded state at `path`, or this machine's own. */
export async function hostFrom(
  command: string,
  path: string | undefined,
  options: CollectOptions & { readonly quiet?: boolean },
): Promise<HostState> {
  if (path !== undefined) return readHost(path);
  requireLinux(command);
  const collection = await collectHost(options);
  if (options.quiet !== true) noteMissed(collection);
  return hostOf(collection);
}

/** What this machine did not answer, on standard error, one line a reason. Cards without counters are no news. */
export function noteMissed({ missed, passedOver, devices }: Collection): void {
  const reasons = new Map<string, string[]>();
  for (const { output, why } of missed) {
    if (/no stats available|not supported/i.test(why)) continue;
    reasons.set(why, [...(reasons.get(why) ?? []), output.command.join(' ')]);
  }
  for (const [why, commands] of reasons) {
    const more = commands.length > 3 ? `, ... (${commands.length} in all)` : '';
    process.stderr.write(`wiretruth: not collected: ${commands.slice(0, 3).join(', ')}${more}: ${why}\n`);
  }
  if (passedOver.length > 0) {
    process.stderr.write(
      `wiretruth: asked ${devices.length} devices, passed over ${passedOver.length} (${passedOver[0]}, ...): name them with --dev\n`,
    );
  }
}
