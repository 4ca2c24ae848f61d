// Machine side of "hoststate": this machine asked by its own tools. It reads, and changes nothing. The table of what is asked is
// hoststate/collection.ts; what comes out is what `--host` and `host check` take.

import { hostname } from 'node:os';
import { assembleHost, type HostText } from '../hoststate/assemble.ts';
import { devicesAbove, devicesBelow } from '../hoststate/check/stack.ts';
import { type CollectedOutput, deviceOutputs, fileNameOf, HOST_OUTPUTS } from '../hoststate/collection.ts';
import { type HostState, HostStateError } from '../hoststate/host-state.ts';
import { type CommandRun, complaint, runCommand, succeeded } from './host-command.ts';

/** Without --dev, a host of many containers is asked for its first devices only. */
const MOST_DEVICES = 64;

export interface CollectOptions {
  /** Only these devices, with those that they stand on and those that stand on them. */
  readonly devices?: readonly string[];
  /** Less than everything: `plan` and `metrics` need no sockets. */
  readonly kinds?: ReadonlySet<CollectedOutput['kind']>;
}

export interface CollectedFile {
  readonly output: CollectedOutput;
  readonly text: string;
}

export interface MissedOutput {
  readonly output: CollectedOutput;
  /** One line: what the tool said, or why it did not run. */
  readonly why: string;
  /** The program is not on this machine. */
  readonly toolMissing: boolean;
}

export interface Collection {
  readonly hostName: string;
  readonly files: readonly CollectedFile[];
  readonly missed: readonly MissedOutput[];
  /** Devices that were asked. */
  readonly devices: readonly string[];
  /** Devices that were passed over because there are too many. */
  readonly passedOver: readonly string[];
}

/** Asks this machine. Rejects with HostStateError only where nothing could be asked, or a named device is not there. */
export async function collectHost(options: CollectOptions = {}): Promise<Collection> {
  if (process.platform !== 'linux') {
    throw new HostStateError('not-readable', { file: 'this machine' }, process.platform, 'Linux');
  }
  const wanted = HOST_OUTPUTS.filter(({ kind }) => kind === 'ip-link' || (options.kinds?.has(kind) ?? true));
  const hostRuns = await Promise.all(wanted.map(runOutput));
  const links = assembleHost(
    hostRuns
      .filter(({ output }) => output.kind === 'ip-link')
      .map(({ output, run }) => textOf({ output, text: run.stdout })),
    { name: 'links' },
  );
  const all = [...links.devices.keys()];
  if (all.length === 0) {
    const run = hostRuns.find(({ output }) => output.kind === 'ip-link')?.run;
    throw new HostStateError(
      'missing-tool',
      { file: 'this machine' },
      run === undefined ? 'no answer of ip' : complaint(run),
      'a list of devices from ip -s -d link (package iproute2)',
    );
  }
  const chosen = chosenDevices(links, all, options.devices);
  const asked = chosen.slice(0, options.devices === undefined ? MOST_DEVICES : undefined);
  const deviceRuns: OutputRun[] = [];
  for (const device of asked) {
    const outputs = [...deviceOutputs(device), featuresJson(device)];
    deviceRuns.push(
      ...(await Promise.all(outputs.filter(({ kind }) => options.kinds?.has(kind) ?? true).map(runOutput))),
    );
  }
  const runs = [...hostRuns, ...deviceRuns];
  return {
    hostName: hostname(),
    files: runs.filter(hasOutput).map(({ output, run }) => ({ output, text: run.stdout })),
    missed: runs
      .filter((one) => !hasOutput(one))
      .map(({ output, run }) => ({
        output,
        why: complaint(run),
        toolMissing: run.failure === 'missing',
      })),
    devices: asked,
    passedOver: chosen.slice(asked.length),
  };
}

/** This machine's state, as `readHost` gives it of recorded files. */
export function hostOf(collection: Collection): HostState {
  return assembleHost(collection.files.map(textOf), { name: collection.hostName });
}

/** `ethtool -i` and `-S` do not print their device: it is in the command. */
function textOf({ output, text }: CollectedFile): HostText {
  const device = output.command[0] === 'ethtool' ? output.command.at(-1) : undefined;
  return { path: output.file, kind: output.kind, text, ...(device === undefined ? {} : { device }) };
}

interface OutputRun {
  readonly output: CollectedOutput;
  readonly run: CommandRun;
}

async function runOutput(output: CollectedOutput): Promise<OutputRun> {
  return { output, run: await runCommand(output.command) };
}

/** `ethtool -S` of a device without counters says so on stderr; sysctl prints what it could read and complains of the rest. */
function hasOutput({ run }: OutputRun): boolean {
  return run.stdout !== '' && (succeeded(run) || run.command[0] === 'sysctl');
}

/** The same features with what is fixed and requested as booleans: for programs. */
function featuresJson(device: string): CollectedOutput {
  const command = ['ethtool', '--json', '-k', device];
  return {
    file: fileNameOf(command),
    kind: 'ethtool-features-json',
    command,
    tells: 'Offload features, for programs',
    optional: true,
  };
}

function chosenDevices(
  links: HostState,
  all: readonly string[],
  named: readonly string[] | undefined,
): readonly string[] {
  if (named === undefined) return all;
  for (const name of named) {
    if (all.includes(name)) continue;
    throw new HostStateError('not-readable', { file: 'this machine' }, `no device ${name}`, `one of ${all.join(', ')}`);
  }
  const related = new Set(named.flatMap((name) => [...devicesBelow(links, name), ...devicesAbove(links, name)]));
  return all.filter((name) => related.has(name));
}
