// `wiretruth host check`: what is wrong, drifting or known bad with a host, recorded or this one.

import type { HostState } from '../../hoststate/host-state.ts';
import { atLeast } from '../../report/summary.ts';
import type { TextOptions } from '../../report/text-style.ts';
import type { HostCheckOptions } from '../commands/host.ts';
import { ExitCode, gravest } from '../exit-codes.ts';
import { Output, terminalWidth, wantsColour } from '../terminal.ts';
import { buildHostCheck } from './check-report.ts';
import { hostCheckText } from './check-text.ts';
import { hostFrom } from './live-host.ts';

/** Checks; gives the exit code. */
export async function runCheck(path: string | undefined, options: HostCheckOptions): Promise<ExitCode> {
  const host = await hostFrom('host check', path, {
    quiet: options.quiet === true,
    ...(options.dev === undefined ? {} : { devices: options.dev }),
  });
  const report = buildHostCheck(host, options.lang);
  const output = new Output();
  if (options.json === true) await output.write(`${JSON.stringify(report, undefined, 1)}\n`);
  else await output.write(`${hostCheckText(report, textOptions(options)).join('\n').trimEnd()}\n`);
  await output.flush();
  const { failOn } = options;
  const found = failOn !== undefined && report.findings.some(({ severity }) => atLeast(severity, failOn));
  return gravest([readingCode(host), found ? ExitCode.Findings : ExitCode.Done]);
}

/** How text for a person is written, as the options say. */
export function textOptions(options: Pick<HostCheckOptions, 'lang' | 'color' | 'verbose'>): TextOptions {
  return {
    language: options.lang,
    width: terminalWidth(),
    colour: wantsColour(options.color),
    verbose: options.verbose === true,
  };
}

/** Nothing known among what was given is unreadable input; a damaged archive was reported as far as it went. */
function readingCode(host: HostState): ExitCode {
  if (host.files.every(({ kind }) => kind === undefined)) return ExitCode.UnreadableInput;
  const damaged = host.problems.some(({ code }) => code === 'bad-archive' || code === 'cut-short');
  return damaged ? ExitCode.DamagedInput : ExitCode.Done;
}
