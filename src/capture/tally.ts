// Station "capture": what a reader counts while frames pass, and the oddities that do not stop it.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import type { CaptureError } from './capture-error.ts';
import type { CaptureEnd, CaptureWarning } from './capture-reader.ts';

/**
 * Most bytes that one record may claim to hold. The largest frame that Linux can build is GSO_MAX_SIZE, 8 x 65,535 bytes
 * (include/linux/netdevice.h, v6.6: BIG TCP), and libpcap's own limit for network links is 262,144 (MAXIMUM_SNAPLEN).
 * 16 MiB is 32 times the former, so that only a lie or garbage is refused, and bounds the memory that a lie can ask for.
 */
export const maxFrameBytes: number = 16 * 1024 * 1024;

/** Differences beyond this many nanoseconds (104 days) lose whole nanoseconds in a double. */
const exactSpanNs = Number.MAX_SAFE_INTEGER;

/** Owned by one reader: counts, warnings and the damage that ended the reading, if any. */
export class CaptureTally {
  readonly file: string;
  packetCount = 0;
  capturedBytes = 0;
  originalBytes = 0;
  /** Epoch time of time 0; undefined before the first packet that has a time. */
  firstTime: EpochTime | undefined = undefined;
  lastTime: TimeNs = 0 as TimeNs;
  damage: CaptureError | undefined = undefined;
  readonly #warnings = new Map<CaptureWarning['code'], { count: number; message: string }>();

  constructor(file: string) {
    this.file = file;
  }

  /** Counts an oddity; only the first one's sentence is kept. */
  warn(code: CaptureWarning['code'], message: string, count = 1): void {
    const known = this.#warnings.get(code);
    if (known === undefined) this.#warnings.set(code, { count, message });
    else known.count += count;
  }

  /** Warns of a packet (numbered from 1) whose time is odd; call only when `isOddTime` says so. */
  warnOfTime(packet: number, time: TimeNs, previous: TimeNs): void {
    if (time < previous) {
      const back = previous - time;
      this.warn('time-went-backwards', `packet ${packet} is ${back} ns earlier than the packet before it`);
    }
    if (time > exactSpanNs || time < -exactSpanNs) {
      this.warn(
        'time-out-of-range',
        `packet ${packet} is more than 104 days away from the first: nanoseconds are lost`,
      );
    }
  }

  /** Warns of a packet (numbered from 1) that claims to hold more than there was. */
  warnOfLength(packet: number, capturedLength: number, originalLength: number): void {
    this.warn(
      'captured-longer-than-original',
      `packet ${packet} has ${capturedLength} captured bytes of an original length of ${originalLength}`,
    );
  }

  summary(format: CaptureEnd['format']): CaptureEnd {
    const warnings: CaptureWarning[] = [];
    for (const [code, { count, message }] of this.#warnings) warnings.push({ code, count, message });
    return {
      format,
      packetCount: this.packetCount,
      capturedBytes: this.capturedBytes,
      originalBytes: this.originalBytes,
      ...(this.damage === undefined ? {} : { damage: this.damage }),
      warnings,
    };
  }
}

/** Whether a packet's time needs `warnOfTime`: it went backwards, or is too far away to be exact. */
export function isOddTime(time: number, previous: number): boolean {
  return time < previous || time > exactSpanNs || time < -exactSpanNs;
}
