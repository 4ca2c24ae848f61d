// `wiretruth host apply`: a plan is carried out, and the way back is kept.

import { type ChangePlan, planChange, type RecordedFeature, recordedFeatures } from '../../hoststate/check/plan.ts';
import { hostForChange, setFeatures } from '../../node/host-change.ts';
import { defaultUndoFolder, keepRecord, type UndoRecord, whereAmI } from '../../node/host-undo-store.ts';
import { NotPossibleError, UsageError } from '../commands/command.ts';
import type { HostApplyOptions } from '../commands/host.ts';
import { ExitCode } from '../exit-codes.ts';
import { Output } from '../terminal.ts';
import { type ChangedFeature, type ChangeReport, changedFeatures, changeText, isAsPlanned } from './change-report.ts';
import { requireLinux } from './live-host.ts';
import { findDevice } from './plan-report.ts';
import { moveLines } from './plan-text.ts';
import { readPlan, requireFresh } from './read-plan.ts';
import { textOptions } from './run-check.ts';
import { requireNotMyWayIn } from './way-in.ts';

/** Applies; gives the exit code. Refuses without --yes. */
export async function runApply(file: string, options: HostApplyOptions): Promise<ExitCode> {
  requireLinux('host apply');
  const saved = await readPlan(file);
  const host = await hostForChange(saved.device);
  const { network, device } = findDevice(host, saved.device);
  requireFresh(saved, host, device);
  const plan = planChange(host, network, device, saved.changes);
  if (plan.moves.length === 0 && plan.undo.length === 0) {
    process.stdout.write(`${saved.device}: nothing to change, all is as the plan wants it\n`);
    return ExitCode.Done;
  }
  await requireNotMyWayIn('host apply', host, saved.device, options);
  if (options.yes !== true) {
    process.stdout.write(`${[plan.command.join(' '), ...moveLines(plan.moves, textOptions(options))].join('\n')}\n`);
    throw new UsageError('host apply: nothing was changed; add --yes to do it');
  }
  const folder = options.undoDir ?? defaultUndoFolder();
  const record = await recordOf(host.name, plan);
  await keep(folder, record);
  const outcome = await setFeatures(saved.device, plan.command.slice(3));
  const after = recordedFeatures(findDevice(await hostForChange(saved.device), saved.device).device);
  const features = changedFeatures(plan.before, after, new Map(plan.moves.map(({ feature, to }) => [feature, to])));
  const moved = features.some((feature) => feature.before !== feature.after);
  if (outcome.kind !== 'done' && !moved) {
    await keep(folder, { ...record, state: 'undone' });
    throw new NotPossibleError(`host apply: ${plan.command.join(' ')}: ${outcome.why}; nothing was changed`);
  }
  await keep(folder, appliedRecord(record, after, features));
  const report: ChangeReport = {
    schema: 'wiretruth.host-change/1',
    what: 'apply',
    id: record.id,
    host: host.name,
    device: saved.device,
    command: plan.command.join(' '),
    features,
    asPlanned: isAsPlanned(features),
  };
  await writeChange(report, options);
  return report.asPlanned ? ExitCode.Done : ExitCode.Findings;
}

async function recordOf(host: string, plan: ChangePlan): Promise<UndoRecord> {
  const now = new Date();
  const time = now.toISOString().replace(/[-:.]/g, '');
  return {
    schema: 'wiretruth.host-undo/1',
    id: `${time}-${plan.device}`,
    state: 'applying',
    madeAt: now.toISOString(),
    host,
    ...(await whereAmI()),
    device: plan.device,
    changes: plan.changes,
    restore: plan.restore,
    before: plan.before,
  };
}

/** A driver may have moved wishes that nobody named: they go back, too. */
function appliedRecord(
  record: UndoRecord,
  after: Readonly<Record<string, RecordedFeature>>,
  features: readonly ChangedFeature[],
): UndoRecord {
  const strayed = Object.entries(record.before).filter(
    ([name, { requested }]) => after[name] !== undefined && after[name].requested !== requested,
  );
  const restore = Object.fromEntries(strayed.map(([name, { requested }]) => [name, requested]));
  const moved = features.filter(({ before, after: now }) => before !== now).map(({ feature }) => feature);
  return { ...record, state: 'applied', restore: { ...record.restore, ...restore }, moved };
}

async function keep(folder: string, record: UndoRecord): Promise<void> {
  try {
    await keepRecord(folder, record);
  } catch (error) {
    const why = `the undo cannot be kept in ${folder}: ${(error as Error).message}`;
    const when =
      record.state === 'applying'
        ? 'nothing was changed'
        : `the change stands; to undo it: ${JSON.stringify(record.restore)}`;
    throw new NotPossibleError(`host apply: ${why}; ${when}`);
  }
}

/** Before and after, for a person or a program. */
export async function writeChange(report: ChangeReport, options: HostApplyOptions): Promise<void> {
  const output = new Output();
  if (options.json === true) await output.write(`${JSON.stringify(report, undefined, 1)}\n`);
  else await output.write(`${changeText(report, textOptions(options)).join('\n')}\n`);
  await output.flush();
}
