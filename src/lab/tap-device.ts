// Station "lab": TAP devices with virtio-net headers, so that a process can be a network card with TSO.
//
// Numbers: include/uapi/linux/if_tun.h and virtio_net.h. A TAP opened with IFF_VNET_HDR puts 10 bytes in front of each frame
// (struct virtio_net_hdr): flags, gso_type, hdr_len, gso_size, csum_start, csum_offset, all in host byte order.
import { closeSync, openSync } from 'node:fs';
import { check, LINUX, libc } from './libc.ts';

const TUNSETIFF = 0x400454ca;
const TUNSETOFFLOAD = 0x400454d0;
const TUNSETVNETHDRSZ = 0x400454d8;
const IFF_TAP = 0x0002;
const IFF_NAPI = 0x0010;
const IFF_NO_PI = 0x1000;
const IFF_VNET_HDR = 0x4000;
const TUN_F_CSUM = 1;
const TUN_F_TSO4 = 2;
const TUN_F_TSO6 = 4;
const TUN_F_TSO_ECN = 8;
const IFREQ_BYTES = 40;
const IFNAMSIZ = 16;

/** Bytes of struct virtio_net_hdr before each frame. */
export const VNET_HEADER_BYTES = 10;
/** virtio_net_hdr.flags: the checksum is to be completed from csum_start. */
export const VNET_NEEDS_CHECKSUM = 1;
/** virtio_net_hdr.gso_type values. */
export const VNET_GSO = { none: 0, tcp4: 1, tcp6: 4, ecnBit: 0x80 } as const;

/** An open TAP. */
export interface TapDevice {
  readonly fd: number;
  readonly name: string;
}

/** Makes a TAP in a named network namespace; the device lives as long as the descriptor. */
export function openTap(
  namespace: string,
  name: string,
  options: { readonly tso: boolean; readonly checksums?: boolean; readonly napi: boolean },
): TapDevice {
  return insideNamespace(namespace, () => {
    const c = libc();
    const fd = check(c.open('/dev/net/tun', LINUX.O_RDWR | LINUX.O_NONBLOCK | LINUX.O_CLOEXEC), 'open /dev/net/tun');
    const request = new Uint8Array(IFREQ_BYTES);
    request.set(new TextEncoder().encode(name));
    const flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (options.napi ? IFF_NAPI : 0);
    new DataView(request.buffer).setUint16(IFNAMSIZ, flags, true);
    check(c.ioctl(fd, TUNSETIFF, request), `TUNSETIFF ${name}`);
    const size = new Uint8Array(Int32Array.of(VNET_HEADER_BYTES).buffer);
    check(c.ioctl(fd, TUNSETVNETHDRSZ, size), 'TUNSETVNETHDRSZ');
    const sums = options.checksums === false ? 0 : TUN_F_CSUM;
    setOffload(fd, options.tso ? sums | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : sums);
    return { fd, name };
  });
}

/** TUNSETOFFLOAD takes its bits as the argument itself, not behind a pointer. */
function setOffload(fd: number, bits: number): void {
  check(libc().ioctlValue(fd, TUNSETOFFLOAD, bits), 'TUNSETOFFLOAD');
}

/** Runs `work` on this thread inside a named network namespace, then comes back. */
export function insideNamespace<T>(namespace: string, work: () => T): T {
  const home = openSync('/proc/self/ns/net', 'r');
  const there = openSync(`/run/netns/${namespace}`, 'r');
  try {
    check(libc().setns(there, LINUX.CLONE_NEWNET), `setns ${namespace}`);
    try {
      return work();
    } finally {
      check(libc().setns(home, LINUX.CLONE_NEWNET), 'setns back');
    }
  } finally {
    closeSync(there);
    closeSync(home);
  }
}
