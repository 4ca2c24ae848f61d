// `wiretruth host plan`: what a change would move, before it is made.

import { writeFile } from 'node:fs/promises';
import { hardwareAddress, mechanismsHere } from '../../node/host-mechanisms.ts';
import { UsageError } from '../commands/command.ts';
import type { HostPlanOptions } from '../commands/host.ts';
import { ExitCode } from '../exit-codes.ts';
import { Output } from '../terminal.ts';
import { hostFrom, PLAN_KINDS } from './live-host.ts';
import { buildPlan, featureChange } from './plan-report.ts';
import { planText } from './plan-text.ts';
import { textOptions } from './run-check.ts';

/** Plans; gives the exit code. Changes nothing. */
export async function runPlan(changes: readonly string[], options: HostPlanOptions): Promise<ExitCode> {
  const wishes = changes.map(featureChange);
  const { dev, from } = options;
  const host = await hostFrom('host plan', from, { quiet: options.quiet === true, kinds: PLAN_KINDS, devices: [dev] });
  const address = from === undefined ? await hardwareAddress(dev) : undefined;
  const plan = buildPlan(host, dev, wishes, options.lang, {
    ...(from === undefined ? { mechanismsHere: await mechanismsHere(dev) } : {}),
    ...(address === undefined ? {} : { hardwareAddress: address }),
  });
  const json = `${JSON.stringify(plan, undefined, 1)}\n`;
  if (options.write !== undefined) await save(options.write, json);
  const output = new Output();
  if (options.json === true) await output.write(json);
  else await output.write(`${planText(plan, textOptions(options)).join('\n').trimEnd()}\n`);
  await output.flush();
  return ExitCode.Done;
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`host plan: cannot write ${file}: ${(error as Error).message}`);
  }
}
