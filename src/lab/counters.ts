// Station "lab": the kernel's counters of one namespace, read before and after.
import type { Namespace } from './netns.ts';

/** Counter name ("TcpRetransSegs", "IpExtInNoECTPkts", "Ip6InReceives") to value. */
export type Counters = Readonly<Record<string, number>>;

/** Packet counts of one device; on veth and TAP one skb counts as one, however many segments it stands for. */
export interface DeviceCounters {
  readonly rxPackets: number;
  readonly rxBytes: number;
  readonly rxDropped: number;
  readonly txPackets: number;
  readonly txBytes: number;
  readonly txDropped: number;
}

/** All counters of /proc/net/snmp, netstat and snmp6 under nstat's names. */
export async function readCounters(namespace: Namespace): Promise<Counters> {
  const counters: Record<string, number> = {};
  const lines = (await namespace.run('cat /proc/net/snmp /proc/net/netstat /proc/net/snmp6')).split('\n');
  // Only snmp and netstat have a group and a colon in front.
  readPairs(
    lines.filter((line) => /^\w+:/.test(line)),
    counters,
  );
  for (const line of lines) {
    const [, name, value] = /^(\w+)\s+(\d+)$/.exec(line) ?? [];
    if (name && value) counters[name] = Number(value);
  }
  return counters;
}

/** Lines come in pairs: "Tcp: Name Name" and "Tcp: 1 2". */
function readPairs(lines: readonly string[], into: Record<string, number>): void {
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [group = '', ...names] = (lines[i] ?? '').split(' ');
    const values = (lines[i + 1] ?? '').split(' ').slice(1);
    // nstat drops the colon, and "TcpExt:" TCPTimeouts stays "TcpExtTCPTimeouts".
    for (const [index, name] of names.entries()) into[group.replace(':', '') + name] = Number(values[index]);
  }
}

/** What changed; counters that did not move are left out. */
export function counterDeltas(before: Counters, after: Counters): Counters {
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
      .filter(([, delta]) => delta !== 0),
  );
}

/** Packet counters of a device now. */
export async function readDevice(namespace: Namespace, device: string): Promise<DeviceCounters> {
  const names = ['rx_packets', 'rx_bytes', 'rx_dropped', 'tx_packets', 'tx_bytes', 'tx_dropped'];
  const files = names.map((name) => `/sys/class/net/${device}/statistics/${name}`);
  const values = (await namespace.run(`cat ${files.join(' ')}`)).trim().split('\n').map(Number);
  const [rxPackets = 0, rxBytes = 0, rxDropped = 0, txPackets = 0, txBytes = 0, txDropped = 0] = values;
  return { rxPackets, rxBytes, rxDropped, txPackets, txBytes, txDropped };
}

/** The difference of two readings. */
export function deviceDelta(before: DeviceCounters, after: DeviceCounters): DeviceCounters {
  return {
    rxPackets: after.rxPackets - before.rxPackets,
    rxBytes: after.rxBytes - before.rxBytes,
    rxDropped: after.rxDropped - before.rxDropped,
    txPackets: after.txPackets - before.txPackets,
    txBytes: after.txBytes - before.txBytes,
    txDropped: after.txDropped - before.txDropped,
  };
}
