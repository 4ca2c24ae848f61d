// Station "analysis": how the right edge of a window is written of which only the raw size is known.

/** Added to that size: beyond all that can be in flight. */
export const room = 0x4000_0000;
