// Station "lab", scenario files: what is done to hosts and devices once the path is up.
import type { Experiment } from '../experiment-plan.ts';
import { holdCwnd } from '../hold-cwnd.ts';
import { addVxlan, setBigTcp, tagBothEnds } from '../scenarios/device.ts';
import type { Host, Path } from '../topology.ts';
import type { UndoStack } from '../undo.ts';
import type { ScenarioFile, ScenarioHost } from './scenario.ts';

/** Bytes that may wait in a tbf unless said otherwise. */
const USUAL_TBF_LIMIT_BYTES = 1_000_000;

/** The steps of a scenario, in an order that each of them allows. */
export function prepare(file: ScenarioFile): NonNullable<Experiment['prepare']> {
  return async (path: Path, undo: UndoStack): Promise<Partial<Path> | undefined> => {
    await prepareHost(path.sender, file.sender, 'right');
    if (!file.loopback && !file.receiver?.windows) await prepareHost(path.receiver, file.receiver ?? {}, 'left');
    if (file.loopback?.mtu !== undefined) await path.sender.namespace.ip(`link set lo mtu ${file.loopback.mtu}`);
    if (file['big-tcp'] !== undefined) await setBigTcp(path, file['big-tcp']);
    if (file.vlan !== undefined) await tagBothEnds(path, file.vlan);
    if (file.sender.cwnd !== undefined) await holdCwnd(path, undo, file.sender.cwnd);
    return file.vxlan ? addVxlan(path) : undefined;
  };
}

async function prepareHost(host: Host, file: ScenarioHost, side: 'left' | 'right'): Promise<void> {
  const device = side === 'left' ? host.leftDevice : host.rightDevice;
  for (const [name, value] of Object.entries(file.sysctls ?? {}))
    await host.namespace.sysctl(name.replaceAll('.', '/'), value);
  if (!file.qdisc) return;
  const { kind, rate, burst, limit = USUAL_TBF_LIMIT_BYTES } = file.qdisc;
  await host.namespace.run(`tc qdisc add dev ${device} root ${kind} rate ${rate}bit burst ${burst} limit ${limit}`);
}
