// Station "lab", the matrix: one path for each setting, one transfer for each combination of switches, told apart by its port.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { createExplainer } from '../../explain.ts';
import { openCapture } from '../../node/open-capture.ts';
import { type Capture, startCapture } from '../capture.ts';
import { type Namespace, setFeatures } from '../netns.ts';
import { buildPath, type Path, type PathPlan } from '../topology.ts';
import { startTraffic } from '../traffic.ts';
import type { TrafficPlan } from '../traffic-plan.ts';
import { type UndoStack, withUndo } from '../undo.ts';
import { type Combination, combinations, FEATURES, pathPlan, type Setting, type Switch } from './matrix-plan.ts';
import { type MatrixResult, type MatrixRow, reduceMatrix, type Seen } from './reduce.ts';

const FIRST_PORT = 6001;
const TRANSFER_BYTES = 3_000_000;
const WRITE_BYTES = 65_536;
const SNAPLEN = 128;
const DEADLINE_MS = 10_000;
const MTU = 1500;
/** One packet fits, a super-packet does not. */
const TBF = 'rate 500mbit burst 1600 limit 1000000';
/** On lo with its own MTU the smallest burst that lets a packet pass at all. */
const TBF_LOOPBACK = 'rate 500mbit burst 70000 limit 1000000';

/** All combinations of one setting. */
export interface MatrixBlock {
  readonly setting: Setting;
  readonly rows: readonly MatrixRow[];
}

/** Runs every combination of a setting; captures go into `directory` and are removed. */
export function runSetting(setting: Setting, directory: string): Promise<MatrixBlock> {
  return withUndo((undo) => run(undo, setting, directory));
}

async function run(undo: UndoStack, setting: Setting, directory: string): Promise<MatrixBlock> {
  const path = await buildPath(undo, recordInto(directory, pathPlan(setting)));
  await prepare(path, setting);
  const captures = await startCaptures(undo, path, directory);
  const tried = combinations(setting);
  let before: Combination = {};
  for (const [index, switches] of tried.entries()) {
    await turnSwitches(path, before, switches);
    before = switches;
    await transfer(undo, path, setting.family, FIRST_PORT + index);
  }
  for (const { capture } of captures) await capture.end();
  for (const wire of path.wires) await wire.end();
  const files = captures.map(({ tap, file }) => ({ tap, file }));
  if (path.wires.length > 0) files.splice(1, 0, { tap: 'wire', file: join(directory, 'wire.pcap') });
  const seen = await Promise.all(files.map(({ file }) => measure(file)));
  for (const { file } of files) await rm(file);
  const results = tried.map((switches, index): MatrixResult => {
    const port = FIRST_PORT + index;
    return { switches, seen: Object.fromEntries(files.map(({ tap }, at) => [tap, seenAt(seen[at], port, tap)])) };
  });
  return { setting, rows: reduceMatrix(results) };
}

function recordInto(directory: string, plan: PathPlan): PathPlan {
  const links = plan.links.map((link) =>
    link.kind === 'wire' ? { ...link, plan: { ...link.plan, recordFile: join(directory, 'wire.pcap') } } : link,
  );
  return { ...plan, links };
}

async function prepare(path: Path, { path: kind, tbf }: Setting): Promise<void> {
  const device = path.sender.rightDevice;
  if (kind === 'loopback, MTU 1500') await path.sender.namespace.ip(`link set lo mtu ${MTU}`);
  if (tbf)
    await path.sender.namespace.run(`tc qdisc add dev ${device} root tbf ${kind === 'loopback' ? TBF_LOOPBACK : TBF}`);
}

async function startCaptures(
  undo: UndoStack,
  path: Path,
  directory: string,
): Promise<readonly { readonly tap: string; readonly file: string; readonly capture: Capture }[]> {
  const taps: { tap: string; namespace: Namespace; device: string }[] = [
    { tap: 'sender', namespace: path.sender.namespace, device: path.sender.rightDevice },
  ];
  for (const middle of path.middles)
    taps.push({ tap: 'wire', namespace: middle.namespace, device: middle.rightDevice });
  if (path.receiver.namespace !== path.sender.namespace)
    taps.push({ tap: 'receiver', namespace: path.receiver.namespace, device: path.receiver.leftDevice });
  const captures = [];
  for (const { tap, namespace, device } of taps) {
    const file = join(directory, `${tap}.pcap`);
    captures.push({ tap, file, capture: await startCapture(undo, { namespace, device, file, snaplen: SNAPLEN }) });
  }
  return captures;
}

/** Turns only what differs: every ethtool call is a process. */
async function turnSwitches(path: Path, before: Combination, after: Combination): Promise<void> {
  for (const end of ['sender', 'receiver'] as const) {
    const changed = FEATURES.filter((feature) => {
      const name: Switch = `${end} ${feature}`;
      return after[name] !== undefined && after[name] !== before[name];
    });
    const host = path[end];
    const device = end === 'sender' ? host.rightDevice : host.leftDevice;
    const features = Object.fromEntries(changed.map((feature) => [feature, after[`${end} ${feature}`] === true]));
    await setFeatures(host.namespace, device, features);
  }
}

async function transfer(undo: UndoStack, path: Path, family: 4 | 6, port: number): Promise<void> {
  const shared = {
    family,
    address: path.receiverAddress,
    port,
    socket: {},
    sampleEveryMs: 1000,
    deadlineMs: DEADLINE_MS,
  } as const;
  const listen: TrafficPlan = { ...shared, role: 'listen', receive: { readBytes: 262_144 } };
  const connect: TrafficPlan = { ...shared, role: 'connect', send: { bytes: TRANSFER_BYTES, writeBytes: WRITE_BYTES } };
  const server = await startTraffic(undo, path.receiver.namespace, listen);
  const client = await startTraffic(undo, path.sender.namespace, connect);
  await client.result();
  await server.result();
}

async function measure(file: string): Promise<ReadonlyMap<number, ConnectionMeasurement>> {
  const explainer = createExplainer({ captureIndex: 0 });
  const { end } = await openCapture(file, explainer.sink);
  return new Map([...explainer.finish(end).connections].map((connection) => [connection.server.port, connection]));
}

function seenAt(connections: ReadonlyMap<number, ConnectionMeasurement> | undefined, port: number, tap: string): Seen {
  const data = connections?.get(port)?.directions[0];
  if (!data || data.maxPayloadBytes === undefined) throw new Error(`no data of port ${port} in the capture at ${tap}`);
  return {
    dataFrames: data.dataFrames,
    maxPayloadBytes: data.maxPayloadBytes,
    segmentBytes: data.segmentBytes ?? 0,
    superFrames: data.superPackets.count,
  };
}
