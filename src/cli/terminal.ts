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

/** What is written at once. */
const PIECE_BYTES = 131_072;
/** UTF-8 takes up to three bytes for a unit of UTF-16. */
const MOST_BYTES_A_UNIT = 3;

/** Standard output in large pieces, waiting for a slow reader instead of piling up memory. */
export class Output {
  private piece: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  private length = 0;

  /** Takes text, as it is or in UTF-8. To be waited for when there is something to wait for: a report has many pieces. */
  write(text: string | Uint8Array): Promise<void> | undefined {
    const most = typeof text === 'string' ? text.length * MOST_BYTES_A_UNIT : text.length;
    if (this.length + most <= PIECE_BYTES) {
      this.add(text);
      return undefined;
    }
    return this.flush().then(() => (most <= PIECE_BYTES ? this.add(text) : writeOut(text)));
  }

  /** Writes what has not been written yet. */
  async flush(): Promise<void> {
    const { piece, length } = this;
    if (length === 0) return;
    this.length = 0;
    await writeOut(piece.subarray(0, length));
    // What the stream still holds must stay as it is.
    if (process.stdout.writableLength > 0) this.piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  }

  private add(text: string | Uint8Array): void {
    if (typeof text === 'string') this.length += this.piece.write(text, this.length);
    else {
      this.piece.set(text, this.length);
      this.length += text.length;
    }
  }
}

async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
