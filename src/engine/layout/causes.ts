// How a frame came to be sent.

export const retransmission = 0;
/** It fills the window, or leaves less than a segment of it. */
export const window = 1;
/** It ends short of a segment: nothing more was queued. */
export const writeEnd = 2;
/** The same, right after an acknowledgement freed memory while data was in flight. */
export const bufferFreed = 3;
/** Whole segments, right after an acknowledgement. */
export const ackClocked = 4;
/** Whole segments, at a time that no acknowledgement explains. */
export const spaced = 5;
/** One of several frames of the same whole number (2 or more) of segments at one instant: TSO autosizing. */
export const autosized = 6;
/** One of four or more single segments at one instant: a longer skb was cut. */
export const cut = 7;
/** The tap is not beside the sender. */
export const unknown = 8;
/** Whole segments with nothing in flight and no acknowledgement just before. */
export const idle = 9;
