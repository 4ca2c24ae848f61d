// `wiretruth compare`: the options, and from two taps to what happened between them.

import type { Command } from 'commander';
import { wholeNumber } from '../options.ts';
import { UsageError } from './command.ts';

/** The options as commander hands them over. */
export interface CompareCommandOptions {
  readonly json?: boolean;
  readonly write?: string;
  readonly oneClock?: boolean;
  readonly tapA?: number;
  readonly tapB?: number;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  wiretruth compare sender.pcap receiver.pcap
  wiretruth compare both-taps.pcapng --json
  wiretruth compare sender.pcap receiver.pcap -w both.pcapng

Exit codes: 0 the same packets at both taps, 1 something differs, 2 usage, 3 unreadable input,
4 damaged input (what came before is compared).`;

export function configureCompare(command: Command): void {
  command
    .description(
      'Compares what two taps saw of the same TCP connections, aligned by sequence space: the clocks, which frames of one ' +
        'became which of the other, who cut or merged, time on the way, loss between, and whether the wire packets are the same.',
    )
    .argument('<a>', 'a capture; the only one when it holds both taps')
    .argument('[b]', 'a capture of the same connections at another place')
    .option('--json', 'the comparison as JSON')
    .option('-w, --write <file>', 'a pcapng of both: an interface per tap, one packet id for what is the same packet')
    .option('--one-clock', 'both taps have the same clock (the default when both are in one file)')
    .option('--tap-a <number>', 'interface of the first capture, from 0', wholeNumber(0, 65_535))
    .option(
      '--tap-b <number>',
      'interface of the second capture, or the second tap of the only one',
      wholeNumber(0, 65_535),
    )
    .option('-q, --quiet', 'no progress on standard error')
    .addHelpText('after', examples)
    .action(async (a: string, b: string | undefined, options: CompareCommandOptions) => {
      if (a === '-' || b === '-')
        throw new UsageError('compare: expected files, not standard input: they may be read twice');
      const { runCompare } = await import('../rewrite/run-compare.ts');
      process.exitCode = await runCompare(a, b, options);
    });
}
