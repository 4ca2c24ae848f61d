// Machine side of "hoststate": the SSH session that the program runs in, and the devices that it comes in by. sudo and su drop
// SSH_CONNECTION from the environment, so the processes above are asked, too.

import { readFile } from 'node:fs/promises';
import { devicesBelow } from '../hoststate/check/stack.ts';
import type { NetworkState } from '../hoststate/host-state.ts';
import { runCommand } from './host-command.ts';

export interface LoginSession {
  /** Addresses and ports as sshd says them: client, its port, server, its port. */
  readonly client: string;
  readonly server: string;
  readonly foundIn: 'environment' | 'process above';
  /** Devices of this network namespace that it comes in by, all the way down. Empty: it comes in elsewhere. */
  readonly devices: readonly string[];
}

/** Every SSH session that this process runs in; more than one where sessions are nested. `network` is that of this namespace. */
export async function loginSessions(network: NetworkState): Promise<readonly LoginSession[]> {
  const found = new Map<string, 'environment' | 'process above'>();
  const own = process.env['SSH_CONNECTION'];
  if (own !== undefined) found.set(own, 'environment');
  for (const connection of await connectionsAbove()) if (!found.has(connection)) found.set(connection, 'process above');
  const sessions: LoginSession[] = [];
  for (const [text, foundIn] of found) {
    const [client = '', , server = ''] = text.trim().split(/\s+/);
    if (client === '' || server === '') continue;
    sessions.push({ client, server, foundIn, devices: await devicesOf(network, client, server) });
  }
  return sessions;
}

/** The devices that have the server's address, the one that answers leave by, and all that these stand on. */
async function devicesOf(network: NetworkState, client: string, server: string): Promise<readonly string[]> {
  const [serverIp = '', serverZone] = server.split('%');
  const [clientIp = '', clientZone] = client.split('%');
  const holders = [...network.devices.values()]
    .filter((device) => device.addresses?.some(({ value }) => value.ip === serverIp) === true)
    .map((device) => device.name);
  // An address that is not here is that of another namespace: the session does not come in by a device of this one.
  if (holders.length === 0) return [];
  const zones = [serverZone, clientZone].filter((zone) => zone !== undefined);
  const route = zones.length > 0 ? [] : await routeTo(clientIp);
  const direct = [...(zones.length > 0 ? zones : holders), ...route];
  return [...new Set(direct.flatMap((name) => devicesBelow(network, name)))];
}

async function routeTo(ip: string): Promise<readonly string[]> {
  if (!/^[\da-fA-F:.]+$/.test(ip)) return [];
  const { stdout } = await runCommand(['ip', '-o', 'route', 'get', ip]);
  const device = /\bdev (\S+)/.exec(stdout)?.[1];
  return device === undefined ? [] : [device];
}

const MOST_ANCESTORS = 64;

/** SSH_CONNECTION of the processes above this one, where they may be read. */
async function connectionsAbove(): Promise<readonly string[]> {
  const found: string[] = [];
  let pid = process.ppid;
  for (let steps = 0; pid > 1 && steps < MOST_ANCESTORS; steps++) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    const entry = environment.split('\0').find((line) => line.startsWith('SSH_CONNECTION='));
    if (entry !== undefined) found.push(entry.slice('SSH_CONNECTION='.length));
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    pid = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return found;
}
