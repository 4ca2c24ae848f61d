// Station "analysis": where a direction's record holds the addresses of what it has beside its numbers, in bytes from its start. 0: not
// made yet. Rings lie in the record with their size and fill.

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
/** How often each size of payload occurred (sizes.ts). */
export const sizes = 1020;
// A few rows each (samples.ts).
export const aboveMss = 1024;
export const bigTcp = 1028;
export const superFrames = 1032;
export const partialSample = 1036;
export const wrongSample = 1040;
export const zeroWindows = 1044;
export const atEdge = 1048;
export const duplicateAcks = 1052;
// Quantiles (quantiles.ts).
export const windows = 1056;
export const ackDelay = 1060;
/** How long this side takes to answer the other's packets, at the tap: near 0 if the tap is beside it. */
export const turns = 1064;
/** From a packet of the other side to this side's next one, where that must be an answer. */
export const answerGaps = 1068;
/** Time between frames that no acknowledgement explains. */
export const spacing = 1072;
/** Time between frames of new data. */
export const dataGaps = 1076;

/** Samples of small frames, by how they came to be sent: ten words. */
export const smallRows = 1080;

/** A double: payload of a full segment with the usual options, in bytes (segment.ts); 0 has to be found anew. */
export const usualSegment = 1120;

/** Bytes of a record. */
export const recordBytes = 1152;
