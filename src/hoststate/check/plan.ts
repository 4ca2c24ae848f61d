// Station "hoststate": what `ethtool -K` would do to a device, before anyone does it: the features that move, those that follow by
// the rules of kernel/features.ts, those that stay, and the way back. Risks: plan-risks.ts.

import { ethtoolKey, featuresMovedBy, resolveFeatures, vetoesOf } from '../../kernel/features.ts';
import type { DeviceState, HostState, NetworkState } from '../host-state.ts';
import { type PlanRisk, risksOf } from './plan-risks.ts';

/** One wish, as a person writes it: `gro=off`, `tcp-segmentation-offload=on`, `rx-gro-hw=off`. */
export interface FeatureChange {
  readonly name: string;
  readonly state: 'on' | 'off';
}

export interface PlannedMove {
  readonly feature: string;
  readonly from: boolean;
  readonly to: boolean;
  /** Named by a wish; else it follows. */
  readonly asked: boolean;
  /** Why it follows: what it needs, or what excludes it. */
  readonly because?: { readonly needsAnyOf?: readonly string[]; readonly excludedBy?: readonly string[] };
}

/** A feature that was asked for and stays as it is. */
export interface Unmoved {
  readonly feature: string;
  readonly why: 'fixed' | 'already' | 'vetoed';
  /** With `vetoed`: one of these would have to be on. */
  readonly needs?: readonly string[];
  /** With `vetoed`: these are on and exclude it. */
  readonly excludedBy?: readonly string[];
}

export interface RecordedFeature {
  readonly active: boolean;
  /** What is wished; equals `active` where nothing vetoes. */
  readonly requested: boolean;
}

export interface ChangePlan {
  readonly device: string;
  readonly changes: readonly FeatureChange[];
  /** Arguments included, for a process without a shell. */
  readonly command: readonly string[];
  /** Puts the wishes back as they were, bit by bit: a group's key would move members that nobody had on. Empty: nothing moves. */
  readonly undo: readonly string[];
  /** The wishes that the undo puts back, by kernel name. */
  readonly restore: Readonly<Record<string, boolean>>;
  readonly moves: readonly PlannedMove[];
  readonly unmoved: readonly Unmoved[];
  readonly risks: readonly PlanRisk[];
  /** Every changeable feature as it was, by kernel name. */
  readonly before: Readonly<Record<string, RecordedFeature>>;
}

/** The change cannot be planned; the message says what would be accepted. */
export class PlanError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PlanError';
  }
}

/** Plans the wishes together, as one `ethtool -K` does them. Throws a PlanError for a feature that the device does not have. */
export function planChange(
  host: HostState,
  network: NetworkState,
  device: DeviceState,
  changes: readonly FeatureChange[],
): ChangePlan {
  const driver = device.driver?.driver.value;
  const wanted = wantedOf(device);
  const asked = new Map(changes.flatMap((change) => membersOf(device, change)));
  const fixed = (name: string): boolean => device.features.get(name)?.value.fixed === true;
  const after = new Map(wanted);
  for (const [name, on] of asked) if (!fixed(name)) after.set(name, on);
  const then = resolveFeatures(after, driver);
  const moves: PlannedMove[] = [];
  for (const [feature, to] of then) {
    // What is, not what the rules would make of the wishes: a driver may know better, and its state is the one that moves.
    const from = device.features.get(feature)?.value.active ?? false;
    const follows = !asked.has(feature);
    if (from === to || fixed(feature) || (follows && resolveFeatures(wanted, driver).get(feature) === to)) continue;
    moves.push({ feature, from, to, asked: !follows, ...(follows ? because(feature, to, then, driver) : {}) });
  }
  const restored = [...asked.keys()].filter((name) => !fixed(name) && wanted.get(name) !== asked.get(name));
  const restore = Object.fromEntries(restored.map((name) => [name, wanted.get(name) === true]));
  return {
    device: device.name,
    changes,
    command: ['ethtool', '-K', device.name, ...changes.flatMap(({ name, state }) => [ethtoolKey(name), state])],
    undo: restoreCommand(device.name, restore),
    restore,
    moves,
    unmoved: unmovedOf(device, asked, then, driver),
    risks: risksOf(host, network, device, moves),
    before: recordedFeatures(device),
  };
}

/** The command that puts wishes back; empty where there are none. */
export function restoreCommand(device: string, restore: Readonly<Record<string, boolean>>): readonly string[] {
  const words = Object.entries(restore).flatMap(([name, on]) => [ethtoolKey(name), on ? 'on' : 'off']);
  return words.length === 0 ? [] : ['ethtool', '-K', device, ...words];
}

/** Changeable features, what they are and what is wished. */
export function recordedFeatures(device: DeviceState): Readonly<Record<string, RecordedFeature>> {
  const entries = [...device.features]
    .filter(([, { value }]) => value.fixed !== true)
    .map(([name, { value }]) => [name, { active: value.active, requested: value.requested ?? value.active }] as const);
  return Object.fromEntries(entries);
}

function wantedOf(device: DeviceState): ReadonlyMap<string, boolean> {
  return new Map([...device.features].map(([name, { value }]) => [name, value.requested ?? value.active]));
}

/** The bits that a wish names on this device. */
function membersOf(device: DeviceState, { name, state }: FeatureChange): readonly (readonly [string, boolean])[] {
  const members = featuresMovedBy(name).filter((member) => device.features.has(member));
  if (members.length > 0) return members.map((member) => [member, state === 'on'] as const);
  if (device.features.size === 0)
    throw new PlanError(`the features of ${device.name} are not known (ethtool -k ${device.name})`);
  const known = [...device.features]
    .filter(([, { value }]) => value.fixed !== true)
    .map(([feature]) => ethtoolKey(feature));
  throw new PlanError(`${device.name} has no feature ${name}; what can be changed: ${known.join(', ')}`);
}

function because(
  feature: string,
  to: boolean,
  then: ReadonlyMap<string, boolean>,
  driver: string | undefined,
): Pick<PlannedMove, 'because'> {
  if (to) return {};
  const isOn = (name: string): boolean => then.get(name) === true;
  const [rule] = vetoesOf(feature, isOn, driver);
  if (rule === undefined) return {};
  const { needsAnyOf, excludedBy } = rule;
  return {
    because: {
      ...(needsAnyOf === undefined ? {} : { needsAnyOf }),
      ...(excludedBy === undefined ? {} : { excludedBy: excludedBy.filter(isOn) }),
    },
  };
}

function unmovedOf(
  device: DeviceState,
  asked: ReadonlyMap<string, boolean>,
  then: ReadonlyMap<string, boolean>,
  driver: string | undefined,
): readonly Unmoved[] {
  const isOn = (name: string): boolean => then.get(name) === true;
  return [...asked].flatMap(([feature, on]): readonly Unmoved[] => {
    const state = device.features.get(feature)?.value;
    if (state === undefined) return [];
    if (state.fixed === true) return state.active === on ? [] : [{ feature, why: 'fixed' }];
    if (then.get(feature) !== on) {
      const rules = vetoesOf(feature, isOn, driver);
      const needs = rules.flatMap((rule) => rule.needsAnyOf ?? []);
      const excludedBy = rules.flatMap((rule) => rule.excludedBy?.filter(isOn) ?? []);
      return [{ feature, why: 'vetoed', needs, excludedBy }];
    }
    return state.active === on ? [{ feature, why: 'already' }] : [];
  });
}
