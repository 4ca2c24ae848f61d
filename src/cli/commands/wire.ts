// `wiretruth wire`: the options, and from a capture to the packets that were on the wire.

import type { Command } from 'commander';
import { bitRate } from '../rewrite/bit-rate.ts';
import { runWire } from '../rewrite/run-wire.ts';
import { UsageError } from './command.ts';

/** The options as commander hands them over. */
export interface WireCommandOptions {
  readonly write?: string;
  readonly segmentSize?: number;
  readonly rate?: number;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  wiretruth wire sender.pcapng -w wire.pcapng
  tcpdump -i eth0 -U -w - | wiretruth wire - -w - | suricata -r /dev/stdin
  wiretruth wire sender.pcap -w wire.pcap --rate 10G

Exit codes: 0 done, 2 usage, 3 unreadable input, 4 damaged input (what came before is written).`;

export function configureWire(command: Command): void {
  command
    .description(
      'Writes the capture with every super-packet and merged frame cut into the packets that the wire carried: sequence ' +
        'numbers, IP IDs, flags, lengths and checksums as segmentation makes them. What needs no change passes byte for byte.',
    )
    .argument('<file>', 'a capture (pcap or pcapng, also gzip or zstd); - is standard input')
    .option(
      '-w, --write <file>',
      'the capture to write; - (the default) is standard output; .pcapng makes a pcapng of a pcap',
    )
    .option('--segment-size <bytes>', 'payload of each cut packet, instead of what the capture tells', segmentSize)
    .option(
      '--rate <bits>',
      'space the times of cut packets as a link of this rate does: 10G, 2.5G, 100M',
      bitRate('--rate'),
    )
    .option('-q, --quiet', 'no summary on standard error')
    .addHelpText('after', examples)
    .action(async (file: string, options: WireCommandOptions) => {
      process.exitCode = await runWire(file, options);
    });
}

function segmentSize(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 8 || value > 65_535) {
    throw new UsageError(`--segment-size ${text}: expected whole bytes, 8 to 65535`);
  }
  return value;
}
