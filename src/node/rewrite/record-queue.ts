// Station "capture", machine side: records that wait until it is known what becomes of them, in the order of the file.
// Their bytes are kept in one arena that is used again and again.

import { summableBytes } from '../../bytes/summable-memory.ts';
import type { SizeSource, WaitingFrame } from '../../offload/segment-sizer.ts';

/** One kept record: a frame, or a block without one. */
export class KeptRecord implements WaitingFrame {
  /** Place in the arena. */
  at = 0;
  length = 0;
  kind: 'header' | 'frame' | 'other' = 'frame';
  /** Place of the frame in the record. */
  frameOffset = 0;
  capturedLength = 0;
  originalLength = 0;
  linkType = 0;
  tap = 0;
  packetNumber = 0;
  timeNs = 0;
  source: SizeSource = 'guess';
  segmentBytes = 0;
  payloadBytes = 0;
  decided = true;
}

/** Most that is kept: an 8 MiB arena, or this many records. Then the oldest must be decided. */
const arenaBytes = 8 << 20;
const mostRecords = 8192;

/** A queue of records with copies of their bytes. */
export class RecordQueue {
  arena: Uint8Array = summableBytes(arenaBytes);
  view: DataView = viewOf(this.arena);
  private readonly ring: KeptRecord[] = [];
  private head = 0;
  private end = 0;

  get isEmpty(): boolean {
    return this.head === this.ring.length;
  }

  /** The oldest record. */
  get first(): KeptRecord | undefined {
    return this.ring[this.head];
  }

  /** Whether a record of this length can be kept without making the oldest go. */
  hasRoom(length: number): boolean {
    return this.ring.length - this.head < mostRecords && this.usedBytes + length <= this.arena.length;
  }

  private get usedBytes(): number {
    return this.end - (this.first?.at ?? this.end);
  }

  /** Keeps a copy of a record. The caller has made room, unless the queue is empty: then the arena grows to the record. */
  push(bytes: Uint8Array): KeptRecord {
    if (this.isEmpty) {
      this.ring.length = 0;
      this.head = 0;
      this.end = 0;
      if (bytes.length > this.arena.length) this.grow(bytes.length);
    }
    if (this.end + bytes.length > this.arena.length) this.moveToFront();
    const record = new KeptRecord();
    record.at = this.end;
    record.length = bytes.length;
    this.arena.set(bytes, this.end);
    this.end += bytes.length;
    this.ring.push(record);
    return record;
  }

  /** Takes the oldest record out; its bytes stay until the next `push`. */
  shift(): void {
    this.head += 1;
    if (this.head >= mostRecords) {
      this.ring.splice(0, this.head);
      this.head = 0;
    }
  }

  private grow(length: number): void {
    this.arena = summableBytes(length * 2);
    this.view = viewOf(this.arena);
  }

  private moveToFront(): void {
    const from = this.first?.at ?? this.end;
    this.arena.copyWithin(0, from, this.end);
    for (let index = this.head; index < this.ring.length; index += 1) this.ring[index]!.at -= from;
    this.end -= from;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
