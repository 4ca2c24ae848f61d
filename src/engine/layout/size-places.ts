// Where the parts of a table of sizes lie, in bytes from its start; its entries lie elsewhere, so that they fill what is allocated.

/** Address of the first entry; 0: none yet. */
export const entries = 0;
export const capacity = 4;
export const used = 8;
/** Place of the entry that was counted last, in bytes from the first. */
export const last = 12;
export const bytes = 16;
/** Of an entry: size (0: free) and count, 32 bits each. */
export const count = 4;
export const entryBytes = 8;
