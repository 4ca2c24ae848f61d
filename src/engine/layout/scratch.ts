// Fixed places in the memory, in bytes, through which the packet loop and the code that it calls out to share what is at hand.

/** How much of the time before the data at hand its pace held it back, in ns; Infinity: all (pace.ts). */
export const pacedNs = 8;
/** In place of that: all, if the pace that it fits proves to be one. */
export const pacedPerhaps = -1;
/** Time of the row at hand, in ns since the capture's first packet. */
export const nowNs = 16;
/** When the acknowledgement at hand takes effect at the sender, as the tap sees it, in ns. */
export const effectNs = 24;
// The frame of data at hand.
/** Payload of a full segment with this frame's options, in bytes; 0 unknown. */
export const segment = 32;
export const start = 40;
export const end = 44;
export const payload = 48;
export const segments = 52;
export const row = 56;
export const ipId = 60;

/** Heads of the lists of memory that was given back, by size (memory.ts): 64 words. */
export const freeLists = 64;
