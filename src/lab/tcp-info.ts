// Station "lab": struct tcp_info, the kernel's own account of a connection.
//
// Offsets: include/uapi/linux/tcp.h, Linux 6.18. The kernel only appends to this struct, so an offset is right on every
// kernel whose answer is long enough; a field beyond the answer's length is undefined, never 0.

/** The decoded struct; counters are cumulative since the connection began. Undefined: this kernel does not have it yet. */
export interface TcpInfo {
  readonly state?: number;
  readonly caState?: number;
  readonly retransmits?: number;
  readonly probes?: number;
  readonly backoff?: number;
  readonly options?: number;
  readonly rtoUs?: number;
  readonly atoUs?: number;
  /** MSS in use for sending, the half-window cut included. */
  readonly sndMss?: number;
  /** The receiver's estimate of the peer's segments. */
  readonly rcvMss?: number;
  readonly unacked?: number;
  readonly sacked?: number;
  readonly lost?: number;
  readonly retrans?: number;
  readonly pmtu?: number;
  readonly rcvSsthresh?: number;
  readonly rttUs?: number;
  readonly rttVarUs?: number;
  readonly sndSsthresh?: number;
  readonly sndCwnd?: number;
  readonly advMss?: number;
  readonly reordering?: number;
  readonly rcvRttUs?: number;
  readonly rcvSpace?: number;
  readonly totalRetrans?: number;
  readonly pacingRate?: number;
  readonly maxPacingRate?: number;
  readonly bytesAcked?: number;
  readonly bytesReceived?: number;
  /** Wire segments, pure ACKs and retransmissions included. */
  readonly segsOut?: number;
  /** Frames count max(1, gso_segs). */
  readonly segsIn?: number;
  /** tcpi_notsent_bytes */
  readonly notSentBytes?: number;
  readonly minRttUs?: number;
  readonly dataSegsIn?: number;
  /** Wire segments with payload, retransmissions included. */
  readonly dataSegsOut?: number;
  readonly deliveryRate?: number;
  /** Time with data unacknowledged or waiting; ticks in jiffies (4 ms at HZ 250). */
  readonly busyTimeUs?: number;
  readonly rwndLimitedUs?: number;
  readonly sndbufLimitedUs?: number;
  readonly delivered?: number;
  readonly deliveredCe?: number;
  readonly bytesSent?: number;
  readonly bytesRetrans?: number;
  readonly dsackDups?: number;
  readonly reordSeen?: number;
  readonly rcvOoopack?: number;
  /** The peer's window in bytes. */
  readonly sndWnd?: number;
  /** Our offered window in bytes. */
  readonly rcvWnd?: number;
  readonly rehash?: number;
  /** Shift that the peer's windows carry (tcpi_snd_wscale); 0 also when scaling is off. */
  readonly sndWscale: number;
  /** Shift that our windows carry. */
  readonly rcvWscale: number;
  /** The last rate sample was limited by the application. */
  readonly appLimited: boolean;
}

type NumericField = Exclude<keyof TcpInfo, 'sndWscale' | 'rcvWscale' | 'appLimited'>;

/** Name, offset, size in bytes. */
const FIELDS: readonly (readonly [NumericField, number, 1 | 4 | 8])[] = [
  ['state', 0, 1],
  ['caState', 1, 1],
  ['retransmits', 2, 1],
  ['probes', 3, 1],
  ['backoff', 4, 1],
  ['options', 5, 1],
  ['rtoUs', 8, 4],
  ['atoUs', 12, 4],
  ['sndMss', 16, 4],
  ['rcvMss', 20, 4],
  ['unacked', 24, 4],
  ['sacked', 28, 4],
  ['lost', 32, 4],
  ['retrans', 36, 4],
  ['pmtu', 60, 4],
  ['rcvSsthresh', 64, 4],
  ['rttUs', 68, 4],
  ['rttVarUs', 72, 4],
  ['sndSsthresh', 76, 4],
  ['sndCwnd', 80, 4],
  ['advMss', 84, 4],
  ['reordering', 88, 4],
  ['rcvRttUs', 92, 4],
  ['rcvSpace', 96, 4],
  ['totalRetrans', 100, 4],
  ['pacingRate', 104, 8],
  ['maxPacingRate', 112, 8],
  ['bytesAcked', 120, 8],
  ['bytesReceived', 128, 8],
  ['segsOut', 136, 4],
  ['segsIn', 140, 4],
  ['notSentBytes', 144, 4],
  ['minRttUs', 148, 4],
  ['dataSegsIn', 152, 4],
  ['dataSegsOut', 156, 4],
  ['deliveryRate', 160, 8],
  ['busyTimeUs', 168, 8],
  ['rwndLimitedUs', 176, 8],
  ['sndbufLimitedUs', 184, 8],
  ['delivered', 192, 4],
  ['deliveredCe', 196, 4],
  ['bytesSent', 200, 8],
  ['bytesRetrans', 208, 8],
  ['dsackDups', 216, 4],
  ['reordSeen', 220, 4],
  ['rcvOoopack', 224, 4],
  ['sndWnd', 228, 4],
  ['rcvWnd', 232, 4],
  ['rehash', 236, 4],
];

/** The size to ask getsockopt for: more than any kernel of today returns. */
export const TCP_INFO_ASK_BYTES = 512;

/** Decodes what getsockopt(TCP_INFO) returned; fields that this kernel does not have yet are left out. */
export function decodeTcpInfo(bytes: Uint8Array): TcpInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers: { -readonly [K in NumericField]?: number } = {};
  for (const [name, offset, size] of FIELDS) {
    if (offset + size <= bytes.length) numbers[name] = readField(view, offset, size);
  }
  const scales = bytes[6] ?? 0; // two 4-bit fields: low nibble is tcpi_snd_wscale on little-endian machines
  return {
    ...numbers,
    sndWscale: scales & 15,
    rcvWscale: scales >> 4,
    appLimited: ((bytes[7] ?? 0) & 1) === 1,
  };
}

function readField(view: DataView, offset: number, size: 1 | 4 | 8): number {
  if (size === 1) return view.getUint8(offset);
  if (size === 4) return view.getUint32(offset, true);
  return Number(view.getBigUint64(offset, true));
}
