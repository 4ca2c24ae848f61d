// Station "analysis": where a direction's record holds the addresses of what it has beside its numbers, in bytes from its start. 0: not
// made yet. Rings lie in the record with their size and fill.

/** The search for the window scale (search-places.ts). */
export const scaleSearch = 972;
/** 0 or 1: which side of its connection sends it. */
export const side = 976;
/** Frames sent and not yet acknowledged (flight.ts). */
export const flightRing = 980;
export const flightCapacity = 984;
export const flightHead = 988;
export const flightLength = 992;
/** Acknowledgements that the tap has seen and the sender not yet (pending.ts). */
export const pendingRing = 996;
export const pendingCapacity = 1000;
export const pendingHead = 1004;
export const pendingLength = 1008;
/** Right edges of the last 32 acknowledgements that took effect; only away from the sender. */
export const recentEdges = 1012;
/** Time by state over the course of the connection (clock.ts). */
export const clockBins = 1016;
/** How often each size of payload occurred: four words (size-places.ts). */
export const sizes = 392;
// A few rows each (samples.ts).
export const aboveMss = 360;
export const bigTcp = 364;
export const superFrames = 368;
export const partialSample = 372;
export const wrongSample = 376;
export const zeroWindows = 380;
export const atEdge = 384;
export const duplicateAcks = 388;
// Quantiles (quantiles.ts).
export const windows = 336;
export const ackDelay = 340;
/** How long this side takes to answer the other's packets, at the tap: near 0 if the tap is beside it. */
export const turns = 344;
/** From a packet of the other side to this side's next one, where that must be an answer. */
export const answerGaps = 348;
/** Time between frames that no acknowledgement explains. */
export const spacing = 352;
/** Time between frames of new data. */
export const dataGaps = 356;

/** Small frames by how they came to be sent (cause-places.ts): ten words. */
export const smallCauses = 704;

/** A double: payload of a full segment with the usual options, in bytes (segment.ts); 0 has to be found anew. */
export const usualSegment = 328;

/** Bytes of a record. */
export const recordBytes = 1088;
