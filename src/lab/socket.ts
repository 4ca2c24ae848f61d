// Station "lab": one TCP socket through libc, with nothing of node's stream machinery between the plan and the kernel.
import { isIPv6 } from 'node:net';
import { check, LINUX, libc } from './libc.ts';
import { decodeTcpInfo, TCP_INFO_ASK_BYTES, type TcpInfo } from './tcp-info.ts';
import type { SocketPlan } from './traffic-plan.ts';

const int = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

/** struct sockaddr_in or sockaddr_in6 (no scope) as bytes. */
export function socketAddress(address: string, port: number): Uint8Array {
  if (!isIPv6(address)) {
    const bytes = new Uint8Array(16);
    bytes.set([LINUX.AF_INET, 0, port >> 8, port & 255, ...address.split('.').map(Number)]);
    return bytes;
  }
  const bytes = new Uint8Array(28);
  bytes.set([LINUX.AF_INET6, 0, port >> 8, port & 255]);
  bytes.set(ipv6Bytes(address), 8);
  return bytes;
}

/** The 16 bytes of an IPv6 address in text (no embedded IPv4, no zone). */
export function ipv6Bytes(address: string): Uint8Array {
  const [head = '', tail] = address.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 255]));
}

/** Opens a TCP socket and applies everything of the plan that must be set before the handshake. */
export function openSocket(family: 4 | 6, plan: SocketPlan): number {
  const c = libc();
  const fd = check(c.socket(family === 4 ? LINUX.AF_INET : LINUX.AF_INET6, LINUX.SOCK_STREAM, 0), 'socket');
  const set = (level: number, name: number, value: Uint8Array, what: string): number =>
    check(c.setsockopt(fd, level, name, value, value.length), `setsockopt ${what}`);
  set(LINUX.SOL_SOCKET, LINUX.SO_REUSEADDR, int(1), 'SO_REUSEADDR');
  if (plan.sndbufBytes !== undefined) set(LINUX.SOL_SOCKET, LINUX.SO_SNDBUF, int(plan.sndbufBytes), 'SO_SNDBUF');
  if (plan.rcvbufBytes !== undefined) set(LINUX.SOL_SOCKET, LINUX.SO_RCVBUF, int(plan.rcvbufBytes), 'SO_RCVBUF');
  if (plan.maxSegmentBytes !== undefined)
    set(LINUX.IPPROTO_TCP, LINUX.TCP_MAXSEG, int(plan.maxSegmentBytes), 'TCP_MAXSEG');
  // Not by sysctl: a namespace may only default to what the machine's own default list allows.
  const congestionControl = new TextEncoder().encode(plan.congestionControl ?? 'cubic');
  set(LINUX.IPPROTO_TCP, LINUX.TCP_CONGESTION, congestionControl, 'TCP_CONGESTION');
  if (plan.pacingBytesPerSecond !== undefined)
    set(
      LINUX.SOL_SOCKET,
      LINUX.SO_MAX_PACING_RATE,
      new Uint8Array(BigUint64Array.of(BigInt(plan.pacingBytesPerSecond)).buffer),
      'SO_MAX_PACING_RATE',
    );
  setWriteOptions(fd, plan);
  return fd;
}

/** NODELAY and CORK, which an accepted socket may need again. */
export function setWriteOptions(fd: number, plan: SocketPlan): void {
  const c = libc();
  if (plan.noDelay) check(c.setsockopt(fd, LINUX.IPPROTO_TCP, LINUX.TCP_NODELAY, int(1), 4), 'setsockopt TCP_NODELAY');
  if (plan.cork) check(c.setsockopt(fd, LINUX.IPPROTO_TCP, LINUX.TCP_CORK, int(1), 4), 'setsockopt TCP_CORK');
}

/** Takes TCP_CORK off: what is gathered goes out. */
export function uncork(fd: number): void {
  check(libc().setsockopt(fd, LINUX.IPPROTO_TCP, LINUX.TCP_CORK, int(0), 4), 'setsockopt TCP_CORK');
}

/** Waits in accept(2) for one connection. */
export function acceptOne(listener: number): number {
  return check(libc().accept4(listener, null, null, 0), 'accept');
}

/** TCP_INFO of a connection now. */
export function tcpInfo(fd: number): TcpInfo {
  const bytes = new Uint8Array(TCP_INFO_ASK_BYTES);
  const length = int(bytes.length);
  check(libc().getsockopt(fd, LINUX.IPPROTO_TCP, LINUX.TCP_INFO, bytes, length), 'getsockopt TCP_INFO');
  return decodeTcpInfo(bytes.subarray(0, new DataView(length.buffer).getInt32(0, true)));
}

/** Bytes that the peer has not acknowledged, or are not sent yet (SIOCOUTQ). */
export function unacknowledgedBytes(fd: number): number {
  return ioctlInt(fd, LINUX.SIOCOUTQ, 'SIOCOUTQ');
}

/** Bytes that can be read now (FIONREAD). */
export function readableBytes(fd: number): number {
  return ioctlInt(fd, LINUX.FIONREAD, 'FIONREAD');
}

function ioctlInt(fd: number, request: number, what: string): number {
  const value = int(0);
  check(libc().ioctl(fd, request, value), what);
  return new DataView(value.buffer).getInt32(0, true);
}
