// Station "capture": the shape that every capture format's reader has.

import type { CaptureError } from './capture-error.ts';

/** Something odd in a capture that did not stop the reading. */
export interface CaptureWarning {
  readonly code:
    | 'time-went-backwards'
    | 'unknown-block'
    | 'unknown-link-type'
    | 'captured-longer-than-original'
    | 'capture-lost-packets'
    | 'time-out-of-range'
    | 'option-ignored'
    | 'section-skipped'
    | 'packets-without-time';
  readonly count: number;
  /** One sentence; names the first packet concerned. */
  readonly message: string;
}

/** What is known of a capture when its reading has ended, well or not. */
export interface CaptureEnd {
  readonly format: 'pcap' | 'pcapng';
  readonly packetCount: number;
  readonly capturedBytes: number;
  readonly originalBytes: number;
  /** Where reading had to stop although bytes were left or missing. */
  readonly damage?: CaptureError;
  readonly warnings: readonly CaptureWarning[];
}

/** Eats a capture in chunks of any size; hands each frame to its sink as soon as it is complete. */
export interface CaptureReader {
  /** The bytes may be reused by the caller after the call. After damage, further bytes are ignored. */
  write(chunk: Uint8Array): void;
  /** True once damage was met, or the bytes are no capture: whoever feeds the reader may stop. */
  readonly stopped: boolean;
  /**
   * No more bytes. Throws a CaptureError when not even a file header could be read. An incomplete last record is damage, unless the
   * reader is told that the file was `still-growing` when the reading was stopped.
   */
  end(how?: 'complete' | 'still-growing'): CaptureEnd;
}
