// Station "capture": what the chunk reader asks of each file format.

import type { CaptureError } from './capture-error.ts';
import type { CaptureEnd } from './capture-reader.ts';

/** What a raw piece of the file is: a file or section header, a record that holds a frame, or anything else. */
export type RawKind = 'header' | 'frame' | 'other';

/** Takes pieces of the file as they are, each before the sink's calls that it leads to. The bytes are lent for the call. */
export type RawBlockHook = (bytes: Uint8Array, kind: RawKind) => void;

/** Parses the records of one format, in place, from whatever run of bytes is at hand. */
export interface RecordParser {
  readonly format: CaptureEnd['format'];
  /** Whether the file header has been read. */
  readonly headerRead: boolean;
  /** After `parse` stopped short of `end`: bytes wanted, counted from where it stopped, before the next step can be made. */
  readonly needBytes: number;
  /**
   * Parses whole records of `view` in `start`..`end`; returns the offset of the first byte that it did not use. `viewOffset` is
   * the place of the view's byte 0 in the file. Stops early when it sets the tally's damage.
   */
  parse(view: DataView, start: number, end: number, viewOffset: number): number;
  /** The file ended `left` bytes (fewer than needBytes) after `offset`, where the last incomplete record begins: says what is missing. */
  truncated(left: number, offset: number): CaptureError;
}
