// `wiretruth host`: the machine in front of you. Options only; what a command does is loaded when it is called.

import type { Command } from 'commander';
import { gather } from '../options.ts';

/** The options of `host collect` as commander hands them over. */
export interface HostCollectOptions {
  readonly output?: string;
  readonly dev?: readonly string[];
  readonly quiet?: boolean;
}

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
