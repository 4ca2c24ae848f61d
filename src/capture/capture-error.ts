// Station "capture": what goes wrong when bytes are not the capture that they claim to be.

/** Stable names of what can be wrong with input. */
export type CaptureErrorCode =
  | 'empty'
  | 'not-a-capture'
  | 'truncated'
  | 'lying-length'
  | 'bad-block'
  | 'unsupported-version'
  | 'bad-compression'
  | 'not-readable';

/** Where in the input something was found. */
export interface CapturePlace {
  readonly file: string;
  /** Number of the packet that was being read, from 1 as in Wireshark; undefined before the first. */
  readonly packet?: number;
  /** Offset of the record or block in the (decompressed) input, in bytes. */
  readonly offset?: number;
}

/** Unreadable input: file, packet, offset, what was found and what was expected. Frames before it were delivered. */
export class CaptureError extends Error {
  readonly code: CaptureErrorCode;
  readonly place: CapturePlace;
  /** What the file holds there and what the format asks for, without the place. */
  readonly problem: string;

  constructor(code: CaptureErrorCode, place: CapturePlace, problem: string, options?: { readonly cause?: unknown }) {
    super(`${formatPlace(place)}: ${problem}`, options);
    this.name = 'CaptureError';
    this.code = code;
    this.place = place;
    this.problem = problem;
  }
}

/** `big.pcapng: packet 12345 at byte 0x1a2b3c`. */
export function formatPlace(place: CapturePlace): string {
  const parts = [place.packet === undefined ? '' : `packet ${place.packet}`];
  if (place.offset !== undefined)
    parts.push(`${place.packet === undefined ? '' : 'at '}byte 0x${place.offset.toString(16)}`);
  const where = parts.filter((part) => part !== '').join(' ');
  return where === '' ? place.file : `${place.file}: ${where}`;
}
