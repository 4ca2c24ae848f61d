// Station "lab": from counters, TCP_INFO and what was intended to truth.json.
import { release } from 'node:os';
import { type Counters, counterDeltas, type DeviceCounters, deviceDelta } from './counters.ts';
import type { Experiment } from './experiment-plan.ts';
import type { PeerResult } from './peer-plan.ts';
import type { Host, Path } from './topology.ts';
import type { TrafficResult } from './traffic-plan.ts';
import type { ConnectionTruth, DirectionTruth, HostTruth, TapTruth, Truth } from './truth.ts';
import type { UdpResult } from './udp-plan.ts';
import type { WireResult } from './wire-plan.ts';

/** One host's counters at a moment. */
export interface Reading {
  readonly counters: Counters;
  readonly device: DeviceCounters;
}

/** The two hosts at the ends. */
export const ends = (path: Path): readonly [Host, Host] => [path.sender, path.receiver];

/** What was seen and counted during an experiment. */
export interface Observed {
  readonly results: { readonly client: TrafficResult | undefined; readonly server: TrafficResult | undefined };
  readonly before: readonly Reading[];
  readonly after: readonly Reading[];
  readonly taps: readonly TapTruth[];
  readonly wires: readonly WireResult[];
  readonly peer: PeerResult | undefined;
  readonly udp: { readonly sent: UdpResult; readonly received: UdpResult } | undefined;
}

/** Puts everything together into truth.json's content. */
export function makeTruth(experiment: Experiment, path: Path, observed: Observed): Truth {
  const hosts: Record<string, HostTruth> = {};
  for (const [index, host] of ends(path).entries()) {
    const before = observed.before[index] as Reading;
    const after = observed.after[index] as Reading;
    hosts[host.role] = {
      device: host.rightDevice,
      ethtoolFile: `${host.role}.ethtool-k.txt`,
      counters: counterDeltas(before.counters, after.counters),
      deviceCounters: deviceDelta(before.device, after.device),
    };
  }
  return {
    schema: 'wiretruth.truth/1',
    scenario: experiment.scenario,
    description: experiment.description,
    seed: experiment.seed,
    kernel: release(),
    parameters: experiment.parameters,
    dataFrom: experiment.senderIs,
    taps: observed.taps,
    connections: experiment.udp ? [] : [connectionTruth(experiment, path, observed, hosts)],
    hosts,
    wires: observed.wires,
    udp: experiment.udp && observed.udp ? { plan: experiment.udp, ...observed.udp } : null,
    peer: observed.peer ?? null,
  };
}

function connectionTruth(
  experiment: Experiment,
  path: Path,
  observed: Observed,
  hosts: Readonly<Record<string, HostTruth>>,
): ConnectionTruth {
  const senderIsClient = experiment.senderIs === 'client';
  const direction = (from: 'client' | 'server'): DirectionTruth => {
    const main = from === experiment.senderIs;
    const [sending, receiving] =
      from === 'client'
        ? [observed.results.client, observed.results.server]
        : [observed.results.server, observed.results.client];
    const sendingHost = hosts[main ? 'sender' : 'receiver'] as HostTruth;
    const receivingHost = hosts[main ? 'receiver' : 'sender'] as HostTruth;
    return {
      from,
      bytesWritten: sending?.bytesWritten ?? 0,
      bytesRead: receiving?.bytesRead ?? observed.peer?.bytesRead ?? 0,
      tsoFeatureOn: (main ? experiment.senderFeatures : experiment.receiverFeatures)['tso'] ?? true,
      tsoInEffect: (sending?.bytesWritten ?? 0) === 0 ? null : superPacketsLeft(sendingHost),
      groFeatureOn: (main ? experiment.receiverFeatures : experiment.senderFeatures)['gro'] ?? false,
      receiverSegmentsPerFrame:
        main && experiment.mergedBy === 'card'
          ? packetsPerFrame(observed.wires)
          : segmentsPerFrame(receivingHost.counters, experiment.path.family),
      mergedBy: main ? experiment.mergedBy : null,
      smallPacketsReason: main ? experiment.smallPacketsReason : null,
      smallPacketsAlso: main ? (experiment.smallPacketsAlso ?? []) : [],
      senderInfo: sending?.final ?? null,
      receiverInfo: receiving?.final ?? null,
    };
  };
  const clientAddress = senderIsClient ? path.senderAddress : path.receiverAddress;
  const serverAddress = senderIsClient ? path.receiverAddress : path.senderAddress;
  return {
    client: { ip: clientAddress, port: null },
    server: { ip: serverAddress, port: experiment.port },
    directions: [direction('client'), direction('server')],
    elapsedUs: Math.max(observed.results.client?.elapsedUs ?? 0, observed.results.server?.elapsedUs ?? 0),
  };
}

/**
 * TcpOutSegs counts gso_segs of everything but retransmissions, TcpRetransSegs those of retransmissions (tcp_output.c,
 * Linux 6.18; measured with 30% of retransmissions); the device counts skbs, those that its peer's full ring refused as dropped.
 */
function superPacketsLeft({ counters, deviceCounters }: HostTruth): boolean {
  return (
    (counters['TcpOutSegs'] ?? 0) + (counters['TcpRetransSegs'] ?? 0) >
    deviceCounters.txPackets + deviceCounters.txDropped
  );
}

/**
 * What the card at the end of the wire made of the packets that came: a TAP does not tell its kernel how many segments a frame
 * holds, and IP counts each as one (gso_segs is 0 for frames from a TAP, drivers/net/tun.c, v6.18).
 */
function packetsPerFrame(wires: readonly WireResult[]): number | null {
  const last = wires.at(-1)?.leftToRight;
  if (last === undefined || last.delivered === 0) return null;
  return (last.frames - last.lost - last.queueDrops) / last.delivered;
}

function segmentsPerFrame(counters: Counters, family: 4 | 6): number | null {
  const prefix = family === 4 ? 'IpExt' : 'Ip6';
  const frames = counters[family === 4 ? 'IpInReceives' : 'Ip6InReceives'] ?? 0;
  const segments = ['InNoECTPkts', 'InECT0Pkts', 'InECT1Pkts', 'InCEPkts'].reduce(
    (sum, name) => sum + (counters[prefix + name] ?? 0),
    0,
  );
  return frames === 0 ? null : segments / frames;
}
