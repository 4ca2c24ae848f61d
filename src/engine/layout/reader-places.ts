// Fixed places in the memory, in bytes, through which the reader of records (records.ts, pcap.ts, pcapng.ts) and the code that calls it
// share where it stands. engine/record-reader.ts writes them before a call and reads them after it.

// Where the rows go.
/** Address of the batch's first row, and of the first row's rare part. */
export const rows = 320;
export const rareRows = 324;
export const capacity = 328;
/** Rows in the batch. */
export const length = 332;
/** Number of the next row in the capture. */
export const number = 336;

// What is read.
/** Address of the next byte to be read, and of the first that is not there. */
export const at = 340;
export const end = 344;
/** Of the last call: records that it took. */
export const packets = 348;

// What a pcap file says of all its records.
export const firstSeconds = 352;
/** Units of the fraction of a second. */
export const unitsPerSecond = 356;
/** Bytes of frame check sequence at the end of each frame. */
export const fcsBytes = 360;
/** The row's word for the tap, without encapsulation. */
export const place = 364;
export const nsPerUnit = 368;
export const firstNanoseconds = 376;

// The frame that is left to the caller, when a call ends with `unusualFrame`; its time is `lastTime`.
export const frameAt = 384;
export const frameCaptured = 388;
export const frameOriginal = 392;
export const frameInterface = 396;
export const frameFlags = 400;

// Doubles that go on from call to call.
export const lastTime = 408;
export const capturedBytes = 416;
export const originalBytes = 424;
/** Bytes of the frames so far that were captured whole (packets/tcp-decode.ts, ChecksumBudget). */
export const spentBytes = 432;

// Tables and buffers, made by `makeReader`: their addresses.
/** For bytes that the caller reads in place, and for a copy of such that lie elsewhere. */
export const chunk = 440;
export const copy = 444;
/** By VLAN (4,096 numbers of 16 bits): the number of the chain of that one tag; 0 not known yet. */
export const chains = 448;
/** Interfaces of the section of a pcapng file at hand. */
export const interfaces = 452;
/** How many of them are described. */
export const interfaceCount = 456;

/** Which share of the connections is taken (packets/shard.ts): 0 and 0 are all. */
export const shardMask = 460;
export const shardIndex = 464;

// An interface of a pcapng file, in bytes from its start.
/** Doubles: the reference of its clock in ticks, two halves of 32 bits, and in ns. */
export const nsPerTick = 0;
export const refHigh = 8;
export const refLow = 16;
export const refTime = 24;
/** As the places above of the same names. */
export const interfaceFcsBytes = 32;
export const interfacePlace = 36;
/** Its number over all sections. */
export const interfaceIndex = 40;
/** One of the three states below. */
export const interfaceState = 44;
export const interfaceBytes = 48;

/** States: its records are left to the caller; its frames are; neither. */
export const unusualClock = 0;
export const unusualLink = 1;
export const usual = 2;

/** Bytes of each of the two buffers. A quarter would stay in the second-level cache, but what surrounds a chunk has run before V8 has optimised it: 20 µs. */
export const chunkBytes = 1_048_576;
/** Interfaces that the table has room for. */
export const mostInterfaces = 256;

// How a call ends.
/** At the end, or before a record that is incomplete or odd. */
export const stopped = 0;
/** The batch is full. */
export const full = 1;
/** Behind a record whose frame is not of the usual form: it has been counted but not decoded, and has no row yet. */
export const unusualFrame = 2;
