// `wiretruth host plan`: a change, what it moves and the way back, as data ("wiretruth.host-plan/1"). `host apply` takes it again.

import {
  type ChangePlan,
  type FeatureChange,
  PlanError,
  type PlannedMove,
  planChange,
  type RecordedFeature,
  type Unmoved,
} from '../../hoststate/check/plan.ts';
import type { DeviceState, HostState, NetworkState } from '../../hoststate/host-state.ts';
import { networks } from '../../hoststate/readings.ts';
import { persistence, persistenceUndo } from '../../kernel/persistence.ts';
import { type Language, renderMessage } from '../../report/messages/render.ts';
import { UsageError } from '../commands/command.ts';
import { version } from '../version.ts';

export interface LastingWay {
  readonly mechanism: string;
  /** In use on this machine, as far as its files tell; null for a recorded host. */
  readonly here: boolean | null;
  readonly change: string;
  readonly text: string;
  readonly undo: string;
}

export interface HostPlan {
  readonly schema: 'wiretruth.host-plan/1';
  readonly tool: { readonly name: 'wiretruth'; readonly version: string };
  readonly host: string;
  readonly kernel: string | null;
  readonly device: string;
  readonly driver: string | null;
  readonly busInfo: string | null;
  readonly changes: readonly FeatureChange[];
  readonly command: string;
  /** Empty: nothing would move, so there is nothing to undo. */
  readonly undo: string;
  readonly moves: readonly PlannedMove[];
  readonly unmoved: readonly Unmoved[];
  readonly risks: readonly string[];
  readonly persist: readonly LastingWay[];
  readonly before: Readonly<Record<string, RecordedFeature>>;
}

/** What a plan takes from the machine besides the host's state. */
export interface PlanSurroundings {
  readonly mechanismsHere?: readonly string[];
  readonly hardwareAddress?: string;
}

/** `gro=off`; the error says what would be accepted. */
export function featureChange(text: string): FeatureChange {
  const match = /^([\w-]+)=(on|off)$/.exec(text);
  if (match === null)
    throw new UsageError(`host plan: ${text}: expected FEATURE=on or FEATURE=off, such as gro=off or rx-gro-hw=off`);
  return { name: match[1] ?? '', state: match[2] === 'on' ? 'on' : 'off' };
}

/** The device of that name, in whichever namespace was recorded; the error names the devices that are there. */
export function findDevice(host: HostState, name: string): { network: NetworkState; device: DeviceState } {
  for (const [, network] of networks(host)) {
    const device = network.devices.get(name);
    if (device !== undefined) return { network, device };
  }
  throw new UsageError(`${host.name} has no device ${name}; expected one of ${[...host.devices.keys()].join(', ')}`);
}

/** Plans a change to one device of a host. */
export function buildPlan(
  host: HostState,
  name: string,
  changes: readonly FeatureChange[],
  language: Language,
  surroundings: PlanSurroundings,
): HostPlan {
  const { network, device } = findDevice(host, name);
  const plan = planned(host, network, device, changes);
  return {
    schema: 'wiretruth.host-plan/1',
    tool: { name: 'wiretruth', version },
    host: host.name,
    kernel: host.kernel?.value.text ?? null,
    device: device.name,
    driver: device.driver?.driver.value ?? null,
    busInfo: device.driver?.busInfo?.value ?? null,
    changes,
    command: plan.command.join(' '),
    undo: plan.undo.join(' '),
    moves: plan.moves,
    unmoved: plan.unmoved,
    risks: plan.risks.map((risk) => renderMessage(risk, language)),
    persist: changes.flatMap((change) => lastingWays(device, change, surroundings)),
    before: plan.before,
  };
}

function planned(
  host: HostState,
  network: NetworkState,
  device: DeviceState,
  changes: readonly FeatureChange[],
): ChangePlan {
  try {
    return planChange(host, network, device, changes);
  } catch (error) {
    if (error instanceof PlanError) throw new UsageError(`host plan: ${error.message}`);
    throw error;
  }
}

/** Those in use here first. */
function lastingWays(
  device: DeviceState,
  { name, state }: FeatureChange,
  { mechanismsHere, hardwareAddress }: PlanSurroundings,
): readonly LastingWay[] {
  const driver = device.driver?.driver.value;
  const undo = persistenceUndo(name, device.name, driver);
  const ways = Object.entries(persistence(name, device.name, state, driver)).map(([mechanism, text]) => ({
    mechanism,
    here: mechanismsHere === undefined ? null : mechanismsHere.includes(mechanism),
    change: `${name}=${state}`,
    text: hardwareAddress === undefined ? text : text.replace(`<MAC address of ${device.name}>`, hardwareAddress),
    undo: undo[mechanism] ?? '',
  }));
  return ways.toSorted((a, b) => Number(b.here === true) - Number(a.here === true));
}
