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

// What changes rarely or never.
export const firstNs = 56;
export const synNs = 64;
export const handshakeAckNs = 72;
export const firstRow = 80;
export const firstTap = 84;
export const encapsulation = 88;
export const ipv6 = 92;
export const synRow = 96;
export const synAckRow = 100;
export const clientKnown = 104;
export const reset = 108;
export const timestamps = 112;
export const ecnAgreed = 116;
export const loopback = 120;
/** Addresses of the flow's first end and second end, four words each; ports, the first end's in the upper half. */
export const addresses = 124;
/** How many SYN and SYN-ACK are known by their rows, and those rows: at most seven. */
export const synCount = 160;
export const synRows = 164;

/** Where the records of its directions begin: records begin with a line of the processor's cache. */
export const directions = 192;
