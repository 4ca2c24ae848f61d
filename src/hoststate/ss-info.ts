// Station "hoststate": the detail items of an ss record, `cubic wscale:7,7 rto:204 ... busy:1924ms rwnd_limited:1688ms(87.0%)`.
// Each item is one row of a table: its key, and what it becomes. What ss prints in ms becomes ns.

import type { LimitedTime, SocketMemory, SocketState } from './host-state.ts';

/** SocketState while it is being filled. */
export type OpenSocket = { -readonly [K in keyof SocketState]: SocketState[K] } & { other: Map<string, string> };

type Reader = (socket: OpenSocket, value: string) => boolean;

/** Puts a number under a field; false when the text is none. */
function numberInto(field: NumberField, scale = 1): Reader {
  return (socket, value) => {
    if (!/^\d+(?:\.\d+)?$/.test(value)) return false;
    socket[field] = scale === 1 ? Number(value) : Math.round(Number(value) * scale);
    return true;
  };
}

type NumberField = {
  [K in keyof SocketState]-?: SocketState[K] extends number | undefined ? K : never;
}[keyof SocketState];

const MS = 1e6; // nanoseconds in what ss prints, milliseconds

/** Items written `key:value`. */
const READERS: Readonly<Record<string, Reader>> = {
  wscale: (socket, value) => {
    const match = /^(\d+),(\d+)$/.exec(value);
    if (match === null) return false;
    // The first is what the peer announced (tcpi_snd_wscale: it scales the windows we receive), the second is ours.
    socket.peerWindowScaleShift = Number(match[1]);
    socket.ownWindowScaleShift = Number(match[2]);
    return true;
  },
  rtt: (socket, value) => {
    const match = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(value);
    if (match === null) return false;
    socket.rttNs = Math.round(Number(match[1]) * MS);
    socket.rttVarNs = Math.round(Number(match[2]) * MS);
    return true;
  },
  retrans: (socket, value) => {
    const match = /^(\d+)\/(\d+)$/.exec(value);
    if (match === null) return false;
    socket.retransmitsNow = Number(match[1]);
    socket.retransmitsTotal = Number(match[2]);
    return true;
  },
  skmem: (socket, value) => assign(socket, 'memory', parseSocketMemory(value)),
  timer: (socket, value) => {
    const match = /^\((\w+),([^,]*),(\d+)\)$/.exec(value);
    if (match === null) return false;
    socket.timer = { name: match[1] ?? '', expires: match[2] ?? '', retries: Number(match[3]) };
    return true;
  },
  busy: (socket, value) => {
    const limited = parseLimited(value);
    if (limited === undefined) return false;
    socket.busyNs = limited.ns;
    return true;
  },
  rwnd_limited: (socket, value) => assign(socket, 'rwndLimited', parseLimited(value)),
  sndbuf_limited: (socket, value) => assign(socket, 'sndbufLimited', parseLimited(value)),
  users: (socket, value) => assign(socket, 'process', /\("([^"]*)"/.exec(value)?.[1]),
  rto: numberInto('rtoNs', MS),
  ato: numberInto('atoNs', MS),
  minrtt: numberInto('minRttNs', MS),
  rcv_rtt: numberInto('rcvRttNs', MS),
  lastsnd: numberInto('lastSendNs', MS),
  lastrcv: numberInto('lastReceiveNs', MS),
  lastack: numberInto('lastAckNs', MS),
  backoff: numberInto('backoff'),
  mss: numberInto('mssBytes'),
  pmtu: numberInto('pmtuBytes'),
  rcvmss: numberInto('rcvMssBytes'),
  advmss: numberInto('advMssBytes'),
  cwnd: numberInto('cwndSegments'),
  ssthresh: numberInto('ssthreshSegments'),
  bytes_sent: numberInto('bytesSent'),
  bytes_retrans: numberInto('bytesRetransmitted'),
  bytes_acked: numberInto('bytesAcked'),
  bytes_received: numberInto('bytesReceived'),
  segs_out: numberInto('segsOut'),
  segs_in: numberInto('segsIn'),
  data_segs_out: numberInto('dataSegsOut'),
  data_segs_in: numberInto('dataSegsIn'),
  delivered: numberInto('delivered'),
  delivered_ce: numberInto('deliveredCe'),
  unacked: numberInto('unackedSegments'),
  lost: numberInto('lostSegments'),
  sacked: numberInto('sackedSegments'),
  dsack_dups: numberInto('dsackDups'),
  reordering: numberInto('reordering'),
  reord_seen: numberInto('reorderSeen'),
  rcv_space: numberInto('rcvSpaceBytes'),
  rcv_ssthresh: numberInto('rcvSsthreshBytes'),
  notsent: numberInto('notSentBytes'),
  rcv_ooopack: numberInto('outOfOrderPackets'),
  snd_wnd: numberInto('sndWndBytes'),
  rcv_wnd: numberInto('rcvWndBytes'),
};

function assign<K extends keyof OpenSocket>(socket: OpenSocket, field: K, value: OpenSocket[K] | undefined): boolean {
  if (value === undefined) return false;
  socket[field] = value;
  return true;
}

