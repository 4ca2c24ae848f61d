// `wiretruth host`: the machine in front of you. Options only; what a command does is loaded when it is called.

import { type Command, Option } from 'commander';
import type { Language } from '../../report/messages/render.ts';
import type { Severity } from '../../report/model.ts';
import { severityOrder } from '../../report/summary.ts';
import { gather } from '../options.ts';

/** The options of `host collect` as commander hands them over. */
export interface HostCollectOptions {
  readonly output?: string;
  readonly dev?: readonly string[];
  readonly quiet?: boolean;
}

/** What every host command that writes for a person takes. */
export interface HostTextOptions {
  readonly lang: Language;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
}

/** The options of `host check` as commander hands them over. */
export interface HostCheckOptions extends HostTextOptions {
  readonly dev?: readonly string[];
  readonly failOn?: Severity;
}

/** The options of `host plan` as commander hands them over. */
export interface HostPlanOptions extends HostTextOptions {
  readonly dev: string;
  readonly from?: string;
  readonly write?: string;
}

/** The options of `host apply` as commander hands them over. */
export interface HostApplyOptions extends HostTextOptions {
  readonly yes?: boolean;
  readonly evenIfItIsMyWayIn?: boolean;
  readonly undoDir?: string;
}

/** The options of `host undo` as commander hands them over. */
export interface HostUndoOptions extends HostApplyOptions {
  readonly list?: boolean;
}

/** The options of `host metrics` as commander hands them over. */
export interface HostMetricsOptions {
  readonly dev?: readonly string[];
  readonly output?: string;
  readonly listen?: string;
}

const languageChoices: readonly Language[] = ['en', 'ko'];

const examples = `
Nothing but host apply and host undo changes anything, and both refuse without --yes.

Examples:
  wiretruth host check
  wiretruth host check sosreport-web1.tar.xz --lang ko
  wiretruth host collect -o web1 && wiretruth explain slow.pcapng --host web1`;

export function configureHost(command: Command): void {
  command
    .description('What a host says about itself: collect it, check it, plan a change with its undo, watch it.')
    .addHelpText('after', examples);
  configureCollect(command);
  configureCheck(command);
  configurePlan(command);
  configureApply(command);
  configureUndo(command);
  configureMetrics(command);
  // Commands inherit how errors are shown, but not the hint that names the command.
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    child.showHelpAfterError(`(wiretruth host ${child.name()} --help shows what is accepted)`);
  }
}

function configureCollect(host: Command): void {
  host
    .command('collect')
    .summary('save what explain --host and host check read')
    .description(
      'Runs the commands of docs/host-state.md (ethtool, ip, tc, ss, nstat, sysctl, dmesg) and saves what they print. ' +
        'It changes nothing and needs no root, but sees more as root.',
    )
    .option('-o, --output <folder>', 'where to; must be new or empty (default: wiretruth-host-NAME-TIME)')
    .option('--dev <device>', 'only this device and those it stands on; repeatable', gather)
    .option('-q, --quiet', 'do not say what could not be collected')
    .action(async (options: HostCollectOptions) => {
      const { runCollect } = await import('../host/run-collect.ts');
      process.exitCode = await runCollect(options);
    });
}

function configureCheck(host: Command): void {
  const check = host
    .command('check')
    .summary('what is wrong, drifting or known bad, and what the counters say')
    .description(
      'Checks this machine, or a recorded one: offloads that are off or not as requested, drivers and kernels known for faults, ' +
        'what the log and the counters say. Says so when nothing is wrong.',
    )
    .argument('[path]', 'a folder of host collect, a file of outputs, a sos report (folder, tar, tar.gz, tar.xz)')
    .option('--dev <device>', 'of this machine only this device and those it stands on; repeatable', gather)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 if a finding is this grave or graver').choices(severityOrder),
    );
  addTextOptions(check).action(async (path: string | undefined, options: HostCheckOptions) => {
    const { runCheck } = await import('../host/run-check.ts');
    process.exitCode = await runCheck(path, options);
  });
}

