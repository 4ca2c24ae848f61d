// Where the parts of a table of sizes lie, in bytes from its start.

export const capacity = 0;
export const used = 4;
/** Place of the entry that was counted last, in bytes from the first. */
export const last = 8;
/** Size (0: free) and count, 32 bits each. */
export const entries = 16;
export const entryBytes = 8;