/** Words without a value. */
const FLAGS: Readonly<Record<string, 'timestamps' | 'sack' | 'ecn' | 'ecnSeen' | 'appLimited'>> = {
  ts: 'timestamps',
  sack: 'sack',
  ecn: 'ecn',
  ecnseen: 'ecnSeen',
  app_limited: 'appLimited',
};

const WITHOUT_MEANING_HERE = new Set(['fastopen', '<->', '-->', '<--', '---', 'ecnmode', 'accecn', 'usec_ts']);

/** Items of two words, the second a rate. */
const RATES: Readonly<Record<string, 'sendBitsPerSec' | 'pacingBitsPerSec' | 'deliveryBitsPerSec'>> = {
  send: 'sendBitsPerSec',
  pacing_rate: 'pacingBitsPerSec',
  delivery_rate: 'deliveryBitsPerSec',
};

/** An item that was not understood: the item, and what its key asks for. */
export interface BadItem {
  readonly item: string;
}

/** Reads the items of a record into the socket; unknown keys go to `other`, garbled known ones come back. */
export function readInfoItems(socket: OpenSocket, text: string): readonly BadItem[] {
  const bad: BadItem[] = [];
  const words = splitItems(text);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const rate = Object.hasOwn(RATES, word) ? RATES[word] : undefined;
    if (rate !== undefined) {
      i += 1;
      if (!readRate(socket, rate, words[i] ?? '')) bad.push({ item: `${word} ${words[i] ?? ''}` });
    } else if (!readItem(socket, word)) bad.push({ item: word });
  }
  return bad;
}

function readItem(socket: OpenSocket, word: string): boolean {
  const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
  if (flag !== undefined) {
    socket[flag] = true;
    return true;
  }
  if (WITHOUT_MEANING_HERE.has(word)) return true;
  const colon = word.indexOf(':');
  if (colon <= 0) {
    // The congestion control stands alone, without a key: the first bare word.
    if (/^[a-z][\w-]*$/i.test(word) && socket.congestionControl === undefined) socket.congestionControl = word;
    else socket.other.set(word, '');
    return true;
  }
  const key = word.slice(0, colon);
  const value = word.slice(colon + 1);
  if (Object.hasOwn(READERS, key)) return READERS[key]?.(socket, value) ?? false;
  socket.other.set(key, value);
  return true;
}

/** Words, with `users:(("a name",pid=1,fd=2))` kept whole: process names can hold blanks. */
function splitItems(text: string): readonly string[] {
  return text.match(/users:\(\(.{0,2000}?\)\)(?=\s|$)|\S+/g) ?? [];
}

function readRate(
  socket: OpenSocket,
  field: 'sendBitsPerSec' | 'pacingBitsPerSec' | 'deliveryBitsPerSec',
  text: string,
): boolean {
  const [rate, most] = text.split('/');
  const value = bitsPerSec(rate);
  if (value === undefined) return false;
  socket[field] = value;
  const limit = bitsPerSec(most);
  if (field === 'pacingBitsPerSec' && limit !== undefined) socket.maxPacingBitsPerSec = limit;
  return true;
}

const RATE_UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `121524196bps`, `26.5Gbps`. */
export function bitsPerSec(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)bps$/.exec(text ?? '');
  return match === null ? undefined : Math.round(Number(match[1]) * (RATE_UNITS[match[2] ?? ''] ?? 1));
}

/** `1688ms(87.0%)`, `1924ms`. */
function parseLimited(text: string): LimitedTime | undefined {
  const match = /^(\d+(?:\.\d+)?)ms(?:\((\d+(?:\.\d+)?)%\))?$/.exec(text);
  if (match === null) return undefined;
  const ns = Math.round(Number(match[1]) * MS);
  return match[2] === undefined ? { ns } : { ns, share: Number(match[2]) / 100 };
}

/** `(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0)`; the last ones came with later versions. */
export function parseSocketMemory(text: string): SocketMemory | undefined {
  if (!/^\((?:[a-z]{1,2}\d+,?)+\)$/.test(text)) return undefined;
  const items = new Map([...text.matchAll(/([a-z]{1,2})(\d+)/g)].map((match) => [match[1] ?? '', Number(match[2])]));
  const optional = (field: 'optmemBytes' | 'backlogBytes' | 'drops', key: string): Partial<SocketMemory> => {
    const value = items.get(key);
    return value === undefined ? {} : { [field]: value };
  };
  const [r, rb, t, tb, f, w] = ['r', 'rb', 't', 'tb', 'f', 'w'].map((key) => items.get(key));
  if (r === undefined || rb === undefined || t === undefined || tb === undefined || f === undefined || w === undefined)
    return undefined;
  return {
    rmemAllocBytes: r,
    rcvbufBytes: rb,
    wmemAllocBytes: t,
    sndbufBytes: tb,
    forwardAllocBytes: f,
    wmemQueuedBytes: w,
    ...optional('optmemBytes', 'o'),
    ...optional('backlogBytes', 'bl'),
    ...optional('drops', 'd'),
  };
}
