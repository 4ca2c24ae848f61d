// Station "lab": tcpdump at a tap, trusted only when it lost nothing.
import { type Background, start, stop } from './exec.ts';
import { LabError } from './lab-error.ts';
import { inNamespace, type Namespace } from './netns.ts';
import type { UndoStack } from './undo.ts';

const BUFFER_KIB = 131_072; // 128 MiB of ring: a burst of a lab transfer fits whole
const FLUSH_MS = 300;

/** What to capture. */
export interface CapturePlan {
  readonly namespace: Namespace;
  /** Device name, or "any". */
  readonly device: string;
  readonly file: string;
  readonly snaplen: number;
  /** A capture filter in pcap syntax; BIG TCP over IPv6 is not matched by "tcp". */
  readonly filter?: string;
  /** tcpdump's -y: LINUX_SLL instead of LINUX_SLL2 for "any". */
  readonly linkType?: string;
  readonly packetLimit?: number;
  readonly nanoseconds?: boolean;
}

/** A running capture. */
export interface Capture {
  readonly plan: CapturePlan;
  /** Stops when all is written; throws a LabError when the kernel dropped packets. Returns the number captured. */
  readonly end: () => Promise<number>;
}

/** Starts tcpdump and returns when it listens. */
export async function startCapture(undo: UndoStack, plan: CapturePlan): Promise<Capture> {
  const args = [
    '-n',
    '-i',
    plan.device,
    '-s',
    String(plan.snaplen),
    '-B',
    String(BUFFER_KIB),
    '--immediate-mode',
    '-U',
  ];
  args.push('-Z', 'root', '-w', plan.file);
  if (plan.linkType) args.push('-y', plan.linkType);
  if (plan.packetLimit) args.push('-c', String(plan.packetLimit));
  if (plan.nanoseconds) args.push('--nano');
  if (plan.filter) args.push(...plan.filter.split(' '));
  const [command, ...rest] = inNamespace(plan.namespace, ['tcpdump', ...args]);
  const tcpdump = start(command, rest);
  undo.push(`tcpdump ${plan.file}`, async () => {
    await stop(tcpdump);
  });
  await tcpdump.says('listening on');
  return { plan, end: () => endCapture(tcpdump, plan) };
}

async function endCapture(tcpdump: Background, plan: CapturePlan): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
  await stop(tcpdump);
  const said = tcpdump.stderr();
  const captured = Number(/(\d+) packets? captured/.exec(said)?.[1] ?? Number.NaN);
  const dropped = Number(/(\d+) packets? dropped by kernel/.exec(said)?.[1] ?? Number.NaN);
  if (!Number.isFinite(captured) || dropped !== 0)
    throw new LabError(`the capture lost ${dropped} packets`, {
      command: `tcpdump -w ${plan.file}`,
      stderrTail: said.slice(-300),
    });
  return captured;
}
