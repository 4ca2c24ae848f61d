// What the terminal (or its absence) asks of the output: colours, width, and writing that keeps pace with the reader.

import { once } from 'node:events';

/**
 * Whether to colour: --no-color, then FORCE_COLOR (https://force-color.org), then NO_COLOR (https://no-color.org), then
 * whether standard output is a terminal.
 */
export function wantsColour(flag: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = process.env;
  if (!flag) return false;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (none !== undefined && none !== '') return false;
  return process.stdout.isTTY === true && term !== 'dumb';
}

/** Columns of the terminal; of COLUMNS where there is none; 100 otherwise. */
export function terminalWidth(): number {
  const columns = process.stdout.columns ?? Number(process.env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : 100;
}

/** Standard output in large pieces, waiting for a slow reader instead of piling up memory. */
export class Output {
  private pieces: string[] = [];
  private length = 0;

  /** To be waited for when there is something to wait for: a report has many pieces. */
  write(text: string): Promise<void> | undefined {
    this.pieces.push(text);
    this.length += text.length;
    return this.length >= 65_536 ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const text = this.pieces.join('');
    this.pieces = [];
    this.length = 0;
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}
