// Station "lab": a recording of what passes a point of a user-space wire, as a pcap file with nanoseconds.
import { closeSync, openSync, writeSync } from 'node:fs';

const PCAP_MAGIC_NS = 0xa1b23c4d;
const LINKTYPE_ETHERNET = 1;

/** Microseconds of the process's monotonic clock. */
export const nowUs = (): number => performance.now() * 1000;

/** Collects what passes, and writes it in the order in which it passed. */
export class WireRecorder {
  readonly #frames: { readonly atUs: number; readonly frame: Uint8Array }[] = [];
  readonly #snaplen: number;
  readonly #epochUs = Date.now() * 1000 - nowUs();

  constructor(snaplen: number) {
    this.#snaplen = snaplen;
  }

  /** Notes a frame that passes at a time of nowUs(). The bytes are kept by reference. */
  add(frame: Uint8Array, atUs: number): void {
    this.#frames.push({ frame, atUs });
  }

  /** Writes everything. */
  write(file: string): void {
    this.#frames.sort((a, b) => a.atUs - b.atUs);
    const out = openSync(file, 'w');
    const header = new DataView(new ArrayBuffer(24));
    header.setUint32(0, PCAP_MAGIC_NS, true);
    header.setUint16(4, 2, true);
    header.setUint16(6, 4, true);
    header.setUint32(16, this.#snaplen, true);
    header.setUint32(20, LINKTYPE_ETHERNET, true);
    writeSync(out, header);
    for (const { frame, atUs } of this.#frames) writeSync(out, this.#packet(frame, this.#epochUs + atUs));
    closeSync(out);
  }

  #packet(frame: Uint8Array, epochUs: number): Uint8Array {
    const kept = frame.subarray(0, this.#snaplen);
    const record = new Uint8Array(16 + kept.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, Math.floor(epochUs / 1e6), true);
    view.setUint32(4, Math.floor((epochUs % 1e6) * 1000), true);
    view.setUint32(8, kept.length, true);
    view.setUint32(12, frame.length, true);
    record.set(kept, 16);
    return record;
  }
}
