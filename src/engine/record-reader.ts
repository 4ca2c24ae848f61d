// Station "capture" and "packets" in one: runs of a file's records into rows by the code in WebAssembly. What that leaves, a frame here
// and there, goes to the decoder in JavaScript.

import type { TimeNs } from '../bytes/time.ts';
import type { RowOwner, RowReader } from '../packets/load.ts';
import type { RecordClock, RecordRun } from '../wire/records.ts';
import * as Place from './layout/reader-places.ts';
import { bytes as rowBytes } from './layout/row-places.ts';

/** What is used of the engine's exports. */
export interface ReaderExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  makeReader(): void;
  readPcap(): number;
  readPcapng(): number;
}

interface Described {
  readonly isEthernet: boolean;
  readonly fcsBytes: number;
  readonly tap: number;
}

const tagEtherTypes: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const ethernetBytes = 14;
const tagBytes = 4;

/** Reads runs of records into the rows of a batch in the engine's memory. One for each capture. */
export class RecordReader implements RowReader {
  /** Some interface has frames that can be decoded here. */
  ready = false;
  /** Frames that were left to the decoder in JavaScript. */
  unusualFrames = 0;
  /** Frames that were decoded here. */
  usualFrames = 0;
  private readonly engine: ReaderExports;
  private readonly owner: RowOwner;
  private readonly interfaces: Described[] = [];
  /** Those that the engine's table is filled from at present. */
  private clocks: readonly RecordClock[] = [];
  private readonly chunkAt: number;
  private readonly copyAt: number;
  // Views of all of the engine's memory.
  private bytes: Uint8Array;
  private ints: Int32Array;
  private doubles: Float64Array;
  private view: DataView;

  /** The owner's batch lies in the engine's memory. */
  constructor(engine: ReaderExports, owner: RowOwner) {
    this.engine = engine;
    this.owner = owner;
    const { byteOffset, capacity } = owner.batch;
    engine.makeReader();
    const { buffer } = engine.memory;
    this.bytes = new Uint8Array(buffer);
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.view = new DataView(buffer);
    this.set(Place.rows, byteOffset);
    this.set(Place.rareRows, byteOffset + capacity * rowBytes);
    this.set(Place.capacity, capacity);
    this.set(Place.shardIndex, owner.shardIndex);
    this.set(Place.shardMask, owner.shardMask);
    this.chunkAt = this.get(Place.chunk);
    this.copyAt = this.get(Place.copy);
  }

  get buffer(): ArrayBuffer {
    return this.engine.memory.buffer;
  }

  get chunk(): Uint8Array {
    return new Uint8Array(this.buffer, this.chunkAt, Place.chunkBytes);
  }

  /** An interface of the capture: call before its first record. */
  describe(index: number, isEthernet: boolean, fcsBytes: number, tap: number): void {
    this.interfaces[index] = { isEthernet, fcsBytes, tap };
    if (isEthernet) this.ready = true;
  }

  take(run: RecordRun): void {
    const { view } = run;
    this.present();
    if (run.format === 'pcap') {
      if (this.interfaces[0]?.isEthernet !== true) return;
      this.setPcap(run, this.interfaces[0]);
    } else if (run.clocks !== this.clocks) this.setClocks(run.clocks);
    this.setDouble(Place.lastTime, run.lastTime);
    this.setDouble(Place.capturedBytes, run.capturedBytes);
    this.setDouble(Place.originalBytes, run.originalBytes);
    if (view.buffer === this.buffer) {
      const shift = view.byteOffset;
      run.at = this.read(run, run.at + shift, run.end + shift) - shift;
    } else this.takeCopies(run);
    run.lastTime = this.getDouble(Place.lastTime);
    run.capturedBytes = this.getDouble(Place.capturedBytes);
    run.originalBytes = this.getDouble(Place.originalBytes);
  }

  /** Bytes that lie elsewhere, piece by piece. A piece ends within a record mostly, with which the next one begins. */
  private takeCopies(run: RecordRun): void {
    const { view, end } = run;
    while (run.at < end) {
      const length = Math.min(end - run.at, Place.chunkBytes);
      this.bytes.set(new Uint8Array(view.buffer, view.byteOffset + run.at, length), this.copyAt);
      const taken = this.read(run, this.copyAt, this.copyAt + length) - this.copyAt;
      run.at += taken;
      if (taken === 0 || run.at === end || length < Place.chunkBytes) return;
    }
  }

