// Station "analysis": where the doubles of a direction's record lie, in bytes from its start: times in ns, bytes, and counts that may pass
// 31 bits. Both the code that runs for every packet (compiled to WebAssembly) and the code that runs rarely read them.

// What every segment touches.
export const lastDataNs = 0;
export const lastAckNs = 8;
export const effectiveAckNs = 16;
export const clockLastNs = 24;
export const payloadBytes = 32;
export const uniqueBytes = 40;
export const wirePackets = 48;
export const wireDataPackets = 56;
export const wireHeaderBytes = 64;
export const superBytes = 72;
export const turnMinNs = 80;
/** The same for the other side, from this side's data to its acknowledgement. */
export const peerTurnMinNs = 88;
export const turnNs = 96;
export const peerTsNs = 104;
/** When the first TSval was seen; the least that any TSval lagged behind that. */
export const tsEpochNs = 112;
export const tsMinimumLagNs = 120;
export const minWindow = 128;
/** Since when the window has been at most an eighth of the largest before it; -1: it is not. */
export const lowSinceNs = 136;
export const zeroSinceNs = 144;
/** Segment size learnt from IP ID steps or lengths where no handshake told it; 0 unknown. */
export const learntSegment = 152;
/** Six doubles each, by LimitState. */
export const clockTotal = 160;
export const clockTentative = 208;
export const clockHeld = 256;
export const clockBinStartNs = 264;
export const clockBinNs = 272;
/** Bytes of all new data by SendCause, small or not. */
export const ackClockedBytes = 280;
export const spacedBytes = 288;
export const writeEndBytes = 296;
export const bufferFreedBytes = 304;
/** Payload bytes of small frames, and of large ones. */
export const smallBytes = 312;
export const smallLargeBytes = 320;
// What few touch.
export const clockCommittedNs = 408;
export const firstDataNs = 416;
export const synSentNs = 424;
export const zeroNs = 432;
export const handshakeTurnNs = 440;
/** How long the acknowledgement timestamp that data echoed last took at the tap. */
export const echoTurnNs = 448;
export const retransmittedBytes = 456;
/** When the last frames that left at one instant did (pace.ts). */
export const burstNs = 1024;
/** What a byte takes at the pace that the last ones agreed on, in ns; 0: none yet. */
export const paceNsPerByte = 1032;
/** Time that counts as busy if that pace proves to be one, in ns. */
export const paceSuspenseNs = 1056;
/** When an acknowledgement opened the window that had limited, while `opened` (words.ts) is above 0. */
export const openedNs = 1080;
