// Station "analysis": where the parts of the search for a window scale lie (assembly/scale-search.ts), in bytes from its start.

/** The scales of RFC 7323 section 2.3: 0 to 14. */
export const shifts = 15;

/** For each scale: frames that ended exactly at the window's edge. */
export const hits = 0;
/** The smallest scale under which no frame went beyond the window. */
export const minimumShift = 60;
/** The smallest scale under which one more segment would fit; `shifts` if under none. */
export const fits = 64;
/** Bit s: under scale s the window was used up, and has not opened by a third since (tcp_tso_win_divisor). */
export const usedUp = 68;
/** What limits if the window does not: idle, or one of states.ts. */
export const state = 72;
/** Bit f: there is tentative time for `fits` f. */
export const touched = 76;
/** Doubles in ns: for each value of `fits`, for each state. */
export const total = 80;
export const tentative = 720;
/** States of one value of `fits`, and their bytes. */
export const states = 5;
export const fitBytes = 40;
export const bytes = 1360;
