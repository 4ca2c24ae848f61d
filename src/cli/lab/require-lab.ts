// What the lab needs of this machine: Linux, root, the system's tools, and koffi. Said in one line before anything is begun.

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { NotPossibleError } from '../commands/command.ts';

/** Tool and the Debian package that has it. */
const tools: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  tc: 'iproute2',
  ethtool: 'ethtool',
  tcpdump: 'tcpdump',
};

/** Throws a NotPossibleError unless network namespaces can be made and captured here. */
export async function requireLab(command: string): Promise<void> {
  if (process.platform !== 'linux') {
    throw new NotPossibleError(`${command}: needs the Linux kernel; this is ${process.platform}`);
  }
  const userId = process.getuid?.();
  if (userId !== 0) {
    throw new NotPossibleError(
      `${command}: needs root, for it makes network namespaces of its own (user id ${userId} here); try sudo wiretruth ${command}`,
    );
  }
  for (const [tool, packageName] of Object.entries(tools)) {
    if (await isInPath(tool)) continue;
    throw new NotPossibleError(`${command}: ${tool} is missing; install it with: apt-get install ${packageName}`);
  }
  if (!hasKoffi()) {
    throw new NotPossibleError(
      `${command}: the package koffi is missing, which calls libc; install it beside wiretruth: npm install koffi`,
    );
  }
}

function hasKoffi(): boolean {
  try {
    createRequire(import.meta.url).resolve('koffi');
    return true;
  } catch {
    return false; // not installed: nothing else makes resolving fail
  }
}

async function isInPath(tool: string): Promise<boolean> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = await access(join(folder, tool), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
