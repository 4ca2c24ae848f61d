// Station "bytes": time. Nanoseconds since the capture's first packet as a double: exact for 104 days.

declare const brand: unique symbol;

/** Nanoseconds since the first packet of the capture. May be compared and subtracted. */
export type TimeNs = number & { readonly [brand]: 'TimeNs' };

/** Takes a number of nanoseconds since the capture's first packet as a time. */
export function timeNs(value: number): TimeNs {
  return value as TimeNs;
}

/** Epoch time split so that no nanosecond is lost in a double. */
export interface EpochTime {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** Nanoseconds within the second, 0 .. 999,999,999. */
  readonly nanoseconds: number;
}

/** ISO 8601 in UTC with nanoseconds, as in `2026-11-22T07:00:00.123456789Z`; undefined outside what a date can hold. */
export function isoTime(epoch: EpochTime, offsetNs = 0): string | undefined {
  const total = epoch.nanoseconds + offsetNs;
  const seconds = epoch.seconds + Math.floor(total / 1e9);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const nanoseconds = Math.round(total - Math.floor(total / 1e9) * 1e9);
  return `${date.toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, '0')}Z`;
}
