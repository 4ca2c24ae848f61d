// `wiretruth --help`, without loading the parser of options: half of the time of a start.

import { commands } from './commands/table.ts';

/** The help of the program as a whole. `wiretruth COMMAND --help` is commander's. */
export function helpText(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: wiretruth COMMAND [options]

Explains a packet capture: what was truly on the wire, what limited it, and what to change.

Commands:
${lines.join('\n')}

Options:
  -h, --help     print this help; wiretruth COMMAND --help prints a command's
  -V, --version  print the version

Start with: wiretruth explain CAPTURE
`;
}
