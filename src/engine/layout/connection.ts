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

/** Where the records of its directions begin. */
export const directions = 72;
