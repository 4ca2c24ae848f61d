// Scenarios by name: those that ship, and files.

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenario } from '../../lab/scenario-file/read.ts';
import { UsageError } from '../commands/command.ts';
import { ExitCode } from '../exit-codes.ts';

const shipped = fileURLToPath(new URL('../../../scenarios', import.meta.url));

/** Prints the scenarios that ship; gives the exit code. */
export async function listScenarios(): Promise<ExitCode> {
  const names = await shippedScenarios();
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const name of names) {
    const path = join(shipped, `${name}.yaml`);
    const { description } = readScenario(await readFile(path, 'utf8'), path);
    process.stdout.write(`${name.padEnd(width)}  ${description.trim()}\n`);
  }
  return ExitCode.Done;
}

/** Names of the scenarios that ship. */
async function shippedScenarios(): Promise<readonly string[]> {
  const files = existsSync(shipped) ? await readdir(shipped) : [];
  return files
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => basename(name, '.yaml'))
    .toSorted();
}

/** A file, or the name of one that ships. */
export async function scenarioPath(scenario: string): Promise<string> {
  if (/[/.]/.test(scenario) || existsSync(scenario)) {
    if (existsSync(scenario)) return scenario;
    throw new UsageError(`lab run: there is no file ${scenario}`);
  }
  const names = await shippedScenarios();
  if (names.includes(scenario)) return join(shipped, `${scenario}.yaml`);
  throw new UsageError(`lab run: no scenario ${scenario}; expected a YAML file, or one of ${names.join(', ')}`);
}
