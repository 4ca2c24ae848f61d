// Station "lab": TAP devices as the kernel oracles need them: with virtio-net headers, NAPI on wish, and the calls that go
// with them. Everything happens on the calling thread, which `enterNamespace` has moved.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LabError } from '../lab-error.ts';
import { check, LINUX, libc } from '../libc.ts';
import type { UndoStack } from '../undo.ts';

/** Numbers of linux/if_tun.h and linux/if_packet.h. */
const TUN = {
  TUNSETIFF: 0x4004_54ca,
  TUNSETOFFLOAD: 0x4004_54d0,
  IFF_TAP: 0x0002,
  IFF_NAPI: 0x0010,
  IFF_NO_PI: 0x1000,
  IFF_VNET_HDR: 0x4000,
  AF_PACKET: 17,
  SOCK_RAW: 3,
  ETH_P_ALL: 3,
  SOL_PACKET: 263,
  PACKET_VNET_HDR: 15,
  PACKET_IGNORE_OUTGOING: 23,
  SO_RCVBUFFORCE: 33,
} as const;

/** What a TAP's reader takes uncut (TUNSETOFFLOAD): nothing, so that the kernel cuts and sums, or checksums left open. */
export const TunOffload = { None: 0, Checksum: 1, Tso4: 2, Tso6: 4, TsoEcn: 8, Uso4: 0x20, Uso6: 0x40 } as const;

/** Size of struct virtio_net_hdr, which precedes every frame here. */
export const vnetHeaderBytes = 10;

/** Flags and types of struct virtio_net_hdr. */
export const Vnet = { NeedsChecksum: 1, GsoNone: 0, GsoTcp4: 1, GsoTcp6: 4, GsoUdp: 5, GsoEcn: 0x80 } as const;

/**
 * Moves this thread (and the processes that it starts) into a network namespace, and back when the stack unwinds: the removal
 * of a namespace ends every process in it.
 */
export function enterNamespace(undo: UndoStack, name: string): void {
  const c = libc();
  const open = (path: string): number => check(c.open(path, LINUX.O_CLOEXEC), `open ${path}`);
  const home = open('/proc/thread-self/ns/net');
  const inside = open(`/run/netns/${name}`);
  undo.push(`leave ${name}`, () => {
    check(c.setns(home, LINUX.CLONE_NEWNET), 'setns home');
    c.close(home);
  });
  check(c.setns(inside, LINUX.CLONE_NEWNET), `setns ${name}`);
  c.close(inside);
}

/** Makes a TAP in this thread's namespace. It lives as long as the descriptor that is returned. */
export function openTap(name: string, options: { readonly napi: boolean; readonly offload: number }): number {
  const c = libc();
  const fd = check(c.open('/dev/net/tun', LINUX.O_RDWR | LINUX.O_NONBLOCK | LINUX.O_CLOEXEC), 'open /dev/net/tun');
  const request = new Uint8Array(40);
  request.set(new TextEncoder().encode(name).subarray(0, 15));
  const flags = TUN.IFF_TAP | TUN.IFF_NO_PI | TUN.IFF_VNET_HDR | (options.napi ? TUN.IFF_NAPI : 0);
  new DataView(request.buffer).setUint16(16, flags, true);
  check(c.ioctl(fd, TUN.TUNSETIFF, request), `TUNSETIFF ${name}`);
  check(ioctlNumber(fd, TUN.TUNSETOFFLOAD, options.offload), `TUNSETOFFLOAD ${options.offload}`);
  return fd;
}

/** ioctl with a number where others have a pointer. */
function ioctlNumber(fd: number, request: number, value: number): number {
  const koffi = createRequire(import.meta.url)('koffi') as {
    load(path: null): { func(prototype: string): (fd: number, request: number, value: number) => number };
  };
  return koffi.load(null).func('int ioctl(int fd, unsigned long request, unsigned long value)')(fd, request, value);
}

/** Index of a device in this thread's namespace. */
export function deviceIndex(name: string): number {
  const bytes = new Uint8Array(40);
  bytes.set(new TextEncoder().encode(name).subarray(0, 15));
  const c = libc();
  const fd = check(c.socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0), 'socket');
  const SIOCGIFINDEX = 0x8933;
  check(c.ioctl(fd, SIOCGIFINDEX, bytes), `SIOCGIFINDEX ${name}`);
  c.close(fd);
  return new DataView(bytes.buffer).getInt32(16, true);
}

/** An AF_PACKET socket on a device that gives each frame with its virtio-net header: what a tap sees after GRO. */
export function openPacketSocket(device: string, bufferBytes: number): number {
  const c = libc();
  const bigEndianAll = TUN.ETH_P_ALL << 8;
  const fd = check(c.socket(TUN.AF_PACKET, TUN.SOCK_RAW | LINUX.SOCK_NONBLOCK, 0), 'socket AF_PACKET');
  const one = new Uint8Array(Int32Array.of(1).buffer);
  const size = new Uint8Array(Int32Array.of(bufferBytes).buffer);
  check(c.setsockopt(fd, TUN.SOL_PACKET, TUN.PACKET_VNET_HDR, one, 4), 'setsockopt PACKET_VNET_HDR');
  check(c.setsockopt(fd, TUN.SOL_PACKET, TUN.PACKET_IGNORE_OUTGOING, one, 4), 'setsockopt PACKET_IGNORE_OUTGOING');
  check(c.setsockopt(fd, LINUX.SOL_SOCKET, TUN.SO_RCVBUFFORCE, size, 4), 'setsockopt SO_RCVBUFFORCE');
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, TUN.AF_PACKET, true);
  view.setUint16(2, bigEndianAll, true);
  view.setInt32(4, deviceIndex(device), true);
  check(c.bind(fd, address, address.length), `bind AF_PACKET ${device}`);
  return fd;
}

/** Thread id of the NAPI kernel thread of a device (threaded NAPI), by its name. */
export function napiThread(device: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (readFileSync(`/proc/${entry}/comm`, 'utf8').startsWith(`napi/${device}-`.slice(0, 15))) return Number(entry);
    } catch (error) {
      // A process that ended between the listing and the look is not the one that is wanted.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ESRCH')
        throw error;
    }
  }
  throw new LabError('no NAPI thread', { command: `napi/${device}-*` });
}

/** Policy numbers of sched_setscheduler(2). */
const SCHED_OTHER = 0;
const SCHED_FIFO = 1;

/** Makes the calling thread real-time, or ordinary again. A burst written meanwhile is not interrupted by the NAPI thread. */
export function setRealTime(on: boolean): void {
  const parameter = on ? fifoParameter : otherParameter;
  check(libc().schedSetscheduler(0, on ? SCHED_FIFO : SCHED_OTHER, parameter), 'sched_setscheduler');
}

const fifoParameter = new Uint8Array(Int32Array.of(10).buffer);
const otherParameter = new Uint8Array(Int32Array.of(0).buffer);
