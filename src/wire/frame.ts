// Station "wire": the frame, the one thing that captures, the simulator and the lab all hand over.

import type { EpochTime, TimeNs } from '../bytes/time.ts';
import type { RecordTaker } from './records.ts';

/** Link types that can be decoded, by their number in the pcap registry (https://www.tcpdump.org/linktypes.html). */
export const LinkType = {
  Null: 0,
  Ethernet: 1,
  Raw: 101,
  Loop: 108,
  LinuxSll: 113,
  Ipv4: 228,
  Ipv6: 229,
  LinuxSll2: 276,
} as const;

/** What a capture says of one of its interfaces: a pcapng interface block, or the pcap file header. */
export interface CaptureInterface {
  /** Number of the interface in this capture, counted over all sections from 0. */
  readonly index: number;
  /** pcap link type number, known or not. */
  readonly linkType: number;
  readonly name?: string;
  readonly description?: string;
  readonly hardware?: string;
  readonly filter?: string;
  readonly os?: string;
  /** Transmit speed of the link, in bits per second (pcapng if_txspeed or if_speed). */
  readonly speedBitsPerSec?: number;
  /** Most bytes kept of each packet; 0 or undefined is without limit. */
  readonly snapLength?: number;
  /** Length of the frame check sequence at the end of each frame, in bytes (pcapng if_fcslen). */
  readonly fcsBytes?: number;
}

/** Bits of `flags` in `onFrame`: those of pcapng's epb_flags (draft-ietf-opsawg-pcapng, section 4.3.1). 0 when the file has none. */
export const FrameFlags = {
  DirectionMask: 0x3,
  Inbound: 0x1,
  Outbound: 0x2,
  /** Checksum not ready: left for an offload to fill in. */
  ChecksumNotReady: 0x200,
  /** Checksum was found valid by the hardware. */
  ChecksumValid: 0x400,
  /** TCP segmentation offloaded: one frame stands for several wire packets. */
  SegmentationOffload: 0x800,
} as const;

/** Takes frames in file order. A frame's number is the count of `onFrame` calls before it, plus one: Wireshark's frame.number. */
export interface FrameSink {
  /** Called once, before the first frame of the interface. */
  onInterface(info: CaptureInterface): void;
  /**
   * One captured frame. `view` holds its bytes from `start` on for `capturedLength` and is only lent for the call.
   * `originalLength` is what the tap saw (>= 0, not checked against anything). `time` may go backwards.
   */
  onFrame(
    view: DataView,
    start: number,
    capturedLength: number,
    originalLength: number,
    time: TimeNs,
    interfaceIndex: number,
    flags: number,
  ): void;
  /** For a sink that takes whole runs of a file's records as well; frames come by `onFrame` all the same. */
  readonly recordTaker?: RecordTaker | undefined;
  /**
   * Called after `onFrame` by the reader of a little-endian pcap in its usual form: a sink may take whole records itself, from `at` on and
   * no further than `end`, as long as they are captured whole and are all of one length, in the order of time. `last` is the record of
   * the last frame. Returns where the first record begins that it has not taken.
   */
  onRecords?(view: DataView, last: number, at: number, end: number): number;
  /** The absolute time of time 0; called before the first frame, never when the capture holds none. */
  onFirstTime?(epoch: EpochTime): void;
  /** A comment on the frame that comes next (pcapng opt_comment). */
  onComment?(text: string): void;
  /** Packets that the capture lost, as an interface statistics block or epb_dropcount says; cumulative per interface. */
  onDrops?(
    interfaceIndex: number,
    drops: { readonly byInterface?: number; readonly byOs?: number; readonly received?: number },
  ): void;
}
