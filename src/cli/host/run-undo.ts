// `wiretruth host undo`: what `host apply` changed last goes back to what it was.

import { type RecordedFeature, recordedFeatures, restoreCommand } from '../../hoststate/check/plan.ts';
import { type DeviceState, type HostState, HostStateError } from '../../hoststate/host-state.ts';
import { hostForChange, setFeatures } from '../../node/host-change.ts';
import { defaultUndoFolder, keepRecord, readRecords, type UndoRecord, whereAmI } from '../../node/host-undo-store.ts';
import { NotPossibleError, UsageError } from '../commands/command.ts';
import type { HostUndoOptions } from '../commands/host.ts';
import { ExitCode } from '../exit-codes.ts';
import { changedFeatures, isAsPlanned } from './change-report.ts';
import { requireLinux } from './live-host.ts';
import { writeChange } from './run-apply.ts';
import { requireNotMyWayIn } from './way-in.ts';

/** Undoes; gives the exit code. Refuses without --yes. */
export async function runUndo(id: string | undefined, options: HostUndoOptions): Promise<ExitCode> {
  requireLinux('host undo');
  const folder = options.undoDir ?? defaultUndoFolder();
  const { records, unreadable } = await readRecords(folder);
  for (const path of unreadable) process.stderr.write(`wiretruth: ${path} is no record of host apply; passed over\n`);
  if (options.list === true) {
    process.stdout.write(records.map(listLine).join('') || `nothing was applied (${folder})\n`);
    return ExitCode.Done;
  }
  const record = await chosen(records, id, folder);
  const host = await hostWith(record.device);
  const device = host?.devices.get(record.device);
  if (host === undefined || device === undefined) {
    await keepRecord(folder, { ...record, state: 'gone' });
    process.stdout.write(`${record.device} is no longer here: what was set on it went with it\n`);
    return ExitCode.Done;
  }
  const command = restoreCommand(record.device, wishesFor(record, device));
  if (command.length === 0) {
    await keepRecord(folder, { ...record, state: 'undone' });
    process.stdout.write(`${record.device}: nothing to undo, all is as it was before ${record.id}\n`);
    return ExitCode.Done;
  }
  await requireNotMyWayIn('host undo', host, record.device, options);
  if (options.yes !== true) {
    process.stdout.write(`${command.join(' ')}\n`);
    throw new UsageError('host undo: nothing was changed; add --yes to do it');
  }
  return goBack(folder, record, device, command, options);
}

async function goBack(
  folder: string,
  record: UndoRecord,
  device: DeviceState,
  command: readonly string[],
  options: HostUndoOptions,
): Promise<ExitCode> {
  const before = recordedFeatures(device);
  const outcome = await setFeatures(record.device, command.slice(3));
  const host = await hostForChange(record.device);
  const now = host.devices.get(record.device);
  const after: Readonly<Record<string, RecordedFeature>> = now === undefined ? {} : recordedFeatures(now);
  const features = changedFeatures(before, after, plannedStates(record));
  if (outcome.kind !== 'done' && features.every((feature) => feature.before === feature.after)) {
    throw new NotPossibleError(`host undo: ${command.join(' ')}: ${outcome.why}; nothing was changed`);
  }
  const asPlanned = isAsPlanned(features);
  if (asPlanned) await keepRecord(folder, { ...record, state: 'undone' });
  const { id } = record;
  await writeChange(
    {
      schema: 'wiretruth.host-change/1',
      what: 'undo',
      id,
      host: host.name,
      device: record.device,
      command: command.join(' '),
      features,
      asPlanned,
    },
    options,
  );
  return asPlanned ? ExitCode.Done : ExitCode.Findings;
}

/** Only what is not yet as it was: someone may have gone part of the way. */
function wishesFor(record: UndoRecord, device: DeviceState): Readonly<Record<string, boolean>> {
  const now = recordedFeatures(device);
  const left = Object.entries(record.restore).filter(
    ([name, wish]) => now[name] !== undefined && now[name].requested !== wish,
  );
  return Object.fromEntries(left);
}

/** What is to be active afterwards: features that the change moved, or was asked to move, as they were before it. */
function plannedStates(record: UndoRecord): ReadonlyMap<string, boolean> {
  const names = new Set([...(record.moved ?? []), ...Object.keys(record.restore)]);
  return new Map(
    [...names].flatMap((name) => {
      const state = record.before[name];
      return state === undefined ? [] : [[name, state.active] as const];
    }),
  );
}

function listLine({ id, state, device, changes }: UndoRecord): string {
  return `${id}  ${state}  ${device}  ${changes.map(({ name, state: to }) => `${name}=${to}`).join(' ')}\n`;
}

/** The named record, or the newest that was applied in this network namespace (or before the last boot). */
async function chosen(records: readonly UndoRecord[], id: string | undefined, folder: string): Promise<UndoRecord> {
  const here = await whereAmI();
  const elsewhere = (record: UndoRecord): boolean =>
    record.bootId === here.bootId && record.networkNamespace !== here.networkNamespace;
  if (id === undefined) {
    const open = records.filter(({ state }) => state === 'applied' || state === 'applying');
    const newest = open.find((record) => !elsewhere(record));
    if (newest !== undefined) return newest;
    throw new UsageError(
      open.length > 0
        ? `host undo: what was applied was applied in another network namespace (${open[0]?.id}): run it there`
        : `host undo: nothing is left to undo in ${folder}`,
    );
  }
  const record = records.find((one) => one.id === id);
  if (record === undefined)
    throw new UsageError(`host undo: no record ${id} in ${folder}; host undo --list shows them`);
  if (record.state === 'undone') throw new UsageError(`host undo: ${id} is undone already`);
  if (elsewhere(record))
    throw new UsageError(`host undo: ${id} was applied in another network namespace: run it there`);
  return record;
}

/** Undefined when the device is no longer there. */
async function hostWith(device: string): Promise<HostState | undefined> {
  try {
    return await hostForChange(device);
  } catch (error) {
    if (error instanceof HostStateError && error.found.startsWith('no device')) return undefined;
    throw error;
  }
}
