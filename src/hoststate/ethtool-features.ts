// Station "hoststate": `ethtool -k` as text and `ethtool --json -k`. Group lines ("tcp-segmentation-offload: on") are
// kept apart: a group is printed "on" if any member is, so it can say on while tx-tcp-segmentation is off (measured with
// ethtool 6.1 on 6.18). A line of one bit (generic-receive-offload) is the feature itself, under its kernel name.

import { featureGroupByLine } from '../kernel/features.ts';
import type { Fact, FeatureState, HostStateError } from './host-state.ts';
import { factAt, isNotSupported, isToolError, problemAt, type TextLines } from './lines.ts';

export interface DeviceFeatures {
  /** Undefined when the output does not name the device. */
  readonly device?: string;
  readonly features: Map<string, Fact<FeatureState>>;
  readonly groups: Map<string, Fact<FeatureState>>;
}

export interface ParsedFeatures {
  readonly devices: readonly DeviceFeatures[];
  readonly problems: readonly HostStateError[];
}

const HEADER = /^(?:Features for|Offload parameters for) (\S+):\s*$/;
const FEATURE = /^\s*([A-Za-z][\w-]*): (on|off)(?: \[(fixed|requested on|requested off|not requested)\])?\s*$/;

/** Reads `ethtool -k`, of one device or of several after one another. */
export function parseEthtoolFeatures(text: TextLines): ParsedFeatures {
  const devices: DeviceFeatures[] = [];
  const problems: HostStateError[] = [];
  let current: DeviceFeatures | undefined;
  for (const [index, line] of text.lines.entries()) {
    if (line.trim() === '' || isNotSupported(line)) continue;
    const header = HEADER.exec(line);
    if (header !== null) {
      current = newDevice(header[1]);
      devices.push(current);
      continue;
    }
    const match = FEATURE.exec(line);
    if (match === null) {
      if (isToolError(line)) problems.push(problemAt(text, index, 'command-failed', 'features of a device'));
      else
        problems.push(
          problemAt(text, index, 'not-understood', '"feature-name: on|off", with [fixed] or [requested on|off]'),
        );
      continue;
    }
    if (current === undefined) {
      current = newDevice(undefined);
      devices.push(current);
    }
    addFeature(current, match[1] ?? '', factAt(text, index, stateOf(match[2] === 'on', match[3])));
  }
  return { devices: devices.filter((device) => device.features.size + device.groups.size > 0), problems };
}

function newDevice(device: string | undefined): DeviceFeatures {
  return { ...(device === undefined ? {} : { device }), features: new Map(), groups: new Map() };
}

function stateOf(active: boolean, bracket: string | undefined): FeatureState {
  switch (bracket) {
    case 'fixed':
      return { active, fixed: true };
    case 'requested on':
      return { active, fixed: false, requested: true };
    case 'requested off':
      return { active, fixed: false, requested: false };
    default:
      return { active, fixed: false, requested: active };
  }
}

/** One-bit groups are entered under the kernel's name; groups of several bits keep their line's name, and only `active`. */
function addFeature(device: DeviceFeatures, name: string, fact: Fact<FeatureState>): void {
  const group = featureGroupByLine(name);
  const single = group?.members.length === 1 ? group.members[0] : undefined;
  if (group !== undefined && single === undefined) {
    if (!device.groups.has(name)) device.groups.set(name, { ...fact, value: { active: fact.value.active } });
    return;
  }
  const key = single ?? name;
  if (!device.features.has(key)) device.features.set(key, fact);
}

const ENTRY = /"([\w-]+)"\s*:\s*(?:"([^"]*)"|\{([^{}]*)\})/g;

/** Reads `ethtool --json -k`. Text that is cut short gives what is whole, and a problem. */
export function parseEthtoolFeaturesJson(text: TextLines): ParsedFeatures {
  const devices: DeviceFeatures[] = [];
  const problems: HostStateError[] = [];
  const whole = text.lines.join('\n');
  const invalid = jsonError(whole);
  if (invalid !== undefined) {
    const last = Math.max(0, text.lines.length - 1);
    problems.push(problemAt(text, last, 'cut-short', `a JSON array of features (${invalid})`));
  }
  const lineOf = lineFinder(whole);
  let current: DeviceFeatures | undefined;
  for (const match of whole.matchAll(ENTRY)) {
    const [, name = '', string, body] = match;
    if (name === 'ifname' && string !== undefined) {
      current = newDevice(string);
      devices.push(current);
      continue;
    }
    if (body === undefined) continue;
    const active = jsonBoolean(body, 'active');
    const index = lineOf(match.index);
    if (active === undefined) {
      problems.push(problemAt(text, index, 'not-understood', '"active": true|false in the feature'));
      continue;
    }
    if (current === undefined) {
      current = newDevice(undefined);
      devices.push(current);
    }
    addFeature(
      current,
      name,
      factAt(text, index, jsonState(active, jsonBoolean(body, 'fixed'), jsonBoolean(body, 'requested'))),
    );
  }
  return { devices, problems };
}

/** ethtool prints `requested: false` for fixed features, which means nothing. */
function jsonState(active: boolean, fixed: boolean | undefined, requested: boolean | undefined): FeatureState {
  if (fixed === undefined) return { active };
  if (fixed) return { active, fixed };
  return { active, fixed, requested: requested ?? active };
}

function jsonBoolean(body: string, key: string): boolean | undefined {
  const value = new RegExp(`"${key}"\\s*:\\s*(true|false)`).exec(body)?.[1];
  return value === undefined ? undefined : value === 'true';
}

function jsonError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 100) : 'not valid JSON';
  }
}

/** Line index of an offset, for offsets that only grow. */
function lineFinder(text: string): (offset: number) => number {
  let line = 0;
  let at = 0;
  return (offset) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  };
}
