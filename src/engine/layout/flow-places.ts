// Where the parts of a flow's entry lie, in bytes from its start. An entry is one line of the processor's cache.

/** First words of the addresses of the first row's source and destination, as they lie in a row; its ports. */
export const addresses = 0;
export const ports = 8;
/** Protocol, and 0x100 for IPv6. */
export const kind = 12;
/** The rest of those addresses, 12 bytes each. */
export const tails = 16;
/** From 0; UDP flows are numbered along. */
export const number = 40;
/** Address of its connection; 0: none. */
export const connection = 44;
/** Rows that wait to be taken (consume.ts): address of the first, how many, room for how many. */
export const waitingRows = 48;
export const waitingCount = 52;
export const waitingCapacity = 56;
/** Which of its sides has sent a FIN (1 the first, 2 the second), or both bits after a reset. */
export const closed = 60;
/** Of both sides. */
export const bothClosed = 3;
export const bytes = 64;
