// Station "analysis": where the yes-or-no words of a direction's record lie, in bytes from its start.

export const started = 912;
/** The tap is beside this side: its view of acknowledgements is this sender's. */
export const near = 916;
/** The last new data left nothing more to send: short of a whole number of segments, not cut by the window. */
export const drained = 920;
export const ackSinceData = 924;
export const windowBlocked = 928;
export const inRecovery = 932;
export const timeoutRecovery = 936;
export const probeSinceAck = 940;
export const peerTsKnown = 944;
export const synSeen = 948;
export const synOptionsSeen = 952;
export const sackPermitted = 956;
export const sackSeen = 960;
/** Its FIN was sent, which is no data. */
export const finSent = 964;
/** A byte of new data was sent as a probe: its acknowledgement is no data unseen. */
export const probedByte = 968;
