// Station "diagnosis": what a small receive window or a plateau of bytes in flight does and does not convict.

import type { DirectionMeasurement } from '../analysis/measurement.ts';
import { largerReceiveBuffer, largerSendBuffer } from './fixes.ts';
import type { HostAtEnd } from './host-match.ts';
import { share } from './rule.ts';
import type { Fix } from './verdict.ts';

/** A window that was closed for less than this share of the busy time is a moment, not a reader that stalls. */
const stallShare = 0.01;

/** Whether the window closed for a time, or fell and stayed down: then the reader is the suspect, not the buffer's size. */
export function readerStalls(direction: DirectionMeasurement): boolean {
  const { window } = direction;
  return window.clamped || (window.zeroWindowPeriods > 0 && share(window.zeroWindowNs, direction.busyNs) >= stallShare);
}

/**
 * Where nothing is known of the receiver: Linux lets buffers grow to 4 MB and more (windows of half of that and more), so
 * a window below this did not stop at net.ipv4.tcp_rmem, and raising that would change nothing.
 */
const autotuningCeilingBytes = 1_000_000;
/** Where tcp_rmem is known: a window of a quarter of its maximum may be bounded by it, depending on the memory per byte. */
const ceilingShare = 0.25;

/** Whether what was seen is as large as autotuning can have made it. */
function atCeiling(bytes: number, sysctl: string | undefined): boolean {
  const most = sysctl === undefined ? Number.NaN : Number(sysctl.split(/\s+/)[2]);
  return bytes >= (Number.isFinite(most) ? most * ceilingShare : autotuningCeilingBytes);
}

/** A larger tcp_rmem, where the window is as large as the present one can have made it. */
export function receiveBufferFix(direction: DirectionMeasurement, receiver: HostAtEnd | undefined): Fix | undefined {
  const { maxBytes } = direction.window;
  if (maxBytes === undefined || readerStalls(direction)) return undefined;
  const now = receiver?.network.sysctls.get('net.ipv4.tcp_rmem')?.value;
  return atCeiling(maxBytes, now) ? largerReceiveBuffer(now) : undefined;
}

/** A larger tcp_wmem, where the plateau is as high as the present one can have made it; a lower one is SO_SNDBUF's. */
export function sendBufferFix(direction: DirectionMeasurement, sender: HostAtEnd | undefined): Fix | undefined {
  const now = sender?.network.sysctls.get('net.ipv4.tcp_wmem')?.value;
  return atCeiling(direction.maxInFlightBytes, now) ? largerSendBuffer(now) : undefined;
}
