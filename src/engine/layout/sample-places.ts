// Where the parts of a sample lie, in bytes from its start.

export const count = 0;
export const kept = 4;
export const rows = 8;
export const bytes = 40;
/** Bytes of one with room for few rows. */
export const fewBytes = 16;
export const fewRows = 2;

/** Rows that a sample keeps. */
export const mostRows = 8;
