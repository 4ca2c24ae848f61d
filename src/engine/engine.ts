// The packet loop of `explain` as WebAssembly: an instance, and views of its memory. What the loop calls out for is given by whoever
// makes it (analysis/capture-analysis.ts).

import * as C from './layout/connection.ts';
import * as P from './layout/parts.ts';
import * as Scratch from './layout/scratch.ts';
import { loopLines } from './module.ts';

/** What the loop calls out for (assembly/callbacks.ts says when). `number` is a connection's index, `index` a row's in its batch, `row` the address of one. */
export interface LoopCallbacks {
  opened(index: number): number;
  other(index: number): void;
  tooBig(number: number, side: number, row: number): void;
  unusual(number: number, row: number): void;
  duplicate(number: number, row: number, delayNs: number): void;
  synOrReset(number: number, side: number, row: number): void;
  third(number: number, side: number): void;
  behind(number: number, side: number, row: number): number;
  hole(number: number, side: number): void;
  beforeCapture(number: number, side: number): void;
  repeatedFin(number: number, side: number, rowNumber: number): void;
  probe(number: number, side: number, rowNumber: number): void;
  unseen(number: number, side: number, ack: number, rowNumber: number): void;
  acknowledgedHoles(number: number, side: number, ack: number, rowNumber: number): void;
}

/** Functions of the loop (assembly/index.ts). Addresses are bytes in its memory. */
export interface Loop {
  readonly memory: { readonly buffer: ArrayBuffer };
  makeRows(capacity: number): number;
  restart(): void;
  takeWaiting(): void;
  makeReader(): void;
  readPcap(): number;
  readPcapng(): number;
  consume(length: number): number;
  enqueueTooBig(index: number): void;
  flowOf(index: number, protocol: number): number;
  reserve(bytes: number): number;
  allocate(bytes: number): number;
  release(at: number, bytes: number): void;
  ensureHeadroom(): void;
  pushFlight(own: number, nowNs: number, start: number, end: number, row: number, ipId: number): void;
  takeAcked(own: number, ack: number): number;
  pushPending(own: number, nowNs: number, ack: number, edge: number, tsVal: number): void;
  pendingAt(own: number, index: number): number;
  dropPending(own: number): void;
  addQuantile(slot: number, value: number): void;
  addSize(table: number, size: number): void;
  sortSizes(table: number): void;
  medianSize(table: number, frames: number): number;
  byteMedianSize(table: number, bytes: number): number;
  bytesBelow(table: number, limit: number): number;
  segmentsOfSizes(table: number, segment: number): number;
  advanceClock(own: number, nowNs: number): number;
  holdClock(own: number): void;
  commitClock(own: number, waited: number): void;
  finishClock(own: number): void;
  advanceTo(own: number): void;
  applyPending(own: number): void;
  applyRest(own: number): void;
  dataSent(own: number): void;
  noteCause(own: number, cause: number, payload: number, segment: number, row: number): void;
  noteTimestampAge(own: number, tsVal: number): number;
  decideNear(connection: number): void;
  settlePrevious(own: number, ipId: number, contiguous: number): void;
}

/** The part of it that is used: the language's own library of types, all that pure code has, does not know it. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Loop };
};

let compiled: object | undefined;

/** The language itself does not know base64 before 2026. */
function bytesOfBase64(text: string): Uint8Array {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values = new Uint8Array(128);
  for (let value = 0; value < digits.length; value++) values[digits.charCodeAt(value)] = value;
  const length = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  const bytes = new Uint8Array((length * 3) >> 2);
  let bits = 0;
  let count = 0;
  let to = 0;
  for (let at = 0; at < length; at++) {
    bits = (bits << 6) | values[text.charCodeAt(at)]!;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[to++] = bits >> count;
  }
  return bytes;
}

function loopModule(): object {
  compiled ??= new WebAssembly.Module(bytesOfBase64(loopLines.join('')));
  return compiled;
}

/** Engines that somebody has done with. A new one costs some milliseconds, most of them for the garbage collector. */
const spare: Engine[] = [];
/** What an engine may use and still be kept. */
const MOST_KEPT_BYTES: number = 64 << 20;

/** One loop with memory of its own. Views are made anew when the memory grows: do not keep them. */
export class Engine {
  readonly loop: Loop;
  words: Int32Array;
  doubles: Float64Array;
  /** Called when the memory has grown: whoever holds views of it makes them anew. */
  onGrown: (() => void) | undefined = undefined;
  private callbacks: LoopCallbacks;

