// Station "capture": a pcapng interface's clock: 64-bit ticks of its own resolution and offset, to nanoseconds, losing none.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import type { RecordClock } from '../wire/records.ts';

/** How an interface counts time (pcapng if_tsresol and if_tsoffset). */
export interface ClockSettings {
  /** Ticks in a second: a power of 10 or of 2. */
  readonly ticksPerSecond: bigint;
  /** Added to each time, in seconds. */
  readonly offsetSeconds: bigint;
}

/** Microseconds since the epoch: what a pcapng interface has unless it says otherwise. */
export const usualClock: ClockSettings = { ticksPerSecond: 1_000_000n, offsetSeconds: 0n };

/** The meaning of the if_tsresol byte: a negative power of 2 when its highest bit is set, else of 10. */
export function ticksPerSecondOf(resolutionByte: number): bigint {
  const exponent = BigInt(resolutionByte & 0x7f);
  return (resolutionByte & 0x80) !== 0 ? 2n ** exponent : 10n ** exponent;
}

const nsPerSecond = 1_000_000_000n;

/**
 * Turns ticks into TimeNs. Ticks that are a whole number of nanoseconds go by differences in doubles (exact for 104 days);
 * others are rounded down to the nanosecond of the epoch, as Wireshark does, by the slower way of BigInt.
 */
export class InterfaceClock {
  readonly settings: ClockSettings;
  /** 0 when a tick is not a whole number of nanoseconds. */
  readonly #nsPerTick: number;
  #startEpochNs = 0n;
  #refHigh = 0;
  #refLow = 0;
  #refTime = 0;
  /** Whether `start` was called. */
  started = false;

  constructor(settings: ClockSettings) {
    this.settings = settings;
    const whole = nsPerSecond % settings.ticksPerSecond === 0n;
    this.#nsPerTick = whole ? Number(nsPerSecond / settings.ticksPerSecond) : 0;
  }

  /** The absolute time of a tick count, in nanoseconds since the epoch. */
  epochNs(high: number, low: number): bigint {
    const { ticksPerSecond, offsetSeconds } = this.settings;
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    return (ticks * nsPerSecond) / ticksPerSecond + offsetSeconds * nsPerSecond;
  }

  /** Ties the clock to the capture's time 0, by the interface's first packet. */
  start(high: number, low: number, startEpochNs: bigint): void {
    this.#startEpochNs = startEpochNs;
    this.#refHigh = high;
    this.#refLow = low;
    this.#refTime = Number(this.epochNs(high, low) - startEpochNs);
    this.started = true;
  }

  /** What `timeNs` reckons with, for whoever does it elsewhere; `nsPerTick` is 0 where that is not possible, or not yet. */
  get reference(): Omit<RecordClock, 'index'> {
    const nsPerTick = this.started ? this.#nsPerTick : 0;
    return { nsPerTick, refHigh: this.#refHigh, refLow: this.#refLow, refTime: this.#refTime };
  }

  /** The time of a tick count, given as its two 32-bit halves. */
  timeNs(high: number, low: number): TimeNs {
    if (this.#nsPerTick === 0) return Number(this.epochNs(high, low) - this.#startEpochNs) as TimeNs;
    const ticks = (high - this.#refHigh) * 4294967296 + (low - this.#refLow);
    return (this.#refTime + ticks * this.#nsPerTick) as TimeNs;
  }
}

/** Splits nanoseconds since the epoch into seconds and nanoseconds; the latter are never negative. */
export function splitEpochNs(epochNs: bigint): EpochTime {
  const nanoseconds = ((epochNs % nsPerSecond) + nsPerSecond) % nsPerSecond;
  return { seconds: Number((epochNs - nanoseconds) / nsPerSecond), nanoseconds: Number(nanoseconds) };
}
