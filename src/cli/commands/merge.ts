// `wiretruth merge`: the options, and from wire packets to what the receiving host's stack was handed.

import type { Command } from 'commander';
import { Option } from 'commander';
import {
  type GroHardwareDriver,
  groHardwareDrivers,
  type LroDriver,
  lroDrivers,
} from '../../offload/receive-offloads.ts';
import { groRulesFor } from '../../offload/rules.ts';
import { wholeNumber } from '../options.ts';
import { runMerge } from '../rewrite/run-merge.ts';
import { UsageError } from './command.ts';

/** The options as commander hands them over. */
export interface MergeCommandOptions {
  readonly write?: string;
  readonly kernel: string;
  readonly flushUs: number;
  readonly napi?: 'same-timestamp';
  readonly lro?: LroDriver;
  readonly groHw?: GroHardwareDriver;
  readonly gro: boolean;
  readonly udp?: boolean;
  readonly tunnels?: boolean;
  readonly receiveHash: boolean;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  wiretruth merge wire.pcap -w receiver.pcap
  wiretruth wire sender.pcap | wiretruth merge - --kernel 5.15 -w receiver.pcap
  wiretruth merge wire.pcapng --napi same-timestamp -w receiver.pcapng

Rules of 6.18 are measured against that kernel, those of other lines are from their source and selftest.
What cards do (--lro, --gro-hw) is from their drivers' source; guesses are said on standard error.
Exit codes: 0 done, 2 usage, 3 unreadable input, 4 damaged input (what came before is written).`;

export function configureMerge(command: Command): void {
  command
    .description(
      "Writes the capture that a tap on the receiving host would have made: packets merged as the kernel's software GRO " +
        'merges them, in the order in which they go up. Packets that are not merged pass byte for byte.',
    )
    .argument('<file>', 'a capture of wire packets (pcap or pcapng, also gzip or zstd); - is standard input')
    .option(
      '-w, --write <file>',
      'the capture to write; - (the default) is standard output; .pcapng makes a pcapng of a pcap',
    )
    .option('--kernel <release>', 'kernel of the receiving host, as uname -r says it', kernelRelease, '6.18')
    .option(
      '--flush-us <microseconds>',
      'packets that come within this time are one NAPI poll',
      wholeNumber(0, 10_000_000),
      50,
    )
    .addOption(new Option('--napi <how>', 'packets of equal time are one NAPI poll').choices(['same-timestamp']))
    .option('--lro <driver>', `the card merges by LRO first: ${namesOf(lroDrivers)}`, chosenOf('--lro', lroDrivers))
    .option(
      '--gro-hw <driver>',
      `the card merges by GRO in hardware first: ${namesOf(groHardwareDrivers)}`,
      chosenOf('--gro-hw', groHardwareDrivers),
    )
    .option('--no-gro', 'software GRO is off')
    .option('--udp', 'datagrams are merged too: the host forwards with rx-udp-gro-forwarding on')
    .option('--tunnels', 'the host ends VXLAN and Geneve tunnels itself')
    .option('--no-receive-hash', 'the device gives no receive hash (veth, TAP): 8 flows are held instead of 64')
    .option('-q, --quiet', 'no summary on standard error')
    .addHelpText('after', examples)
    .action(async (file: string, options: MergeCommandOptions) => {
      if (options.lro !== undefined && options.groHw !== undefined) {
        throw new UsageError('--lro and --gro-hw: a card does one of them; expected one option');
      }
      process.exitCode = await runMerge(file, options);
    });
}

function namesOf(drivers: readonly { readonly name: string }[]): string {
  return drivers.map(({ name }) => name).join(', ');
}

function chosenOf<T extends { readonly name: string }>(option: string, drivers: readonly T[]): (text: string) => T {
  return (text) => {
    const driver = drivers.find(({ name }) => name === text);
    if (driver === undefined) throw new UsageError(`${option} ${text}: expected one of ${namesOf(drivers)}`);
    return driver;
  };
}

function kernelRelease(text: string): string {
  if (groRulesFor(text) === undefined) {
    throw new UsageError(`--kernel ${text}: expected a release from 2.6.29 on, such as 6.18 or 5.15.0-91-generic`);
  }
  return text;
}
