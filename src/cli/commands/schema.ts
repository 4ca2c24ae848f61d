// `wiretruth schema`: the JSON Schema of the report.

import type { Command } from 'commander';

export function configureSchema(command: Command): void {
  command
    .description('Prints the JSON Schema (draft 2020-12) of the report that `wiretruth explain --json` writes.')
    .action(async () => {
      const { reportJsonSchema } = await import('../../report/schema.ts');
      process.stdout.write(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
    });
}
