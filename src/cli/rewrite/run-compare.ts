// `wiretruth compare` at work.

import { comparePair } from '../../analysis/pair.ts';
import { PairDirections } from '../../analysis/pair-table.ts';
import { openCapture } from '../../node/open-capture.ts';
import { WireCollector } from '../../node/rewrite/wire-collector.ts';
import { UsageError } from '../commands/command.ts';
import type { CompareCommandOptions } from '../commands/compare.ts';
import { ExitCode } from '../exit-codes.ts';
import { Progress } from '../progress.ts';
import { comparisonText } from './comparison-text.ts';

/** Compares two taps; gives the exit code. */
export async function runCompare(a: string, b: string | undefined, options: CompareCommandOptions): Promise<ExitCode> {
  const names = new PairDirections();
  const second = b ?? a;
  const taps = {
    a: options.tapA ?? (b === undefined ? 0 : undefined),
    b: options.tapB ?? (b === undefined ? 1 : undefined),
  };
  const first = await collect(a, names, taps.a, options.quiet === true);
  if (b === undefined && first.collector.interfaces.length < 2) {
    throw new UsageError(`${a} has one interface: expected a second capture, or a pcapng with an interface per tap`);
  }
  const other = await collect(second, names, taps.b, options.quiet === true);
  alignTimes(first.collector, other.collector);
  const oneClock = options.oneClock === true || b === undefined;
  const { comparison, matches } = comparePair(first.collector.table, other.collector.table, names, { oneClock });
  const files = { a: named(a, taps.a, first.collector), b: named(second, taps.b, other.collector) };
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ schema: 'wiretruth.compare/1', ...files, ...comparison }, null, 2)}\n`);
  else process.stdout.write(comparisonText(files, comparison));
  if (options.write !== undefined) {
    const { writeBoth } = await import('./write-both.ts');
    const offsetNs = comparison.clock.offsetNs ?? 0;
    await writeBoth(
      options.write,
      { path: a, tap: taps.a, name: files.a },
      { path: second, tap: taps.b, name: files.b },
      offsetNs,
      {
        a: first.collector.table,
        b: other.collector.table,
        matches,
      },
    );
  }
  if (first.isDamaged || other.isDamaged) return ExitCode.DamagedInput;
  return comparison.wireIsEqual ? ExitCode.Done : ExitCode.Findings;
}

/** A tap as the report names it: the file, and of a file with several interfaces the interface. */
function named(path: string, tap: number | undefined, collector: WireCollector): string {
  if (tap === undefined) return path;
  return `${path} ${collector.interfaces[tap]?.name ?? `interface ${tap}`}`;
}

async function collect(
  path: string,
  names: PairDirections,
  tap: number | undefined,
  quiet: boolean,
): Promise<{ readonly collector: WireCollector; readonly isDamaged: boolean }> {
  const collector = new WireCollector(names, tap);
  const progress = new Progress(path, quiet);
  const { end } = await openCapture(path, collector, {
    onRawBlock: collector.onRawBlock,
    withoutPcapRecords: true,
    onProgress: ({ bytesRead, bytesTotal }) => progress.update(bytesRead, bytesTotal),
  });
  collector.finish();
  progress.end();
  if (end.damage !== undefined) process.stderr.write(`wiretruth: ${end.damage.message}\n`);
  return { collector, isDamaged: end.damage !== undefined };
}

/** Puts B's times on A's axis: both count from their own first packet. */
function alignTimes(a: WireCollector, b: WireCollector): void {
  if (a.firstTime === undefined || b.firstTime === undefined) return;
  const seconds = b.firstTime.seconds - a.firstTime.seconds;
  const shiftNs = seconds * 1e9 + (b.firstTime.nanoseconds - a.firstTime.nanoseconds);
  const { table } = b;
  for (let row = 0; row < table.count; row += 1) table.timeNs[row] = (table.timeNs[row] ?? 0) + shiftNs;
}