  /** An engine in which nothing is yet. */
  static take(callbacks: LoopCallbacks): Engine {
    const engine = spare.pop();
    if (engine === undefined) return new Engine(callbacks);
    engine.callbacks = callbacks;
    return engine;
  }

  constructor(callbacks: LoopCallbacks = noCallbacks) {
    this.callbacks = callbacks;
    const instance = new WebAssembly.Instance(loopModule(), { callbacks: this.forward(), memory: this.memoryHooks() });
    this.loop = instance.exports;
    this.words = new Int32Array(this.loop.memory.buffer);
    this.doubles = new Float64Array(this.loop.memory.buffer);
    this.loop.ensureHeadroom();
  }

  /** Nobody uses what is in it any more. */
  putBack(): void {
    this.onGrown = undefined;
    this.callbacks = noCallbacks;
    if (spare.length > 0 || this.loop.memory.buffer.byteLength > MOST_KEPT_BYTES) return;
    this.loop.restart();
    spare.push(this);
  }

  /** Memory for `capacity` rows, each with a rare part, all zero. Call once. */
  makeRows(capacity: number): { readonly buffer: ArrayBuffer; readonly byteOffset: number } {
    const byteOffset = this.loop.makeRows(capacity);
    this.renew();
    return { buffer: this.loop.memory.buffer, byteOffset };
  }

  /** Address of the record of a new connection, with those of its directions: all zero. */
  makeConnection(): number {
    return this.loop.reserve(C.directions + 2 * P.recordBytes);
  }

  /** Time of the row at hand, in ns since the capture's first packet. */
  get nowNs(): number {
    return this.doubles[Scratch.nowNs >>> 3]!;
  }

  set nowNs(nowNs: number) {
    this.doubles[Scratch.nowNs >>> 3] = nowNs;
  }

  /** When what is at hand takes effect at the sender. */
  set effectNs(effectNs: number) {
    this.doubles[Scratch.effectNs >>> 3] = effectNs;
  }

  private memoryHooks(): { readonly grown: () => void; readonly exhausted: () => never } {
    return {
      grown: () => this.renew(),
      exhausted: () => {
        throw new RangeError('no more memory for connections: 4 GiB are used');
      },
    };
  }

  /** Looks up who listens at every call. */
  private forward(): LoopCallbacks {
    return {
      opened: (index) => this.callbacks.opened(index),
      other: (index) => this.callbacks.other(index),
      tooBig: (number, side, row) => this.callbacks.tooBig(number, side, row),
      unusual: (number, row) => this.callbacks.unusual(number, row),
      duplicate: (number, row, delayNs) => this.callbacks.duplicate(number, row, delayNs),
      synOrReset: (number, side, row) => this.callbacks.synOrReset(number, side, row),
      third: (number, side) => this.callbacks.third(number, side),
      behind: (number, side, row) => this.callbacks.behind(number, side, row),
      hole: (number, side) => this.callbacks.hole(number, side),
      beforeCapture: (number, side) => this.callbacks.beforeCapture(number, side),
      repeatedFin: (number, side, row) => this.callbacks.repeatedFin(number, side, row),
      probe: (number, side, row) => this.callbacks.probe(number, side, row),
      unseen: (number, side, ack, row) => this.callbacks.unseen(number, side, ack, row),
      acknowledgedHoles: (number, side, ack, row) => this.callbacks.acknowledgedHoles(number, side, ack, row),
    };
  }

  private renew(): void {
    this.words = new Int32Array(this.loop.memory.buffer);
    this.doubles = new Float64Array(this.loop.memory.buffer);
    this.onGrown?.();
  }
}

/** For an engine that is used for its structures alone. */
function uncalled(): never {
  throw new Error('the packet loop calls out, and nobody listens');
}

const noCallbacks: LoopCallbacks = {
  opened: uncalled,
  other: uncalled,
  tooBig: uncalled,
  unusual: uncalled,
  duplicate: uncalled,
  synOrReset: uncalled,
  third: uncalled,
  behind: uncalled,
  hole: uncalled,
  beforeCapture: uncalled,
  repeatedFin: uncalled,
  probe: uncalled,
  unseen: uncalled,
  acknowledgedHoles: uncalled,
};
