// `wiretruth explain`: the options, and from captures to a report on standard output.

import { type Command, Option } from 'commander';
import type { ConnectionChoice } from '../../flow/choice.ts';
import { type Language, languages } from '../../report/messages/render.ts';
import type { Severity } from '../../report/model.ts';
import { severityOrder } from '../../report/summary.ts';
import { explain } from '../explain/explain-files.ts';
import { connectionChoice, gather, wholeNumber } from '../options.ts';
import { UsageError } from './command.ts';

/** The options as commander hands them over. */
export interface ExplainOptions {
  readonly host?: readonly string[];
  readonly json?: boolean;
  readonly lang: Language;
  readonly connection?: ConnectionChoice;
  readonly top?: number;
  readonly failOn?: Severity;
  readonly follow?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
}

const examples = `
Examples:
  wiretruth explain slow.pcapng
  tcpdump -i eth0 -U -w - port 443 | wiretruth explain -
  wiretruth explain slow.pcapng --host sosreport-web1.tar.gz
  wiretruth explain nightly.pcap.zst --json --fail-on problem > report.json

Exit codes: 0 done, 1 findings at or above --fail-on, 2 usage, 3 unreadable input,
4 damaged input (what came before is reported), 130 interrupted (partial report).`;

export function configureExplain(command: Command): void {
  command
    .description(
      'Says what was truly on the wire, where the capture was taken, whether TSO, GRO or LRO was in effect, ' +
        'what limited each connection, why its packets are as small as they are, and what to change.',
    )
    .argument('[files...]', 'captures (pcap or pcapng, also gzip or zstd); - is standard input')
    .option('--host <path>', "a host's own state: a file, a folder or a sos report; repeatable", gather)
    .option('--json', 'the report as JSON (wiretruth schema describes it)')
    .addOption(new Option('--lang <language>', 'language of the report').choices(languages).default('en'))
    .option('--connection <which>', 'only this connection: its number, or ip:port-ip:port', connectionChoice)
    .option('--top <count>', 'connections in detail, largest first (text: 3; --json: all)', wholeNumber(0))
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 if a verdict is this grave or graver').choices(severityOrder),
    )
    .option('--follow', 'wait for a growing capture; Ctrl-C ends it with the report')
    .option('-v, --verbose', 'every verdict with all its evidence, and how to make fixes last')
    .option('-q, --quiet', 'no progress on standard error')
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are respected too)')
    .addHelpText('after', examples)
    .action(async (files: readonly string[], options: ExplainOptions) => {
      checkFiles(files, options);
      process.exitCode = await explain(files, options);
    });
}

function checkFiles(files: readonly string[], options: ExplainOptions): void {
  if (files.length === 0) {
    throw new UsageError('explain: no capture given; expected one file or more, or - for standard input');
  }
  if (files.filter((file) => file === '-').length > 1) {
    throw new UsageError('explain: - given twice; standard input can be read only once');
  }
  if (options.follow === true && files.length > 1) {
    throw new UsageError(`explain: ${files.length} captures given with --follow; expected one`);
  }
}
