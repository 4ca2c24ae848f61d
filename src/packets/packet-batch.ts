// Station "packets": decoded frames as rows of fixed width. One batch is filled, handed on, and filled again; nothing is
// allocated per packet. Views never leave the batch: store row numbers. One array of 32-bit words, not an array a column, and 64 bytes a row, which is one line of a cache
// (docs/adr/0006-rows-in-one-array.md has the measurements).

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
  /** Shorter at the tap than the shortest Ethernet frame without its check sequence: 60 bytes. */
  Short: 0x20000,
  /**
   * The snap length cut the TCP header behind its flags: the window is not known (65,535 is in its place), nor is the
   * checksum. Of a packet that could not be decoded: it was cut.
   */
  HeaderCut: 0x40000,
} as const;

/** States of a checksum (of the innermost TCP packet's, and of a tunnel's outer UDP header). */
export const ChecksumState = { Unknown: 0, Valid: 1, Partial: 2, Wrong: 3 } as const;

export const ChecksumPlace = {
  /** The outer UDP checksum field is zero. */
  ZeroField: 4,
  /** No VXLAN or Geneve around the packet. */
  NoTunnel: 7,
} as const;

/** Words of a row. Those that hold several numbers are read by the functions below. */
export const Col = {
  /** kindOf, sackBlocksOf, tcpFlagsOf, checksumOf, tunnelChecksumOf, tcpOptionBytesOf. */
  head: 0,
  /** Note bits. */
  notes: 1,
  /** ipIdOf, ttlOf, tosOf. */
  ip: 2,
  /** Global number of the row: Wireshark's frame.number - 1. */
  row: 3,
  /** tapOf, encapsulationOf. */
  place: 4,
  /** IPv4 address, or the first 32 bits of an IPv6 address. */
  source: 5,
  destination: 6,
  /** Source port in the upper half, destination port in the lower. */
  ports: 7,
  payloadBytes: 8,
  /** TCP sequence number; for an ICMP "too big" row the IPv4 address of its sender. */
  seq: 9,
  ack: 10,
  /** windowOf, headerBytesOf. */
  windowAndHeader: 11,
  tsVal: 12,
  tsEcr: 13,
} as const;

/** The row's time lies in its last two words, as element `(base >> 1) + TIME_AT` of `times`. */
export const TIME_AT = 7;

/** Words of what few rows have: the second half of the array, at `rareOf(words, base)`, so that a common row stays one cache line. */
export const Rare = {
  /** Bits 32..127 of IPv6 addresses: three words each. */
  sourceTail: 0,
  destinationTail: 3,
  /** First SACK block, where sackBlocksOf is not 0. */
  sackLeft: 6,
  sackRight: 7,
  /** Highest right edge of all SACK blocks. */
  sackHighest: 8,
  /** Only for SYN: MSS option (0 if absent) in the upper half, window scale (255 if absent) in the lower. */
  synOptions: 9,
} as const;

/** `row << ROW_SHIFT` is where a row's words start. */
export const ROW_SHIFT = 4;

/** Bits of `Col.head`. */
const SACK_SHIFT = 4;
const FLAGS_SHIFT = 8;
const CHECKSUM_SHIFT = 17;
const TUNNEL_SHIFT = 19;
const OPTIONS_SHIFT = 22;

/** Where the row's rare words start. */
export function rareOf(words: Int32Array, base: number): number {
  return base + (words.length >>> 1);
}

/** PacketKind. */
export function kindOf(words: Int32Array, base: number): number {
  return words[base]! & 0xf;
}

/** Count of SACK blocks. */
export function sackBlocksOf(words: Int32Array, base: number): number {
  return (words[base]! >>> SACK_SHIFT) & 0xf;
}

/** TcpFlag bits; for a fragment its IP protocol. */
export function tcpFlagsOf(words: Int32Array, base: number): number {
  return (words[base]! >>> FLAGS_SHIFT) & 0x1ff;
}

/** ChecksumState of the TCP checksum. */
export function checksumOf(words: Int32Array, base: number): number {
  return (words[base]! >>> CHECKSUM_SHIFT) & 0x3;
}

/** ChecksumState or ChecksumPlace of the outer UDP checksum of a VXLAN or Geneve packet. */
export function tunnelChecksumOf(words: Int32Array, base: number): number {
  return (words[base]! >>> TUNNEL_SHIFT) & 0x7;
}

/** Bytes of TCP options. */
export function tcpOptionBytesOf(words: Int32Array, base: number): number {
  return (words[base]! >>> OPTIONS_SHIFT) & 0x3f;
}

/** IPv4 identification; for an ICMP "too big" row the MTU that it names. */
export function ipIdOf(words: Int32Array, base: number): number {
  return words[base + Col.ip]! >>> 16;
}

export function ttlOf(words: Int32Array, base: number): number {
  return (words[base + Col.ip]! >>> 8) & 0xff;
}

