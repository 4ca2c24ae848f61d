// Station "hoststate": text as numbered lines, which every parser here starts from.

import { type Fact, HostStateError, type HostStateErrorCode } from './host-state.ts';

/** One output: lines of a file, from `firstLine` on. */
export interface TextLines {
  readonly file: string;
  readonly lines: readonly string[];
  /** Number of `lines[0]` in the file, from 1. */
  readonly firstLine: number;
}

/** Longer lines are cut: no tool here writes one, and patterns must not run over megabytes. */
export const MAX_LINE_CHARACTERS = 65_536;

/** Splits a file into lines; CR LF is a line end, a last line without one counts, an empty text has none. */
export function textLines(file: string, text: string): TextLines {
  const lines = text
    .split(/\r?\n/)
    .map((line) => (line.length > MAX_LINE_CHARACTERS ? line.slice(0, MAX_LINE_CHARACTERS) : line));
  if (lines.at(-1) === '') lines.pop();
  return { file, lines, firstLine: 1 };
}

/** The lines `from`..`to` (indexes, end exclusive) as an output of their own that keeps its line numbers. */
export function sliceLines(text: TextLines, from: number, to: number): TextLines {
  return { file: text.file, lines: text.lines.slice(from, to), firstLine: text.firstLine + from };
}

/** A value read from `lines[index]`. */
export function factAt<T>(text: TextLines, index: number, value: T): Fact<T> {
  return { value, source: { file: text.file, line: text.firstLine + index } };
}

/** What went wrong at `lines[index]`; what was found is quoted, cut to 80 characters. */
export function problemAt(
  text: TextLines,
  index: number,
  code: HostStateErrorCode,
  expected: string,
  found: string = text.lines[index] ?? '',
): HostStateError {
  return new HostStateError(code, { file: text.file, line: text.firstLine + index }, quote(found), expected);
}

/** Text for an error: quoted, cut, control characters made visible. */
export function quote(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return JSON.stringify(cut);
}

/** A whole number within what a double holds exactly or not; undefined for anything but digits. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}

/** Messages that a tool prints instead of its output, recorded by whoever collected it. */
const TOOL_ERROR =
  /^(?:Cannot (?:get|set|open)|netlink error|ethtool: |bash: |sh: |-bash: |Error: |RTNETLINK answers|sysctl: (?:cannot|error|unable)|.*: command not found|.*: Operation not permitted|Failed to |Device .* does not exist|no stats available)/i;

/** Whether a line is a tool's own error message. */
export function isToolError(line: string): boolean {
  return TOOL_ERROR.test(line.trim());
}

/** What ethtool says of a device that has no such thing (`ethtool -i lo`): an answer, not a failure. */
export function isNotSupported(line: string): boolean {
  return /^(?:(?:Cannot get|netlink error).*Operation not supported|no stats available)$/i.test(line.trim());
}
