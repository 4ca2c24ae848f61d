// Station "lab": the few libc functions that node has no call for, through koffi (an optional dependency, loaded on use).
//
// All calls are synchronous and run on the calling thread: setns(2) and TUNSETIFF act on the thread, and a process whose
// only work is one socket or one wire needs no event loop.
import { createRequire } from 'node:module';
import { LabError } from './lab-error.ts';

/** libc as the lab sees it; every function returns what libc returned, errno() explains a -1. */
export interface Libc {
  readonly errno: () => number;
  readonly open: (path: string, flags: number) => number;
  readonly close: (fd: number) => number;
  readonly read: (fd: number, buffer: Uint8Array, count: number) => number;
  readonly write: (fd: number, buffer: Uint8Array, count: number) => number;
  readonly ioctl: (fd: number, request: number, argument: Uint8Array) => number;
  /** ioctl whose argument is a number, not a pointer. */
  readonly ioctlValue: (fd: number, request: number, argument: number) => number;
  readonly setns: (fd: number, kind: number) => number;
  readonly prctl: (option: number, value: number, a: number, b: number, c: number) => number;
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly bind: (fd: number, address: Uint8Array, length: number) => number;
  readonly listen: (fd: number, backlog: number) => number;
  readonly connect: (fd: number, address: Uint8Array, length: number) => number;
  readonly accept4: (fd: number, address: null, length: null, flags: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Uint8Array, length: number) => number;
  readonly getsockopt: (fd: number, level: number, name: number, value: Uint8Array, length: Uint8Array) => number;
  readonly send: (fd: number, buffer: Uint8Array, length: number, flags: number) => number;
  readonly recv: (fd: number, buffer: Uint8Array, length: number, flags: number) => number;
  readonly shutdown: (fd: number, how: number) => number;
  readonly ppoll: (fds: Uint8Array, count: number, timeout: BigInt64Array, mask: null) => number;
  readonly schedSetscheduler: (pid: number, policy: number, parameter: Uint8Array) => number;
}

interface KoffiLibrary {
  func(prototype: string): (...args: never[]) => number;
}
interface Koffi {
  load(path: string | null): KoffiLibrary;
  errno(): number;
}

let loaded: Libc | undefined;

/** Loads libc once. Throws a LabError with the install command when koffi is not there. */
export function libc(): Libc {
  loaded ??= bindLibc(loadKoffi());
  return loaded;
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw new LabError('the lab needs the package koffi', { command: 'npm install koffi', cause });
  }
}

function bindLibc(koffi: Koffi): Libc {
  const library = koffi.load(null);
  const bind = <K extends keyof Libc>(prototype: string): Libc[K] => library.func(prototype) as unknown as Libc[K];
  return {
    errno: () => koffi.errno(),
    open: bind<'open'>('int open(const char *path, int flags)'),
    close: bind<'close'>('int close(int fd)'),
    read: bind<'read'>('int64_t read(int fd, void *buffer, size_t count)'),
    write: bind<'write'>('int64_t write(int fd, const void *buffer, size_t count)'),
    ioctl: bind<'ioctl'>('int ioctl(int fd, unsigned long request, void *argument)'),
    ioctlValue: bind<'ioctlValue'>('int ioctl(int fd, unsigned long request, unsigned long argument)'),
    setns: bind<'setns'>('int setns(int fd, int kind)'),
    prctl: bind<'prctl'>('int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)'),
    socket: bind<'socket'>('int socket(int domain, int type, int protocol)'),
    bind: bind<'bind'>('int bind(int fd, const void *address, uint32_t length)'),
    listen: bind<'listen'>('int listen(int fd, int backlog)'),
    connect: bind<'connect'>('int connect(int fd, const void *address, uint32_t length)'),
    accept4: bind<'accept4'>('int accept4(int fd, void *address, void *length, int flags)'),
    setsockopt: bind<'setsockopt'>('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)'),
    getsockopt: bind<'getsockopt'>('int getsockopt(int fd, int level, int name, void *value, void *length)'),
    send: bind<'send'>('int64_t send(int fd, const void *buffer, size_t length, int flags)'),
    recv: bind<'recv'>('int64_t recv(int fd, void *buffer, size_t length, int flags)'),
    shutdown: bind<'shutdown'>('int shutdown(int fd, int how)'),
    ppoll: bind<'ppoll'>('int ppoll(void *fds, unsigned long count, const void *timeout, const void *mask)'),
    schedSetscheduler: bind<'schedSetscheduler'>('int sched_setscheduler(int pid, int policy, const void *parameter)'),
  };
}

/** Linux numbers used here (x86-64 and arm64 agree on all of them). */
export const LINUX = {
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 0o4000,
  SOL_SOCKET: 1,
  SO_REUSEADDR: 2,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_MAX_PACING_RATE: 47,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  TCP_NODELAY: 1,
  TCP_MAXSEG: 2,
  TCP_CORK: 3,
  TCP_INFO: 11,
  TCP_CONGESTION: 13,
  UDP_SEGMENT: 103,
  UDP_GRO: 104,
  MSG_DONTWAIT: 0x40,
  MSG_NOSIGNAL: 0x4000,
  SHUT_WR: 1,
  EAGAIN: 11,
  EINPROGRESS: 115,
  POLLIN: 1,
  POLLOUT: 4,
  POLLERR: 8,
  POLLHUP: 16,
  O_RDWR: 2,
  O_NONBLOCK: 0o4000,
  O_CLOEXEC: 0o2000000,
  CLONE_NEWNET: 0x40000000,
  PR_SET_PDEATHSIG: 1,
  PR_SET_TIMERSLACK: 29,
  SIGKILL: 9,
  FIONREAD: 0x541b,
  SIOCOUTQ: 0x5411,
} as const;

/** Throws with errno when a libc call failed. */
export function check(result: number, what: string): number {
  if (result < 0) throw new LabError(`errno ${libc().errno()}`, { command: what });
  return result;
}

/** Makes this process end when the one that started it ends, so that a killed lab leaves nothing running. */
export function dieWithParent(): void {
  libc().prctl(LINUX.PR_SET_PDEATHSIG, LINUX.SIGKILL, 0, 0, 0);
  libc().prctl(LINUX.PR_SET_TIMERSLACK, 1000, 0, 0, 0); // 1 us instead of 50: sleeps here are part of what is measured
}

/** One struct pollfd per descriptor in one buffer; `wait` returns when one is ready or the time is over. */
export class PollSet {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #timeout = new BigInt64Array(2);

  constructor(descriptors: readonly number[]) {
    this.#bytes = new Uint8Array(8 * descriptors.length);
    this.#view = new DataView(this.#bytes.buffer);
    for (const [index, fd] of descriptors.entries()) this.#view.setInt32(8 * index, fd, true);
  }

  /** Sets what to wait for on one descriptor (POLLIN, POLLOUT; 0 for errors only). */
  want(index: number, events: number): void {
    this.#view.setInt16(8 * index + 4, events, true);
  }

  /** What happened on one descriptor in the last wait. */
  got(index: number): number {
    return this.#view.getInt16(8 * index + 6, true);
  }

  /** Waits at most `microseconds` (undefined: for ever); returns the number of ready descriptors. */
  wait(microseconds: number): number {
    const whole = Math.max(0, Math.floor(microseconds));
    this.#timeout[0] = BigInt(Math.floor(whole / 1e6));
    this.#timeout[1] = BigInt((whole % 1e6) * 1000);
    return libc().ppoll(this.#bytes, this.#bytes.length / 8, this.#timeout, null);
  }
}
