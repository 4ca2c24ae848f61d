// Station "analysis": where the 32-bit numbers of a direction's record lie, in bytes from its start.

// What every segment touches.
export const next = 464;
/** Highest acknowledgement seen at the tap. */
export const una = 468;
export const tap = 472;
export const previousEnd = 476;
export const previousId = 480;
export const previousSegments = 484;
export const previousPayload = 488;
export const previousHeader = 492;
export const previousRow = 496;
export const frames = 500;
export const lastRow = 504;
/** Most bytes that were in flight for the sender: its congestion window has been at least that. */
export const mostInFlight = 508;
export const mssOption = 512;
/** TCP option bytes of ordinary segments: 12 with timestamps. */
export const timestampBytes = 516;
export const maxWindow = 520;
/** Shift for the peer's window field; -1 while not known. */
export const scaleShift = 524;
export const rawWindow = 528;
export const rawMin = 532;
export const rawMax = 536;
export const windowBytes = 540;
export const windowCount = 544;
export const largestWindow = 548;
/** Right edge as the tap has seen it. */
export const edge = 552;
export const lastAckWindow = 556;
export const duplicateRun = 560;
export const largestAck = 564;
export const stretchAcks = 568;
/** Acknowledgements that left data unacknowledged which the tap had seen, and those that did not. */
export const laggingAcks = 572;
export const currentAcks = 576;
export const effectiveUna = 580;
export const effectiveEdge = 584;
export const clockState = 588;
export const idCompared = 592;
export const idAgree = 596;
export const idZeroSteps = 600;
export const peerTsVal = 604;
export const newestPeerTs = 608;
export const ect = 612;
export const unpaddedShort = 616;
/** Checksum states for frames of one segment at most, then of several; each in the order of ChecksumState. */
export const singleUnknown = 620;
export const multiUnknown = 636;
// What every segment with data touches.
export const dataFrames = 652;
export const lastDataRow = 656;
export const firstDataRow = 660;
export const maxPayload = 664;
export const maxInFlight = 668;
export const smallFrames = 672;
export const lastRunPayload = 676;
export const lastCause = 680;
export const lastTsVal = 684;
export const previousTsVal = 688;
/** Frames of one size (lastRunPayload) that left at one instant, so far. */
export const run = 692;
/** Entries of `holes`. */
export const openHoles = 696;
// What few touch.
export const firstRow = 744;
export const firstTtl = 748;
export const incoming = 752;
export const outgoing = 756;
export const padded = 760;
export const holeCount = 764;
export const largestHoleBytes = 768;
export const synScale = 772;
export const synMss = 776;
export const peerSynMss = 780;
export const synFrames = 784;
export const learntVotes = 788;
export const learntCandidate = 792;
export const commonLength = 796;
export const commonVotes = 800;
export const largestSingle = 804;
export const epbSegmentation = 808;
export const idWild = 812;
export const zeroPeriods = 816;
export const lowSinceRow = 820;
export const lowBytes = 824;
export const beforeLowBytes = 828;
export const sackHighest = 832;
export const dsackPackets = 836;
export const recoveryPoint = 840;
/** Frames in a row that came later than an answer, on a path without delay: -1 (not so) to 2 (clock.ts). */
export const lateRun = 844;
export const queuedBelowFrames = 848;
export const echoedTsVal = 852;
export const recentEdgeAt = 856;
export const retransmittedPackets = 860;
export const fastPackets = 864;
export const timeoutPackets = 868;
export const tailProbePackets = 872;
export const spuriousPackets = 876;
export const unseenPackets = 880;
export const ce = 884;
export const ece = 888;
export const cwr = 892;
export const cutBursts = 896;
export const longestCutBurst = 900;
/** Since the window limited: 1, an acknowledgement has opened it; 0, none has; 2 and -1: the same where what filled it was no answer. */
export const opened = 904;
export const clockCommits = 908;
/** Of the lagging acknowledgements: those that came when the last data had passed some time ago. */
export const lateLaggingAcks = 1020;
/** New data, in packets of a segment each, since the handshake; -1: more than ten were under way before any was acknowledged. */
export const packetsSent = 1040;
/** Of the last frames that left at one instant: their payload. */
export const burstBytes = 1044;
/** How many waits before data fitted the pace, and did not, since it was found. */
export const paceFits = 1048;
export const paceMisses = 1052;
/** The burst that fitted last, in bytes. */
export const paceBytes = 1064;
/** Segments of the frames that spoke for the segment size to be learnt; -1: different numbers. */
export const learntStep = 1068;
/** Where no handshake tells the segment size: the smallest payload that an Ethernet packet could hold, and that was several by its IDs; or 0. */
export const smallestSplit = 1072;
/** Where no handshake tells it: the largest payload that was one packet by its IDs. */
export const provenSingle = 1076;
