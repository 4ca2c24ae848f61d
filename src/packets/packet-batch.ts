// Station "packets": decoded frames as rows of fixed width. One batch is filled, handed on, and filled again; nothing is
// allocated per packet. A row's global number (Wireshark's frame.number - 1) is `firstRow + row`. Views never leave the
// batch: store rows. One array of 32-bit words, not an array a column: 23..40 ns to fill 28 fields of a row against
// 214..328 ns with 28 typed arrays (Node 20; docs/adr/0006-rows-in-one-array.md).

/** What a row is. Columns that do not belong to the kind hold whatever an earlier row left there. */
export const PacketKind = {
  /** Decoded, but neither TCP, UDP nor ICMP. */
  Other: 0,
  Tcp: 1,
  Udp: 2,
  /** ICMP or ICMPv6 that is no "too big" message. */
  Icmp: 3,
  /** ICMP "fragmentation needed" or ICMPv6 "packet too big"; address and port columns are of the packet it quotes. */
  IcmpTooBig: 4,
  /** A fragment that is not the first: ports unknown. */
  Fragment: 5,
  /** Not decodable: unknown link type, cut too short, or headers that contradict themselves. */
  Undecoded: 6,
} as const;

/** Bits of the `notes` column. */
export const Note = {
  Ipv6: 0x1,
  Timestamps: 0x2,
  /** IPv4 total length 0, or IPv6 payload length 0 without a jumbo option: length taken from the frame. */
  LengthZero: 0x4,
  /** IPv6 hop-by-hop jumbo option. */
  Jumbo: 0x8,
  /** Bytes follow the IP packet up to the minimum Ethernet frame: it came from a wire. */
  Padded: 0x10,
  Malformed: 0x20,
  DontFragment: 0x40,
  /** First fragment of several. */
  FirstFragment: 0x80,
  SackPermitted: 0x100,
  /** First SACK block reports a duplicate (RFC 2883). */
  Dsack: 0x200,
  /** TCP options were cut off by the snaplen. */
  OptionsCut: 0x400,
  /** Incoming or outgoing, as SLL packet type or epb_flags say. */
  Incoming: 0x800,
  Outgoing: 0x1000,
  EpbSegmentation: 0x2000,
  EpbChecksumNotReady: 0x4000,
  /** TCP MD5 or TCP-AO option: the kernel does not use TSO on such a socket. */
  Signed: 0x8000,
  /** Link-layer addresses both zero: Linux loopback. */
  LoopbackLink: 0x10000,
} as const;

/** States of the `checksum` column (of the innermost TCP or UDP checksum). */
export const ChecksumState = { Unknown: 0, Valid: 1, Partial: 2, Wrong: 3 } as const;

export const ChecksumPlace = {
  /** No VXLAN or Geneve around the packet. */
  NoTunnel: 255,
  /** The outer UDP checksum field is zero. */
  ZeroField: 4,
} as const;

/** Words of a row. */
export const Col = {
  /** PacketKind. */
  kind: 0,
  /** Note bits. */
  notes: 1,
  /** Bytes of the frame as the tap saw it. */
  frameLength: 2,
  /** Index into the decoder's list of taps. */
  tap: 3,
  /** Index into the decoder's list of encapsulations; 0 is none. */
  encapsulation: 4,
  /** IPv4 address, or the first 32 bits of an IPv6 address. */
  source: 5,
  destination: 6,
  /** Bits 32..127 of IPv6 addresses: three words each. */
  sourceTail: 7,
  sourceTail1: 8,
  sourceTail2: 9,
  destinationTail: 10,
  destinationTail1: 11,
  destinationTail2: 12,
  /** Source port in the upper half, destination port in the lower. */
  ports: 13,
  /** IPv4 identification; for an ICMP "too big" row the MTU that it names. */
  ipId: 14,
  ttl: 15,
  /** TOS / traffic class byte. */
  tos: 16,
  /** Bytes from the link header to the start of the TCP or UDP payload, with an Ethernet link header assumed where the file has another. */
  headerBytes: 17,
  payloadBytes: 18,
  /** TCP sequence number; for an ICMP "too big" row the IPv4 address of its sender. */
  seq: 19,
  ack: 20,
  /** TcpFlag bits; for a fragment its IP protocol. */
  tcpFlags: 21,
  tcpOptionBytes: 22,
  /** The 16-bit field, unscaled. */
  window: 23,
  tsVal: 24,
  tsEcr: 25,
  /** Count of SACK blocks. */
  sackBlocks: 26,
  /** First SACK block. */
  sackLeft: 27,
  sackRight: 28,
  /** Highest right edge of all SACK blocks. */
  sackHighest: 29,
  /** Only for SYN: MSS option (0 if absent) in the upper half, window scale (255 if absent) in the lower. */
  synOptions: 30,
  /** ChecksumState of the TCP checksum in bits 0..7; of the outer UDP checksum of a VXLAN or Geneve packet in bits 8..15 (NO_TUNNEL if there is none, ZERO_CHECKSUM for a zero field). */
  checksums: 31,
} as const;

/** `row << ROW_SHIFT` is where a row's words start. */
export const ROW_SHIFT = 5;

/** Rows in a batch: small enough that they stay in a core's second-level cache between decoding and analysis. */
const BATCH_ROWS = 16384;

/** Reused rows of decoded frames. */
export class PacketBatch {
  readonly capacity: number;
  /** Global number of row 0. */
  firstRow = 0;
  length = 0;
  readonly time: Float64Array;
  /** `words[(row << ROW_SHIFT) + Col.x]`. */
  readonly words: Int32Array;

  constructor(capacity: number = BATCH_ROWS) {
    this.capacity = capacity;
    this.time = new Float64Array(capacity);
    this.words = new Int32Array(capacity << ROW_SHIFT);
  }
}
