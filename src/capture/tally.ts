// Station "capture": what a reader counts while frames pass, and the oddities that do not stop it.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import { type CaptureInterface, LinkType } from '../wire/frame.ts';
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

const decodedLinkTypes: ReadonlySet<number> = new Set(Object.values(LinkType));

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

  readonly #lost = new Map<number, number>();
  #lostPackets = 0;

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

  /** Warns of an interface whose frames cannot be decoded. */
  noteInterface({ index, linkType }: CaptureInterface): void {
    if (decodedLinkTypes.has(linkType)) return;
    this.warn(
      'unknown-link-type',
      `interface ${index} has link type ${linkType}, which is not decoded: its packets are only counted`,
    );
  }

  /** Takes what an interface has lost since the capture began. */
  noteLost(interfaceIndex: number, packets: number): void {
    const before = this.#lost.get(interfaceIndex) ?? 0;
    if (packets <= before) return;
    this.#lost.set(interfaceIndex, packets);
    this.#lostPackets += packets - before;
  }

  summary(format: CaptureEnd['format']): CaptureEnd {
    const warnings: CaptureWarning[] = [];
    for (const [code, { count, message }] of this.#warnings) warnings.push({ code, count, message });
    if (this.#lostPackets > 0) {
      const message = `the capture says that it lost ${this.#lostPackets} packets: what is missing in it may have been on the wire`;
      warnings.push({ code: 'capture-lost-packets', count: this.#lostPackets, message });
    }
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
