// A capture small enough to write by hand: connections of a handshake, some data each way acknowledged, and a FIN. Ethernet,
// IPv4, TCP with an MSS option in the SYNs; checksums left zero (the reports on it need none).

const linkHeader = 24;
const recordHeader = 16;

interface Segment {
  readonly fromClient: boolean;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly payloadBytes: number;
}

const Flag = { Fin: 1, Syn: 2, Ack: 16 } as const;

/** Segments of one connection in which the client sends `dataSegments` of `payloadBytes` each. */
function segmentsOf(dataSegments: number, payloadBytes: number): Segment[] {
  const segments: Segment[] = [
    { fromClient: true, seq: 999, ack: 0, flags: Flag.Syn, payloadBytes: 0 },
    { fromClient: false, seq: 4999, ack: 1000, flags: Flag.Syn | Flag.Ack, payloadBytes: 0 },
    { fromClient: true, seq: 1000, ack: 5000, flags: Flag.Ack, payloadBytes: 0 },
  ];
  let seq = 1000;
  for (let index = 0; index < dataSegments; index++) {
    segments.push({ fromClient: true, seq, ack: 5000, flags: Flag.Ack, payloadBytes });
    seq += payloadBytes;
    segments.push({ fromClient: false, seq: 5000, ack: seq, flags: Flag.Ack, payloadBytes: 0 });
  }
  segments.push({ fromClient: true, seq, ack: 5000, flags: Flag.Fin | Flag.Ack, payloadBytes: 0 });
  return segments;
}

const clientMac = [2, 0, 0, 0, 0, 1];
const serverMac = [2, 0, 0, 0, 0, 2];

function frameOf(segment: Segment, clientPort: number, id: number): Buffer {
  const isSyn = (segment.flags & Flag.Syn) !== 0;
  const tcpBytes = isSyn ? 24 : 20;
  const frame = Buffer.alloc(14 + 20 + tcpBytes + segment.payloadBytes);
  frame.set(segment.fromClient ? serverMac : clientMac, 0);
  frame.set(segment.fromClient ? clientMac : serverMac, 6);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(20 + tcpBytes + segment.payloadBytes, 16);
  frame.writeUInt16BE(id & 0xffff, 18);
  frame.writeUInt16BE(0x4000, 20);
  frame[22] = 64;
  frame[23] = 6;
  const [client, server] = [
    [10, 0, 0, 1],
    [10, 0, 0, 2],
  ];
  frame.set((segment.fromClient ? client : server) ?? [], 26);
  frame.set((segment.fromClient ? server : client) ?? [], 30);
  frame.writeUInt16BE(segment.fromClient ? clientPort : 5201, 34);
  frame.writeUInt16BE(segment.fromClient ? 5201 : clientPort, 36);
  frame.writeUInt32BE(segment.seq, 38);
  frame.writeUInt32BE(segment.ack, 42);
  frame[46] = (tcpBytes / 4) << 4;
  frame[47] = segment.flags;
  frame.writeUInt16BE(64_240, 48);
  if (isSyn) frame.set([2, 4, 1460 >> 8, 1460 & 0xff], 54);
  return frame;
}

/** A little-endian microsecond pcap with one connection per entry of `dataSegments`; a packet every 100 µs. */
export function tinyCapture(dataSegments: readonly number[], payloadBytes = 1460): Buffer {
  const header = Buffer.alloc(linkHeader);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const parts: Buffer[] = [header];
  let packet = 0;
  const nextId = { client: 0x1000, server: 0x2000 };
  for (const [index, count] of dataSegments.entries()) {
    for (const segment of segmentsOf(count, payloadBytes)) {
      const frame = frameOf(segment, 40_000 + index, nextId[segment.fromClient ? 'client' : 'server']++);
      const record = Buffer.alloc(recordHeader);
      record.writeUInt32LE(1_795_000_000 + Math.floor(packet / 10_000), 0);
      record.writeUInt32LE((packet % 10_000) * 100, 4);
      record.writeUInt32LE(frame.length, 8);
      record.writeUInt32LE(frame.length, 12);
      parts.push(record, frame);
      packet++;
    }
  }
  return Buffer.concat(parts);
}
