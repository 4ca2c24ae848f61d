// Station "report": numbers for people. Every value leaves with its unit, rounded so that it never claims more than it says:
// bytes are exact below 100 kB, and nothing that is not 0 % or 100 % is printed as 0 % or 100 %.

/** Whole number with thousands separators: `12,345`. Fractions are rounded. */
export function formatCount(value: number): string {
  const rounded = Math.round(value);
  if (rounded >= 0 && rounded < 1000) return String(rounded);
  if (rounded < 0) return `-${formatCount(-rounded)}`;
  const digits = rounded.toFixed(0);
  let grouped = digits.slice(0, ((digits.length - 1) % 3) + 1);
  for (let at = grouped.length; at < digits.length; at += 3) grouped += `,${digits.slice(at, at + 3)}`;
  return grouped;
}

/** Three significant digits and no trailing point: `1.23`, `12.3`, `123`. Expects 0 <= value. */
function threeDigits(value: number): string {
  if (value >= 99.95) return formatCount(value);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

/** Scales a value by steps of 1,000 into the first unit in which its rounded figure is below 1,000. */
function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let index = 0;
  while (Math.round(rest) >= 1000 && index < units.length - 1) {
    rest /= 1000;
    index++;
  }
  return `${threeDigits(rest)} ${units[index]}`;
}

/** Bytes: exact below 100,000 (`65,160 B`), three digits in decimal units above (`21.1 MB`). */
export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 100_000) return `${formatCount(bytes)} B`;
  return `${bytes < 0 ? '-' : ''}${scaled(Math.abs(bytes) / 1000, ['kB', 'MB', 'GB', 'TB', 'PB'])}`;
}

/** Bits per second in decimal units: `9.41 Gbit/s`. */
export function formatRate(bitsPerSec: number): string {
  if (bitsPerSec < 1000) return `${formatCount(bitsPerSec)} bit/s`;
  return scaled(bitsPerSec / 1000, ['kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

/** A duration given in nanoseconds: `35 ns`, `412 µs`, `1.20 s`, `2 min 03 s`, `1 h 02 min`. */
export function formatDuration(ns: number): string {
  if (ns < 0) return `-${formatDuration(-ns)}`;
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  if (ns < 59.95e9) return scaled(ns / 1000, ['µs', 'ms', 's']);
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A share 0..1 as percent: whole from 10 % to 99 %, one decimal outside, `<0.1%` and `>99.9%` instead of a false 0 or 100. */
export function formatPercent(share: number): string {
  if (share === 0) return '0%';
  if (share === 1) return '100%';
  if (share < 0) return `-${formatPercent(-share)}`;
  const percent = share * 100;
  if (percent < 0.1) return '<0.1%';
  if (percent > 99.9 && percent < 100) return '>99.9%';
  if (percent < 9.95) return `${trimZero(percent.toFixed(1))}%`;
  if (percent > 99 && percent < 100) return `${trimZero(percent.toFixed(1))}%`;
  return `${formatCount(percent)}%`;
}

/** A plain number as a person writes it: whole numbers as they are, others with at most three decimals. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return trimZero(value.toFixed(Math.abs(value) < 10 ? 3 : 1));
}

function trimZero(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `10.0.0.1:40000`, `[2001:db8::1]:443`. */
export function formatEndpoint(endpoint: { readonly ip: string; readonly port: number }): string {
  return endpoint.ip.includes(':') ? `[${endpoint.ip}]:${endpoint.port}` : `${endpoint.ip}:${endpoint.port}`;
}
