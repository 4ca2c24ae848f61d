// `wiretruth annotate`: the options, and from a capture to the same capture with the verdicts as comments on its packets.

import { type Command, Option } from 'commander';
import type { Language } from '../../report/messages/render.ts';
import { gather } from '../options.ts';
import { bitRate } from '../rewrite/bit-rate.ts';
import { UsageError } from './command.ts';

/** The options as commander hands them over. */
export interface AnnotateCommandOptions {
  readonly write?: string;
  readonly host?: readonly string[];
  readonly lang: Language;
  readonly hardware?: string;
  readonly speed?: number;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  wiretruth annotate slow.pcap -w slow-annotated.pcapng
  wiretruth annotate slow.pcapng --host sosreport-web1.tar.gz -w slow-annotated.pcapng

In Wireshark: frame.comment contains "wiretruth"
Exit codes: 0 done, 2 usage, 3 unreadable input, 4 damaged input (what came before is written).`;

export function configureAnnotate(command: Command): void {
  command
    .description(
      'Writes the capture as pcapng with each verdict of `explain` as a comment on the packets that show it. Everything else ' +
        'of a pcapng stays as it is; a pcap becomes a pcapng.',
    )
    .argument('<file>', 'a capture (pcap or pcapng, also gzip or zstd)')
    .option('-w, --write <file>', 'the pcapng to write; - (the default) is standard output')
    .option('--host <path>', "a host's own state: a file, a folder or a sos report; repeatable", gather)
    .addOption(new Option('--lang <language>', 'language of the comments').choices(['en', 'ko']).default('en'))
    .option('--hardware <text>', 'if_hardware of the interface, when a pcap becomes a pcapng')
    .option(
      '--speed <bits>',
      'if_txspeed of the interface, when a pcap becomes a pcapng: 10G, 100M',
      bitRate('--speed'),
    )
    .option('-q, --quiet', 'no summary on standard error')
    .addHelpText('after', examples)
    .action(async (file: string, options: AnnotateCommandOptions) => {
      if (file === '-') throw new UsageError('annotate: expected a file, not standard input: it is read twice');
      const { runAnnotate } = await import('../rewrite/run-annotate.ts');
      process.exitCode = await runAnnotate(file, options);
    });
}
