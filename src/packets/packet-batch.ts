// Station "packets": decoded frames as columns. One batch is filled, handed on, and filled again; nothing is allocated per
// packet. A row's global number (Wireshark's frame.number - 1) is `firstRow + row`. Views never leave the batch: store rows.

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
  Ipv6: 1 << 0,
  Timestamps: 1 << 1,
  /** IPv4 total length 0, or IPv6 payload length 0 without a jumbo option: length taken from the frame. */
  LengthZero: 1 << 2,
  /** IPv6 hop-by-hop jumbo option. */
  Jumbo: 1 << 3,
  /** Bytes follow the IP packet up to the minimum Ethernet frame: it came from a wire. */
  Padded: 1 << 4,
  Malformed: 1 << 5,
  DontFragment: 1 << 6,
  /** First fragment of several. */
  FirstFragment: 1 << 7,
  SackPermitted: 1 << 8,
  /** First SACK block reports a duplicate (RFC 2883). */
  Dsack: 1 << 9,
  /** TCP options were cut off by the snaplen. */
  OptionsCut: 1 << 10,
  /** Incoming or outgoing, as SLL packet type or epb_flags say. */
  Incoming: 1 << 11,
  Outgoing: 1 << 12,
  EpbSegmentation: 1 << 13,
  EpbChecksumNotReady: 1 << 14,
  /** TCP MD5 or TCP-AO option: the kernel does not use TSO on such a socket. */
  Signed: 1 << 15,
  /** Link-layer addresses both zero: Linux loopback. */
  LoopbackLink: 1 << 16,
} as const;

/** States of the `checksum` column (of the innermost TCP or UDP checksum). */
export const ChecksumState = { Unknown: 0, Valid: 1, Partial: 2, Wrong: 3 } as const;

/** Rows in a batch: small enough that its columns stay in a core's second-level cache between decoding and analysis. */
const BATCH_ROWS = 2048;

/** Reused columns of decoded frames. */
export class PacketBatch {
  readonly capacity: number;
  /** Global number of row 0. */
  firstRow = 0;
  length = 0;

  readonly time: Float64Array;
  readonly kind: Uint8Array;
  readonly notes: Int32Array;
  readonly frameLength: Uint32Array;
  readonly interfaceIndex: Uint16Array;
  /** Index into the decoder's list of encapsulations; 0 is none. */
  readonly encapsulation: Uint16Array;
  /** IPv4 address, or the first 32 bits of an IPv6 address. */
  readonly source: Int32Array;
  readonly destination: Int32Array;
  /** Bits 32..127 of IPv6 addresses: three words a row. */
  readonly sourceTail: Int32Array;
  readonly destinationTail: Int32Array;
  readonly sourcePort: Uint16Array;
  readonly destinationPort: Uint16Array;
  /** IPv4 identification; for an ICMP "too big" row the MTU that it names. */
  readonly ipId: Uint16Array;
  readonly ttl: Uint8Array;
  /** TOS / traffic class byte. */
  readonly tos: Uint8Array;
  /** Bytes from the start of the link header to the start of the TCP or UDP payload, with an Ethernet link header assumed where the file has another. */
  readonly headerBytes: Uint16Array;
  readonly payloadBytes: Int32Array;
  readonly seq: Int32Array;
  readonly ack: Int32Array;
  readonly tcpFlags: Uint16Array;
  readonly tcpOptionBytes: Uint8Array;
  readonly window: Uint16Array;
  readonly tsVal: Int32Array;
  readonly tsEcr: Int32Array;
  readonly sackBlocks: Uint8Array;
  readonly sackLeft: Int32Array;
  readonly sackRight: Int32Array;
  /** Highest right edge of all SACK blocks. */
  readonly sackHighest: Int32Array;
  /** MSS option, 0 if absent; only written for SYN. */
  readonly mssOption: Uint16Array;
  /** Window scale option, 255 if absent; only written for SYN. */
  readonly windowScale: Uint8Array;
  readonly checksum: Uint8Array;
  /** Outer UDP checksum of a VXLAN or Geneve packet. 255: no such tunnel; else ChecksumState, or 4 for a zero field. */
  readonly tunnelChecksum: Uint8Array;

  constructor(capacity: number = BATCH_ROWS) {
    this.capacity = capacity;
    this.time = new Float64Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.notes = new Int32Array(capacity);
    this.frameLength = new Uint32Array(capacity);
    this.interfaceIndex = new Uint16Array(capacity);
    this.encapsulation = new Uint16Array(capacity);
    this.source = new Int32Array(capacity);
    this.destination = new Int32Array(capacity);
    this.sourceTail = new Int32Array(capacity * 3);
    this.destinationTail = new Int32Array(capacity * 3);
    this.sourcePort = new Uint16Array(capacity);
    this.destinationPort = new Uint16Array(capacity);
    this.ipId = new Uint16Array(capacity);
    this.ttl = new Uint8Array(capacity);
    this.tos = new Uint8Array(capacity);
    this.headerBytes = new Uint16Array(capacity);
    this.payloadBytes = new Int32Array(capacity);
    this.seq = new Int32Array(capacity);
    this.ack = new Int32Array(capacity);
    this.tcpFlags = new Uint16Array(capacity);
    this.tcpOptionBytes = new Uint8Array(capacity);
    this.window = new Uint16Array(capacity);
    this.tsVal = new Int32Array(capacity);
    this.tsEcr = new Int32Array(capacity);
    this.sackBlocks = new Uint8Array(capacity);
    this.sackLeft = new Int32Array(capacity);
    this.sackRight = new Int32Array(capacity);
    this.sackHighest = new Int32Array(capacity);
    this.mssOption = new Uint16Array(capacity);
    this.windowScale = new Uint8Array(capacity);
    this.checksum = new Uint8Array(capacity);
    this.tunnelChecksum = new Uint8Array(capacity);
  }
}
