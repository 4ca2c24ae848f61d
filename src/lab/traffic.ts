// Station "lab": starting the two processes of a connection and collecting what they measured.
import { fileURLToPath } from 'node:url';
import { type Background, start, stop } from './exec.ts';
import { LabError } from './lab-error.ts';
import { inNamespace, type Namespace } from './netns.ts';
import type { Path } from './topology.ts';
import type { TrafficPlan, TrafficResult } from './traffic-plan.ts';
import type { UdpEndPlan, UdpPlan, UdpResult } from './udp-plan.ts';
import type { UndoStack } from './undo.ts';

const CHILD = fileURLToPath(new URL('./traffic-child.js', import.meta.url));
const UDP_CHILD = fileURLToPath(new URL('./udp-child.js', import.meta.url));
const UDP_PORT = 5202;
const GRACE_MS = 10_000;

/** One end that is running. */
export interface TrafficEnd {
  /** Resolves with its result; rejects when it failed or did not end within its deadline and some grace. */
  readonly result: () => Promise<TrafficResult>;
}

/** Starts one end; a listener is ready when this returns. */
export async function startTraffic(undo: UndoStack, namespace: Namespace, plan: TrafficPlan): Promise<TrafficEnd> {
  const [command, ...args] = inNamespace(namespace, [process.execPath, CHILD, JSON.stringify(plan)]);
  const background = start(command, args);
  undo.push(`traffic process in ${namespace.name}`, async () => {
    await stop(background, 'SIGKILL');
  });
  if (plan.role === 'listen') await background.says('ready');
  const result = async (): Promise<TrafficResult> => {
    const killer = setTimeout(() => background.process.kill('SIGKILL'), plan.deadlineMs + GRACE_MS);
    const status = await background.ended;
    clearTimeout(killer);
    const line = resultLine(background);
    if (status !== 0 || line === undefined)
      throw new LabError('a traffic process failed', {
        command: JSON.stringify(plan),
        exitStatus: status,
        stderrTail: background.stderr().slice(-500),
      });
    return JSON.parse(line) as TrafficResult;
  };
  return { result };
}

/** Runs a whole UDP stream from sender to receiver. */
export async function runUdp(
  undo: UndoStack,
  path: Path,
  family: 4 | 6,
  plan: UdpPlan,
): Promise<{ readonly sent: UdpResult; readonly received: UdpResult }> {
  const begin = (namespace: Namespace, role: UdpEndPlan['role']): Background => {
    const end: UdpEndPlan = { ...plan, role, family, address: path.receiverAddress, port: UDP_PORT };
    const [command, ...args] = inNamespace(namespace, [process.execPath, UDP_CHILD, JSON.stringify(end)]);
    const background = start(command, args);
    undo.push(`UDP process in ${namespace.name}`, async () => {
      await stop(background, 'SIGKILL');
    });
    return background;
  };
  const result = async (background: Background): Promise<UdpResult> => {
    const status = await background.ended;
    const line = resultLine(background);
    if (status !== 0 || line === undefined)
      throw new LabError('a UDP process failed', {
        command: 'udp-child',
        exitStatus: status,
        stderrTail: background.stderr().slice(-500),
      });
    return JSON.parse(line) as UdpResult;
  };
  const receiver = begin(path.receiver.namespace, 'receive');
  await receiver.says('ready');
  const sent = await result(begin(path.sender.namespace, 'send'));
  return { sent, received: await result(receiver) };
}

function resultLine(background: Background): string | undefined {
  return background
    .stdout()
    .split('\n')
    .find((text) => text.startsWith('{'));
}
