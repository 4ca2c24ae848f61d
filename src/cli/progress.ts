// Progress on standard error for anything that takes over a second: a bar on a terminal, a plain line every 5 s elsewhere.

import { formatBytes, formatDuration, formatPercent } from '../report/units.ts';

const firstAfterMs = 1000;
const redrawEveryMs = 100;
const plainEveryMs = 5000;
const barColumns = 24;

/** Shows how far one input has been read. Writes nothing when quiet. */
export class Progress {
  private readonly name: string;
  private readonly quiet: boolean;
  private readonly onTerminal: boolean = process.stderr.isTTY === true;
  private readonly startMs: number = performance.now();
  private lastMs = 0;
  private drawn = false;

  constructor(name: string, quiet: boolean) {
    this.name = name;
    this.quiet = quiet;
  }

  /** Cheap: looks at the clock and mostly returns. `bytesTotal` is undefined for a pipe. */
  update(bytesRead: number, bytesTotal: number | undefined): void {
    if (this.quiet) return;
    const now = performance.now();
    const spentMs = now - this.startMs;
    const due = this.onTerminal ? spentMs >= firstAfterMs && now - this.lastMs >= redrawEveryMs : this.isPlainDue(now);
    if (!due) return;
    this.lastMs = now;
    this.draw(progressText(this.name, bytesRead, bytesTotal, spentMs));
  }

  /** Takes the bar off the terminal. */
  end(): void {
    if (this.drawn && this.onTerminal) process.stderr.write('\r\u001b[K');
    this.drawn = false;
  }

  private isPlainDue(now: number): boolean {
    return now - Math.max(this.lastMs, this.startMs) >= plainEveryMs;
  }

  private draw(text: string): void {
    if (!this.onTerminal) {
      process.stderr.write(`wiretruth: ${text}\n`);
      return;
    }
    const columns = process.stderr.columns ?? 80;
    process.stderr.write(`\r\u001b[K${text.slice(0, columns - 1)}`);
    this.drawn = true;
  }
}

/** The figures first: a narrow terminal cuts the name, which is the least news. */
function progressText(name: string, bytesRead: number, bytesTotal: number | undefined, spentMs: number): string {
  const rate = `${formatBytes((bytesRead / Math.max(1, spentMs)) * 1000)}/s`;
  if (bytesTotal === undefined || bytesTotal <= 0) return `${formatBytes(bytesRead)} read, ${rate}, ${name}`;
  const share = Math.min(1, bytesRead / bytesTotal);
  const filled = Math.round(share * barColumns);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(barColumns - filled)}]`;
  const leftNs = share === 0 ? 0 : ((spentMs * (1 - share)) / share) * 1e6;
  const sizes = `${formatBytes(bytesRead)} of ${formatBytes(bytesTotal)}`;
  return `${bar} ${formatPercent(share)}, ${sizes}, ${rate}, ${formatDuration(leftNs)} left, ${name}`;
}
