// Machine side of "hoststate": the one place that changes this machine: `ethtool -K`, asked for by `host apply` and `host undo`.

import type { HostState } from '../hoststate/host-state.ts';
import { type CollectOptions, collectHost, hostOf } from './host-collect.ts';
import { complaint, runCommand, succeeded } from './host-command.ts';

/** What a change is judged by. */
const CHANGE_KINDS: NonNullable<CollectOptions['kinds']> = new Set([
  'ethtool-features',
  'ethtool-driver',
  'ip-addr',
  'sysctl',
  'uname',
]);

/** This machine as a change needs it: features of this device, links and addresses of all. Rejects when the device is not there. */
export async function hostForChange(device: string): Promise<HostState> {
  const collection = await collectHost({ kinds: CHANGE_KINDS, devices: [device] });
  return hostOf(collection);
}

export type ChangeOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'not-permitted'; readonly why: string };

/** Runs `ethtool -K DEV` with `words` (NAME on|off ...). What it really moved is to be read from the device afterwards. */
export async function setFeatures(device: string, words: readonly string[]): Promise<ChangeOutcome> {
  const run = await runCommand(['ethtool', '-K', device, ...words]);
  if (succeeded(run)) return { kind: 'done' };
  const why = complaint(run);
  return { kind: /not permitted|permission denied/i.test(why) ? 'not-permitted' : 'refused', why };
}
