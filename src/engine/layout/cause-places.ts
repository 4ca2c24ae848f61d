// Where the parts of what is known of small frames of one cause lie, in bytes from its start: their payload in bytes (a double), how many
// they are, and the address of a sample of their rows.

export const payloadBytes = 0;
export const frames = 8;
export const sample = 12;
export const bytes = 16;
