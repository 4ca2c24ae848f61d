// What a sender waits for, and how a frame came to be sent: numbers that both sides of the memory share.

/** Nothing is unacknowledged. */
export const idle = 0;
export const receiveWindow = 1;
export const sender = 2;
export const network = 3;
export const recovery = 4;
/** As idle, but the window held back what may be queued. */
export const waiting = 5;

/** Stretches of a connection's time for which what limited it is known. */
export const bins = 64;
