// Station "lab": network namespaces and the devices in them, all under names that carry our prefix and process id.
import { readdir } from 'node:fs/promises';
import { exec, execLine } from './exec.ts';
import type { UndoStack } from './undo.ts';

/** Every namespace of the lab begins so. */
export const NAMESPACE_PREFIX = 'wt';

/** A network namespace that we made. Devices inside have plain names: nobody else sees them. */
export interface Namespace {
  readonly name: string;
  /** Runs "ip ..." inside; words split at blanks. */
  readonly ip: (line: string) => Promise<string>;
  /** Runs any command line inside. */
  readonly run: (line: string) => Promise<string>;
  /** Sets a sysctl by its path below /proc/sys ("net/ipv4/tcp_sack"). */
  readonly sysctl: (path: string, value: string | number) => Promise<void>;
  /** Writes to a file of /sys or /proc as seen from inside. */
  readonly write: (path: string, value: string | number) => Promise<void>;
}

/**
 * Quiet interfaces: no router solicitations, no duplicate address detection, no addresses of their own beside the traffic that
 * is measured; and no memory of one transfer in the next.
 */
const QUIET: Readonly<Record<string, number>> = {
  'net/ipv6/conf/all/accept_ra': 0,
  'net/ipv6/conf/all/accept_dad': 0,
  'net/ipv6/conf/all/router_solicitations': 0,
  'net/ipv6/conf/default/accept_ra': 0,
  'net/ipv6/conf/default/accept_dad': 0,
  'net/ipv6/conf/default/router_solicitations': 0,
  'net/ipv6/conf/default/addr_gen_mode': 1,
  'net/ipv6/conf/default/disable_ipv6': 1,
  'net/ipv4/tcp_no_metrics_save': 1,
};

let counter = 0;

/** The argument list that runs a command inside a namespace. */
export function inNamespace(namespace: Namespace, command: readonly string[]): [string, ...string[]] {
  return ['ip', 'netns', 'exec', namespace.name, ...command];
}

/** Makes a namespace with lo up and IPv6 autoconfiguration off. */
export async function createNamespace(undo: UndoStack, role: string): Promise<Namespace> {
  counter += 1;
  const name = `${NAMESPACE_PREFIX}${process.pid}-${counter}-${role}`;
  undo.push(`namespace ${name}`, () => removeNamespace(name));
  await exec('ip', ['netns', 'add', name]);
  const run = (line: string): Promise<string> => execLine(`ip netns exec ${name} ${line}`);
  const write = async (path: string, value: string | number): Promise<void> => {
    await exec('ip', ['netns', 'exec', name, 'sh', '-c', 'printf %s "$1" > "$2"', 'sh', String(value), path]);
  };
  const namespace: Namespace = {
    name,
    ip: (line) => execLine(`ip -n ${name} ${line}`),
    run,
    sysctl: (path, value) => write(`/proc/sys/${path}`, value),
    write,
  };
  await namespace.ip('link set lo up');
  await setSysctls(name, QUIET);
  return namespace;
}

/** In one process: entering a namespace costs more than what is done there. */
async function setSysctls(name: string, values: Readonly<Record<string, number>>): Promise<void> {
  const words = Object.entries(values).flatMap(([path, value]) => [`/proc/sys/${path}`, String(value)]);
  const script = 'while [ $# -gt 0 ]; do printf %s "$2" > "$1" || exit 1; shift 2; done';
  await exec('ip', ['netns', 'exec', name, 'sh', '-c', script, 'sh', ...words]);
}

async function removeNamespace(name: string): Promise<void> {
  for (const pid of await processesIn(name)) process.kill(pid, 'SIGKILL');
  if ((await namespaces()).includes(name)) await exec('ip', ['netns', 'del', name]);
}

/** Processes that live in a namespace. */
async function processesIn(name: string): Promise<number[]> {
  try {
    return (await exec('ip', ['netns', 'pids', name]))
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 1);
  } catch {
    return []; // the namespace is already gone
  }
}

async function namespaces(): Promise<string[]> {
  try {
    return await readdir('/run/netns');
  } catch {
    return []; // no namespace was ever made on this machine
  }
}

/** Removes what a killed lab left behind: namespaces of ours whose process no longer lives. Returns their names. */
export async function cleanLeftovers(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await namespaces()) {
    const owner = new RegExp(`^${NAMESPACE_PREFIX}(\\d+)-\\d+-`).exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await removeNamespace(name);
    removed.push(name);
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A veth pair, one end in each namespace, both up, with fixed MAC addresses. */
export async function connectVeth(
  left: { readonly namespace: Namespace; readonly device: string },
  right: { readonly namespace: Namespace; readonly device: string },
): Promise<void> {
  await left.namespace.ip(`link add ${left.device} type veth peer name ${right.device} netns ${right.namespace.name}`);
  await left.namespace.ip(`link set ${left.device} up`);
  await right.namespace.ip(`link set ${right.device} up`);
}

/** Switches offload features by their ethtool names; throws when the device refuses. */
export async function setFeatures(
  namespace: Namespace,
  device: string,
  features: Readonly<Record<string, boolean>>,
): Promise<void> {
  const words = Object.entries(features).flatMap(([name, on]) => [name, on ? 'on' : 'off']);
  if (words.length > 0) await namespace.run(`ethtool -K ${device} ${words.join(' ')}`);
}
