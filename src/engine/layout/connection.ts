// Station "analysis": where the numbers of a connection lie that change with every packet, in bytes from its start. Its two directions'
// records follow.

/** Index of the connection in the order of first packets. */
export const number = 0;
/** Side of the last packet, or -1. */
export const lastSide = 4;
export const lastRow = 8;
export const established = 12;
export const lastNs = 16;
export const lastFrameNs = 24;
export const synAckNs = 32;
export const serverFirst = 40;
/** It has copies from a second tap. */
export const copied = 44;
/** Sequence number of the SYN that opened it, when it began with one. */
export const openedBySyn = 48;
export const openingSeq = 52;
/** Rows that wait to be taken (consume.ts): address of the first, how many, room for how many. */
export const waitingRows = 56;
export const waitingCount = 60;
export const waitingCapacity = 64;

// What changes rarely or never.
export const firstNs = 72;
export const synNs = 80;
export const handshakeAckNs = 88;
export const firstRow = 96;
export const firstTap = 100;
export const encapsulation = 104;
export const ipv6 = 108;
export const synRow = 112;
export const synAckRow = 116;
export const clientKnown = 120;
export const reset = 124;
export const timestamps = 128;
export const ecnAgreed = 132;
export const loopback = 136;
/** Addresses of the flow's first end and second end, four words each; ports, the first end's in the upper half. */
export const addresses = 140;
/** How many SYN and SYN-ACK are known by their rows, and those rows: at most sixteen. */
export const synCount = 176;
export const synRows = 180;

/** Where the records of its directions begin. */
export const directions = 248;