  /** Reads what lies in `at`..`end` of the engine's memory; gives where it stopped. */
  private read(run: RecordRun, at: number, end: number): number {
    const { engine, owner } = this;
    const isPcap = run.format === 'pcap';
    this.set(Place.at, at);
    this.set(Place.end, end);
    while (true) {
      const before = owner.batch.length;
      this.set(Place.length, before);
      this.set(Place.number, owner.frames);
      this.setDouble(Place.spentBytes, owner.decoder.budget.spentBytes);
      const outcome = isPcap ? engine.readPcap() : engine.readPcapng();
      const length = this.get(Place.length);
      const packets = this.get(Place.packets);
      run.packetCount += packets;
      owner.batch.length = length;
      // A frame that is left to its owner is counted there.
      owner.frames += outcome === Place.unusualFrame ? packets - 1 : packets;
      owner.decoder.budget.spentBytes = this.getDouble(Place.spentBytes);
      this.usualFrames += length - before;
      if (packets > 0) owner.latestNs = Math.max(owner.latestNs, this.getDouble(Place.lastTime));
      if (outcome === Place.stopped) return this.get(Place.at);
      if (outcome === Place.full) owner.flush();
      else this.leaveFrame();
      this.present();
    }
  }

  /** Has the frame that the engine stopped behind decoded by its owner. */
  private leaveFrame(): void {
    const { owner, view } = this;
    const at = this.get(Place.frameAt);
    const captured = this.get(Place.frameCaptured);
    const index = this.get(Place.frameInterface);
    // What the frame says is read first: its bytes may move.
    const isEthernet = this.interfaces[index]?.isEthernet === true;
    const vlan = isEthernet && captured >= ethernetBytes + tagBytes ? vlanOf(view, at) : undefined;
    this.unusualFrames++;
    const time = this.getDouble(Place.lastTime) as TimeNs;
    owner.onFrame(view, at, captured, this.get(Place.frameOriginal), time, index, this.get(Place.frameFlags));
    if (vlan === undefined) return;
    this.present();
    this.view.setUint16(this.get(Place.chains) + 2 * vlan, owner.chainOfVlan(vlan), true);
  }

  private setPcap(run: RecordRun, described: Described): void {
    this.set(Place.firstSeconds, run.firstSeconds);
    this.set(Place.unitsPerSecond, 1e9 / run.nsPerUnit);
    this.set(Place.fcsBytes, described.fcsBytes);
    this.set(Place.place, described.tap << 16);
    this.setDouble(Place.nsPerUnit, run.nsPerUnit);
    this.setDouble(Place.firstNanoseconds, run.firstNanoseconds);
  }

  private setClocks(clocks: readonly RecordClock[]): void {
    this.clocks = clocks;
    const count = Math.min(clocks.length, Place.mostInterfaces);
    this.set(Place.interfaceCount, count);
    for (let number = 0; number < count; number++) {
      const at = this.get(Place.interfaces) + number * Place.interfaceBytes;
      const clock = clocks[number];
      const described = clock === undefined ? undefined : this.interfaces[clock.index];
      this.set(at + Place.interfaceState, Place.unusualClock);
      if (clock === undefined || described === undefined) continue;
      this.setDouble(at + Place.nsPerTick, clock.nsPerTick);
      this.setDouble(at + Place.refHigh, clock.refHigh);
      this.setDouble(at + Place.refLow, clock.refLow);
      this.setDouble(at + Place.refTime, clock.refTime);
      this.set(at + Place.interfaceFcsBytes, described.fcsBytes);
      this.set(at + Place.interfacePlace, described.tap << 16);
      this.set(at + Place.interfaceIndex, clock.index);
      this.set(at + Place.interfaceState, stateOf(clock, described));
    }
  }

  /** Makes the views anew when the memory has grown. */
  private present(): void {
    const { buffer } = this.engine.memory;
    if (this.bytes.buffer === buffer) return;
    this.bytes = new Uint8Array(buffer);
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.view = new DataView(buffer);
  }

  private get(place: number): number {
    return this.ints[place >> 2]!;
  }

  private set(place: number, value: number): void {
    this.ints[place >> 2] = value;
  }

  private getDouble(place: number): number {
    return this.doubles[place >> 3]!;
  }

  private setDouble(place: number, value: number): void {
    this.doubles[place >> 3] = value;
  }
}

/** The VLAN of a frame's outermost tag. */
function vlanOf(view: DataView, at: number): number | undefined {
  if (!tagEtherTypes.has(view.getUint16(at + ethernetBytes - 2))) return undefined;
  return view.getUint16(at + ethernetBytes) & 0xfff;
}

function stateOf(clock: RecordClock, described: Described): number {
  if (clock.nsPerTick === 0) return Place.unusualClock;
  return described.isEthernet ? Place.usual : Place.unusualLink;
}
