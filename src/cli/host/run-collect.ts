// `wiretruth host collect`: this machine's state into a folder.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Collection, collectHost } from '../../node/host-collect.ts';
import { UsageError } from '../commands/command.ts';
import type { HostCollectOptions } from '../commands/host.ts';
import { ExitCode } from '../exit-codes.ts';
import { version } from '../version.ts';
import { noteMissed, requireLinux } from './live-host.ts';

/** Collects; gives the exit code. */
export async function runCollect(options: HostCollectOptions): Promise<ExitCode> {
  requireLinux('host collect');
  const now = new Date();
  const collection = await collectHost(options.dev === undefined ? {} : { devices: options.dev });
  const folder = options.output ?? defaultFolder(collection.hostName, now);
  await emptyFolder(folder);
  for (const { output, text } of collection.files) await writeFile(join(folder, output.file), text, { mode: 0o600 });
  await writeFile(join(folder, 'collection.json'), manifest(collection, now), { mode: 0o600 });
  const devices = collection.devices.length;
  process.stdout.write(
    `${folder}: ${collection.files.length} outputs, ${devices} ${devices === 1 ? 'device' : 'devices'}\n` +
      `wiretruth host check ${folder}\nwiretruth explain CAPTURE --host ${folder}\n`,
  );
  if (options.quiet !== true) noteMissed(collection);
  return collection.missed.some(({ toolMissing }) => toolMissing) ? ExitCode.NotPossibleHere : ExitCode.Done;
}

function defaultFolder(hostName: string, now: Date): string {
  const name = hostName.replace(/[^\w.-]+/g, '_');
  return `wiretruth-host-${name}-${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** Outputs of two moments in one folder would be read as one state. Only the owner may read it: it names addresses and programs. */
async function emptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    throw new UsageError(`host collect: cannot make ${folder}: ${(error as Error).message}`);
  }
  throw new UsageError(`host collect: ${folder} is not empty; expected a new or an empty folder`);
}

/** What was run when, and what did not come: for people; the readers go by the outputs themselves. */
function manifest(collection: Collection, now: Date): string {
  const facts = {
    schema: 'wiretruth.host-collection/1',
    tool: { name: 'wiretruth', version },
    host: collection.hostName,
    collectedAt: now.toISOString(),
    outputs: collection.files.map(({ output }) => ({ file: output.file, command: output.command.join(' ') })),
    missed: collection.missed.map(({ output, why }) => ({ command: output.command.join(' '), why })),
    devicesPassedOver: collection.passedOver,
  };
  return `${JSON.stringify(facts, undefined, 2)}\n`;
}
