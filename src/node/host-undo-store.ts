// Machine side of "hoststate": what `host apply` changed, kept so that `host undo` can take it back, also after a crash: a record is
// written before the change is made.

import { mkdir, readdir, readFile, readlink, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FeatureChange, RecordedFeature } from '../hoststate/check/plan.ts';

export interface UndoRecord {
  readonly schema: 'wiretruth.host-undo/1';
  /** Time and device; sorts by time. */
  readonly id: string;
  /** applying: the program ended before it could say how the change went. gone: the device is no longer there. */
  readonly state: 'applying' | 'applied' | 'undone' | 'gone';
  readonly madeAt: string;
  readonly host: string;
  readonly bootId: string;
  /** As /proc/self/ns/net names it. */
  readonly networkNamespace: string;
  readonly device: string;
  readonly changes: readonly FeatureChange[];
  /** Features and wishes that go back, by kernel name. */
  readonly restore: Readonly<Record<string, boolean>>;
  /** Features that moved, once that is known. */
  readonly moved?: readonly string[];
  readonly before: Readonly<Record<string, RecordedFeature>>;
}

/** Where records are kept when no folder is named: with root's for root, else with the user's. */
export function defaultUndoFolder(): string {
  if (process.getuid?.() === 0) return '/var/lib/wiretruth/undo';
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'wiretruth/undo');
}

/** Which boot and network namespace this is: records of another are told apart. */
export async function whereAmI(): Promise<Pick<UndoRecord, 'bootId' | 'networkNamespace'>> {
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const networkNamespace = await readlink('/proc/self/ns/net').catch(() => '');
  return { bootId: bootId.trim(), networkNamespace };
}

/** Writes a record, or writes it anew; readable by its owner alone. Rejects when it cannot: then nothing is to be changed. */
export async function keepRecord(folder: string, record: UndoRecord): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${record.id}.json`);
  await writeFile(`${path}.new`, `${JSON.stringify(record, undefined, 1)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return path;
}

export interface KeptRecords {
  /** Newest first. */
  readonly records: readonly UndoRecord[];
  /** Files that are no records. */
  readonly unreadable: readonly string[];
}

/** All records in a folder; none where there is no folder. */
export async function readRecords(folder: string): Promise<KeptRecords> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).toSorted();
  const records: UndoRecord[] = [];
  const unreadable: string[] = [];
  for (const name of names.toReversed()) {
    const record = asRecord(await readFile(join(folder, name), 'utf8').catch(() => ''));
    if (record === undefined) unreadable.push(join(folder, name));
    else records.push(record);
  }
  return { records, unreadable };
}

/** Only what ethtool may be given passes: the file is read by root. */
function asRecord(text: string): UndoRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Partial<UndoRecord>;
  const { schema, id, device, restore, before, state } = record;
  if (schema !== 'wiretruth.host-undo/1' || typeof id !== 'string' || typeof device !== 'string') return undefined;
  if (!isDeviceName(device) || typeof state !== 'string') return undefined;
  if (typeof restore !== 'object' || restore === null || typeof before !== 'object' || before === null)
    return undefined;
  const sound = Object.entries(restore).every(([name, wish]) => isFeatureName(name) && typeof wish === 'boolean');
  return sound ? (record as UndoRecord) : undefined;
}

/** A name that the kernel gives devices (dev_valid_name, net/core/dev.c), and no option of a tool. */
export function isDeviceName(name: string): boolean {
  return /^[^\s/:-][^\s/:]{0,14}$/.test(name) && name !== '.' && name !== '..';
}

/** A name of a feature, and no option of a tool. */
export function isFeatureName(name: string): boolean {
  return /^[a-z][\w-]{0,60}$/.test(name);
}
