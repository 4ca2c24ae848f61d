// `wiretruth host metrics`: the host's state for Prometheus, on standard output, into a textfile, or over HTTP.

import { rename, rm, writeFile } from 'node:fs/promises';
import type { HostFileKind } from '../../hoststate/host-state.ts';
import { collectHost, hostOf } from '../../node/host-collect.ts';
import { readHost } from '../../node/read-host.ts';
import { NotPossibleError, UsageError } from '../commands/command.ts';
import type { HostMetricsOptions } from '../commands/host.ts';
import { ExitCode } from '../exit-codes.ts';
import { Output } from '../terminal.ts';
import { requireLinux } from './live-host.ts';
import { listenAddress, serveMetrics } from './metrics-server.ts';
import { hostMetrics } from './metrics-text.ts';

/** No sockets: a server has a hundred thousand of them, and no metric is about one. */
const METRIC_KINDS: ReadonlySet<HostFileKind> = new Set<HostFileKind>([
  'uname',
  'ip-link',
  'tc-qdisc',
  'nstat',
  'sysctl',
  'dmesg',
  'ethtool-features',
  'ethtool-driver',
  'ethtool-stats',
]);

/** Writes or serves; gives the exit code. */
export async function runMetrics(path: string | undefined, options: HostMetricsOptions): Promise<ExitCode> {
  if (options.listen !== undefined && (path !== undefined || options.output !== undefined)) {
    throw new UsageError(
      'host metrics: --listen reads this machine when it is asked; it takes neither a path nor --output',
    );
  }
  if (path === undefined) requireLinux('host metrics');
  const read = async (): Promise<string> =>
    hostMetrics(path === undefined ? await thisHost(options) : await readHost(path));
  if (options.listen !== undefined) await serveMetrics(listenAddress(options.listen), read);
  else if (options.output !== undefined) await replaceFile(options.output, await read());
  else {
    const output = new Output();
    await output.write(await read());
    await output.flush();
  }
  return ExitCode.Done;
}

async function thisHost({ dev }: HostMetricsOptions): Promise<ReturnType<typeof hostOf>> {
  return hostOf(await collectHost({ kinds: METRIC_KINDS, ...(dev === undefined ? {} : { devices: dev }) }));
}

/** The textfile collector may read at any moment: it must never see half a file. It reads only names that end in .prom. */
async function replaceFile(file: string, text: string): Promise<void> {
  const half = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(half, text);
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    throw new NotPossibleError(`host metrics: cannot write ${file}: ${(error as Error).message}`);
  }
}