/** TOS or traffic class byte. */
export function tosOf(words: Int32Array, base: number): number {
  return words[base + Col.ip]! & 0xff;
}

/** Index into the decoder's list of taps. */
export function tapOf(words: Int32Array, base: number): number {
  return words[base + Col.place]! >>> 16;
}

/** Index into the decoder's list of encapsulations; 0 is none. */
export function encapsulationOf(words: Int32Array, base: number): number {
  return words[base + Col.place]! & 0xffff;
}

/** The window field, unscaled. */
export function windowOf(words: Int32Array, base: number): number {
  return words[base + Col.windowAndHeader]! >>> 16;
}

/** Bytes from the link header to the start of the TCP or UDP payload, with an Ethernet link header assumed where the file has another. */
export function headerBytesOf(words: Int32Array, base: number): number {
  return words[base + Col.windowAndHeader]! & 0xffff;
}

/** The head of a TCP row without checksum state and SACK blocks; the tunnel's state stays. */
export function setTcpHead(words: Int32Array, base: number, flags: number, optionBytes: number): void {
  words[base] =
    (words[base]! & (7 << TUNNEL_SHIFT)) | PacketKind.Tcp | (flags << FLAGS_SHIFT) | (optionBytes << OPTIONS_SHIFT);
}

/** The head of a row of which nothing is known yet. */
export function clearHead(words: Int32Array, base: number): void {
  words[base] = (ChecksumPlace.NoTunnel << TUNNEL_SHIFT) | PacketKind.Undecoded;
}

export function setKind(words: Int32Array, base: number, kind: number): void {
  words[base] = (words[base]! & ~0xf) | kind;
}

/** For `tcpFlagsOf` of a row that is not TCP. */
export function setProtocol(words: Int32Array, base: number, protocol: number): void {
  words[base] = (words[base]! & ~(0x1ff << FLAGS_SHIFT)) | (protocol << FLAGS_SHIFT);
}

export function setSackBlocks(words: Int32Array, base: number, blocks: number): void {
  words[base] = (words[base]! & ~(0xf << SACK_SHIFT)) | (blocks << SACK_SHIFT);
}

/** Only on a head fresh from setTcpHead, whose checksum state is Unknown. */
export function addChecksum(words: Int32Array, base: number, state: number): void {
  words[base] = words[base]! | (state << CHECKSUM_SHIFT);
}

export function setTunnelChecksum(words: Int32Array, base: number, state: number): void {
  words[base] = (words[base]! & ~(7 << TUNNEL_SHIFT)) | (state << TUNNEL_SHIFT);
}

export function setPlace(words: Int32Array, base: number, tap: number, encapsulation: number): void {
  words[base + Col.place] = (tap << 16) | encapsulation;
}

export function setIp(words: Int32Array, base: number, ipId: number, ttl: number, tos: number): void {
  words[base + Col.ip] = (ipId << 16) | (ttl << 8) | tos;
}

export function setHeaderBytes(words: Int32Array, base: number, bytes: number): void {
  words[base + Col.windowAndHeader] = (words[base + Col.windowAndHeader]! & ~0xffff) | bytes;
}

/** Rows in a batch: so few that they are still in the second-level cache when they are looked at again. */
const BATCH_ROWS = 1024;

function ownMemory(capacity: number): { readonly buffer: ArrayBuffer; readonly byteOffset: number } {
  return { buffer: new ArrayBuffer(capacity << (ROW_SHIFT + 3)), byteOffset: 0 };
}

/** Reused rows of decoded frames. */
export class PacketBatch {
  readonly capacity: number;
  length = 0;
  /** `words[(row << ROW_SHIFT) + Col.x]`; the rare words in the second half. */
  words: Int32Array;
  /** The same memory: `times[(base >> 1) + TIME_AT]`. */
  times: Float64Array;
  /** Where the rows lie in their buffer. */
  readonly byteOffset: number;

  /** `allocate` gives memory for that many rows and their rare parts; without it the batch has memory of its own. */
  constructor(
    capacity: number = BATCH_ROWS,
    allocate: (capacity: number) => { readonly buffer: ArrayBuffer; readonly byteOffset: number } = ownMemory,
  ) {
    this.capacity = capacity;
    const { buffer, byteOffset } = allocate(capacity);
    this.byteOffset = byteOffset;
    this.words = new Int32Array(buffer, byteOffset, capacity << (ROW_SHIFT + 1));
    this.times = new Float64Array(buffer, byteOffset, capacity << ROW_SHIFT);
  }

  /** The memory has another buffer now, with the same rows at the same place. */
  renew(buffer: ArrayBufferLike): void {
    this.words = new Int32Array(buffer, this.byteOffset, this.capacity << (ROW_SHIFT + 1));
    this.times = new Float64Array(buffer, this.byteOffset, this.capacity << ROW_SHIFT);
  }
}
