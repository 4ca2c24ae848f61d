// `wiretruth lab`: the real kernel as witness. Options only; what a command does is loaded when it is called.

import type { Command } from 'commander';
import { gather, wholeNumber } from '../options.ts';
import { UsageError } from './command.ts';

/** The options of `lab score` as commander hands them over. */
export interface LabScoreOptions {
  readonly count: number;
  readonly seed: number;
  readonly only?: readonly string[];
  readonly corpus?: string;
  readonly keep?: string;
  readonly json?: boolean;
  readonly failBelow?: number;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** The options of `lab run` as commander hands them over. */
export interface LabRunOptions {
  readonly output?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** The options of `lab matrix` as commander hands them over. */
export interface LabMatrixOptions {
  readonly path?: readonly string[];
  readonly output?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  sudo wiretruth lab run tso-on-gro-off -o out
  sudo wiretruth lab run my-scenario.yaml -o out
  wiretruth lab schema > scenario.schema.json
  sudo wiretruth lab score --count 60 --seed 1

The lab needs root on Linux. It touches only network namespaces and devices that it made itself (names begin with wt and the
process number), sends nothing outside them, and takes everything back when it ends, fails or is interrupted.`;

export function configureLab(command: Command): void {
  command
    .description(
      'Transfers on the real kernel, in network namespaces, with what the kernel itself counted beside each.',
    )
    .addHelpText('after', examples);
  configureRun(command);
  configureScore(command);
  configureMatrix(command);
  configureSchema(command);
  configureClean(command);
  // Commands inherit how errors are shown, but not the hint that names the command.
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    child.showHelpAfterError(`(wiretruth lab ${child.name()} --help shows what is accepted)`);
  }
}

function configureRun(lab: Command): void {
  lab
    .command('run')
    .summary('run a scenario: captures at every tap, and what the kernel counted')
    .description(
      'Runs a scenario on the kernel of this machine: real sockets over virtual devices, or over a user-space network card and ' +
        'wire with delay, rate and loss. The folder then holds capture.pcapng with an interface for each tap, ethtool -k of ' +
        'each host, samples of TCP_INFO, truth.json and summary.txt.',
    )
    .argument('<scenario>', 'a YAML file (wiretruth lab schema describes it), or the name of one that ships (lab list)')
    .option('-o, --output <folder>', "where everything goes (the scenario's name)")
    .option('--check', 'only read the scenario and say what is wrong with it; needs no root')
    .option('--json', 'truth.json on standard output instead of the summary')
    .action(async (scenario: string, options: LabRunOptions) => {
      const { runScenario } = await import('../lab/run-scenario.ts');
      process.exitCode = await runScenario(scenario, options);
    });
  lab
    .command('list')
    .summary('the scenarios that ship')
    .description('Names and descriptions of the scenarios that ship.')
    .action(async () => {
      const { listScenarios } = await import('../lab/list-scenarios.ts');
      process.exitCode = await listScenarios();
    });
}

function configureMatrix(lab: Command): void {
  lab
    .command('matrix')
    .summary('what every tap shows for every position of TSO, GSO and GRO')
    .description(
      'Tries TSO, GSO and GRO at both ends in all positions, over IPv4 and IPv6, over veth, TAP and loopback, with and without a ' +
        'token bucket, and says in one table what a capture shows at the sender, on the wire and at the receiver. Takes minutes.',
    )
    .option('--path <kind>', 'only this kind of path: veth, TAP or loopback; repeatable', gather)
    .option('-o, --output <file>', 'write the table here (docs/matrix-KERNEL.md) instead of standard output')
    .option('--json', 'the same as JSON')
    .option('-q, --quiet', 'no progress on standard error')
    .action(async (options: LabMatrixOptions) => {
      const { runMatrix } = await import('../lab/run-matrix.ts');
      process.exitCode = await runMatrix(options);
    });
}

function configureSchema(lab: Command): void {
  lab
    .command('schema')
    .summary('print the JSON Schema of scenario files')
    .description(
      'Prints the JSON Schema (draft 2020-12) of the YAML that lab run takes: editors complete and check with it.',
    )
    .action(async () => {
      const { scenarioJsonSchema } = await import('../../lab/scenario-file/schema.ts');
      process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
    });
}

function configureScore(lab: Command): void {
  lab
    .command('score')
    .summary("how often explain agrees with the kernel's own counters")
    .description(
      'Makes labelled transfers (or takes those of --corpus), explains every capture of them and holds the result against ' +
        'TCP_INFO and the counters of the kernel: capture point, TSO, reasons for small packets, what limited, packets on the wire.',
    )
    .option('--count <transfers>', 'transfers to make', wholeNumber(1, 10_000), 60)
    .option('--seed <number>', 'which transfers: the same seed gives the same ones', wholeNumber(0, 10_000_000), 1)
    .option('--only <family>', 'only this family of transfers (with --corpus: part of a name); repeatable', gather)
    .option('--corpus <folder>', 'score what was made before; needs no root')
    .option('--keep <folder>', 'leave captures and truth.json of every transfer here')
    .option('--json', 'all figures and disagreements as JSON')
    .option('--fail-below <percent>', 'exit with 1 if fewer checks agree', percent)
    .option('-v, --verbose', 'every disagreement')
    .option('-q, --quiet', 'no progress on standard error')
    .action(async (options: LabScoreOptions) => {
      const { runScore } = await import('../lab/run-score.ts');
      process.exitCode = await runScore(options);
    });
}

function configureClean(lab: Command): void {
  lab
    .command('clean')
    .summary('remove what a killed lab left behind')
    .description(
      'Removes network namespaces, devices and processes of labs that no longer run. Nothing else is touched; a lab that ' +
        'runs now keeps what it has.',
    )
    .action(async () => {
      const { runClean } = await import('../lab/run-clean.ts');
      process.exitCode = await runClean();
    });
}

function percent(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 100)) throw new UsageError(`--fail-below ${text}: expected per cent, 0 to 100`);
  return value;
}
