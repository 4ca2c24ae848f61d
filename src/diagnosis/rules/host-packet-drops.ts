// Question: does this host itself drop packets, and where? Device counters (`ip -s link`), queueing disciplines (`tc -s`) and
// TCP's own (receive queue full, zero window). All count since boot or since the device came up.

import type { DeviceState, Fact, HostState, NetworkState } from '../../hoststate/host-state.ts';
import { confidence } from '../confidence.ts';
import { networksOf } from '../host-rule.ts';
import { messages, say, share, told } from '../rule.ts';
import type { Evidence, Verdict } from '../verdict.ts';

/**
 * One packet in a thousand is enough to slow TCP down. A device's receive drops and a queueing discipline's need ten times
 * that: the first also count packets that nobody wanted, the second drop to do their work.
 */
const noticeShare = { ours: 0.001, mixed: 0.01 } as const;

const tcpDrops = ['TcpExtTCPRcvQDrop', 'TcpExtTCPZeroWindowDrop', 'TcpExtTCPBacklogDrop', 'TcpExtRcvPruned'] as const;

interface Drops {
  readonly evidence: Evidence;
  readonly count: number;
  /** Share over what is worth a notice: 1 and more is. */
  readonly weight: number;
}

export function hostPacketDrops(host: HostState): readonly Verdict[] {
  return networksOf(host).flatMap((network) => {
    const drops = [...network.devices.values()].flatMap(deviceDrops).concat(socketDrops(network));
    const [worst] = [...drops].sort((a, b) => b.weight - a.weight);
    if (worst === undefined) return [];
    const verdict: Verdict = {
      code: 'host-packet-drops',
      severity: worst.weight >= 1 ? 'notice' : 'info',
      confidence: confidence.measured,
      claim: say('host-packet-drops.claim', {
        host: host.name,
        count: drops.reduce((sum, drop) => sum + drop.count, 0),
        places: drops.length,
      }),
      evidence: [...drops].sort((a, b) => b.count - a.count).map((drop) => drop.evidence),
      against: messages(say('host-packet-drops.against.since-boot'), say('host-packet-drops.against.not-ours')),
      fixes: [],
    };
    return [verdict];
  });
}

function deviceDrops(device: DeviceState): readonly Drops[] {
  const dev = device.name;
  const { rx, tx } = device.link ?? {};
  const lost = (rx?.value.dropped ?? 0) + (rx?.value.missed ?? 0);
  return [
    ...drops(lost, rx?.value.packets, rx, 'host-packet-drops.for.receive', { dev }, noticeShare.mixed),
    ...drops(tx?.value.dropped ?? 0, tx?.value.packets, tx, 'host-packet-drops.for.send', { dev }),
    ...device.qdiscs.flatMap((qdisc) =>
      drops(
        qdisc.value.dropped ?? 0,
        qdisc.value.sentPackets,
        qdisc,
        'host-packet-drops.for.qdisc',
        {
          dev,
          kind: qdisc.value.kind,
        },
        noticeShare.mixed,
      ),
    ),
  ];
}

function socketDrops(network: NetworkState): readonly Drops[] {
  const received = network.counters.get('TcpInSegs')?.value;
  return tcpDrops.flatMap((name) => {
    const fact = network.counters.get(name);
    return drops(fact?.value ?? 0, received, fact, 'host-packet-drops.for.tcp', { name });
  });
}

function drops(
  count: number,
  all: number | undefined,
  fact: Fact<unknown> | undefined,
  key: string,
  values: Readonly<Record<string, string>>,
  worthy: number = noticeShare.ours,
): readonly Drops[] {
  if (count === 0 || fact === undefined) return [];
  const part = share(count, (all ?? 0) + count);
  return [{ count, weight: part / worthy, evidence: told(say(key, { ...values, count, share: part }), fact.source) }];
}
