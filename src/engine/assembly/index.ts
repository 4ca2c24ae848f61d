// The packet loop of `explain`, compiled to WebAssembly (docs/adr/0013-the-packet-loop-is-webassembly.md). Addresses are bytes in its
// memory, times nanoseconds since the capture's first packet, sequence numbers signed 32-bit integers.

export { advanceClock, commitClock, finishClock, holdClock } from './clock';
export { consume, enqueueTooBig, flowOf, makeRows, restart, takeWaiting } from './consume';
export { pushFlight, takeAcked } from './flight';
export { allocate, ensureHeadroom, release, reserve } from './memory';
export { readPcap } from './pcap';
export { readPcapng } from './pcapng';
export { dropPending, pendingAt, pushPending } from './pending';
export { addQuantile } from './quantiles';
export { makeReader } from './records';
export { advanceTo, applyPending, applyRest, dataSent } from './sender-limits';
export { addSize, byteMedianSize, bytesBelow, medianSize, segmentsOfSizes, sortSizes } from './sizes';
export { noteCause, noteTimestampAge } from './small-frames';
export { decideNear } from './turns';
export { settlePrevious } from './wire-view';
