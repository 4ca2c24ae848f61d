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
  for (const file of ['/proc/net/snmp', '/proc/net/netstat']) readPairs(await namespace.run(`cat ${file}`), counters);
  for (const line of (await namespace.run('cat /proc/net/snmp6')).split('\n')) {
    const [name, value] = line.trim().split(/\s+/);
    if (name && value) counters[name] = Number(value);
  }
  return counters;
}

/** Lines come in pairs: "Tcp: Name Name" and "Tcp: 1 2". */
function readPairs(text: string, into: Record<string, number>): void {
  const lines = text.split('\n');
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
  const read = async (name: string): Promise<number> =>
    Number(await namespace.run(`cat /sys/class/net/${device}/statistics/${name}`));
  return {
    rxPackets: await read('rx_packets'),
    rxBytes: await read('rx_bytes'),
    rxDropped: await read('rx_dropped'),
    txPackets: await read('tx_packets'),
    txBytes: await read('tx_bytes'),
    txDropped: await read('tx_dropped'),
  };
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
