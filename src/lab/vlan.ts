// Station "lab": VLAN tags without the 8021q module: a four-instruction BPF program on tcx pushes the tag at egress and takes
// it off at ingress. Both taps see the tag: egress tcx runs before the packet taps of dev_queue_xmit, and ingress taps run
// before ingress tcx (net/core/dev.c, Linux 6.18).
import { createRequire } from 'node:module';
import { LabError } from './lab-error.ts';
import { libc } from './libc.ts';
import type { Namespace } from './netns.ts';
import { insideNamespace } from './tap-device.ts';

const SYS_BPF = process.arch === 'arm64' ? 280 : 321;
const BPF_PROG_LOAD = 5;
const BPF_PROG_ATTACH = 8;
const PROG_TYPE_SCHED_CLS = 3;
const ATTACH_TCX = { ingress: 46, egress: 47 } as const;
const HELPER_VLAN_PUSH = 18;
const HELPER_VLAN_POP = 19;
const ETH_P_8021Q_BIG_ENDIAN = 0x0081;
const LOAD_BYTES = 128;

/** One instruction as its 64-bit word: opcode, destination register, offset 0, immediate. */
function instruction(opcode: number, register: number, immediate: number): bigint {
  return BigInt(opcode) | (BigInt(register) << 8n) | (BigInt(immediate >>> 0) << 32n);
}

const MOVE_IMMEDIATE = 0xb7;
const CALL = 0x85;
const EXIT = 0x95;
const pass = [instruction(MOVE_IMMEDIATE, 0, 0), instruction(EXIT, 0, 0)];

function program(direction: 'ingress' | 'egress', vlanId: number): BigUint64Array {
  if (direction === 'ingress') return BigUint64Array.of(instruction(CALL, 0, HELPER_VLAN_POP), ...pass);
  const args = [instruction(MOVE_IMMEDIATE, 2, ETH_P_8021Q_BIG_ENDIAN), instruction(MOVE_IMMEDIATE, 3, vlanId)];
  return BigUint64Array.of(...args, instruction(CALL, 0, HELPER_VLAN_PUSH), ...pass);
}

interface Koffi {
  load(path: null): { func(prototype: string): (...args: unknown[]) => number };
  struct(name: string, fields: Record<string, string>): unknown;
}

interface BpfCalls {
  readonly load: (attributes: Record<string, unknown>) => number;
  readonly attach: (attributes: Uint32Array) => number;
}

let calls: BpfCalls | undefined;

function bpf(): BpfCalls {
  if (calls) return calls;
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  koffi.struct('wt_bpf_prog_load', {
    type: 'uint32_t',
    count: 'uint32_t',
    instructions: 'uint64_t *',
    license: 'const char *',
    rest: 'uint8_t [104]',
  });
  const library = koffi.load(null);
  const load = library.func('long syscall(long number, int command, wt_bpf_prog_load *attributes, uint32_t size)');
  const attach = library.func('long syscall(long number, int command, void *attributes, uint32_t size)');
  calls = {
    load: (attributes) => load(SYS_BPF, BPF_PROG_LOAD, attributes, LOAD_BYTES),
    attach: (attributes) => attach(SYS_BPF, BPF_PROG_ATTACH, attributes, attributes.byteLength),
  };
  return calls;
}

/** From now on everything that leaves the device carries the tag, and tags are taken off what comes in. */
export async function tagDevice(namespace: Namespace, device: string, vlanId: number): Promise<void> {
  const index = Number(await namespace.run(`cat /sys/class/net/${device}/ifindex`));
  insideNamespace(namespace.name, () => {
    for (const direction of ['ingress', 'egress'] as const) {
      const instructions = program(direction, vlanId);
      const fd = bpf().load({
        type: PROG_TYPE_SCHED_CLS,
        count: instructions.length,
        instructions,
        license: 'Apache-2.0',
        rest: new Uint8Array(104),
      });
      if (fd < 0) throw new LabError(`errno ${libc().errno()}`, { command: `bpf program for ${direction}` });
      const attached = bpf().attach(Uint32Array.of(index, fd, ATTACH_TCX[direction], 0, 0, 0, 0, 0));
      if (attached < 0) throw new LabError(`errno ${libc().errno()}`, { command: `tcx ${direction} on ${device}` });
      libc().close(fd); // the attachment holds the program
    }
  });
}
