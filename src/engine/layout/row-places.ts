// Where the parts of a row lie, in bytes from its start, as packets/packet-batch.ts has them in words.

export const head = 0;
export const notes = 4;
export const ip = 8;
export const number = 12;
export const place = 16;
export const source = 20;
export const destination = 24;
export const ports = 28;
export const payloadBytes = 32;
export const seq = 36;
export const ack = 40;
export const windowAndHeader = 44;
export const tsVal = 48;
export const tsEcr = 52;
export const timeNs = 56;
export const bytes = 64;

// In the row's rare part.
export const sourceTail = 0;
export const destinationTail = 12;
export const sackLeft = 24;
export const sackRight = 28;
export const sackHighest = 32;
export const synOptions = 36;

// What a row that waits has instead of addresses and ports, copied from its rare part: of a SYN, or of a row with SACK blocks.
export const waitingSynOptions = 20;
export const waitingSackLeft = 20;
export const waitingSackRight = 24;
export const waitingSackHighest = 28;
/** Bit of the head of a row that waits: it goes from side 1. */
export const fromSecondSide = 0x1000_0000;

// Kinds.
export const tcp = 1;
export const udp = 2;
export const tooBig = 4;

// Bits of the notes.
export const ipv6 = 0x1;
export const timestamps = 0x2;
export const lengthZero = 0x4;
export const jumbo = 0x8;
export const padded = 0x10;
export const malformed = 0x20;
export const dontFragment = 0x40;
export const sackPermitted = 0x100;
export const dsack = 0x200;
export const optionsCut = 0x400;
export const incoming = 0x800;
export const outgoing = 0x1000;
export const epbSegmentation = 0x2000;
export const epbChecksumNotReady = 0x4000;
export const signed = 0x8000;
export const loopbackLink = 0x10000;
export const short = 0x20000;
export const headerCut = 0x40000;

// Flags of TCP.
export const fin = 0x1;
export const syn = 0x2;
export const rst = 0x4;
export const psh = 0x8;
export const ackFlag = 0x10;
export const ece = 0x40;
export const cwr = 0x80;

// States of a checksum.
export const unknown = 0;
export const valid = 1;
export const partial = 2;
export const wrong = 3;
export const noTunnel = 7;
