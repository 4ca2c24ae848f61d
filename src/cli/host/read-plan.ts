// A saved plan, read again for `host apply`. Nothing in it is run as it stands: the command is made anew from its wishes.

import { readFile } from 'node:fs/promises';
import { type FeatureChange, type RecordedFeature, recordedFeatures } from '../../hoststate/check/plan.ts';
import type { DeviceState, HostState } from '../../hoststate/host-state.ts';
import { isDeviceName, isFeatureName } from '../../node/host-undo-store.ts';
import { UsageError } from '../commands/command.ts';

export interface SavedPlan {
  readonly host: string;
  readonly device: string;
  readonly busInfo: string | null;
  readonly changes: readonly FeatureChange[];
  readonly before: Readonly<Record<string, RecordedFeature>>;
}

/** Reads a plan that `host plan --write` saved; `-` is standard input. */
export async function readPlan(file: string): Promise<SavedPlan> {
  const plan = asPlan(parsed(await textOf(file)));
  if (plan === undefined) {
    throw new UsageError(
      `host apply: ${file} is no plan; expected what wiretruth host plan --write saved ("wiretruth.host-plan/1")`,
    );
  }
  return plan;
}

async function textOf(file: string): Promise<string> {
  if (file === '-') {
    const pieces: Buffer[] = [];
    for await (const piece of process.stdin) pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString();
  }
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`host apply: cannot read ${file}: ${(error as Error).message}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // said by the caller: it is no plan
  }
}

function asPlan(value: unknown): SavedPlan | undefined {
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 'wiretruth.host-plan/1') {
    return undefined;
  }
  const { host, device, busInfo, changes, before } = value as Partial<SavedPlan>;
  if (typeof host !== 'string' || typeof device !== 'string' || !isDeviceName(device)) return undefined;
  if (!Array.isArray(changes) || changes.length === 0 || !changes.every(isChange)) return undefined;
  if (typeof before !== 'object' || before === null) return undefined;
  return { host, device, busInfo: typeof busInfo === 'string' ? busInfo : null, changes, before };
}

function isChange(value: unknown): value is FeatureChange {
  if (typeof value !== 'object' || value === null) return false;
  const { name, state } = value as Partial<FeatureChange>;
  return typeof name === 'string' && isFeatureName(name) && (state === 'on' || state === 'off');
}

/** Throws a UsageError unless the plan was made for this host, this device and the state that it is in now. */
export function requireFresh(plan: SavedPlan, host: HostState, device: DeviceState): void {
  if (plan.host !== host.name) {
    throw new UsageError(`host apply: the plan is for ${plan.host}; this is ${host.name}`);
  }
  const busInfo = device.driver?.busInfo?.value ?? null;
  if (plan.busInfo !== busInfo) {
    throw new UsageError(
      `host apply: ${device.name} is another device than the plan's (bus ${busInfo ?? 'none'}, in the plan ${plan.busInfo ?? 'none'})`,
    );
  }
  const now = recordedFeatures(device);
  const names = new Set([...Object.keys(now), ...Object.keys(plan.before)]);
  const changed = [...names].filter((name) => {
    const a = now[name];
    const b = plan.before[name];
    return a?.active !== b?.active || a?.requested !== b?.requested;
  });
  if (changed.length === 0) return;
  throw new UsageError(
    `host apply: ${device.name} is no longer as it was when the plan was made (${changed.slice(0, 5).join(', ')}): make a new plan`,
  );
}