function configurePlan(host: Command): void {
  const plan = host
    .command('plan')
    .summary('what a change of offloads would move, its risk, its undo, and how to make it last')
    .description(
      'Prints the command, every feature that moves along with it, the risk, the undo, and how each of the usual places makes it last ' +
        '(NetworkManager, systemd .link, netplan, ifupdown, ifcfg, udev, modprobe where the driver has an option). Changes nothing.',
    )
    .argument('<changes...>', 'FEATURE=on or FEATURE=off, by the names of ethtool -K: gro=off, rx-gro-hw=off, tso=on')
    .requiredOption('--dev <device>', 'the device')
    .option('--from <path>', 'plan for a recorded host (as host check reads it) instead of this machine')
    .option('-w, --write <file>', 'save the plan for host apply');
  addTextOptions(plan).action(async (changes: readonly string[], options: HostPlanOptions) => {
    const { runPlan } = await import('../host/run-plan.ts');
    process.exitCode = await runPlan(changes, options);
  });
}

function configureApply(host: Command): void {
  const apply = host
    .command('apply')
    .summary('carry out a plan and keep the undo')
    .description(
      'Carries out a plan that host plan --write saved, if the device is still as it was then; shows before and after, and keeps ' +
        'what host undo needs. Exit code 1 if the kernel did otherwise than planned.',
    )
    .argument('<plan>', 'the plan; - is standard input');
  addTextOptions(addChangeOptions(apply)).action(async (file: string, options: HostApplyOptions) => {
    const { runApply } = await import('../host/run-apply.ts');
    process.exitCode = await runApply(file, options);
  });
}

function configureUndo(host: Command): void {
  const undo = host
    .command('undo')
    .summary('take back what host apply did')
    .description(
      'Puts the features that host apply changed back to what they were, the last change first. What a reboot or a person has put ' +
        'back already is left alone.',
    )
    .argument('[id]', 'which change, as host apply named it (default: the last)')
    .option('--list', 'what was applied, newest first');
  addTextOptions(addChangeOptions(undo)).action(async (id: string | undefined, options: HostUndoOptions) => {
    const { runUndo } = await import('../host/run-undo.ts');
    process.exitCode = await runUndo(id, options);
  });
}

function configureMetrics(host: Command): void {
  host
    .command('metrics')
    .summary("offloads, findings and counters in Prometheus' text format")
    .description(
      "For node_exporter's textfile collector (--output, replaced in one step) or a scrape of its own (--listen). " +
        'No label per connection.',
    )
    .argument('[path]', 'a recorded host, as host check reads it (default: this machine)')
    .option('-o, --output <file>', 'replace this file; the textfile collector wants a name that ends in .prom')
    .option('--listen <address>', 'serve /metrics until stopped: PORT (on 127.0.0.1) or ADDRESS:PORT')
    .option('--dev <device>', 'only this device and those it stands on; repeatable', gather)
    .action(async (path: string | undefined, options: HostMetricsOptions) => {
      const { runMetrics } = await import('../host/run-metrics.ts');
      process.exitCode = await runMetrics(path, options);
    });
}

function addChangeOptions(command: Command): Command {
  return command
    .option('--yes', 'really do it')
    .option('--even-if-it-is-my-way-in', 'also on the device that carries the SSH session you are in')
    .option('--undo-dir <folder>', 'where undos are kept (default: /var/lib/wiretruth/undo for root)');
}

function addTextOptions(command: Command): Command {
  return command
    .option('--json', 'as JSON (docs/host.md describes it)')
    .addOption(new Option('--lang <language>', 'language of the text').choices(languageChoices).default('en'))
    .option('-v, --verbose', 'all evidence, all counters, and how to make fixes last')
    .option('-q, --quiet', 'do not say what this machine did not answer')
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are respected too)');
}
