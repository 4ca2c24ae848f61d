// Station "lab": one labelled transfer. Builds the path, captures, sends, and writes down what the kernel says.
import { mkdir, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { type Capture, startCapture } from './capture.ts';
import {
  type Counters,
  counterDeltas,
  type DeviceCounters,
  deviceDelta,
  readCounters,
  readDevice,
} from './counters.ts';
import { exec } from './exec.ts';
import { setFeatures } from './netns.ts';
import type { PeerResult } from './peer-plan.ts';
import { buildPath, type Host, type Path, type PathPlan } from './topology.ts';
import { startTraffic, type TrafficEnd } from './traffic.ts';
import type { ExchangePlan, ReceivePlan, SendPlan, SocketPlan, TrafficPlan, TrafficResult } from './traffic-plan.ts';
import type {
  ConnectionTruth,
  DirectionTruth,
  HostTruth,
  SmallPacketCause,
  TapPoint,
  TapTruth,
  Truth,
} from './truth.ts';
import { type UndoStack, withUndo } from './undo.ts';
import type { WireResult } from './wire-plan.ts';

/** One capture of an experiment. */
export interface TapPlan {
  /** sender, receiver, or the index of a middle with the side of its device. */
  readonly at: 'sender' | 'receiver' | { readonly middle: number; readonly side: 'left' | 'right' };
  /** Another device of that host than the one towards the path. */
  readonly device?: string;
  /** The tap sees both ends (lo) or several copies. */
  readonly sees?: 'both' | 'copies';
  readonly encapsulation?: 'vxlan' | 'vlan';
  readonly file: string;
  readonly snaplen: number;
  /** "any" instead of the device. */
  readonly any?: 'LINUX_SLL' | 'LINUX_SLL2';
  readonly filter?: string;
  readonly nanoseconds?: boolean;
  readonly pcapng?: boolean;
  /** Start in mid-connection; needs startAfterMs in the sender's traffic. */
  readonly late?: boolean;
  readonly packetLimit?: number;
}

/** What one end does. */
export interface EndPlan {
  readonly socket: SocketPlan;
  readonly send?: SendPlan;
  readonly receive?: ReceivePlan;
  readonly exchange?: ExchangePlan;
  readonly startAfterMs?: number;
}

/** A whole experiment. The sender is the host at the left that sends most of the data. */
export interface Experiment {
  readonly scenario: string;
  readonly description: string;
  readonly seed: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly path: PathPlan;
  readonly senderFeatures: Readonly<Record<string, boolean>>;
  readonly receiverFeatures: Readonly<Record<string, boolean>>;
  readonly mergedBy: DirectionTruth['mergedBy'];
  /** Further commands once the path is up; what it returns replaces parts of the path (addresses over a tunnel). */
  readonly prepare?: (path: Path, undo: UndoStack) => Promise<Partial<Path> | undefined>;
  /** Files to merge by time once all is captured, as mergecap does. */
  readonly merge?: { readonly file: string; readonly of: readonly string[] };
  /** Which end connects. */
  readonly senderIs: 'client' | 'server';
  readonly sender: EndPlan;
  readonly receiver: EndPlan;
  readonly taps: readonly TapPlan[];
  readonly smallPacketsReason: SmallPacketCause | null;
  /** Reasons that are true of it as well. */
  readonly smallPacketsAlso?: readonly SmallPacketCause[];
  readonly port: number;
  readonly deadlineMs: number;
  readonly sampleEveryMs: number;
}

const LATE_START_MS = 400;

interface Reading {
  readonly counters: Counters;
  readonly device: DeviceCounters;
}

const ends = (path: Path): readonly [Host, Host] => [path.sender, path.receiver];
const read = async (host: Host): Promise<Reading> => ({
  counters: await readCounters(host.namespace),
  device: await readDevice(host.namespace, host.rightDevice),
});

/** Runs the experiment and leaves captures, `ethtool -k` outputs, samples and truth.json in the directory. */
export function runExperiment(experiment: Experiment, directory: string): Promise<Truth> {
  return withUndo((undo) => run(undo, experiment, directory));
}

async function run(undo: UndoStack, experiment: Experiment, directory: string): Promise<Truth> {
  await mkdir(directory, { recursive: true });
  let path = await buildPath(undo, recordInto(directory, experiment.path));
  await setFeatures(path.sender.namespace, path.sender.rightDevice, experiment.senderFeatures);
  await setFeatures(path.receiver.namespace, path.receiver.leftDevice, experiment.receiverFeatures);
  path = { ...path, ...(await experiment.prepare?.(path, undo)) };
  for (const host of ends(path))
    await writeFile(
      join(directory, `${host.role}.ethtool-k.txt`),
      await host.namespace.run(`ethtool -k ${host.rightDevice}`),
    );
  const captures = await startCaptures(undo, path, experiment, directory, false);
  const before = await Promise.all(ends(path).map(read));
  const { server, client } = await startBothEnds(undo, path, experiment);
  if (experiment.taps.some((tap) => tap.late)) {
    await new Promise((resolve) => setTimeout(resolve, LATE_START_MS));
    captures.push(...(await startCaptures(undo, path, experiment, directory, true)));
  }
  const results = { client: await client?.result(), server: await server?.result() };
  const after = await Promise.all(ends(path).map(read));
  const taps = [];
  for (const [tap, capture] of captures) taps.push(await endTap(tap, capture, experiment, directory));
  const wires: WireResult[] = [];
  for (const wire of path.wires) wires.push(await wire.end());
  taps.push(...recordedTaps(experiment, wires));
  const peer = await path.peer?.end();
  if (experiment.path.peer?.recordFile !== undefined && peer) taps.push(peerTap(experiment.path.peer.recordFile, peer));
  if (experiment.merge) taps.push(await mergeTaps(experiment.merge, taps, directory));
  const truth = makeTruth(experiment, path, { results, before, after, taps, wires, peer });
  await writeFile(
    join(directory, 'samples.json'),
    JSON.stringify({ client: results.client?.samples ?? [], server: results.server?.samples ?? [] }),
  );
  await writeFile(join(directory, 'truth.json'), `${JSON.stringify(truth, null, 1)}\n`);
  return truth;
}

/** Wires write their recordings beside the captures. */
function recordInto(directory: string, plan: PathPlan): PathPlan {
  const links = plan.links.map((link) =>
    link.kind === 'wire' && link.plan.recordFile !== undefined
      ? { ...link, plan: { ...link.plan, recordFile: join(directory, link.plan.recordFile) } }
      : link,
  );
  if (plan.peer?.recordFile === undefined) return { ...plan, links };
  return { ...plan, links, peer: { ...plan.peer, recordFile: join(directory, plan.peer.recordFile) } };
}

/** A wire's recording is one more tap: in between, and every frame in it is a wire frame. */
function recordedTaps(experiment: Experiment, wires: readonly WireResult[]): TapTruth[] {
  const wirePlans = experiment.path.links.flatMap((link) => (link.kind === 'wire' ? [link.plan] : []));
  return wirePlans.flatMap((plan, index) => {
    const counts = wires[index];
    if (plan.recordFile === undefined || !counts) return [];
    const lanes = [counts.leftToRight, counts.rightToLeft];
    const packets = lanes.reduce((sum, lane) => sum + lane.frames - lane.queueDrops, 0);
    return [
      {
        ...ON_A_WIRE,
        file: plan.recordFile,
        host: `wire${index + 1}`,
        snaplen: plan.recordSnaplen ?? 262_144,
        packets,
      },
    ];
  });
}

const ON_A_WIRE = {
  device: 'wire',
  startedLate: false,
  severalTaps: false,
  encapsulation: null,
  clientToServer: 'between',
  serverToClient: 'between',
} as const;

function peerTap(file: string, peer: PeerResult): TapTruth {
  return { ...ON_A_WIRE, file, host: 'peer', snaplen: 128, packets: peer.wireFrames + peer.framesSent };
}

async function mergeTaps(
  merge: { readonly file: string; readonly of: readonly string[] },
  taps: readonly TapTruth[],
  directory: string,
): Promise<TapTruth> {
  const merged = taps.filter((tap) => merge.of.includes(tap.file.replace(/ng$/, '')));
  await exec('mergecap', ['-w', join(directory, merge.file), ...merged.map((tap) => join(directory, tap.file))]);
  const packets = merged.reduce((sum, tap) => sum + tap.packets, 0);
  const place = { host: merged.map((tap) => tap.host).join('+'), device: merged.map((tap) => tap.device).join('+') };
  const snaplen = Math.min(...merged.map((tap) => tap.snaplen));
  return {
    ...ON_A_WIRE,
    file: merge.file,
    ...place,
    snaplen,
    packets,
    severalTaps: true,
    clientToServer: 'both',
    serverToClient: 'both',
  };
}

async function startBothEnds(
  undo: UndoStack,
  path: Path,
  experiment: Experiment,
): Promise<{ server?: TrafficEnd; client: TrafficEnd }> {
  const senderIsClient = experiment.senderIs === 'client';
  const serverHost = senderIsClient ? path.receiver : path.sender;
  const clientHost = senderIsClient ? path.sender : path.receiver;
  const shared = {
    family: experiment.path.family,
    address: senderIsClient ? path.receiverAddress : path.senderAddress,
    port: experiment.port,
    sampleEveryMs: experiment.sampleEveryMs,
    deadlineMs: experiment.deadlineMs,
  };
  const plan = (role: TrafficPlan['role'], end: EndPlan): TrafficPlan => ({ role, ...shared, ...end });
  const server = experiment.path.peer
    ? undefined
    : await startTraffic(
        undo,
        serverHost.namespace,
        plan('listen', senderIsClient ? experiment.receiver : experiment.sender),
      );
  const client = await startTraffic(
    undo,
    clientHost.namespace,
    plan('connect', senderIsClient ? experiment.sender : experiment.receiver),
  );
  return server === undefined ? { client } : { server, client };
}

async function startCaptures(
  undo: UndoStack,
  path: Path,
  experiment: Experiment,
  directory: string,
  late: boolean,
): Promise<[TapPlan, Capture][]> {
  const started: [TapPlan, Capture][] = [];
  for (const tap of experiment.taps.filter((each) => (each.late ?? false) === late)) {
    const [host, device] = locate(path, tap);
    const capture = await startCapture(undo, {
      namespace: host.namespace,
      device: tap.any ? 'any' : (tap.device ?? device),
      file: join(directory, tap.file),
      snaplen: tap.snaplen,
      ...(tap.filter === undefined ? {} : { filter: tap.filter }),
      ...(tap.any === undefined ? {} : { linkType: tap.any }),
      ...(tap.nanoseconds === undefined ? {} : { nanoseconds: tap.nanoseconds }),
      ...(tap.packetLimit === undefined ? {} : { packetLimit: tap.packetLimit }),
    });
    started.push([tap, capture]);
  }
  return started;
}

function locate(path: Path, tap: TapPlan): [Host, string] {
  if (tap.at === 'sender') return [path.sender, path.sender.rightDevice];
  if (tap.at === 'receiver') return [path.receiver, path.receiver.leftDevice];
  const host = path.middles[tap.at.middle];
  if (!host) throw new Error(`no middle ${tap.at.middle}`);
  return [host, tap.at.side === 'left' ? host.leftDevice : host.rightDevice];
}

async function endTap(tap: TapPlan, capture: Capture, experiment: Experiment, directory: string): Promise<TapTruth> {
  const packets = await capture.end();
  let file = tap.file;
  if (tap.pcapng) {
    file = file.replace(/\.pcap$/, '.pcapng');
    await exec('editcap', ['-F', 'pcapng', join(directory, tap.file), join(directory, file)]);
    await exec('rm', [join(directory, tap.file)]);
  }
  const ofSender: TapPoint = tap.sees === 'both' ? 'both' : typeof tap.at === 'string' ? tap.at : 'between';
  const ofReceiver: TapPoint = ofSender === 'sender' ? 'receiver' : ofSender === 'receiver' ? 'sender' : ofSender;
  const senderIsClient = experiment.senderIs === 'client';
  return {
    file,
    host: typeof tap.at === 'string' ? tap.at : `middle${tap.at.middle + 1}`,
    device: capture.plan.device,
    snaplen: tap.snaplen,
    packets,
    startedLate: tap.late ?? false,
    severalTaps: tap.sees === 'copies',
    encapsulation: tap.encapsulation ?? null,
    clientToServer: senderIsClient ? ofSender : ofReceiver,
    serverToClient: senderIsClient ? ofReceiver : ofSender,
  };
}

interface Observed {
  readonly results: { readonly client: TrafficResult | undefined; readonly server: TrafficResult | undefined };
  readonly before: readonly Reading[];
  readonly after: readonly Reading[];
  readonly taps: readonly TapTruth[];
  readonly wires: readonly WireResult[];
  readonly peer: PeerResult | undefined;
}

function makeTruth(experiment: Experiment, path: Path, observed: Observed): Truth {
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
    connections: [connectionTruth(experiment, path, observed, hosts)],
    hosts,
    wires: observed.wires,
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
      receiverSegmentsPerFrame: segmentsPerFrame(receivingHost.counters, experiment.path.family),
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
 * Linux 6.18; measured with 30% of retransmissions); the device counts skbs.
 */
function superPacketsLeft({ counters, deviceCounters }: HostTruth): boolean {
  return (counters['TcpOutSegs'] ?? 0) + (counters['TcpRetransSegs'] ?? 0) > deviceCounters.txPackets;
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
