// One transfer over a path of constant delay, as a tap anywhere on it sees it, and what held it back by its own account.

/** What bounds the sender. */
export interface Transfer {
  readonly oneWayNs: number;
  /** Bytes the receiver offers, never scaled. */
  readonly windowBytes: number;
  /** Segments that congestion control allows in flight. */
  readonly congestionSegments: number;
  /** TCP timestamps of a millisecond each (RFC 7323), on every packet. */
  readonly timestamps?: boolean;
  /** Writes of the application: when, after the last one, and how much. */
  readonly writes: readonly { readonly gapNs: number; readonly bytes: number }[];
}

interface Sent {
  readonly ns: number;
  readonly line: string;
}

const fullBytes = 1460;
/** A sender's own time between two segments and for an acknowledgement. */
const stepNs = 1000;

/** The lines of a capture at `place` (0: beside the sender, 1: beside the receiver), and the nanoseconds the receive window held it back. */
export function runTransfer(
  transfer: Transfer,
  place: number,
): { readonly lines: string; readonly windowNs: number; readonly busyNs: number } {
  const { oneWayNs, windowBytes, congestionSegments, writes, timestamps = false } = transfer;
  const segmentBytes = timestamps ? fullBytes - 12 : fullBytes;
  const stamp = (valueNs: number, echoNs: number): string =>
    timestamps ? ` ts ${1000 + Math.floor(valueNs / 1e6)}:${1000 + Math.floor(echoNs / 1e6)}` : '';
  const toTap = Math.round(oneWayNs * place);
  const fromTap = oneWayNs - toTap;
  const seen: Sent[] = [
    { ns: toTap, line: `client > server syn mss 1460 win 64240${stamp(0, 0)}` },
    { ns: 2 * oneWayNs - toTap, line: `server > client syn ack 1 mss 1460 win ${windowBytes}${stamp(oneWayNs, 0)}` },
    { ns: 2 * oneWayNs + stepNs + toTap, line: `client > server ack 1 win 64240${stamp(2 * oneWayNs, oneWayNs)}` },
  ];
  const acks: { readonly ns: number; readonly ack: number }[] = [];
  let writeAt = 2 * oneWayNs + 10 * stepNs;
  const written = writes.map(({ gapNs, bytes }) => {
    writeAt += gapNs;
    return { ns: writeAt, bytes };
  });
  let [ns, queued, next, una, windowNs, busyNs, echoNs] = [0, 0, 1, 1, 0, 0, oneWayNs];
  for (;;) {
    const event = Math.min(acks[0]?.ns ?? Number.POSITIVE_INFINITY, written[0]?.ns ?? Number.POSITIVE_INFINITY);
    const size = Math.min(segmentBytes, queued);
    const window = una + windowBytes - next;
    const maySend = size > 0 && size <= window && next - una < congestionSegments * segmentBytes;
    if (maySend) {
      const end = next + size;
      seen.push({
        ns: ns + toTap,
        line: `client > server seq ${next}:${end} ack 1${size < segmentBytes ? ' psh' : ''} win 64240${stamp(ns, echoNs)}`,
      });
      acks.push({ ns: ns + 2 * oneWayNs + stepNs, ack: end });
      seen.push({
        ns: ns + oneWayNs + stepNs + fromTap,
        line: `server > client ack ${end} win ${windowBytes}${stamp(ns + oneWayNs + stepNs, ns)}`,
      });
      next = end;
      queued -= size;
      ns += stepNs;
      busyNs += stepNs;
      continue;
    }
    if (!Number.isFinite(event)) break;
    const waited = Math.max(0, event - ns);
    if (queued > 0 || next > una) busyNs += waited;
    // The congestion window is asked first (net/ipv4/tcp_output.c tcp_write_xmit, v6.18).
    if (queued > 0 && size > window && next - una < congestionSegments * segmentBytes) windowNs += waited;
    ns = Math.max(ns, event);
    if (acks[0]?.ns === event) {
      echoNs = event - oneWayNs;
      una = acks.shift()?.ack ?? una;
    } else queued += written.shift()?.bytes ?? 0;
  }
  const lines = seen.sort((a, b) => a.ns - b.ns).map(({ ns: at, line }) => `${line} at ${at}ns`);
  return { lines: lines.join('\n'), windowNs, busyNs };
}
