// Station "capture": the numbers of the pcapng format (draft-ietf-opsawg-pcapng-03), for reader and writer.

/** Block types. Those not named here are skipped and counted. */
export const BlockType = {
  Section: 0x0a0d0d0a,
  Interface: 1,
  /** Obsolete (appendix A), still written by some. */
  Packet: 2,
  SimplePacket: 3,
  NameResolution: 4,
  Statistics: 5,
  EnhancedPacket: 6,
  SystemdJournal: 9,
  DecryptionSecrets: 10,
  Custom: 0xbad,
  CustomNoCopy: 0x40000bad,
} as const;

/** First word of a section header's body, in the section's own byte order. */
export const byteOrderMagic = 0x1a2b3c4d;

/** Options of every block. */
export const CommonOption = { End: 0, Comment: 1 } as const;

/** Options of a section header block. */
export const SectionOption = { Hardware: 2, Os: 3, UserApplication: 4 } as const;

/** Options of an interface description block. */
export const InterfaceOption = {
  Name: 2,
  Description: 3,
  Speed: 8,
  TimeResolution: 9,
  Filter: 11,
  Os: 12,
  FcsLength: 13,
  TimeOffset: 14,
  Hardware: 15,
  TransmitSpeed: 16,
  ReceiveSpeed: 17,
} as const;

/** Options of an enhanced packet block. */
export const PacketOption = { Flags: 2, Hash: 3, DropCount: 4, PacketId: 5, Queue: 6, Verdict: 7 } as const;

/** Options of an interface statistics block. */
export const StatisticsOption = { Received: 4, DroppedByInterface: 5, DroppedByOs: 7 } as const;

/** A walk over the options in `start`..`end` of a block; calls `each` with the place of every value. */
export type OptionVisitor = (code: number, valueAt: number, length: number) => void;

/** Visits options until the end mark or `end`. Returns false when an option claims more bytes than the block has left. */
export function forEachOption(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  each: OptionVisitor,
): boolean {
  let at = start;
  while (end - at >= 4) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === CommonOption.End) return true;
    if (length > end - at - 4) return false;
    each(code, at + 4, length);
    at += 4 + ((length + 3) & ~3);
  }
  return true;
}
