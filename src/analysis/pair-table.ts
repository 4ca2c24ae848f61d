// Station "analysis": the wire packets of one tap, as columns, for the comparison of two taps.

/** What identifies a TCP direction at every tap: addresses and ports. Shared by the tables that are compared. */
export class PairDirections {
  private readonly indexes: Map<string, number> = new Map();
  readonly names: string[] = [];
  /** Index of the opposite direction, -1 while it was not seen. */
  readonly reverse: number[] = [];

  /** Index of the direction between two ends, written `address:port`; made when new. */
  index(from: string, to: string): number {
    const key = `${from} > ${to}`;
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    const index = this.names.length;
    this.indexes.set(key, index);
    this.names.push(key);
    const reverse = this.indexes.get(`${to} > ${from}`) ?? -1;
    this.reverse.push(reverse);
    if (reverse >= 0) this.reverse[reverse] = index;
    return index;
  }
}

/** One wire packet of a TCP direction. */
export interface PairPacket {
  readonly direction: number;
  readonly sequence: number;
  /** Payload, and one each for SYN and FIN: the sequence space that the packet takes. */
  readonly sequenceBytes: number;
  readonly acknowledgement: number;
  /** TCP flags in the low nine bits. */
  readonly flags: number;
  /** IPv4 ID; -1 for IPv6. */
  readonly identification: number;
  /** Hash of what a path must not change: window, urgent pointer, options. */
  readonly headerHash: number;
  readonly timeNs: number;
  /** Number of the captured frame that the packet belongs to. */
  readonly frame: number;
}

const firstRows = 4096;

/** All packets of one tap; grows by doubling. About 44 bytes a packet. */
export class PairTable {
  count = 0;
  direction: Int32Array = new Int32Array(firstRows);
  sequence: Int32Array = new Int32Array(firstRows);
  sequenceBytes: Int32Array = new Int32Array(firstRows);
  acknowledgement: Int32Array = new Int32Array(firstRows);
  flags: Int32Array = new Int32Array(firstRows);
  identification: Int32Array = new Int32Array(firstRows);
  headerHash: Int32Array = new Int32Array(firstRows);
  frame: Int32Array = new Int32Array(firstRows);
  timeNs: Float64Array = new Float64Array(firstRows);

  add(packet: PairPacket): void {
    const row = this.count;
    if (row === this.direction.length) this.grow();
    this.direction[row] = packet.direction;
    this.sequence[row] = packet.sequence;
    this.sequenceBytes[row] = packet.sequenceBytes;
    this.acknowledgement[row] = packet.acknowledgement;
    this.flags[row] = packet.flags;
    this.identification[row] = packet.identification;
    this.headerHash[row] = packet.headerHash;
    this.frame[row] = packet.frame;
    this.timeNs[row] = packet.timeNs;
    this.count += 1;
  }

  private grow(): void {
    const rows = this.direction.length * 2;
    const larger = (old: Int32Array): Int32Array => {
      const made = new Int32Array(rows);
      made.set(old);
      return made;
    };
    this.direction = larger(this.direction);
    this.sequence = larger(this.sequence);
    this.sequenceBytes = larger(this.sequenceBytes);
    this.acknowledgement = larger(this.acknowledgement);
    this.flags = larger(this.flags);
    this.identification = larger(this.identification);
    this.headerHash = larger(this.headerHash);
    this.frame = larger(this.frame);
    const times = new Float64Array(rows);
    times.set(this.timeNs);
    this.timeNs = times;
  }
}
