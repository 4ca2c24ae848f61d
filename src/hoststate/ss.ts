// Station "hoststate": `ss -tmi`, `ss -tinmoepa` and their kin. A record is a line with the addresses and, with -i or -m,
// a line below it that starts with a blank; `ss -O` writes both on one line.

import type { HostStateError, SocketState } from './host-state.ts';
import { factAt, isToolError, problemAt, type TextLines } from './lines.ts';
import { parseSocketAddress } from './ss-address.ts';
import { type OpenSocket, readInfoItems } from './ss-info.ts';

export interface ParsedSockets {
  readonly sockets: readonly SocketState[];
  readonly problems: readonly HostStateError[];
}

const STATES = new Set([
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
  'NEW-SYN-RECV',
  'BOUND-INACTIVE',
]);

/** Sockets of other families are passed over without a complaint. */
const OTHER_NETIDS =
  /^(?:udp|raw|u_str|u_dgr|u_seq|nl|p_raw|p_dgr|icmp6|sctp|dccp|v_str|v_dgr|vsock|xdp|tipc|rds|ud6|mptcp)$/;

/** Reads the output of ss; TCP only. `kernelHasSndWnd` as far as the kernel's release is known. */
export function parseSs(text: TextLines, kernelHasSndWnd?: boolean): ParsedSockets {
  const sockets: OpenSocket[] = [];
  const problems: HostStateError[] = [];
  let current: OpenSocket | undefined;
  let skipping = false;
  for (const [index, line] of text.lines.entries()) {
    if (line.trim() === '' || isHeader(line)) continue;
    if (/^\s/.test(line)) {
      if (current !== undefined && !hasAlready(current, line)) addDetails(current, text, index, line, problems);
      else if (!skipping) {
        problems.push(problemAt(text, index, 'not-understood', 'a line with state and addresses before its details'));
      }
      continue;
    }
    const netid = line.split(/\s/, 1)[0] ?? '';
    skipping = OTHER_NETIDS.test(netid);
    current = skipping ? undefined : readRecord(text, index, line, problems);
    if (current !== undefined) sockets.push(current);
    else skipping = true; // its details have no socket to go to; one problem is enough
  }
  return { sockets: markZeroWindows(sockets, kernelHasSndWnd), problems };
}

function isHeader(line: string): boolean {
  return /^(?:Netid|State|Recv-Q)\s/.test(line) || /Local Address:Port/.test(line);
}

/** The details of another record, whose first line is missing, must not become this one's. */
function hasAlready(socket: OpenSocket, line: string): boolean {
  return (
    (socket.memory !== undefined && /\sskmem:/.test(line)) || (socket.mssBytes !== undefined && /\smss:/.test(line))
  );
}

/** The first line of a record: [tcp] [state] recv-q send-q local peer [users, timer, ...]. */
function readRecord(text: TextLines, index: number, line: string, problems: HostStateError[]): OpenSocket | undefined {
  const columns = /^(?:tcp\s+)?(?:([A-Z][A-Z0-9-]+)\s+)?(\d+)\s+(\d+)\s+(\S+)\s+(\S+)(.*)$/.exec(line);
  const local = parseSocketAddress(columns?.[4] ?? '');
  const peer = parseSocketAddress(columns?.[5] ?? '');
  if (columns === null || local === undefined || peer === undefined) {
    const code = isToolError(line) ? 'command-failed' : 'not-understood';
    problems.push(
      problemAt(text, index, code, 'a socket: state, Recv-Q, Send-Q, local address:port, peer address:port'),
    );
    return undefined;
  }
  const state = columns[1];
  if (state !== undefined && !STATES.has(state)) {
    problems.push(problemAt(text, index, 'not-understood', 'a TCP state, as ESTAB or TIME-WAIT', state));
    return undefined;
  }
  const socket: OpenSocket = {
    source: factAt(text, index, 0).source,
    // `ss state established` prints no state column.
    state: state ?? 'ESTAB',
    local,
    peer,
    recvQueueBytes: Number(columns[2]),
    sendQueueBytes: Number(columns[3]),
    timestamps: false,
    sack: false,
    ecn: false,
    ecnSeen: false,
    appLimited: false,
    sndWndIsZero: false,
    other: new Map(),
  };
  const rest = columns[6] ?? '';
  if (rest.trim() !== '') addDetails(socket, text, index, rest, problems);
  return socket;
}

function addDetails(
  socket: OpenSocket,
  text: TextLines,
  index: number,
  items: string,
  problems: HostStateError[],
): void {
  for (const bad of readInfoItems(socket, items)) {
    problems.push(problemAt(text, index, 'not-understood', 'an item of ss -i in the form its key has', bad.item));
  }
  if (socket.infoSource === undefined && socket.mssBytes !== undefined)
    socket.infoSource = factAt(text, index, 0).source;
}

/**
 * ss prints snd_wnd only when it is not 0 (measured), so its absence is a closed window where the kernel has the item at
 * all (5.4). Without the kernel's release: another socket of the output shows it, or the persist timer runs, which needs
 * a window that is closed (or, before 5.4, smaller than a segment).
 */
function markZeroWindows(sockets: readonly OpenSocket[], kernelHasSndWnd: boolean | undefined): readonly SocketState[] {
  const printed = sockets.some((socket) => socket.sndWndBytes !== undefined);
  for (const socket of sockets) {
    if (socket.state !== 'ESTAB' || socket.infoSource === undefined || socket.sndWndBytes !== undefined) continue;
    socket.sndWndIsZero = printed || (kernelHasSndWnd ?? socket.timer?.name === 'persist');
  }
  return sockets;
}

/** The socket of a connection, whichever end this host is. */
export function findSocket(
  sockets: readonly SocketState[],
  a: { readonly ip: string; readonly port: number },
  b: { readonly ip: string; readonly port: number },
): SocketState | undefined {
  const is = (address: SocketState['local'], end: { readonly ip: string; readonly port: number }): boolean =>
    address.ip === end.ip && address.port === end.port;
  return sockets.find(
    (socket) => (is(socket.local, a) && is(socket.peer, b)) || (is(socket.local, b) && is(socket.peer, a)),
  );
}
