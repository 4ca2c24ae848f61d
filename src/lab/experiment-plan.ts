// Station "lab": an experiment as its author writes it down.
import type { Path, PathPlan } from './topology.ts';
import type { ExchangePlan, ReceivePlan, SendPlan, SocketPlan } from './traffic-plan.ts';
import type { DirectionTruth, SmallPacketCause } from './truth.ts';
import type { UdpPlan } from './udp-plan.ts';
import type { UndoStack } from './undo.ts';

/** One capture of an experiment. */
export interface TapPlan {
  /** sender, receiver, or the index of a middle with the side of its device. */
  readonly at: 'sender' | 'receiver' | { readonly middle: number; readonly side: 'left' | 'right' };
  /** Another device of that host than the one towards the path. */
  readonly device?: string;
  /** The tap sees both ends (lo) or several copies. */
  readonly sees?: 'both' | 'copies';
  readonly encapsulation?: 'vxlan' | 'vlan';
  readonly file: string;
  readonly snaplen: number;
  /** "any" instead of the device. */
  readonly any?: 'LINUX_SLL' | 'LINUX_SLL2';
  readonly filter?: string;
  readonly nanoseconds?: boolean;
  readonly pcapng?: boolean;
  /** Start in mid-connection; needs startAfterMs in the sender's traffic. */
  readonly late?: boolean;
  readonly packetLimit?: number;
}

/** What one end does. */
export interface EndPlan {
  readonly socket: SocketPlan;
  readonly send?: SendPlan;
  readonly receive?: ReceivePlan;
  readonly exchange?: ExchangePlan;
  readonly startAfterMs?: number;
}

/** A whole experiment. The sender is the host at the left that sends most of the data. */
export interface Experiment {
  readonly scenario: string;
  readonly description: string;
  readonly seed: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly path: PathPlan;
  readonly senderFeatures: Readonly<Record<string, boolean>>;
  readonly receiverFeatures: Readonly<Record<string, boolean>>;
  readonly mergedBy: DirectionTruth['mergedBy'];
  /** Further commands once the path is up; what it returns replaces parts of the path (addresses over a tunnel). */
  readonly prepare?: (path: Path, undo: UndoStack) => Promise<Partial<Path> | undefined>;
  /** Files to merge by time once all is captured, as mergecap does. */
  readonly merge?: { readonly file: string; readonly of: readonly string[] };
  /** Which end connects. */
  readonly senderIs: 'client' | 'server';
  readonly sender: EndPlan;
  readonly receiver: EndPlan;
  /** UDP instead of TCP: sender and receiver then say nothing. */
  readonly udp?: UdpPlan;
  readonly taps: readonly TapPlan[];
  readonly smallPacketsReason: SmallPacketCause | null;
  /** Reasons that are true of it as well. */
  readonly smallPacketsAlso?: readonly SmallPacketCause[];
  readonly port: number;
  readonly deadlineMs: number;
  readonly sampleEveryMs: number;
}
