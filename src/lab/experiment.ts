// Station "lab": one labelled transfer. Builds the path, captures, sends, and writes down what the kernel says.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Capture, startCapture } from './capture.ts';
import { combineCaptures } from './combine.ts';
import { readCounters, readDevice } from './counters.ts';
import { exec } from './exec.ts';
import type { EndPlan, Experiment, TapPlan } from './experiment-plan.ts';
import type { LabError } from './lab-error.ts';
import { ends, makeTruth, type Reading } from './make-truth.ts';
import { setFeatures } from './netns.ts';
import type { PeerResult } from './peer-plan.ts';
import { buildPath, type Host, type Path, type PathPlan } from './topology.ts';
import { runUdp, startTraffic, type TrafficEnd } from './traffic.ts';
import type { TrafficPlan } from './traffic-plan.ts';
import type { TapPoint, TapTruth, Truth } from './truth.ts';
import { type UndoStack, withUndo } from './undo.ts';
import type { WireResult } from './wire-plan.ts';

const LATE_START_MS = 400;

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
  const udp = experiment.udp && (await runUdp(undo, path, experiment.path.family, experiment.udp));
  const { server, client } = experiment.udp ? {} : await startBothEnds(undo, path, experiment);
  if (experiment.taps.some((tap) => tap.late)) {
    await new Promise((resolve) => setTimeout(resolve, LATE_START_MS));
    captures.push(...(await startCaptures(undo, path, experiment, directory, true)));
  }
  const results = { client: await client?.result(), server: await server?.result() };
  const after = await Promise.all(ends(path).map(read));
  const taps = await Promise.all(captures.map(([tap, capture]) => endTap(tap, capture, experiment, directory)));
  const wires: WireResult[] = [];
  for (const wire of path.wires) wires.push(await wire.end());
  taps.push(...recordedTaps(experiment, wires));
  const peer = await path.peer?.end();
  if (experiment.path.peer?.recordFile !== undefined && peer) taps.push(peerTap(experiment.path.peer.recordFile, peer));
  if (experiment.merge) taps.push(await mergeTaps(experiment.merge, taps, directory));
  const truth = makeTruth(experiment, path, { results, before, after, taps, wires, peer, udp });
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
  const out = join(directory, merge.file);
  const paths = merged.map((tap) => join(directory, tap.file));
  await withTool('mergecap', ['-w', out, ...paths], () => combine(merged, directory, out));
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

/** Wireshark's tool, whose files are what people have; without it our own writer. */
async function withTool(command: string, args: readonly string[], own: () => Promise<unknown>): Promise<void> {
  try {
    await exec(command, args);
  } catch (error) {
    const { cause } = error as LabError;
    if (!(cause instanceof Error) || (cause as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await own();
  }
}

function combine(
  taps: readonly Pick<TapTruth, 'file' | 'host' | 'device'>[],
  directory: string,
  out: string,
): Promise<number> {
  const captures = taps.map(({ file, host, device }) => ({
    path: join(directory, file),
    name: device,
    description: `${device} of ${host}`,
  }));
  return combineCaptures(captures, out);
}

async function startBothEnds(
  undo: UndoStack,
  path: Path,
  experiment: Experiment,
): Promise<{ server?: TrafficEnd; client?: TrafficEnd }> {
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
    const [from, to] = [join(directory, tap.file), join(directory, file)];
    await withTool('editcap', ['-F', 'pcapng', from, to], () =>
      combine([{ file: tap.file, host: String(tap.at), device: capture.plan.device }], directory, to),
    );
    await rm(from);
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
