// The device that carries the SSH session one sits in is not touched unless asked by name.

import type { HostState } from '../../hoststate/host-state.ts';
import { loginSessions } from '../../node/host-session.ts';
import { UsageError } from '../commands/command.ts';

/** Throws a UsageError when a change to `device` may cut the session off. */
export async function requireNotMyWayIn(
  command: string,
  host: HostState,
  device: string,
  options: { readonly evenIfItIsMyWayIn?: boolean },
): Promise<void> {
  if (options.evenIfItIsMyWayIn === true) return;
  const session = (await loginSessions(host)).find(({ devices }) => devices.includes(device));
  if (session === undefined) return;
  throw new UsageError(
    `${command}: ${device} carries the SSH session that you are in (from ${session.client} to ${session.server}, by the ${session.foundIn}): ` +
      'a driver may restart the device for this, and you would be out. If you have another way in, add --even-if-it-is-my-way-in',
  );
}
