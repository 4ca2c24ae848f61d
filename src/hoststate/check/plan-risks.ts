// Station "hoststate": what a change of features may do besides the change. Sentences: report/messages/host-en.ts, `plan.risk.*`.

import { problemOn } from '../../kernel/driver.ts';
import { driverFacts } from '../../kernel/drivers.ts';
import type { DeviceState, HostState, NetworkState } from '../host-state.ts';
import { forwards } from '../readings.ts';
import type { PlannedMove } from './plan.ts';
import { devicesAbove } from './stack.ts';

/** A sentence of the catalogues and its values. */
export interface PlanRisk {
  readonly key: string;
  readonly values?: Readonly<Record<string, string>>;
}

const MERGE_FEATURES: readonly string[] = ['rx-gro', 'rx-gro-hw', 'rx-lro'];

/** What is known to go along with these moves, the gravest first. Empty where nothing moves. */
export function risksOf(
  host: HostState,
  network: NetworkState,
  device: DeviceState,
  moves: readonly PlannedMove[],
): readonly PlanRisk[] {
  if (moves.length === 0) return [];
  return [
    ...faults(host, network, device, moves),
    ...outages(device, moves),
    ...costs(moves),
    ...reach(network, device),
  ];
}

function turned(moves: readonly PlannedMove[], feature: string, to: boolean): boolean {
  return moves.some((move) => move.feature === feature && move.to === to);
}

/** LRO on a forwarder, and faults of the driver that need a feature which comes on. */
function faults(
  host: HostState,
  network: NetworkState,
  device: DeviceState,
  moves: readonly PlannedMove[],
): readonly PlanRisk[] {
  const dev = device.name;
  const risks: PlanRisk[] = [];
  const forwarding = forwards(network)[0];
  if (turned(moves, 'rx-lro', true) && forwarding !== undefined) {
    risks.push({ key: 'plan.risk.lro-on-forwarder', values: { dev, why: forwarding.value } });
  }
  for (const problem of driverFacts(device.driver?.driver.value ?? '')?.problems ?? []) {
    const { needsFeature, summary, source } = problem;
    if (needsFeature === undefined || !turned(moves, needsFeature, true)) continue;
    const exists = problemOn(problem, host.kernel?.value);
    if (exists === 'no' || (problem.hits === 'forwarding' && forwarding === undefined)) continue;
    const key = exists === 'yes' ? 'plan.risk.driver-fault' : 'plan.risk.driver-fault.perhaps';
    risks.push({ key, values: { feature: needsFeature, summary, source } });
  }
  return risks;
}

/** Virtual devices have no hardware that a driver would have to stop. */
function outages(device: DeviceState, moves: readonly PlannedMove[]): readonly PlanRisk[] {
  const driver = device.driver?.driver.value;
  const merges = moves.some(({ feature }) => MERGE_FEATURES.includes(feature));
  switch (driver) {
    case 'bnxt_en':
      return merges ? [{ key: 'plan.risk.bnxt-re-opens' }] : [];
    case 'bnx2x':
      return turned(moves, 'rx-gro', false) ? [{ key: 'plan.risk.bnx2x-keeps-lro' }] : [];
    case 'veth':
      return merges ? [{ key: 'plan.risk.veth-peer' }] : [];
    default:
      break;
  }
  const facts = driverFacts(driver ?? '');
  if (device.link?.kind !== undefined || device.name === 'lo') return [];
  if (facts === undefined) return [{ key: 'plan.risk.driver-unknown', values: { driver: driver ?? '?' } }];
  const hardware = moves.some(({ feature }) => feature === 'rx-gro-hw' || feature === 'rx-lro');
  return hardware ? [{ key: 'plan.risk.may-restart' }] : [];
}

/** What the machine pays, and what the change does not do. */
function costs(moves: readonly PlannedMove[]): readonly PlanRisk[] {
  const off = (feature: string): boolean => turned(moves, feature, false);
  const risks: PlanRisk[] = [];
  if (off('rx-gro')) risks.push({ key: 'plan.risk.gro-off' });
  else if (off('rx-gro-hw') || off('rx-lro')) risks.push({ key: 'plan.risk.hardware-merge-off' });
  if (off('tx-tcp-segmentation') || off('tx-tcp6-segmentation')) {
    risks.push({ key: off('tx-generic-segmentation') ? 'plan.risk.tso-and-gso-off' : 'plan.risk.tso-off' });
  } else if (off('tx-generic-segmentation')) risks.push({ key: 'plan.risk.gso-off' });
  if (moves.some(({ feature, to }) => /^(?:tx|rx)-checksum/.test(feature) && !to))
    risks.push({ key: 'plan.risk.checksum-off' });
  risks.push({ key: 'plan.risk.compare-new-connections' });
  return risks;
}

function reach(network: NetworkState, device: DeviceState): readonly PlanRisk[] {
  const above = devicesAbove(network, device.name).slice(1);
  return above.length === 0
    ? []
    : [{ key: 'plan.risk.devices-above', values: { dev: device.name, list: above.join(', ') } }];
}
