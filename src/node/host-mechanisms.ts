// Machine side of "hoststate": which of the places that can make a setting last are in use on this machine, and what they need to know.

import { access, readdir, readFile } from 'node:fs/promises';

/** Names as in kernel/persistence.ts, and what is there where they are in use. */
const SIGNS: Readonly<Record<string, (device: string) => readonly string[]>> = {
  networkmanager: () => ['/run/NetworkManager/devices', '/run/NetworkManager/NetworkManager.pid'],
  'systemd-link': () => ['/run/systemd/netif/links'],
  ifupdown: () => ['/etc/network/interfaces'],
  ifcfg: (device) => [`/etc/sysconfig/network-scripts/ifcfg-${device}`],
};

/** Mechanisms that this machine uses, as far as files tell; netplan only where it has a file of its own. */
export async function mechanismsHere(device: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [mechanism, signs] of Object.entries(SIGNS)) {
    const there = await Promise.all(signs(device).map(exists));
    if (there.includes(true)) found.push(mechanism);
  }
  const netplan = await readdir('/etc/netplan').catch(() => []);
  if (netplan.some((name) => /\.ya?ml$/.test(name))) found.push('netplan');
  return found;
}

/** The device's own address, for systemd.link; undefined for a device that is not here or has none. */
export async function hardwareAddress(device: string): Promise<string | undefined> {
  const text = await readFile(`/sys/class/net/${device}/address`, 'utf8').catch(() => '');
  const address = text.trim();
  return /^(?:[\da-f]{2}:){5}[\da-f]{2}$/.test(address) ? address : undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
