// Station "report": how the text report looks: colours, hanging indents, words for certainty.

import { padRight, textWidth, wrapText } from './columns.ts';
import { type Language, label } from './messages/render.ts';
import type { Severity } from './model.ts';
import { formatPercent } from './units.ts';

/** How the text report is written. */
export interface TextOptions {
  readonly language: Language;
  /** Columns of the terminal; used between 60 and 140. */
  readonly width: number;
  readonly colour: boolean;
  /** Every verdict with all its evidence, instead of one screen. */
  readonly verbose: boolean;
}

/** SGR parameters (ECMA-48 section 8.3.117). */
const sgr = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
  redBold: '1;31',
  yellowBold: '1;33',
  greenBold: '1;32',
  cyanBold: '1;36',
} as const;

export type Paint = keyof typeof sgr;

/** The text in that colour, or as it is when colours are off. */
export function paint(text: string, colour: Paint, options: TextOptions): string {
  return options.colour && text !== '' ? `\u001b[${sgr[colour]}m${text}\u001b[0m` : text;
}

const severityPaints: Readonly<Record<Severity, Paint>> = {
  problem: 'redBold',
  notice: 'yellowBold',
  info: 'cyanBold',
  healthy: 'greenBold',
};

/** The severity as a word in its colour, without padding. */
export function severityWord(severity: Severity, options: TextOptions): string {
  return paint(label(`severity.${severity}`, options.language), severityPaints[severity], options);
}

/** Columns that hold the longest severity word and one space. */
export function severityColumns(options: TextOptions): number {
  const severities: readonly Severity[] = ['problem', 'notice', 'info', 'healthy'];
  return 2 + Math.max(...severities.map((severity) => textWidth(label(`severity.${severity}`, options.language))));
}

/** Columns the text may fill: the terminal's, but neither crushed nor too long to read. */
export function usableWidth(options: TextOptions): number {
  return Math.min(140, Math.max(60, options.width));
}

/**
 * Three words for how sure a claim is: known (at least 95 of 100 like cases), inferred (at least 70), guessed (below).
 */
export function certaintyWord(confidence: number, language: Language): string {
  if (confidence >= 0.95) return label('certainty.known', language);
  return label(confidence >= 0.7 ? 'certainty.inferred' : 'certainty.guessed', language);
}

/** `inferred (90%)`. */
export function certainty(confidence: number, language: Language): string {
  return `${certaintyWord(confidence, language)} (${formatPercent(confidence)})`;
}

/**
 * Text that hangs behind its head: `head` in the first `indent` columns of the first line, spaces in the others. `head` is
 * painted after padding, so that colours take no columns.
 */
export function hang(head: string, text: string, indent: number, options: TextOptions, colour?: Paint): string[] {
  const lines = wrapText(text, Math.max(20, usableWidth(options) - indent));
  return lines.map((line, index) => {
    if (index > 0) return ' '.repeat(indent) + line;
    const padded = padRight(head, indent);
    return (colour === undefined ? padded : paint(padded, colour, options)) + line;
  });
}

/** Text that people copy (commands, filters): never broken into lines, whatever its length. */
export function verbatim(head: string, text: string, indent: number, options: TextOptions, colour?: Paint): string[] {
  return text.split('\n').map((line, index) => {
    const padded = padRight(index === 0 ? head : '', indent);
    return (colour === undefined ? padded : paint(padded, colour, options)) + line;
  });
}
