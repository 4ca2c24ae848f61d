// Station "wire": records of a capture file as they are, for a sink that rather reads runs of them itself than frame by frame.

/** The clock of a pcapng interface as numbers: ticks to TimeNs is `refTime + ((high - refHigh) * 2^32 + (low - refLow)) * nsPerTick`. */
export interface RecordClock {
  /** Number of the interface in the capture, as in CaptureInterface. */
  readonly index: number;
  /** 0: the clock has not started yet, or its ticks are no whole nanoseconds; its records are not for the sink to read. */
  readonly nsPerTick: number;
  readonly refHigh: number;
  readonly refLow: number;
  readonly refTime: number;
}

/** What the reader of a file has at hand, and has counted so far: the sink goes on with both. */
export interface RecordRun {
  /** Little-endian records of today's pcap, or little-endian blocks of pcapng. */
  readonly format: 'pcap' | 'pcapng';
  view: DataView;
  /** The run's bytes in the view. It may end within a record. */
  at: number;
  end: number;
  /** Of a pcap file: the time of its first record, and the unit of the fraction of a second. */
  firstSeconds: number;
  firstNanoseconds: number;
  nsPerUnit: number;
  /** Of a pcapng section: its interfaces by their number in it; another array whenever one of them has changed. */
  clocks: readonly RecordClock[];
  packetCount: number;
  capturedBytes: number;
  originalBytes: number;
  lastTime: number;
}

/** Reads runs of records in place of the file's reader. */
export interface RecordTaker {
  /** False as long as there is no use in handing over. */
  readonly ready: boolean;
  /**
   * The taker's own memory, which may move whenever a frame is handed over, in whatever way: then it is another ArrayBuffer, of at
   * least the size, and the former has no bytes any more. Bytes that are to be read may lie in it.
   */
  readonly buffer: ArrayBufferLike;
  /** Where in that memory the next bytes of a file are best put. Ask anew for each piece. */
  readonly chunk: Uint8Array;
  /**
   * Takes records from `at` on, up to the first that is incomplete or in any way odd: that one is for the file's reader. Moves `at`
   * and counts on.
   */
  take(run: RecordRun): void;
}

/** Whether the bytes are gone because the memory that they lay in has moved. */
export function hasMoved(view: DataView): boolean {
  return view.buffer.byteLength === 0;
}
