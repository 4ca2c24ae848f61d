// Where the parts of a frame in flight lie, in bytes from its start.

/** When it was sent, in ns; of a frame that was sent again that time negated, minus one. */
export const timeNs = 0;
export const end = 8;
export const start = 12;
export const row = 16;
export const ipId = 20;
export const bytes = 24;
