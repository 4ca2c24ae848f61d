// Where the parts of quantiles lie, in bytes from their start.

export const count = 0;
/** Of buckets. */
export const firstOctave = 4;
/** While there are few: whether values are doubles (1) or whole numbers of 32 bits (0). */
export const wide = 4;
export const least = 8;
export const most = 16;
/** Address of the values themselves, while there are few; then of the buckets. */
export const values = 24;
/** Room for so many values; then octaves that have buckets. */
export const capacity = 28;
export const bytes = 32;

/** So many values are kept; with one more all are counted in buckets. */
export const exact = 47;
